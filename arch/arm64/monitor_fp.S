/*
 * Vector registers of the normal world, kept while the anchor runs. The only use of them at EL3.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "arch/asm.h"

.macro FP_EACH instruction, base
	\instruction	q0, q1, [\base], #32
	\instruction	q2, q3, [\base], #32
	\instruction	q4, q5, [\base], #32
	\instruction	q6, q7, [\base], #32
	\instruction	q8, q9, [\base], #32
	\instruction	q10, q11, [\base], #32
	\instruction	q12, q13, [\base], #32
	\instruction	q14, q15, [\base], #32
	\instruction	q16, q17, [\base], #32
	\instruction	q18, q19, [\base], #32
	\instruction	q20, q21, [\base], #32
	\instruction	q22, q23, [\base], #32
	\instruction	q24, q25, [\base], #32
	\instruction	q26, q27, [\base], #32
	\instruction	q28, q29, [\base], #32
	\instruction	q30, q31, [\base], #32
.endm

/* void monitor_fp_save(void *area) */
FUNCTION monitor_fp_save
	FP_EACH	stp, x0
	mrs	x1, fpcr
	mrs	x2, fpsr
	stp	x1, x2, [x0]
	ret
END monitor_fp_save

/* void monitor_fp_load(const void *area): every bit of v0..v31, FPCR and FPSR is replaced. */
FUNCTION monitor_fp_load
	FP_EACH	ldp, x0
	ldp	x1, x2, [x0]
	msr	fpcr, x1
	msr	fpsr, x2
	ret
END monitor_fp_load
