/*
 * Decides what follows the end of a run: the same slot, the other one, or nothing.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "monitor/restart.h"

#define FAILURES_END	255

static bool is_valid(const struct restart_record *record)
{
	return record->magic == RESTART_MAGIC && record->version == RESTART_VERSION &&
	       (record->order == RESTART_NONE || record->order == RESTART_TRY || record->order == RESTART_OTHER) &&
	       record->failures <= FAILURES_END;
}

/* A bad end of the active slot, or of the package before it, is one more in a row. */
static bool failure_count(struct restart_record *record, const struct restart_run *run)
{
	uint32_t failures = run->has_lived ? 1 : record->failures + 1;
	uint32_t most = run->failures_max < FAILURES_END ? run->failures_max : FAILURES_END - 1;

	record->failures = failures < FAILURES_END ? failures : FAILURES_END;
	if (record->failures == most)
		record->order = RESTART_OTHER;
	return record->failures <= most;
}

bool restart_decide(struct restart_record *record, const struct restart_run *run)
{
	if (!is_valid(record))
		*record = (struct restart_record){
			.magic = RESTART_MAGIC, .version = RESTART_VERSION, .order = RESTART_NONE,
		};
	record->is_trial = run->is_trial ? 1 : 0;
	record->end = run->end;
	record->reserved = 0;
	if (run->end == RESTART_END_ASKED) {
		record->failures = 0;
		return true;
	}
	record->order = RESTART_NONE;
	/* The active slot did nothing wrong, and boots now. */
	if (run->is_trial)
		return true;
	return failure_count(record, run);
}
