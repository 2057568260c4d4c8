/*
 * A call after which no general register is lost.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "arch/asm.h"

#define SAVED_BYTES	112
#define SAVED_FRAME	96
#define SAVED_X30	104

/* void seek_call(uint64_t frame[31]) */
FUNCTION seek_call
	stp	x29, x30, [sp, #-SAVED_BYTES]!
	stp	x19, x20, [sp, #16]
	stp	x21, x22, [sp, #32]
	stp	x23, x24, [sp, #48]
	stp	x25, x26, [sp, #64]
	stp	x27, x28, [sp, #80]
	str	x0, [sp, #SAVED_FRAME]
	ldr	x2, [x0, #16]
	ldp	x0, x1, [x0]
	hvc	#0
	str	x30, [sp, #SAVED_X30]
	ldr	x30, [sp, #SAVED_FRAME]
	stp	x0, x1, [x30]
	stp	x2, x3, [x30, #16]
	stp	x4, x5, [x30, #32]
	stp	x6, x7, [x30, #48]
	stp	x8, x9, [x30, #64]
	stp	x10, x11, [x30, #80]
	stp	x12, x13, [x30, #96]
	stp	x14, x15, [x30, #112]
	stp	x16, x17, [x30, #128]
	stp	x18, x19, [x30, #144]
	stp	x20, x21, [x30, #160]
	stp	x22, x23, [x30, #176]
	stp	x24, x25, [x30, #192]
	stp	x26, x27, [x30, #208]
	stp	x28, x29, [x30, #224]
	ldr	x0, [sp, #SAVED_X30]
	str	x0, [x30, #240]
	ldp	x19, x20, [sp, #16]
	ldp	x21, x22, [sp, #32]
	ldp	x23, x24, [sp, #48]
	ldp	x25, x26, [sp, #64]
	ldp	x27, x28, [sp, #80]
	ldp	x29, x30, [sp], #SAVED_BYTES
	ret
END seek_call
