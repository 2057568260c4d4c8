/*
 * Patterns in the vector registers of the small guest. Its C code is built without them, so a pattern
 * stays until somebody else's context leaks into it.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "arch/asm.h"

/* Cumulative flags of FPSR that may be set freely. */
#define FPSR_PATTERN	0x0800009f

/* x1 = the two halves of register \n for the seed in x0 differ from all others. Clobbers x1, x2. */
.macro PATTERN n
	mov	x2, #(2 * \n + 1)
	madd	x1, x0, x2, x2
	eor	x1, x1, x0, ror #17
.endm

/* \operation for each register, by its number. */
.macro EACH operation
	.irp	n, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15
	\operation	\n
	.endr
	.irp	n, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31
	\operation	\n
	.endr
.endm

.macro FILL n
	PATTERN	\n
	fmov	d\n, x1
	mvn	x1, x1
	mov	v\n\().d[1], x1
.endm

.macro CHECK n
	PATTERN	\n
	mov	x4, #(\n + 1)
	fmov	x3, d\n
	cmp	x3, x1
	b.ne	1f
	mvn	x1, x1
	mov	x3, v\n\().d[1]
	cmp	x3, x1
	b.ne	1f
.endm

/* void fp_fill(uint64_t seed) */
FUNCTION fp_fill
	EACH	FILL
	MOVE64	x1, FPSR_PATTERN
	msr	fpsr, x1
	ret
END fp_fill

/* uint64_t fp_check(uint64_t seed): 0, or 1 + the first register that differs (33: FPSR) */
FUNCTION fp_check
	EACH	CHECK
	mov	x4, #33
	MOVE64	x1, FPSR_PATTERN
	mrs	x3, fpsr
	cmp	x3, x1
	b.ne	1f
	mov	x4, xzr
1:	mov	x0, x4
	ret
END fp_check
