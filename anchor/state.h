/*
 * The device's state: what the anchor keeps in flash from one boot to the next (abi/state.h). The state is always one
 * whole snapshot: an update makes the next one, in a place that is erased, and the old one stands until it is whole.
 * Called on one CPU at a time, by the anchor only; nobody else writes flash.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#ifndef ANCHOR_STATE_H
#define ANCHOR_STATE_H

#include "abi/state.h"
#include "lib/compiler.h"
#include "lib/status.h"

/* state_open - find the state, once, before any other call. Returns OK; ERR_NOT_FOUND if flash has no valid snapshot. */
MUST_CHECK enum status state_open(void);

/* state_get - the state as it is in flash. */
const struct state *state_get(void);

/**
 * state_put - make @next the state: it is in flash when the call returns OK.
 *
 * @next  a copy of what state_get gave, changed; magic, version, sequence and digest are the callee's. Not the
 *        snapshot itself that state_get points to.
 *
 * Returns OK; ERR_ARGS if a counter or a least number falls, or a field is not valid; ERR_STATE if the flash takes no
 * snapshot (bounded: each place is tried once). After an error the state is the one before, in flash and for state_get.
 */
MUST_CHECK enum status state_put(const struct state *next);

#endif
