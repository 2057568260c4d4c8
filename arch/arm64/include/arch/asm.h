/*
 * Macros shared by all assembly: function frames, vector tables, saving a struct frame.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#ifndef ARCH_ASM_H
#define ARCH_ASM_H

#include "arch/frame.h"
#include "arch/sysreg_fields.h"

.macro FUNCTION name
	.section .text.\name, "ax"
	.balign 16
	.global \name
	.type \name, %function
\name:
.endm

.macro END name
	.size \name, . - \name
.endm

/* A 2 KiB aligned table of sixteen 128-byte slots; each slot is one branch. */
.macro VECTOR_TABLE name
	.section .text.\name, "ax"
	.balign 2048
	.global \name
\name:
.endm

.macro VECTOR target
	.balign 128
	b	\target
.endm

/* x2..x30 to the frame at \base; x0 and x1 are the entry's to save. */
.macro SAVE_X2_X30 base
	stp	x2, x3, [\base, #FRAME_X(2)]
	stp	x4, x5, [\base, #FRAME_X(4)]
	stp	x6, x7, [\base, #FRAME_X(6)]
	stp	x8, x9, [\base, #FRAME_X(8)]
	stp	x10, x11, [\base, #FRAME_X(10)]
	stp	x12, x13, [\base, #FRAME_X(12)]
	stp	x14, x15, [\base, #FRAME_X(14)]
	stp	x16, x17, [\base, #FRAME_X(16)]
	stp	x18, x19, [\base, #FRAME_X(18)]
	stp	x20, x21, [\base, #FRAME_X(20)]
	stp	x22, x23, [\base, #FRAME_X(22)]
	stp	x24, x25, [\base, #FRAME_X(24)]
	stp	x26, x27, [\base, #FRAME_X(26)]
	stp	x28, x29, [\base, #FRAME_X(28)]
	str	x30, [\base, #FRAME_X(30)]
.endm

.macro LOAD_X2_X30 base
	ldp	x2, x3, [\base, #FRAME_X(2)]
	ldp	x4, x5, [\base, #FRAME_X(4)]
	ldp	x6, x7, [\base, #FRAME_X(6)]
	ldp	x8, x9, [\base, #FRAME_X(8)]
	ldp	x10, x11, [\base, #FRAME_X(10)]
	ldp	x12, x13, [\base, #FRAME_X(12)]
	ldp	x14, x15, [\base, #FRAME_X(14)]
	ldp	x16, x17, [\base, #FRAME_X(16)]
	ldp	x18, x19, [\base, #FRAME_X(18)]
	ldp	x20, x21, [\base, #FRAME_X(20)]
	ldp	x22, x23, [\base, #FRAME_X(22)]
	ldp	x24, x25, [\base, #FRAME_X(24)]
	ldp	x26, x27, [\base, #FRAME_X(26)]
	ldp	x28, x29, [\base, #FRAME_X(28)]
	ldr	x30, [\base, #FRAME_X(30)]
.endm

/* Load a 64-bit constant. */
.macro MOVE64 reg, value
	movz	\reg, #((\value) & 0xffff)
	movk	\reg, #(((\value) >> 16) & 0xffff), lsl #16
	movk	\reg, #(((\value) >> 32) & 0xffff), lsl #32
	movk	\reg, #(((\value) >> 48) & 0xffff), lsl #48
.endm

#endif
