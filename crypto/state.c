/*
 * Snapshots of a device's state: decides which are valid, and which of them is the newest.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "crypto/state.h"
#include "abi/restart.h"
#include "crypto/hash.h"

static bool digest_make(const struct state *state, uint8_t out[HASH_BYTES])
{
	struct hash_piece piece = { state, offsetof(struct state, sha256) };

	return hash_sha256(&piece, 1, out) == OK;
}

/* The other slot: what it holds, of which version, and how its try ended. */
static bool other_is_valid(const struct state *state)
{
	bool is_empty = state->other == STATE_OTHER_EMPTY, is_failed = state->other == STATE_OTHER_FAILED;

	if (!is_empty && !is_failed && state->other != STATE_OTHER_STAGED && state->other != STATE_OTHER_PREVIOUS)
		return false;
	if (state->failure > RESTART_END_REFUSED)
		return false;
	return is_empty == (state->other_version == 0) && is_failed == (state->failure != RESTART_END_NONE);
}

static bool fields_are_valid(const struct state *state)
{
	uint32_t rest = state->least[0].serial | state->least[0].counter;

	for (size_t i = 0; i < sizeof(state->reserved); i++)
		rest |= state->reserved[i];
	/* The highest sequence number is none: a snapshot always has a next one. */
	return (state->slot == STATE_SLOT_A || state->slot == STATE_SLOT_B) && state->sequence != 0 &&
	       state->sequence != UINT64_MAX && state->reason >= STATE_REASON_PROVISIONED &&
	       state->reason <= STATE_REASON_REVERTED && other_is_valid(state) && rest == 0;
}

bool state_is_valid(const struct state *state)
{
	uint8_t sha256[HASH_BYTES];

	if (state->magic != STATE_MAGIC || state->version != STATE_VERSION || !fields_are_valid(state))
		return false;
	return digest_make(state, sha256) && hash_is_equal(sha256, state->sha256);
}

enum status state_seal(struct state *state)
{
	state->magic = STATE_MAGIC;
	state->version = STATE_VERSION;
	return fields_are_valid(state) && digest_make(state, state->sha256) ? OK : ERR_ARGS;
}

uint32_t state_find(state_read *read, uint32_t count, struct state *newest)
{
	uint32_t place = STATE_NOWHERE;
	uint64_t sequence = 0;

	for (uint32_t i = 0; i < count; i++) {
		read(i, newest);
		if (newest->sequence > sequence && state_is_valid(newest)) {
			sequence = newest->sequence;
			place = i;
		}
	}
	if (place == STATE_NOWHERE)
		return STATE_NOWHERE;
	/* Checked again: what is used is this copy, not the one that was looked at. */
	read(place, newest);
	return newest->sequence == sequence && state_is_valid(newest) ? place : STATE_NOWHERE;
}
