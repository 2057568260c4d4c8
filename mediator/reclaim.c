/*
 * HOST_RECLAIM. Decides what of a dead pair goes back to the outer OS, and that its descriptor goes last.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "mediator/granule.h"
#include "mediator/memory.h"

static bool is_reclaimable(uint8_t state)
{
	return state == GRANULE_TABLE || state == GRANULE_CONTEXT || state == GRANULE_NOTICE || state == GRANULE_DATA;
}

static pa_t descriptor_of(const struct pair *pair)
{
	return pair_control(pair, HOST_CONTROL_DESCRIPTOR);
}

/* Granules of one dead pair from @range's start on, held: how many bytes? At most HOST_MOVE_MAX. */
static uint64_t reclaim_hold(const struct pair *pair, struct pa_range range)
{
	uint64_t done = 0;

	for (; done < range.bytes && done < HOST_MOVE_MAX; done += GRANULE_BYTES) {
		struct pa_range one = { pa_add(range.base, done), GRANULE_BYTES };
		struct granule granule = granule_get(one.base);
		pa_t failed;

		if (!is_reclaimable(granule.state) || granule.who.who == 0 ||
		    (granule.who.who - 2u) / 2 != pair->index ||
		    pa_value(one.base) == pa_value(descriptor_of(pair)) ||
		    granule_hold(one, granule.state, granule.who, &failed) != OK)
			break;
	}
	return done;
}

/* Held granules of a dead pair go back: unreachable, zero, then the outer OS's. */
static void reclaim_commit(struct pa_range range)
{
	stage2_outer_close(range);
	memory_zero(range);
	stage2_outer_open(range, STAGE2_READ_WRITE);
	granule_release(range, GRANULE_OUTER, WHO_OUTER);
}

/* The descriptor is the last granule of its pair: with it goes the slot. */
MUST_CHECK static enum status reclaim_descriptor(struct pair_slot *slot, struct pa_range one)
{
	pa_t failed;

	if (slot->pair->granule_count != 1)
		return ERR_STATE;
	enum status status = granule_hold(one, GRANULE_CONTEXT, who_make(slot->pair->index, HOST_ROLE_BOX), &failed);

	if (status != OK)
		return status;
	pair_free((unsigned)(slot - pair_slots));
	reclaim_commit(one);
	return OK;
}

/* pair_begin is held: the pair is dead and this call alone works on it. */
static enum status reclaim_from(struct call *call, struct pair_slot *slot, struct pa_range range)
{
	struct pair *pair = slot->pair;

	if (pa_value(range.base) == pa_value(descriptor_of(pair))) {
		struct pa_range one = { range.base, GRANULE_BYTES };
		enum status status = reclaim_descriptor(slot, one);

		if (status != OK)
			pair_end(slot);
		call->results[0] = status == OK ? GRANULE_BYTES : 0;
		return status;
	}
	range.bytes = reclaim_hold(pair, range);
	if (range.bytes != 0) {
		reclaim_commit(range);
		pair->granule_count -= range.bytes >> GRANULE_SHIFT;
	}
	pair_end(slot);
	call->results[0] = range.bytes;
	return range.bytes != 0 ? OK : ERR_BUSY;
}

enum status memory_reclaim(struct call *call)
{
	struct pair_slot *slot;
	struct pa_range range;
	enum status status = pa_range_make(call->args[0], call->args[1], GRANULE_BYTES, &range);

	if (status != OK)
		return status;
	struct granule granule = granule_get(range.base);

	call->refused = pa_value(range.base);
	if (granule.state == GRANULE_MOVING)
		return ERR_BUSY;
	if (!is_reclaimable(granule.state) || granule.who.who < 2)
		return ERR_DENIED;
	unsigned index = (granule.who.who - 2u) / 2;

	if (!pair_reap(index))
		return atomic_load(&pair_slots[index].state) == HOST_PAIR_DYING ? ERR_BUSY : ERR_STATE;
	status = pair_begin(pair_handle(index), BIT(HOST_PAIR_DEAD), &slot);
	return status == OK ? reclaim_from(call, slot, range) : status;
}
