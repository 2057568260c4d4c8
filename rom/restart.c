/*
 * Which slot boots: the active one, unless the run before this one ordered a try of what is staged now, or that the
 * previous package takes over. An order is used up by being read.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "rom/restart.h"

#define FAILURES_MAX	255

bool restart_is_valid(const struct restart_record *record)
{
	return record->magic == RESTART_MAGIC && record->version == RESTART_VERSION &&
	       (record->order == RESTART_NONE || record->order == RESTART_TRY || record->order == RESTART_OTHER) &&
	       record->is_trial <= 1 && record->end <= RESTART_END_REFUSED && record->failures <= FAILURES_MAX &&
	       record->reserved == 0;
}

static uint32_t slot_other(const struct state *state)
{
	return state->slot == STATE_SLOT_A ? STATE_SLOT_B : STATE_SLOT_A;
}

struct restart_choice restart_choose(const struct restart_record *record, const struct state *state)
{
	uint32_t order = restart_is_valid(record) ? record->order : RESTART_NONE;

	/* Given in the middle of a run: what was staged then may be something else now. */
	if (order == RESTART_TRY && record->sequence == state->sequence && state->other == STATE_OTHER_STAGED)
		return (struct restart_choice){ slot_other(state), RESTART_WHY_TRY };
	/* Given at the end of a run: the state is still the same. */
	if (order == RESTART_OTHER && state->other == STATE_OTHER_PREVIOUS)
		return (struct restart_choice){ slot_other(state), RESTART_WHY_FAILURES };
	return (struct restart_choice){ state->slot, order == RESTART_NONE ? RESTART_WHY_ACTIVE : RESTART_WHY_VOID };
}
