/*
 * Decides which loads and stores can be emulated, and what the register gets.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "mediator/access.h"
#include "arch/sysreg.h"
#include "lib/addr.h"
#include "mediator/context.h"

/* A data abort with a valid syndrome, by a translation fault of the access itself: no walk, no cache maintenance. */
#define EMULABLE_MASK (ESR_EC_MASK << ESR_EC_SHIFT | ESR_ABORT_ISV | ESR_ABORT_S1PTW | ESR_ABORT_CM | \
		       (ESR_ABORT_FSC_MASK & ~3ull))
#define EMULABLE ((uint64_t)ESR_EC_DATA_ABORT_LOWER << ESR_EC_SHIFT | ESR_ABORT_ISV | ESR_ABORT_FSC_TRANSLATION)

bool access_decode(const struct context *context, uint64_t esr, uint64_t address, struct access *out)
{
	uint8_t bytes = (uint8_t)(1u << bits_get(esr, 23, 22)), rt = (uint8_t)bits_get(esr, 20, 16);
	bool is_write = (esr & ESR_ABORT_WNR) != 0;

	*out = (struct access){
		.address = address, .bytes = bytes, .rt = rt, .is_write = is_write,
		.value = is_write && rt != 31 ? context->frame.x[rt] & ~0ull >> (64 - 8u * bytes) : 0,
		.sign_extend = (esr & ESR_ABORT_SSE) != 0, .is_64 = (esr & ESR_ABORT_SF) != 0,
	};
	return (esr & EMULABLE_MASK) == EMULABLE && (context->frame.pstate & SPSR_AARCH32) == 0 &&
	       is_aligned(address, bytes);
}

void access_finish(struct context *context, const struct access *access)
{
	unsigned shift = 64 - 8u * access->bytes;
	uint64_t value = access->value << shift;

	context->frame.pc += 4;
	if (access->is_write || access->rt == 31)
		return;
	value = access->sign_extend ? (uint64_t)((int64_t)value >> shift) : value >> shift;
	context->frame.x[access->rt] = access->is_64 ? value : (uint32_t)value;
}
