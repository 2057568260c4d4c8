/*
 * Running a function that may fault, at EL1, with an MMU whose map is identity for all code here.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "arch/asm.h"

#define SAVED_BYTES	128

/* uint64_t guard_run(void (*function)(uint64_t *), uint64_t *argument) */
FUNCTION guard_run
	stp	x29, x30, [sp, #-SAVED_BYTES]!
	stp	x19, x20, [sp, #16]
	stp	x21, x22, [sp, #32]
	stp	x23, x24, [sp, #48]
	stp	x25, x26, [sp, #64]
	stp	x27, x28, [sp, #80]
	mrs	x2, vbar_el1
	mrs	x3, daif
	stp	x2, x3, [sp, #96]
	msr	daifset, #15
	mrs	x2, sctlr_el1
	msr	tpidr_el0, x2
	mov	x2, sp
	msr	tpidrro_el0, x2
	adrp	x2, guard_vectors
	add	x2, x2, :lo12:guard_vectors
	msr	vbar_el1, x2
	isb
	mov	x2, x0
	mov	x0, x1
	blr	x2
	mov	x0, xzr
	b	guard_end
END guard_run

/* x0: result. The stack may be anywhere and the MMU off. */
FUNCTION guard_end
	mrs	x2, tpidr_el0
	msr	sctlr_el1, x2
	isb
	mrs	x2, tpidrro_el0
	mov	sp, x2
	ldp	x2, x3, [sp, #96]
	msr	vbar_el1, x2
	isb
	msr	daif, x3
	ldp	x27, x28, [sp, #80]
	ldp	x25, x26, [sp, #64]
	ldp	x23, x24, [sp, #48]
	ldp	x21, x22, [sp, #32]
	ldp	x19, x20, [sp, #16]
	ldp	x29, x30, [sp], #SAVED_BYTES
	ret
END guard_end

VECTOR_TABLE guard_vectors
	.rept	16
	.balign	128
	mrs	x0, esr_el1
	b	guard_end
	.endr
END guard_vectors

FUNCTION guard_load
	ldr	x1, [x0]
	ldr	x1, [x1]
	dsb	sy
	str	x1, [x0, #8]
	ret
END guard_load

FUNCTION guard_store
	ldp	x1, x2, [x0]
	str	x2, [x1]
	dsb	sy
	ret
END guard_store

/* x3: SCTLR_EL1 as it was. */
.macro MMU_OFF
	mrs	x3, sctlr_el1
	mov	x2, #(SCTLR_M | SCTLR_C)
	bic	x2, x3, x2
	msr	sctlr_el1, x2
	isb
.endm

/* What is read and written stays in registers while the MMU is off: memory may be newer in the caches. */
FUNCTION guard_load_plain
	ldr	x1, [x0]
	MMU_OFF
	ldr	x1, [x1]
	dsb	sy
	msr	sctlr_el1, x3
	isb
	str	x1, [x0, #8]
	ret
END guard_load_plain

FUNCTION guard_execute
	ldr	x1, [x0]
	adr	x30, 1f
	MMU_OFF
	br	x1
1:	ret
END guard_execute

/* argument[0..63]: the halves of v0 .. v31. */
FUNCTION guard_vectors_read
	mrs	x1, cpacr_el1
	orr	x2, x1, #(3 << 20)
	msr	cpacr_el1, x2
	isb
	.irp	v, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31
	str	q\v, [x0], #16
	.endr
	msr	cpacr_el1, x1
	isb
	ret
END guard_vectors_read

/*
 * A host call that leaves a mark in each register that it does not name, and looks for it afterwards.
 * argument[0..2]: x0 .. x2 in; argument[3]: how many of x4 .. x28 came back changed.
 */
FUNCTION guard_call_marked
	stp	x29, x30, [sp, #-112]!
	stp	x19, x20, [sp, #16]
	stp	x21, x22, [sp, #32]
	stp	x23, x24, [sp, #48]
	stp	x25, x26, [sp, #64]
	stp	x27, x28, [sp, #80]
	str	x0, [sp, #96]
	ldr	x2, [x0, #16]
	ldr	x1, [x0, #8]
	ldr	x0, [x0]
	.irp	r, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28
	MOVE64	x\r, (0xa11ce00000000000 + \r)
	.endr
	hvc	#0
	mov	x29, xzr
	.irp	r, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28
	MOVE64	x30, (0xa11ce00000000000 + \r)
	cmp	x\r, x30
	cinc	x29, x29, ne
	.endr
	ldr	x4, [sp, #96]
	stp	x0, x1, [x4]
	str	x29, [x4, #24]
	ldp	x19, x20, [sp, #16]
	ldp	x21, x22, [sp, #32]
	ldp	x23, x24, [sp, #48]
	ldp	x25, x26, [sp, #64]
	ldp	x27, x28, [sp, #80]
	ldp	x29, x30, [sp], #112
	ret
END guard_call_marked
