/*
 * The small guest's Image header, first instructions on each CPU, and vectors. EL1.
 * Source of the header: Linux Documentation/arch/arm64/booting.rst, "Call the kernel image".
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "arch/asm.h"
#include "guests/small/layout.h"

/* T0SZ 24: 40-bit addresses, walk from level 0; write-back, inner shareable; no TTBR1; 40-bit output. */
#define TCR_VALUE	((24 << 0) | (1 << 8) | (1 << 10) | (3 << 12) | (1 << 23) | (2 << 32))
#define CPACR_FPEN	(3 << 20)

FUNCTION small_start
	b	start
	.long	0
	.quad	0			/* text_offset: 2 MiB aligned base */
	.quad	small_image_bytes
	.quad	0xa			/* little-endian, 4 KiB pages, anywhere in memory */
	.quad	0, 0, 0
	.ascii	"ARM\x64"
	.long	0
END small_start

/* sp = top of the stack of CPU x19. Clobbers x0 to x2. */
.macro STACK_SET
	adrp	x0, small_stacks
	add	x0, x0, :lo12:small_stacks
	add	x1, x19, #1
	mov	w2, #SMALL_STACK_BYTES
	madd	x0, x1, x2, x0
	mov	sp, x0
.endm

/* Every register as it was handed over, for the command that shows them: x30 waits in TPIDR_EL1. */
FUNCTION start
	msr	tpidr_el1, x30
	adr	x30, small_boot_frame
	stp	x0, x1, [x30, #FRAME_X(0)]
	SAVE_X2_X30 x30
	mrs	x0, tpidr_el1
	str	x0, [x30, #FRAME_X(30)]
	mov	x0, sp
	str	x0, [x30, #FRAME_SP]
	mrs	x0, daif
	str	x0, [x30, #FRAME_PSTATE]
	adr	x0, small_start
	str	x0, [x30, #FRAME_PC]

	/* RAM survives a reset of the machine: what is zero by definition is made so. */
	adrp	x0, small_bss
	adrp	x1, small_bss_end
1:	stp	xzr, xzr, [x0], #16
	cmp	x0, x1
	b.lo	1b
	mov	x19, xzr
	STACK_SET
	bl	mmu_build
	b	cpu_enable
END start

/* x0: CPU. */
FUNCTION small_secondary
	mov	x19, x0
	b	cpu_enable
END small_secondary

/* x19: CPU. What was on the stack is gone: it was written past the caches. */
FUNCTION cpu_enable
	adr	x0, small_vectors
	msr	vbar_el1, x0
	msr	tpidr_el1, x19
	mov	x0, #CPACR_FPEN
	msr	cpacr_el1, x0
	MOVE64	x0, MAIR_VALUE
	msr	mair_el1, x0
	MOVE64	x0, TCR_VALUE
	msr	tcr_el1, x0
	adrp	x0, small_level0
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
	bl	small_main
	b	.
END cpu_enable

.macro ENTRY handler
	.balign	128
	sub	sp, sp, #FRAME_BYTES
	stp	x0, x1, [sp, #FRAME_X(0)]
	ldr	x0, =\handler
	b	exception
.endm

VECTOR_TABLE small_vectors
	.rept	4
	ENTRY	trap_unexpected
	.endr
	ENTRY	trap_sync
	ENTRY	trap_interrupt
	ENTRY	trap_unexpected
	ENTRY	trap_unexpected
	.rept	8
	ENTRY	trap_unexpected
	.endr
END small_vectors

/* x0: C handler, which takes the frame. */
FUNCTION exception
	SAVE_X2_X30 sp
	mrs	x1, elr_el1
	mrs	x2, spsr_el1
	stp	x1, x2, [sp, #FRAME_PC]
	mov	x1, x0
	mov	x0, sp
	blr	x1
	ldp	x1, x2, [sp, #FRAME_PC]
	msr	elr_el1, x1
	msr	spsr_el1, x2
	ldp	x0, x1, [sp, #FRAME_X(0)]
	LOAD_X2_X30 sp
	add	sp, sp, #FRAME_BYTES
	eret
END exception
