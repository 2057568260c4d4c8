/*
 * Any bytes as a state log of up to seven places. The first byte says which places get the magic, the second which get a
 * digest that holds, so that what a digest guards is reached. What is found is valid, the newest, and sealed again the same.
 * Covers: crypto/state.c
 * Links: lib/signed.c lib/cbor.c
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "tests/fuzz/target.h"
#include "abi/restart.h"
#include "crypto/hash.h"
#include "crypto/state.h"
#include <stdlib.h>
#include <string.h>

#define PLACES	7

static struct state places[PLACES];

/* A digest that tells contents apart; how good it is, is not what is fuzzed. */
enum status hash_sha256(const struct hash_piece *pieces, size_t count, uint8_t out[HASH_BYTES])
{
	uint64_t sum = 14695981039346656037ull;

	for (size_t i = 0; i < count; i++) {
		for (size_t j = 0; j < pieces[i].bytes; j++)
			sum = (sum ^ ((const uint8_t *)pieces[i].data)[j]) * 1099511628211ull;
	}
	for (size_t i = 0; i < HASH_BYTES; i++)
		out[i] = (uint8_t)(sum >> 8 * (i % 8));
	return OK;
}

bool hash_is_equal(const uint8_t a[HASH_BYTES], const uint8_t b[HASH_BYTES])
{
	return memcmp(a, b, HASH_BYTES) == 0;
}

static void place_read(uint32_t place, struct state *out)
{
	if (place >= PLACES)
		abort();
	*out = places[place];
}

static void place_fill(unsigned place, uint8_t with_magic, uint8_t with_digest)
{
	struct hash_piece piece = { &places[place], offsetof(struct state, sha256) };

	if ((with_magic >> place & 1) != 0) {
		places[place].magic = STATE_MAGIC;
		places[place].version = STATE_VERSION;
	}
	if ((with_digest >> place & 1) != 0 && hash_sha256(&piece, 1, places[place].sha256) != OK)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t count)
{
	static struct state found, again;

	if (count < 2 || count > 2 + sizeof(places))
		return 0;
	memset(places, 0, sizeof(places));
	memcpy(places, data + 2, count - 2);
	for (unsigned place = 0; place < PLACES; place++)
		place_fill(place, data[0], data[1]);

	uint32_t newest = state_find(place_read, PLACES, &found);

	for (unsigned place = 0; place < PLACES; place++) {
		if (state_is_valid(&places[place]) && (newest == STATE_NOWHERE || places[place].sequence > found.sequence))
			abort();
	}
	if (newest == STATE_NOWHERE)
		return 0;
	again = found;
	if (newest >= PLACES || memcmp(&found, &places[newest], sizeof(found)) != 0 || !state_is_valid(&found) ||
	    state_seal(&again) != OK || memcmp(&again, &found, sizeof(found)) != 0)
		abort();
	if ((found.slot != STATE_SLOT_A && found.slot != STATE_SLOT_B) || found.failure > RESTART_END_REFUSED)
		abort();
	return 0;
}
