/*
 * Entry of the lightweight kernel, on the boot CPU and on those that PSCI turns on: a stack, the
 * vectors, then C. MMU off, EL1h.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "arch/asm.h"
#include "lwk/layout.h"

/* x0: device tree. The boot CPU uses stack slot 0. */
FUNCTION lwk_entry
	msr	daifset, #0xf
	mov	x19, x0
	mov	x0, #0
	bl	cpu_prepare
	mov	x0, x19
	b	main_boot
END lwk_entry

/* x0: index of this CPU, as the boot CPU passed it to CPU_ON. */
FUNCTION lwk_secondary_entry
	msr	daifset, #0xf
	mov	x19, x0
	bl	cpu_prepare
	mov	x0, x19
	b	main_secondary
END lwk_secondary_entry

/* x0: stack slot. Sets SP and VBAR_EL1, and SP_EL1 as the stack in use. */
FUNCTION cpu_prepare
	msr	spsel, #1
	adrp	x1, thread_stacks
	add	x1, x1, :lo12:thread_stacks
	add	x1, x1, x0, lsl #STACK_SHIFT
	mov	x2, #STACK_FIRST_SP
	add	sp, x1, x2
	adrp	x1, lwk_vectors
	add	x1, x1, :lo12:lwk_vectors
	msr	vbar_el1, x1
	isb
	mov	x29, xzr
	ret
END cpu_prepare
