/*
 * bool window_copy(void *to, const void *from, size_t bytes)
 * One side is memory of the VM, where any access may abort: the vectors (box_entry.S) then go on at window_copy_fault,
 * which returns false. Pieces of 16, then 8, 4, 2 and 1 bytes in one access each: an aligned index is copied whole.
 * Leaf function: nothing but x0..x4 changes, so that nothing needs to be brought back after an abort.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "arch/asm.h"

FUNCTION window_copy
1:	cmp	x2, #16
	b.lo	2f
	ldp	x3, x4, [x1], #16
	stp	x3, x4, [x0], #16
	sub	x2, x2, #16
	b	1b
2:	tbz	x2, #3, 3f
	ldr	x3, [x1], #8
	str	x3, [x0], #8
3:	tbz	x2, #2, 4f
	ldr	w3, [x1], #4
	str	w3, [x0], #4
4:	tbz	x2, #1, 5f
	ldrh	w3, [x1], #2
	strh	w3, [x0], #2
5:	tbz	x2, #0, 6f
	ldrb	w3, [x1]
	strb	w3, [x0]
6:	mov	w0, #1
	ret
	.global	window_copy_fault
window_copy_fault:
	mov	w0, #0
	ret
END window_copy
