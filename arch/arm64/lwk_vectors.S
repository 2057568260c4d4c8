/*
 * Exceptions of the lightweight kernel: it has no EL0, so all come from EL1h. The frame is saved on
 * the interrupted thread's stack, unless that has run into its guard page.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "arch/asm.h"
#include "lwk/layout.h"

VECTOR_TABLE lwk_vectors
	/* EL1 with SP_EL0: never used. */
	VECTOR	trap_other_entry
	VECTOR	trap_other_entry
	VECTOR	trap_other_entry
	VECTOR	trap_other_entry
	/* EL1 with SP_EL1: synchronous, IRQ, FIQ, SError. */
	VECTOR	trap_sync_entry
	VECTOR	trap_irq_entry
	VECTOR	trap_other_entry
	VECTOR	trap_other_entry
	/* EL0: not there. */
	VECTOR	trap_other_entry
	VECTOR	trap_other_entry
	VECTOR	trap_other_entry
	VECTOR	trap_other_entry
	VECTOR	trap_other_entry
	VECTOR	trap_other_entry
	VECTOR	trap_other_entry
	VECTOR	trap_other_entry

/*
 * Save a struct frame below SP. No register is free yet, so SP is tested for the guard page by
 * swapping it with x0 arithmetically; PSTATE.NZCV is already in SPSR_EL1.
 */
.macro ENTER
	sub	sp, sp, #FRAME_BYTES
	add	sp, sp, x0
	sub	x0, sp, x0
	tst	x0, #STACK_GUARD_BITS
	b.eq	stack_overflow
	sub	x0, sp, x0
	sub	sp, sp, x0
	stp	x0, x1, [sp, #FRAME_X(0)]
	SAVE_X2_X30 sp
	mrs	x0, elr_el1
	mrs	x1, spsr_el1
	add	x2, sp, #FRAME_BYTES
	stp	x0, x1, [sp, #FRAME_PC]
	str	x2, [sp, #FRAME_SP]
	mov	x0, sp
.endm

FUNCTION trap_return
	ldp	x0, x1, [sp, #FRAME_PC]
	msr	elr_el1, x0
	msr	spsr_el1, x1
	LOAD_X2_X30 sp
	ldp	x0, x1, [sp, #FRAME_X(0)]
	add	sp, sp, #FRAME_BYTES
	eret
END trap_return

FUNCTION trap_sync_entry
	ENTER
	bl	trap_sync
	b	trap_return
END trap_sync_entry

FUNCTION trap_irq_entry
	ENTER
	bl	trap_irq
	b	trap_return
END trap_irq_entry

FUNCTION trap_other_entry
	ENTER
	bl	trap_other
END trap_other_entry

/* x0: the stack pointer that ran out. One emergency stack: the machine stops on it. */
FUNCTION stack_overflow
	adrp	x1, trap_emergency_stack
	add	x1, x1, :lo12:trap_emergency_stack
	add	sp, x1, #4096
	bl	trap_overflow
END stack_overflow
