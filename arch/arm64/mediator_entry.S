/*
 * Entry, vectors and context switch of the mediator at EL2.
 *
 * While a lower level runs, SP_EL2 points to its context; the first member is struct frame. An
 * exception stores there and moves SP to this CPU's stack, whose top struct cpu holds (TPIDR_EL2).
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "abi/anchor.h"
#include "abi/audit.h"
#include "arch/asm.h"
#include "plat/memory.h"

#define CPU_STACK_TOP		0
#define CPU_ENTRIES		8
#define CPU_EMERGENCY_TOP	16

/* Pages of one CPU's stacks: guard, two of stack, guard, one for emergencies. */
#define STACK_BYTES		(5 * 4096)
#define STACK_TOP		(3 * 4096)
#define EMERGENCY_TOP		(5 * 4096)

/* x19 = CPU index: set TPIDR_EL2, SP and the stack fields of struct cpu. Clobbers x0-x3. */
.macro SET_STACKS
	adrp	x0, image_stacks
	add	x0, x0, :lo12:image_stacks
	mov	x1, #STACK_BYTES
	madd	x0, x19, x1, x0
	add	x1, x0, #STACK_TOP
	mov	sp, x1
	adrp	x2, cpu_area_bytes
	ldr	x2, [x2, :lo12:cpu_area_bytes]
	adrp	x3, cpus
	add	x3, x3, :lo12:cpus
	madd	x3, x19, x2, x3
	msr	tpidr_el2, x3
.endm

.macro PUBLISH_STACKS
	adrp	x0, image_stacks
	add	x0, x0, :lo12:image_stacks
	mov	x1, #STACK_BYTES
	madd	x0, x19, x1, x0
	add	x1, x0, #STACK_TOP
	mov	x2, #EMERGENCY_TOP
	add	x2, x0, x2
	mrs	x3, tpidr_el2
	str	x1, [x3, #CPU_STACK_TOP]
	str	x2, [x3, #CPU_EMERGENCY_TOP]
.endm

/* MMU and caches on, from mmu_registers. */
.macro MMU_ON
	adrp	x0, mmu_registers
	add	x0, x0, :lo12:mmu_registers
	ldp	x1, x2, [x0]
	ldp	x3, x4, [x0, #16]
	msr	mair_el2, x1
	msr	tcr_el2, x2
	msr	ttbr0_el2, x3
	isb
	tlbi	alle2
	dsb	nsh
	isb
	msr	sctlr_el2, x4
	isb
.endm

/* From the monitor: first CPU, MMU off, x0 = boot page. The image range is zero where the file ended. */
FUNCTION mediator_entry
	msr	daifset, #15
	b	1f
	.org	mediator_entry + AUDIT_LIST_POINTER
	.quad	audit_list
	.org	mediator_entry + ANCHOR_RECHECK_END
	.quad	image_data
1:	mov	x19, #0
	SET_STACKS
	bl	main_tables
	MMU_ON
	PUBLISH_STACKS
	bl	main_first
	b	.
END mediator_entry

/* From the monitor: a CPU that the outer OS turned on, MMU off, x0 = its index. */
FUNCTION mediator_secondary
	msr	daifset, #15
	mov	x19, x0
	MMU_ON
	SET_STACKS
	PUBLISH_STACKS
	mov	x0, x19
	bl	main_secondary
	b	.
END mediator_secondary

/* One of the three ways in from a lower level; the handler returns the context to enter. */
.macro ENTRY_FROM_LOWER name, handler
FUNCTION \name
	stp	x0, x1, [sp, #FRAME_X(0)]
	SAVE_X2_X30 sp
	mrs	x1, elr_el2
	mrs	x2, spsr_el2
	stp	x1, x2, [sp, #FRAME_PC]
	mov	x0, sp
	mrs	x3, tpidr_el2
	ldp	x4, x5, [x3, #CPU_STACK_TOP]
	add	x5, x5, #1
	str	x5, [x3, #CPU_ENTRIES]
	mov	sp, x4
	bl	\handler
	b	context_enter
END \name
.endm

	ENTRY_FROM_LOWER lower_sync, trap_sync
	ENTRY_FROM_LOWER lower_irq, trap_irq
	ENTRY_FROM_LOWER lower_serror, trap_serror

/* void context_enter(struct context *context) */
FUNCTION context_enter
	ldp	x1, x2, [x0, #FRAME_PC]
	msr	elr_el2, x1
	msr	spsr_el2, x2
	mov	sp, x0
	LOAD_X2_X30 sp
	ldp	x0, x1, [sp, #FRAME_X(0)]
	eret
	/* No speculation past the return. */
	dsb	nsh
	isb
END context_enter

/* An exception at EL2 itself, its stack perhaps overrun: a fresh one, then the monitor. */
FUNCTION own_exception
	mrs	x0, tpidr_el2
	ldr	x0, [x0, #CPU_EMERGENCY_TOP]
	mov	sp, x0
	bl	trap_own
	b	.
END own_exception

VECTOR_TABLE mediator_vectors
	/* Current level, SP_EL0: never used. */
	VECTOR own_exception
	VECTOR own_exception
	VECTOR own_exception
	VECTOR own_exception
	/* Current level. */
	VECTOR own_exception
	VECTOR own_exception
	VECTOR own_exception
	VECTOR own_exception
	/* Lower level, AArch64: synchronous, IRQ, FIQ, SError. */
	VECTOR lower_sync
	VECTOR lower_irq
	VECTOR lower_irq
	VECTOR lower_serror
	/* Lower level, AArch32 at EL0. */
	VECTOR lower_sync
	VECTOR lower_irq
	VECTOR lower_irq
	VECTOR lower_serror

/* v0..v31, FPCR and FPSR of a struct fp_state at x0. */
.macro FP_EACH instruction
	\instruction	q0, q1, [x0, #0]
	\instruction	q2, q3, [x0, #32]
	\instruction	q4, q5, [x0, #64]
	\instruction	q6, q7, [x0, #96]
	\instruction	q8, q9, [x0, #128]
	\instruction	q10, q11, [x0, #160]
	\instruction	q12, q13, [x0, #192]
	\instruction	q14, q15, [x0, #224]
	\instruction	q16, q17, [x0, #256]
	\instruction	q18, q19, [x0, #288]
	\instruction	q20, q21, [x0, #320]
	\instruction	q22, q23, [x0, #352]
	\instruction	q24, q25, [x0, #384]
	\instruction	q26, q27, [x0, #416]
	\instruction	q28, q29, [x0, #448]
	\instruction	q30, q31, [x0, #480]
.endm

/* void fp_save(struct fp_state *state), void fp_load(const struct fp_state *state) */
FUNCTION fp_save
	.arch_extension fp
	FP_EACH	stp
	mrs	x1, fpcr
	mrs	x2, fpsr
	add	x0, x0, #512
	stp	x1, x2, [x0]
	ret
END fp_save

FUNCTION fp_load
	FP_EACH	ldp
	add	x0, x0, #512
	ldp	x1, x2, [x0]
	msr	fpcr, x1
	msr	fpsr, x2
	ret
END fp_load
