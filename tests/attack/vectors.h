/*
 * Whose vector registers are these? Recognises what the small guest's `fp SEED` fills them with.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#ifndef TESTS_ATTACK_VECTORS_H
#define TESTS_ATTACK_VECTORS_H

#include "lib/compiler.h"

/* vectors_known - of the 64 halves of v0 .. v31, how many a small guest with this seed wrote (arch/arm64/small_fp.S). */
static inline unsigned vectors_known(const uint64_t halves[64], uint64_t seed)
{
	unsigned known = 0;

	for (unsigned n = 0; n < 32; n++) {
		uint64_t factor = 2 * n + 1;
		uint64_t pattern = (seed * factor + factor) ^ (seed >> 17 | seed << 47);

		for (unsigned i = 0; i < 64; i++)
			known += halves[i] == pattern || halves[i] == ~pattern;
	}
	return known;
}

#endif
