/*
 * First instructions of the programs in box and VM, MMU off; and calls with eleven registers.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "arch/asm.h"
#include "tests/model/board/guest.h"

FUNCTION guest_start
	mrs	x0, mpidr_el1
	and	x0, x0, #0xff
	MOVE64	x1, (GUEST_OWN + GUEST_PAGE_BYTES)
	mov	x2, #GUEST_PAGE_BYTES
	madd	x1, x0, x2, x1
	mov	sp, x1
	mov	x29, xzr
	bl	guest_main
	b	.
END guest_start

.macro CALL name, instruction
FUNCTION \name
	stp	x0, x30, [sp, #-16]!
	mov	x11, x0
	ldp	x0, x1, [x11]
	ldp	x2, x3, [x11, #16]
	ldp	x4, x5, [x11, #32]
	ldp	x6, x7, [x11, #48]
	ldp	x8, x9, [x11, #64]
	ldr	x10, [x11, #80]
	\instruction #0
	ldp	x11, x30, [sp], #16
	stp	x0, x1, [x11]
	stp	x2, x3, [x11, #16]
	stp	x4, x5, [x11, #32]
	stp	x6, x7, [x11, #48]
	stp	x8, x9, [x11, #64]
	str	x10, [x11, #80]
	ret
END \name
.endm

CALL guest_hvc, hvc
CALL guest_smc, smc
