/*
 * Trials: which slot is the active one, and how another one becomes it. A staged package is tried once; if that run
 * confirms itself, its slot is the active one, and what is older than it is refused from then on.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#ifndef ANCHOR_TRIAL_H
#define ANCHOR_TRIAL_H

#include "anchor/room.h"

/*
 * trial_open - once, at the start, with the state open: remember what runs, and what the run before this one was. If it
 * was a try, the try has failed; the state says so from now on. Flash that does not take that leaves it "staged".
 */
void trial_open(const struct boot_info *boot_info);

/* trial_is_running - is this run a try that is not confirmed? */
bool trial_is_running(void);

/* trial_is_active - is the slot that runs the active one? */
bool trial_is_active(void);

/* trial_order - ANCHOR_UPDATE_TRY: the next warm reset boots the staged package. ANCHOR_OK; ANCHOR_ERR_STATE if there is none, or
 * the active slot does not run. */
int64_t trial_order(struct call *call);

/*
 * trial_confirm - ANCHOR_UPDATE_CONFIRM: the slot that is tried becomes the active one, and the security counters and
 * serials rise to what its package and policy say. ANCHOR_OK; ANCHOR_ERR_STATE unless this run is a try;
 * ANCHOR_ERR_FLASH, and it is as before.
 */
int64_t trial_confirm(struct call *call);

/* trial_status - ANCHOR_UPDATE_STATUS. Never fails. */
int64_t trial_status(struct call *call);

/* restart.c: order the other slot for the next warm reset, under the state of this sequence number. */
void restart_order_try(uint64_t sequence);
/* restart.c: however this run ends, it was no try. */
void restart_confirmed(void);

#endif
