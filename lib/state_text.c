/*
 * What a device's state says, in words.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "lib/state_text.h"
#include "abi/restart.h"
#include "abi/state.h"
#include "lib/compiler.h"

const char *state_reason_text(uint32_t reason)
{
	static const char *const texts[] = {
		[STATE_REASON_PROVISIONED] = "provisioned",
		[STATE_REASON_CONFIRMED] = "tried and confirmed",
		[STATE_REASON_REVERTED] = "reverted to",
	};

	return reason < ARRAY_COUNT(texts) && texts[reason] != 0 ? texts[reason] : "unknown";
}

const char *state_other_text(uint32_t other)
{
	switch (other) {
	case STATE_OTHER_EMPTY:
		return "empty";
	case STATE_OTHER_STAGED:
		return "staged";
	case STATE_OTHER_FAILED:
		return "failed";
	case STATE_OTHER_PREVIOUS:
		return "previous";
	default:
		return "unknown";
	}
}

const char *state_end_text(uint32_t end)
{
	static const char *const texts[] = {
		[RESTART_END_NONE] = "is not known: power was off",
		[RESTART_END_RUNNING] = "ended without a word",
		[RESTART_END_ASKED] = "ended by a reset that was asked for",
		[RESTART_END_FAILED] = "ended by a failure of a trusted room",
		[RESTART_END_HUNG] = "hung",
		[RESTART_END_LATE] = "was not confirmed in time",
		[RESTART_END_ALTERED] = "ended because the mediator's code was altered",
		[RESTART_END_REFUSED] = "was refused by the ROM",
	};

	return end < ARRAY_COUNT(texts) ? texts[end] : "ended in an unknown way";
}
