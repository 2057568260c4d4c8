/*
 * Random numbers: decides what the generator is seeded with, and that a seed is used once.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "anchor/random.h"
#include "abi/anchor.h"
#include "anchor/room.h"
#include "anchor/state.h"
#include "arch/random.h"
#include "crypto/drbg.h"
#include "crypto/hkdf.h"
#include "lib/memory.h"

/* RNDR may have nothing to give for an instant. */
#define WORD_TRIES	10

_Static_assert(STATE_SEED_BYTES == DRBG_SEED_BYTES, "a seed of the state starts the generator");

/* What both seeds of a boot are derived from. */
struct origin {
	uint8_t seed[STATE_SEED_BYTES];
	uint64_t fresh[STATE_SEED_BYTES / sizeof(uint64_t)];	/* zero where the CPU gives nothing */
};

static struct state next;

static void origin_fill(struct origin *origin)
{
	*origin = (struct origin){ 0 };
	memcpy(origin->seed, state_get()->seed, sizeof(origin->seed));
	for (size_t i = 0; i < ARRAY_COUNT(origin->fresh); i++) {
		for (unsigned tries = 0; tries < WORD_TRIES && !random_word(&origin->fresh[i]); tries++)
			origin->fresh[i] = 0;
	}
}

static enum status seed_derive(const struct origin *origin, const char *purpose, uint8_t out[DRBG_SEED_BYTES])
{
	const struct hash_piece none = { "", 0 };
	const struct hash_piece key = { origin, sizeof(*origin) };
	const struct hash_piece info = { purpose, strlen(purpose) };

	return hkdf_sha256(none, key, info, out, DRBG_SEED_BYTES);
}

enum status random_open(void)
{
	struct origin origin;
	uint8_t seed[DRBG_SEED_BYTES];
	enum status status;

	origin_fill(&origin);
	next = *state_get();
	status = seed_derive(&origin, "redoubt seed 1 of the next boot", next.seed);
	if (status == OK)
		status = seed_derive(&origin, "redoubt seed 1 of this boot", seed);
	/* Whatever ends this boot from here on, no other one starts from the same seed. */
	if (status == OK)
		status = state_put(&next);
	if (status == OK)
		status = drbg_seed(seed);
	memory_wipe(seed, sizeof(seed));
	memory_wipe(&origin, sizeof(origin));
	return status;
}

enum status random_make(void *out, size_t bytes)
{
	return drbg_make(out, bytes);
}

int64_t random_call(struct call *call)
{
	uint64_t bits = call->x[1];
	uint64_t words[ANCHOR_RANDOM_BITS_MAX / 64];

	if (bits == 0 || bits > ANCHOR_RANDOM_BITS_MAX)
		return ANCHOR_ERR_ARGS;
	if (random_make(words, sizeof(words)) != OK)
		return ANCHOR_ERR_STATE;
	/* The lowest 64 bits are in x3, the highest in x1. */
	for (size_t i = 0; i < ARRAY_COUNT(words); i++) {
		uint64_t left = bits > 64 * i ? bits - 64 * i : 0;

		call->x[3 - i] = left >= 64 ? words[i] : words[i] & (BIT(left) - 1);
	}
	memory_wipe(words, sizeof(words));
	return ANCHOR_OK;
}
