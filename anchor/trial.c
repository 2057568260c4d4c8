/*
 * Which slot is the active one: decides what a try needs, what it leaves, and which counters rise.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "anchor/trial.h"
#include "abi/anchor.h"
#include "abi/restart.h"
#include "anchor/slot.h"
#include "anchor/state.h"
#include "lib/signed.h"

static struct state next;	/* a page: too large for the stack */

/* This run, by the ROM's word. */
static struct {
	uint32_t slot, version, last_end;
	bool is_trial;
	struct { uint32_t serial, counter; } package[SIGNED_ROLE_END];	/* what it says of its roles */
} run;

/* The run before this one was the one try, and it is over: it did not confirm itself. */
static void failure_record(const struct boot_info *boot_info)
{
	enum status status;

	if (boot_info->last_was_trial != 1 || run.is_trial || state_get()->other != STATE_OTHER_STAGED)
		return;
	next = *state_get();
	next.other = STATE_OTHER_FAILED;
	next.failure = run.last_end != RESTART_END_NONE ? run.last_end : RESTART_END_RUNNING;
	status = state_put(&next);
	/* If the flash does not take it: the package stays staged, and may be tried again. */
	(void)status;
}

void trial_open(const struct boot_info *boot_info)
{
	run.slot = boot_info->slot;
	run.version = boot_info->firmware_version;
	run.last_end = boot_info->last_end;
	run.is_trial = boot_info->is_trial == 1;
	run.package[SIGNED_ROLE_FIRMWARE].serial = boot_info->firmware_least;
	run.package[SIGNED_ROLE_FIRMWARE].counter = boot_info->firmware_counter;
	run.package[SIGNED_ROLE_POLICY].serial = boot_info->policy_least;
	run.package[SIGNED_ROLE_POLICY].counter = boot_info->policy_counter;
	failure_record(boot_info);
}

bool trial_is_running(void)
{
	return run.is_trial;
}

bool trial_is_active(void)
{
	return run.slot == state_get()->slot;
}

int64_t trial_order(struct call *call)
{
	(void)call;
	if (!trial_is_active() || state_get()->other != STATE_OTHER_STAGED)
		return ANCHOR_ERR_STATE;
	restart_order_try(state_get()->sequence);
	return ANCHOR_OK;
}

static void least_raise(void)
{
	for (unsigned role = 0; role < SIGNED_ROLE_END; role++) {
		if (next.least[role].serial < run.package[role].serial)
			next.least[role].serial = run.package[role].serial;
		if (next.least[role].counter < run.package[role].counter)
			next.least[role].counter = run.package[role].counter;
	}
}

int64_t trial_confirm(struct call *call)
{
	(void)call;
	if (!run.is_trial || trial_is_active() || state_get()->other != STATE_OTHER_STAGED)
		return ANCHOR_ERR_STATE;
	next = *state_get();
	slot_swap(&next, STATE_REASON_CONFIRMED);
	least_raise();
	if (state_put(&next) != OK)
		return ANCHOR_ERR_FLASH;
	run.is_trial = false;
	restart_confirmed();
	return ANCHOR_OK;
}

int64_t trial_status(struct call *call)
{
	const struct state *state = state_get();

	call->x[1] = run.slot | (run.is_trial ? 1u << 8 : 0) | (uint64_t)state->slot << 16;
	call->x[2] = state->other | (uint64_t)state->failure << 32;
	call->x[3] = run.version | (uint64_t)state->other_version << 32;
	call->x[4] = state->reason | (uint64_t)run.last_end << 32;
	call->x[5] = state->least[SIGNED_ROLE_FIRMWARE].counter |
		     (uint64_t)state->least[SIGNED_ROLE_POLICY].counter << 32;
	call->x[6] = state->sequence;
	return ANCHOR_OK;
}
