/*
 * Changing threads, and touching memory that may not be there: both need to know exactly which
 * instruction runs.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "arch/asm.h"

/*
 * void thread_switch(uint64_t *save_sp, uint64_t load_sp)
 * What the procedure call standard lets a call destroy is not saved.
 */
FUNCTION thread_switch
	sub	sp, sp, #96
	stp	x19, x20, [sp]
	stp	x21, x22, [sp, #16]
	stp	x23, x24, [sp, #32]
	stp	x25, x26, [sp, #48]
	stp	x27, x28, [sp, #64]
	stp	x29, x30, [sp, #80]
	mov	x2, sp
	str	x2, [x0]
	mov	sp, x1
	ldp	x19, x20, [sp]
	ldp	x21, x22, [sp, #16]
	ldp	x23, x24, [sp, #32]
	ldp	x25, x26, [sp, #48]
	ldp	x27, x28, [sp, #64]
	ldp	x29, x30, [sp, #80]
	add	sp, sp, #96
	ret
END thread_switch

/* First return address of a new thread: x19 is its function, x20 the argument. */
FUNCTION thread_first
	bl	thread_begin
	mov	x0, x20
	blr	x19
	bl	thread_end
END thread_first

/*
 * Probing accesses, bool f(uintptr_t at, value or pointer). Leaf functions without a stack frame:
 * after a synchronous abort anywhere between the two labels the trap handler continues at
 * probe_failed, which returns false to the caller.
 */
	.section .text.probe, "ax"
	.balign 16
	.global	probe_code_start
probe_code_start:

	.global	probe_load64
	.type	probe_load64, %function
probe_load64:
	ldr	x2, [x0]
	str	x2, [x1]
	b	probe_succeeded

	.global	probe_load32
	.type	probe_load32, %function
probe_load32:
	ldr	w2, [x0]
	str	w2, [x1]
	b	probe_succeeded

	.global	probe_store64
	.type	probe_store64, %function
probe_store64:
	str	x1, [x0]
	dsb	sy
	b	probe_succeeded

	.global	probe_store32
	.type	probe_store32, %function
probe_store32:
	str	w1, [x0]
	dsb	sy
	b	probe_succeeded

/* bool probe_copy(uintptr_t to, uintptr_t from, size_t bytes) */
	.global	probe_copy
	.type	probe_copy, %function
probe_copy:
	cbz	x2, probe_succeeded
	ldrb	w3, [x1], #1
	strb	w3, [x0], #1
	sub	x2, x2, #1
	b	probe_copy

probe_succeeded:
	mov	w0, #1
	ret

	.global	probe_code_end
probe_code_end:

	.global	probe_failed
probe_failed:
	mov	w0, #0
	ret
