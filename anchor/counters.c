/*
 * Monotonic counters, for whoever has no flash of its own: decides nothing but that they rise.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "anchor/room.h"
#include "abi/anchor.h"
#include "anchor/state.h"

int64_t counters_read(struct call *call)
{
	if (call->x[1] >= STATE_COUNTER_MAX)
		return ANCHOR_ERR_ARGS;
	call->x[1] = state_get()->counters[call->x[1]];
	return ANCHOR_OK;
}

int64_t counters_raise(struct call *call)
{
	static struct state next;
	uint64_t index = call->x[1], value = call->x[2];

	if (index >= STATE_COUNTER_MAX || value <= state_get()->counters[index])
		return ANCHOR_ERR_ARGS;
	next = *state_get();
	next.counters[index] = value;
	return state_put(&next) == OK ? ANCHOR_OK : ANCHOR_ERR_FLASH;
}
