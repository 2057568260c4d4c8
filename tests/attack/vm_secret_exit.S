/*
 * Exits of a VM with a secret in every register.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "arch/asm.h"

/* Each is the instructions between: x0 and x1 as asked for, x2 .. x30 and v0 .. v31 words of the secret. */
.macro EXIT_BEGIN name
FUNCTION \name
	stp	x29, x30, [sp, #-96]!
	stp	x19, x20, [sp, #16]
	stp	x21, x22, [sp, #32]
	stp	x23, x24, [sp, #48]
	stp	x25, x26, [sp, #64]
	stp	x27, x28, [sp, #80]
	bl	fill
.endm

.macro EXIT_END name
	ldp	x19, x20, [sp, #16]
	ldp	x21, x22, [sp, #32]
	ldp	x23, x24, [sp, #48]
	ldp	x25, x26, [sp, #64]
	ldp	x27, x28, [sp, #80]
	ldp	x29, x30, [sp], #96
	ret
END \name
.endm

FUNCTION fill
	mov	x9, x30
	ldp	x2, x3, [x0]
	ldp	x4, x5, [x0, #16]
	mvn	x2, x2
	mvn	x3, x3
	mvn	x4, x4
	mvn	x5, x5
	.irp	n, 0, 4, 8, 12, 16, 20, 24, 28
	dup	v\n\().2d, x2
	.endr
	.irp	n, 1, 5, 9, 13, 17, 21, 25, 29
	dup	v\n\().2d, x3
	.endr
	.irp	n, 2, 6, 10, 14, 18, 22, 26, 30
	dup	v\n\().2d, x4
	.endr
	.irp	n, 3, 7, 11, 15, 19, 23, 27, 31
	dup	v\n\().2d, x5
	.endr
	.irp	n, 6, 10, 14, 18, 22, 26
	mov	x\n, x2
	.endr
	.irp	n, 7, 11, 15, 19, 23, 27
	mov	x\n, x3
	.endr
	.irp	n, 8, 12, 16, 20, 24, 28
	mov	x\n, x4
	.endr
	.irp	n, 13, 17, 21, 25, 29
	mov	x\n, x5
	.endr
	mov	x30, x2
	ldp	x0, x1, [x0, #32]
	/* The way back is in x9: whoever needs none replaces it. */
	br	x9
END fill

	EXIT_BEGIN vm_exit_read
	mov	x9, x5
	ldr	x9, [x0]
	EXIT_END vm_exit_read

	EXIT_BEGIN vm_exit_write_byte
	mov	x9, x5
	strb	w9, [x0]
	EXIT_END vm_exit_write_byte

	EXIT_BEGIN vm_exit_write_half
	mov	x9, x5
	strh	w9, [x0]
	EXIT_END vm_exit_write_half

	EXIT_BEGIN vm_exit_write_all
	str	x5, [x0]
	EXIT_END vm_exit_write_all

	EXIT_BEGIN vm_exit_wait
	mov	x9, x5
	wfi
	EXIT_END vm_exit_wait

	EXIT_BEGIN vm_exit_smc
	mov	x9, x5
	smc	#0
	EXIT_END vm_exit_smc

	EXIT_BEGIN vm_exit_hvc
	mov	x9, x5
	hvc	#0
	EXIT_END vm_exit_hvc

	EXIT_BEGIN vm_exit_spin
	mov	x9, x5
1:	subs	x0, x0, #1
	b.ne	1b
	EXIT_END vm_exit_spin
