/*
 * The log of the device's state: decides where the next snapshot goes, so that no cut of power costs the last one.
 * A place is programmed once after an erase, and a block is erased only while the state is in the other one.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "anchor/state.h"
#include "crypto/state.h"
#include "lib/memory.h"
#include "plat/flash.h"
#include "plat/memory.h"

#define BLOCK_PLACES	(PLAT_FLASH_BLOCK_BYTES / STATE_BYTES)
#define PLACES		(PLAT_FLASH_STATE_BLOCKS * BLOCK_PLACES)
_Static_assert(PLAT_FLASH_STATE_BLOCKS == 2, "a block and the other block");

static struct state current;	/* as it is in flash */
static struct state draft;	/* the next one, on its way */
static struct state page;	/* what was read of a place */
static uint32_t next_place;	/* behind the last place that is not erased, of the block that the state is in */
static uint32_t current_block;
static uint64_t sequence;	/* the last one that was given to a snapshot, written whole or not */

static void place_read(uint32_t place, struct state *out)
{
	flash_read(PLAT_FLASH_STATE + (uint64_t)place * STATE_BYTES, out, sizeof(*out));
}

static bool place_is_erased(uint32_t place)
{
	const uint64_t *words = (const uint64_t *)(const void *)&page;
	uint64_t all = UINT64_MAX;

	place_read(place, &page);
	for (size_t i = 0; i < sizeof(page) / sizeof(*words); i++)
		all &= words[i];
	return all == UINT64_MAX;
}

enum status state_open(void)
{
	uint32_t place = state_find(place_read, PLACES, &current);

	if (place == STATE_NOWHERE)
		return ERR_NOT_FOUND;
	sequence = current.sequence;
	current_block = place / BLOCK_PLACES;
	next_place = (current_block + 1) * BLOCK_PLACES;
	/* The state's own place ends the search. */
	while (place_is_erased(next_place - 1))
		next_place--;
	return OK;
}

const struct state *state_get(void)
{
	return &current;
}

/* Does nothing fall that may only rise? */
static bool rises(const struct state *next)
{
	for (size_t i = 0; i < ARRAY_COUNT(next->counters); i++) {
		if (next->counters[i] < current.counters[i])
			return false;
	}
	for (size_t i = 0; i < ARRAY_COUNT(next->least); i++) {
		if (next->least[i].serial < current.least[i].serial || next->least[i].counter < current.least[i].counter)
			return false;
	}
	return true;
}

/*
 * Write the draft to a place; false if it does not take it. Each try has a sequence number of its own: what is left of
 * a place that fails is no second snapshot of the same number.
 */
static bool place_write(uint32_t place)
{
	draft.sequence = ++sequence;
	if (!place_is_erased(place) || state_seal(&draft) != OK)
		return false;
	if (flash_program(PLAT_FLASH_STATE + (uint64_t)place * STATE_BYTES, &draft, sizeof(draft)) == OK)
		return true;
	/* Whatever the device says: a snapshot that is whole is the state of the next boot. */
	place_read(place, &page);
	return memcmp(&page, &draft, sizeof(page)) == 0;
}

/* Write the draft to the first place from next_place on that takes it, up to the end of the block. */
static bool block_write(uint32_t block)
{
	while (next_place < (block + 1) * BLOCK_PLACES) {
		if (place_write(next_place++)) {
			current = draft;
			current_block = block;
			return true;
		}
	}
	return false;
}

enum status state_put(const struct state *next)
{
	uint32_t other = 1 - current_block;

	if (!rises(next))
		return ERR_ARGS;
	draft = *next;
	draft.sequence = current.sequence + 1;
	if (state_seal(&draft) != OK)
		return ERR_ARGS;
	if (block_write(current_block))
		return OK;
	/* Whatever the other block holds is older. */
	if (flash_erase(PLAT_FLASH_STATE + (uint64_t)other * PLAT_FLASH_BLOCK_BYTES) != OK)
		return ERR_STATE;
	next_place = other * BLOCK_PLACES;
	if (block_write(other))
		return OK;
	/* The state's block is full: the next one erases the other block anew. */
	next_place = (current_block + 1) * BLOCK_PLACES;
	return ERR_STATE;
}
