/*
 * Entry of every CPU into the monitor, from the ROM with the MMU off: CPU 0 with x0 = boot_info,
 * the others with x0 = 0 when CPU 0 has woken them. And the ways out into C on an empty stack.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "arch/asm.h"
#include "monitor/room.h"

/*
 * \out = end of this CPU's stack in the array at \stacks. Changes \index (left as the CPU's
 * number).
 */
.macro STACK_END out, index, stacks, stride, scratch
	mrs	\index, mpidr_el1
	and	\index, \index, #0xff
	adrp	\out, \stacks
	add	\out, \out, #:lo12:\stacks
	mov	\scratch, #\stride
	madd	\out, \index, \scratch, \out
	add	\out, \out, \scratch
.endm

FUNCTION monitor_start
	adrp	x1, monitor_vectors
	add	x1, x1, #:lo12:monitor_vectors
	msr	vbar_el3, x1
	/* No trap of vector registers to EL3; SVE and trace stay trapped. */
	msr	cptr_el3, xzr
	isb
	STACK_END x1, x2, monitor_stacks, MONITOR_STACK_STRIDE, x3
	mov	sp, x1
	cbnz	x0, monitor_main
	mov	x0, x2
	b	monitor_main_secondary
END monitor_start

/* void monitor_sleep_on_empty_stack(unsigned cpu): CPU_OFF does not come back. */
FUNCTION monitor_sleep_on_empty_stack
	STACK_END x1, x2, monitor_stacks, MONITOR_STACK_STRIDE, x3
	mov	sp, x1
	b	power_sleep
END monitor_sleep_on_empty_stack

/* An exception at EL3 itself: the stack may be what failed. \vector is the slot's number. */
.macro FATAL vector
	.balign 128
	mov	x0, #\vector
	b	fatal
.endm

