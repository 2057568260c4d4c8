/*
 * Calls to another level, and zeroing a granule: instructions that C has no words for.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "arch/asm.h"

/* void smc_call(struct smc_args *args), void hvc_call(struct smc_args *args) */
.macro CONDUIT name, instruction
FUNCTION \name
	stp	x29, x30, [sp, #-32]!
	mov	x29, sp
	str	x19, [sp, #16]
	mov	x19, x0
	ldp	x6, x7, [x19, #48]
	ldp	x4, x5, [x19, #32]
	ldp	x2, x3, [x19, #16]
	ldp	x0, x1, [x19]
	\instruction	#0
	stp	x0, x1, [x19]
	stp	x2, x3, [x19, #16]
	stp	x4, x5, [x19, #32]
	stp	x6, x7, [x19, #48]
	ldr	x19, [sp, #16]
	ldp	x29, x30, [sp], #32
	ret
END \name
.endm

	CONDUIT smc_call, smc
	CONDUIT hvc_call, hvc

/*
 * void zero_granule(void *page)
 * DC ZVA where it is permitted (DCZID_EL0.DZP clear), stores elsewhere; then clean and invalidate
 * each line, so that a non-cacheable reader sees zeros too. Where a DC ZVA block is one line, both in
 * one pass: maintenance by address comes after a store to the same line.
 */
.macro BYTES_OF_FIELD to, register, lsb
	ubfx	\to, \register, #\lsb, #4
	mov	x6, #4
	lsl	\to, x6, \to
.endm

FUNCTION zero_granule
	mrs	x1, dczid_el0
	mrs	x3, ctr_el0
	add	x2, x0, #4096
	BYTES_OF_FIELD x4, x1, 0
	BYTES_OF_FIELD x5, x3, 16
	mov	x3, x0
	tbnz	x1, #4, 3f
	cmp	x4, x5
	b.ne	2f
1:	.rept 4
	dc	zva, x0
	dc	civac, x0
	add	x0, x0, x4
	.endr
	cmp	x0, x2
	b.lo	1b
	dsb	sy
	ret
2:	dc	zva, x3
	add	x3, x3, x4
	cmp	x3, x2
	b.lo	2b
	b	4f
3:	stp	xzr, xzr, [x3], #16
	cmp	x3, x2
	b.lo	3b
4:	dc	civac, x0
	add	x0, x0, x5
	cmp	x0, x2
	b.lo	4b
	dsb	sy
	ret
END zero_granule
