/*
 * One sample of each operation that the small guest measures: counter, operation, counter. Returns the
 * difference in ticks; the empty pair is subtracted by the caller.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "abi/rsi.h"
#include "arch/asm.h"

/* A call may take x1 .. x17; the first reading waits in x19. */
.macro SAMPLE_BEGIN
	stp	x19, x30, [sp, #-16]!
	isb
	mrs	x19, cntvct_el0
.endm

.macro SAMPLE_TAKE
	isb
	mrs	x1, cntvct_el0
	sub	x0, x1, x19
	ldp	x19, x30, [sp], #16
.endm

.macro SAMPLE_END
	SAMPLE_TAKE
	ret
.endm

/* RSI_IPA_STATE_SET of [x20, x21) to x3 */
.macro STATE_SET
	mov	x1, x20
	mov	x2, x21
	mov	x4, #0
	ldr	x0, =RSI_IPA_STATE_SET
	smc	#0
.endm

FUNCTION sample_empty
	SAMPLE_BEGIN
	SAMPLE_END
END sample_empty

/* uint64_t sample_smc(uint64_t id), sample_hvc */
FUNCTION sample_smc
	SAMPLE_BEGIN
	smc	#0
	SAMPLE_END
END sample_smc

FUNCTION sample_hvc
	SAMPLE_BEGIN
	hvc	#0
	SAMPLE_END
END sample_hvc

FUNCTION sample_idreg
	SAMPLE_BEGIN
	mrs	x0, id_aa64mmfr1_el1
	SAMPLE_END
END sample_idreg

/* uint64_t sample_load(uint64_t address) */
FUNCTION sample_load
	SAMPLE_BEGIN
	ldr	w0, [x0]
	SAMPLE_END
END sample_load

/* uint64_t sample_sgi(uint64_t sgi1r, volatile uint32_t *count, uint32_t before): until it was handled */
FUNCTION sample_sgi
	SAMPLE_BEGIN
	msr	s3_0_c12_c11_5, x0
1:	ldr	w3, [x1]
	cmp	w3, w2
	b.eq	1b
	SAMPLE_END
END sample_sgi

/* uint64_t sample_share(uint64_t base, uint64_t top): RSI_IPA_STATE_SET to EMPTY and back to RAM */
FUNCTION sample_share
	stp	x20, x21, [sp, #-16]!
	mov	x20, x0
	mov	x21, x1
	SAMPLE_BEGIN
	mov	x3, #RSI_RIPAS_EMPTY
	STATE_SET
	mov	x3, #RSI_RIPAS_RAM
	STATE_SET
	SAMPLE_TAKE
	ldp	x20, x21, [sp], #16
	ret
END sample_share
