/*
 * Calls to another level, and zeroing a granule: instructions that C has no words for.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "arch/asm.h"

/* void smc_call(struct smc_args *args), void hvc_call(struct smc_args *args) */
.macro CONDUIT name, instruction
FUNCTION \name
	stp	x29, x30, [sp, #-32]!
	mov	x29, sp
	str	x19, [sp, #16]
	mov	x19, x0
	ldp	x6, x7, [x19, #48]
	ldp	x4, x5, [x19, #32]
	ldp	x2, x3, [x19, #16]
	ldp	x0, x1, [x19]
	\instruction	#0
	stp	x0, x1, [x19]
	stp	x2, x3, [x19, #16]
	stp	x4, x5, [x19, #32]
	stp	x6, x7, [x19, #48]
	ldr	x19, [sp, #16]
	ldp	x29, x30, [sp], #32
	ret
END \name
.endm

	CONDUIT smc_call, smc
	CONDUIT hvc_call, hvc

/*
 * void zero_granule(void *page)
 * DC ZVA where it is permitted (DCZID_EL0.DZP clear), stores elsewhere; then clean and invalidate
 * each line, so that a non-cacheable reader sees zeros too.
 */
FUNCTION zero_granule
	mrs	x1, dczid_el0
	add	x2, x0, #4096
	mov	x3, x0
	tbnz	x1, #4, 2f
	and	x1, x1, #15
	mov	x4, #4
	lsl	x4, x4, x1
1:	dc	zva, x3
	add	x3, x3, x4
	cmp	x3, x2
	b.lo	1b
	b	3f
2:	stp	xzr, xzr, [x3], #16
	cmp	x3, x2
	b.lo	2b
3:	mrs	x1, ctr_el0
	ubfx	x1, x1, #16, #4
	mov	x4, #4
	lsl	x4, x4, x1
4:	dc	civac, x0
	add	x0, x0, x4
	cmp	x0, x2
	b.lo	4b
	dsb	sy
	ret
END zero_granule
