/*
 * Accesses and calls of the small guest that may fault: trap_sync sees that the PC is in here, writes
 * the syndrome to the struct probe in x19 and goes on at small_probe_fault.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "arch/asm.h"

.macro PROBE_BEGIN
	stp	x29, x30, [sp, #-32]!
	mov	x29, sp
	str	x19, [sp, #16]
	mov	x19, x0
.endm

.macro PROBE_END
	ldr	x19, [sp, #16]
	ldp	x29, x30, [sp], #32
	ret
.endm

	.section .text.small_probe, "ax"
	.global	small_probe_begin
	.global	small_probe_end
	.global	small_probe_fault
small_probe_begin:

/* void probe_load(struct probe *out, uint64_t address, uint64_t bytes): value at offset 0. */
	.global	probe_load
probe_load:
	PROBE_BEGIN
	cmp	x2, #2
	b.lo	1f
	b.eq	2f
	cmp	x2, #8
	b.eq	8f
	ldr	w3, [x1]
	b	9f
1:	ldrb	w3, [x1]
	b	9f
2:	ldrh	w3, [x1]
	b	9f
8:	ldr	x3, [x1]
9:	str	x3, [x19]
	dsb	sy
	PROBE_END

/* void probe_store(struct probe *out, uint64_t address, uint64_t bytes, uint64_t value) */
	.global	probe_store
probe_store:
	PROBE_BEGIN
	cmp	x2, #2
	b.lo	1f
	b.eq	2f
	cmp	x2, #8
	b.eq	8f
	str	w3, [x1]
	b	9f
1:	strb	w3, [x1]
	b	9f
2:	strh	w3, [x1]
	b	9f
8:	str	x3, [x1]
9:	dsb	sy
	PROBE_END

/* void probe_smc(struct probe *out, const uint64_t args[8]), likewise hvc: x0 .. x3 at offset 0. x8 is zero in the call. */
.macro PROBE_CALL name, instruction
	.global	\name
\name:
	PROBE_BEGIN
	mov	x9, x1
	ldp	x6, x7, [x9, #48]
	ldp	x4, x5, [x9, #32]
	ldp	x2, x3, [x9, #16]
	ldp	x0, x1, [x9]
	mov	x8, #0
	\instruction	#0
	stp	x0, x1, [x19]
	stp	x2, x3, [x19, #16]
	PROBE_END
.endm

	PROBE_CALL probe_smc, smc
	PROBE_CALL probe_hvc, hvc

small_probe_end:
small_probe_fault:
	PROBE_END
