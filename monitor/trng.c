/*
 * The entropy source that firmware offers: decides which of its calls are answered, and how the anchor's bits lie in
 * registers.
 * Source: Arm DEN0098, "TRNG_VERSION", "TRNG_FEATURES", "TRNG_GET_UUID", "TRNG_RND".
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "monitor/room.h"
#include "abi/anchor.h"
#include "abi/smccc.h"

_Static_assert(TRNG_BITS64_MAX == ANCHOR_RANDOM_BITS_MAX, "the anchor answers in one call");

bool trng_is(uint32_t id)
{
	return (id >= TRNG_VERSION && id <= TRNG_RND32) || id == TRNG_RND64;
}

static void random_fill(struct frame *frame, uint64_t bits, bool is_32)
{
	uint64_t *x = frame->x;

	if (bits == 0 || bits > (is_32 ? TRNG_BITS32_MAX : TRNG_BITS64_MAX)) {
		x[0] = (uint64_t)TRNG_INVALID_PARAMETERS;
		return;
	}
	x[0] = ANCHOR_RANDOM;
	x[1] = bits;
	world_call_anchor(x);
	if (x[0] != ANCHOR_OK) {
		x[0] = (uint64_t)TRNG_NO_ENTROPY;
		x[1] = x[2] = x[3] = 0;
	} else if (is_32) {
		x[1] = x[2];
		x[2] = x[3] >> 32;
		x[3] = (uint32_t)x[3];
	}
}

void trng_call(struct frame *frame)
{
	uint64_t *x = frame->x;
	uint32_t id = (uint32_t)x[0];

	switch (id) {
	case TRNG_VERSION:
		x[0] = TRNG_VERSION_1_0;
		return;
	case TRNG_FEATURES:
		x[0] = trng_is((uint32_t)x[1]) ? TRNG_SUCCESS : (uint64_t)TRNG_NOT_SUPPORTED;
		return;
	case TRNG_GET_UUID:
		x[0] = TRNG_UUID_W0;
		x[1] = TRNG_UUID_W1;
		x[2] = TRNG_UUID_W2;
		x[3] = TRNG_UUID_W3;
		return;
	default:
		random_fill(frame, id == TRNG_RND32 ? (uint32_t)x[1] : x[1], id == TRNG_RND32);
	}
}
