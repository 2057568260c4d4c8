/*
 * Entries of the anchor: once at boot, then for every call; and its vectors, which only report.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "arch/asm.h"

/* x1 = boot_info, MMU off. Ends the start call: x0 result, x1 entry of later calls. */
FUNCTION anchor_start
	adrp	x2, anchor_vectors
	add	x2, x2, #:lo12:anchor_vectors
	msr	vbar_el1, x2
	isb
	adrp	x2, anchor_end
	add	x2, x2, #:lo12:anchor_end
	mov	sp, x2
	mov	x0, x1
	bl	anchor_main
	adr	x1, anchor_call
	smc	#0

/* x0..x6 = call; the stack is empty, and empty again at the end. */
anchor_call:
	stp	x0, x1, [sp, #-64]!
	stp	x2, x3, [sp, #16]
	stp	x4, x5, [sp, #32]
	str	x6, [sp, #48]
	mov	x0, sp
	bl	calls_dispatch
	ldr	x6, [sp, #48]
	ldp	x4, x5, [sp, #32]
	ldp	x2, x3, [sp, #16]
	ldp	x0, x1, [sp]
	/* It may have been a secret. */
	stp	xzr, xzr, [sp, #48]
	stp	xzr, xzr, [sp, #32]
	stp	xzr, xzr, [sp, #16]
	stp	xzr, xzr, [sp], #64
	smc	#0
	b	report
END anchor_start

/* No exception is expected: the monitor reads ESR, ELR and FAR, and stops the machine. */
VECTOR_TABLE anchor_vectors
	.rept	16
	VECTOR	report
	.endr
report:
	smc	#1
	b	report
END anchor_vectors
