/*
 * The newest snapshot of a log with any bytes: only places of the log are read; what is found is the copy that was
 * checked, each of its fields has one of its values, and no place that is valid has a higher sequence number. A digest is
 * any, and holds or not. Scaled to 3 places of 288 bytes.
 * Scale: abi/state.h: s/^#define STATE_BYTES		4096/#define STATE_BYTES 288/
 * Scale: abi/state.h: s/reserved\[3816\]/reserved[8]/
 * Unwind: 9
 * Mutant: crypto/state.c: s/state->sequence != UINT64_MAX \&\&/true \&\&/
 * Breaks: a state always has a next one
 * Mutant: crypto/state.c: s/	read(place, newest);/	read(0, newest);/
 * Breaks: what is valid is found
 * Mutant: crypto/state.c: s/newest->sequence > sequence \&\&/sequence == 0 \&\&/
 * Breaks: no valid snapshot has a higher sequence number
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "crypto/state.c"
#include "tests/proof/proof.h"

#define PLACES 3

struct state nondet_state(void);

static struct state places[PLACES];
/* Whether the digest of a place holds is decided once. */
static bool holds[PLACES];
static uint32_t last_place;

enum status hash_sha256(const struct hash_piece *pieces, size_t count, uint8_t out[HASH_BYTES])
{
	CLAIM(count == 1 && pieces[0].bytes == STATE_BYTES - 32, "all but the digest is hashed");
	out[0] = holds[last_place];
	return OK;
}

bool hash_is_equal(const uint8_t a[HASH_BYTES], const uint8_t b[HASH_BYTES])
{
	(void)b;
	return a[0] != 0;
}

static void place_read(uint32_t place, struct state *out)
{
	CLAIM(place < PLACES, "only places of the log are read");
	last_place = place;
	*out = places[place];
}

void proof(void)
{
	static struct state newest;
	uint32_t any = nondet_u32();

	for (unsigned i = 0; i < PLACES; i++) {
		places[i] = nondet_state();
		holds[i] = nondet_bool();
	}
	ASSUME(any < PLACES);
	uint32_t place = state_find(place_read, PLACES, &newest);

	last_place = any;
	bool any_is_valid = state_is_valid(&places[any]);

	if (place == STATE_NOWHERE) {
		CLAIM(!any_is_valid, "what is valid is found");
		WITNESS(true, "no snapshot");
		return;
	}
	CLAIM(place < PLACES && newest.sequence == places[place].sequence && holds[place], "what is found is in its place");
	CLAIM(!any_is_valid || places[any].sequence <= newest.sequence, "no valid snapshot has a higher sequence number");
	CLAIM(newest.magic == STATE_MAGIC && newest.version == STATE_VERSION && (newest.slot == 'A' || newest.slot == 'B') &&
	      newest.reason >= 1 && newest.reason <= 3 && newest.failure <= 7 && newest.least[0].serial == 0,
	      "each field has one of its values");
	CLAIM((newest.other == 0x10) == (newest.other_version == 0) && (newest.other == 0x42) == (newest.failure != 0),
	      "what is said of the other slot agrees");
	CLAIM(newest.sequence != 0 && newest.sequence != UINT64_MAX, "a state always has a next one");
	WITNESS(place == 2 && any == 0 && any_is_valid && newest.other == 0x42, "a newer one in the last place");
}