/* From the normal world; the stack is empty, as at every entry. Only what C may change is saved. */
.macro NORMAL_SAVE
	sub	sp, sp, #FRAME_BYTES
	stp	x0, x1, [sp, #FRAME_X(0)]
	stp	x2, x3, [sp, #FRAME_X(2)]
	stp	x4, x5, [sp, #FRAME_X(4)]
	stp	x6, x7, [sp, #FRAME_X(6)]
	stp	x8, x9, [sp, #FRAME_X(8)]
	stp	x10, x11, [sp, #FRAME_X(10)]
	stp	x12, x13, [sp, #FRAME_X(12)]
	stp	x14, x15, [sp, #FRAME_X(14)]
	stp	x16, x17, [sp, #FRAME_X(16)]
	str	x18, [sp, #FRAME_X(18)]
	stp	x29, x30, [sp, #FRAME_X(29)]
.endm

VECTOR_TABLE monitor_vectors
	FATAL	0
	FATAL	1
	FATAL	2
	FATAL	3
	FATAL	4
	FATAL	5
	FATAL	6
	FATAL	7
	VECTOR	lower_sync
	FATAL	9
	VECTOR	lower_fiq
	FATAL	11
	VECTOR	lower_sync
	FATAL	13
	VECTOR	lower_fiq
	FATAL	15

fatal:
	STACK_END x1, x2, monitor_emergency_stacks, MONITOR_EMERGENCY_BYTES, x3
	mov	sp, x1
	b	crash_exception

lower_sync:
	stp	x29, x30, [sp, #-16]!
	mrs	x29, scr_el3
	tbz	x29, #0, anchor_returns
	ldp	x29, x30, [sp], #16
	NORMAL_SAVE
	mrs	x1, esr_el3
	mov	x0, sp
	lsr	x1, x1, #ESR_EC_SHIFT
	cmp	x1, #ESR_EC_SMC64
	b.ne	1f
	bl	calls_smc
	b	normal_load
1:	bl	calls_trap
	b	normal_load

/*
 * A group 0 interrupt is the monitor's own. It may come while the anchor runs: then the stack holds what
 * monitor_anchor_enter left, and this frame goes below.
 */
lower_fiq:
	NORMAL_SAVE
	bl	calls_interrupt

normal_load:
	ldp	x0, x1, [sp, #FRAME_X(0)]
	ldp	x2, x3, [sp, #FRAME_X(2)]
	ldp	x4, x5, [sp, #FRAME_X(4)]
	ldp	x6, x7, [sp, #FRAME_X(6)]
	ldp	x8, x9, [sp, #FRAME_X(8)]
	ldp	x10, x11, [sp, #FRAME_X(10)]
	ldp	x12, x13, [sp, #FRAME_X(12)]
	ldp	x14, x15, [sp, #FRAME_X(14)]
	ldp	x16, x17, [sp, #FRAME_X(16)]
	ldr	x18, [sp, #FRAME_X(18)]
	ldp	x29, x30, [sp, #FRAME_X(29)]
	add	sp, sp, #FRAME_BYTES
	eret
	/* Nothing behind an ERET is to be executed speculatively. */
	dsb	nsh
	isb

/*
 * The stack is as monitor_anchor_enter left it, with x29 and x30 of the anchor on top. SMC #0 ends
 * a call with results in x0..x6; all else is a failure, reported from the registers it left.
 */
anchor_returns:
	mrs	x29, esr_el3
	mov	w30, #(ESR_EC_SMC64 << ESR_EC_SHIFT)
	orr	w30, w30, #ESR_IL
	cmp	x29, x30
	b.ne	crash_anchor_exception
	add	sp, sp, #16
	ldr	x7, [sp], #16
	stp	x0, x1, [x7]
	stp	x2, x3, [x7, #16]
	stp	x4, x5, [x7, #32]
	str	x6, [x7, #48]
	ldp	x19, x20, [sp], #16
	ldp	x21, x22, [sp], #16
	ldp	x23, x24, [sp], #16
	ldp	x25, x26, [sp], #16
	ldp	x27, x28, [sp], #16
	ldp	x29, x30, [sp], #16
	ret
END monitor_vectors

/*
 * void monitor_anchor_enter(uint64_t args[7]) ELR, SPSR, SCR and the EL1 registers are the anchor's
 * already. Returns when the anchor executes SMC #0.
 */
FUNCTION monitor_anchor_enter
	stp	x29, x30, [sp, #-16]!
	stp	x27, x28, [sp, #-16]!
	stp	x25, x26, [sp, #-16]!
	stp	x23, x24, [sp, #-16]!
	stp	x21, x22, [sp, #-16]!
	stp	x19, x20, [sp, #-16]!
	str	x0, [sp, #-16]!
	mov	x8, x0
	ldp	x0, x1, [x8]
	ldp	x2, x3, [x8, #16]
	ldp	x4, x5, [x8, #32]
	ldr	x6, [x8, #48]
	b	eret_rest_zero
END monitor_anchor_enter

/*
 * void monitor_eret_normal(uint64_t x0): for good, so the stack is left empty and every register
 * but x0 zero.
 */
FUNCTION monitor_eret_normal
	STACK_END x1, x2, monitor_stacks, MONITOR_STACK_STRIDE, x3
	mov	sp, x1
	mov	x1, #0
	mov	x2, #0
	mov	x3, #0
	mov	x4, #0
	mov	x5, #0
	mov	x6, #0
eret_rest_zero:
	mov	x7, #0
	mov	x8, #0
	mov	x9, #0
	mov	x10, #0
	mov	x11, #0
	mov	x12, #0
	mov	x13, #0
	mov	x14, #0
	mov	x15, #0
	mov	x16, #0
	mov	x17, #0
	mov	x18, #0
	mov	x19, #0
	mov	x20, #0
	mov	x21, #0
	mov	x22, #0
	mov	x23, #0
	mov	x24, #0
	mov	x25, #0
	mov	x26, #0
	mov	x27, #0
	mov	x28, #0
	mov	x29, #0
	mov	x30, #0
	eret
	dsb	nsh
	isb
END monitor_eret_normal
