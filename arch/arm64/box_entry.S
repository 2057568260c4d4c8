/*
 * The box's first instructions on each vCPU, and its vectors. Interrupts stay masked, and every exception of the box
 * is its own bug, but for one: memory of the VM that is not there (any more) when window_copy looks at it.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "arch/asm.h"
#include "box/stack.h"

/* T0SZ 25: 39-bit addresses; walks write-back, inner shareable; no TTBR1; 40-bit output. */
#define TCR_VALUE	((25 << 0) | (1 << 8) | (1 << 10) | (3 << 12) | (1 << 23) | (2 << 32))

/* sp = top of the stack of vCPU x19. Clobbers x0 to x2. */
.macro STACK_SET
	adrp	x0, box_stacks
	add	x0, x0, :lo12:box_stacks
	add	x1, x19, #1
	mov	w2, #BOX_STACK_STRIDE
	madd	x0, x1, x2, x0
	mov	sp, x0
.endm

/* x0: vCPU, 0 for the first. MMU off, EL1h, interrupts masked. */
FUNCTION box_start
	mov	x19, xzr
	STACK_SET
	adr	x0, box_vectors
	msr	vbar_el1, x0
	msr	tpidr_el1, x19
	bl	mmu_build
	b	mmu_enable
END box_start

FUNCTION box_secondary
	mov	x19, x0
	adr	x0, box_vectors
	msr	vbar_el1, x0
	msr	tpidr_el1, x19
	b	mmu_enable
END box_secondary

/* x19: vCPU. What was on the stack is gone: it was written past the caches. */
FUNCTION mmu_enable
	MOVE64	x0, MAIR_VALUE
	msr	mair_el1, x0
	MOVE64	x0, TCR_VALUE
	msr	tcr_el1, x0
	adrp	x0, box_level1
	msr	ttbr0_el1, x0
	isb
	tlbi	vmalle1
	ic	iallu
	dsb	nsh
	isb
	MOVE64	x0, (SCTLR_EL1_RES1 | SCTLR_M | SCTLR_C | SCTLR_SA | SCTLR_I | SCTLR_WXN)
	msr	sctlr_el1, x0
	isb
	STACK_SET
	mov	x29, xzr
	mov	x0, x19
	bl	box_main
	b	.
END mmu_enable

/* To the vCPU's emergency stack: the fault may be its stack's. */
.macro EXCEPTION kind
	mrs	x19, tpidr_el1
	adrp	x0, box_stacks
	add	x0, x0, :lo12:box_stacks
	mov	w2, #BOX_STACK_STRIDE
	madd	x0, x19, x2, x0
	mov	w2, #BOX_EMERGENCY_OFFSET
	add	x0, x0, x2
	msr	spsel, #1
	mov	sp, x0
	mov	x0, #\kind
	mrs	x1, esr_el1
	mrs	x2, elr_el1
	mrs	x3, far_el1
	bl	box_exception
	b	.
.endm

/* Synchronous exceptions with the box's own stack pointer are number 4. */
#define KIND_SYNCHRONOUS	4

VECTOR_TABLE box_vectors
	.set	kind, 0
	.rept	16
	.balign	128
	.if	kind == KIND_SYNCHRONOUS
	b	box_synchronous
	.else
	EXCEPTION kind
	.endif
	.set	kind, kind + 1
	.endr
END box_vectors

/* window_copy has no use for x0..x2 after an abort, and in all other cases nothing goes on. */
FUNCTION box_synchronous
	mrs	x0, elr_el1
	adrp	x1, window_copy
	add	x1, x1, :lo12:window_copy
	cmp	x0, x1
	b.lo	1f
	adrp	x1, window_copy_fault
	add	x1, x1, :lo12:window_copy_fault
	cmp	x0, x1
	b.hs	1f
	mrs	x0, esr_el1
	lsr	x2, x0, #ESR_EC_SHIFT
	cmp	x2, #ESR_EC_DATA_ABORT_SAME
	b.ne	1f
	and	x2, x0, #ESR_ABORT_FSC_MASK
	cmp	x2, #ESR_ABORT_FSC_EXTERNAL
	b.ne	1f
	msr	elr_el1, x1
	eret
1:	EXCEPTION KIND_SYNCHRONOUS
END box_synchronous
