/*
 * Reset: CPU 0 gets a stack and goes on in C; the others sleep until this boot's monitor wakes
 * them.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "abi/parking.h"
#include "abi/psci.h"
#include "arch/asm.h"
#include "plat/gic.h"
#include "plat/memory.h"

/*
 * The table is at 0, so the first slot is the reset entry too: no exception is taken to "EL3 with
 * SP_EL0".
 */
VECTOR_TABLE rom_start
	b	start
	.rept 15
	VECTOR	exception
	.endr

start:
	mrs	x0, currentel
	cmp	x0, #(3 << 2)
	b.ne	no_el3
	mrs	x0, mpidr_el1
	MOVE64	x1, PSCI_AFFINITY_MASK
	ands	x0, x0, x1
	b.ne	park

	adr	x0, rom_start
	msr	vbar_el3, x0
	/* TPIDR_EL3 marks that an exception is being reported. */
	msr	tpidr_el3, xzr
	/* Vector registers are the hash's; SVE and trace stay trapped. */
	msr	cptr_el3, xzr
	isb
	ldr	x0, =rom_stack_top
	mov	sp, x0

	ldr	x0, =rom_data
	ldr	x1, =rom_data_end
	ldr	x2, =rom_data_load
1:	cmp	x0, x1
	b.hs	2f
	ldp	x3, x4, [x2], #16
	stp	x3, x4, [x0], #16
	b	1b
2:	ldr	x0, =rom_bss
	ldr	x1, =rom_bss_end
3:	cmp	x0, x1
	b.hs	4f
	stp	xzr, xzr, [x0], #16
	b	3b
4:	b	rom_main

/*
 * The stack may be what failed: start it anew, nobody returns. A second exception, in the report,
 * is not reported.
 */
exception:
	mrs	x0, tpidr_el3
	cbnz	x0, sleep
	mov	x0, #1
	msr	tpidr_el3, x0
	ldr	x0, =rom_stack_top
	mov	sp, x0
	mrs	x0, esr_el3
	mrs	x1, elr_el3
	mrs	x2, far_el3
	b	rom_exception

/*
 * x0 = affinity of this CPU, not 0. RAM survives a reset, so no word in it may release a CPU: wait
 * for an SGI of group 0, which the GIC forwards only after this boot's monitor enabled the group.
 */
park:
	cmp	x0, #PLAT_CPU_MAX
	b.hs	sleep
	MOVE64	x1, PLAT_GICR_BASE
	mov	x2, #PLAT_GICR_STRIDE
	madd	x1, x0, x2, x1

	ldr	w2, [x1, #GICR_WAKER]
	bic	w2, w2, #(1 << GICR_WAKER_PROCESSOR_SLEEP_BIT)
	str	w2, [x1, #GICR_WAKER]
1:	ldr	w2, [x1, #GICR_WAKER]
	tbnz	w2, #GICR_WAKER_CHILDREN_ASLEEP_BIT, 1b

	/*
	 * All private interrupts in group 0, only the parking SGI enabled, at the highest priority.
	 */
	add	x1, x1, #GICR_SGI_FRAME
	str	wzr, [x1, #(GICR_IGROUPR0 - GICR_SGI_FRAME)]
	str	wzr, [x1, #(GICR_IGRPMODR0 - GICR_SGI_FRAME)]
	strb	wzr, [x1, #(GICR_IPRIORITYR - GICR_SGI_FRAME + PARKING_SGI)]
	mov	w2, #(1 << PARKING_SGI)
	str	w2, [x1, #(GICR_ISENABLER0 - GICR_SGI_FRAME)]
	dsb	sy

	/* ICC_SRE_EL3: system registers, no bypass; ICC_PMR_EL1; ICC_IGRPEN0_EL1. */
	mov	x2, #0xf
	msr	s3_6_c12_c12_5, x2
	isb
	mov	x2, #0xff
	msr	s3_0_c4_c6_0, x2
	mov	x2, #1
	msr	s3_0_c12_c12_6, x2
	isb

	/* WFI ends with the pending FIQ though it is masked; ICC_IAR0_EL1 tells what it was. */
2:	dsb	sy
	wfi
	mrs	x2, s3_0_c12_c8_0
	cmp	x2, #PARKING_SGI
	b.ne	2b
	msr	s3_0_c12_c8_1, x2
	MOVE64	x1, PLAT_MONITOR_BASE
	mov	x0, #0
	ic	iallu
	dsb	sy
	isb
	br	x1

sleep:
	wfi
	b	sleep

/*
 * Without EL3 nothing below works, not even powering off: say so on UART0 (PL011: data 0x00, flags
 * 0x18, bit 5 full).
 */
no_el3:
	adr	x0, no_el3_text
	MOVE64	x1, PLAT_UART0_BASE
1:	ldrb	w2, [x0], #1
	cbz	w2, sleep
2:	ldr	w3, [x1, #0x18]
	tbnz	w3, #5, 2b
	str	w2, [x1]
	b	1b
no_el3_text:
	.asciz	"rom: reset did not enter EL3: start QEMU with -M virt,secure=on,virtualization=on\r\n"
	.balign	4
END rom_start

/* void rom_leave(uint64_t entry, uint64_t boot_info) */
FUNCTION rom_leave
	mrs	x2, sctlr_el3
	mov	x3, #(SCTLR_M | SCTLR_C)
	bic	x2, x2, x3
	bic	x2, x2, #SCTLR_I
	bic	x2, x2, #SCTLR_WXN
	msr	sctlr_el3, x2
	isb
	tlbi	alle3
	ic	iallu
	dsb	sy
	isb
	mov	x2, x0
	mov	x0, x1
	br	x2
END rom_leave
