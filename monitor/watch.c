/*
 * Decides whether a CPU hangs in a trusted room, and whether a deadline is over.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "monitor/watch.h"

bool watch_is_hung(struct watch *watch, enum watch_place place, uint64_t stays)
{
	bool is_same = place != WATCH_BELOW && place == watch->place && stays == watch->stays;

	watch->looks = is_same ? watch->looks + 1 : 0;
	watch->place = place;
	watch->stays = stays;
	return watch->looks >= WATCH_LOOKS_MAX;
}

bool watch_is_past(uint64_t started, uint64_t now, uint64_t ms, uint64_t hertz)
{
	return now - started >= hertz / 1000 * ms;
}
