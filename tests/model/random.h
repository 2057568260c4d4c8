/*
 * Random numbers of the model's walks: the same seed gives the same walk.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#ifndef TESTS_MODEL_RANDOM_H
#define TESTS_MODEL_RANDOM_H

#include <stdbool.h>
#include <stdint.h>

struct random {
	uint64_t state;		/* never zero */
};

static inline struct random random_make(uint64_t seed, uint64_t part)
{
	uint64_t x = seed * 0x9e3779b97f4a7c15ull + (part + 1) * 0xbf58476d1ce4e5b9ull;

	x = (x ^ x >> 31) * 0x94d049bb133111ebull;
	x ^= x >> 29;
	return (struct random){ x == 0 ? 1 : x };
}

static inline uint64_t random_next(struct random *random)
{
	random->state ^= random->state << 13;
	random->state ^= random->state >> 7;
	random->state ^= random->state << 17;
	return random->state * 0x2545f4914f6cdd1dull;
}

/* A number below @bound. */
static inline uint64_t random_below(struct random *random, uint64_t bound)
{
	return (random_next(random) >> 20) % bound;
}

static inline bool random_one_in(struct random *random, uint64_t n)
{
	return random_below(random, n) == 0;
}

#endif
