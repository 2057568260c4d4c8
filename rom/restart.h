/*
 * What the run before this one left in the restart record, and which slot boots therefore.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#ifndef ROM_RESTART_H
#define ROM_RESTART_H

#include "abi/restart.h"
#include "abi/state.h"
#include "lib/compiler.h"

enum restart_why {
	RESTART_WHY_ACTIVE,	/* nothing was ordered */
	RESTART_WHY_VOID,	/* what was ordered does not fit the state: the active slot */
	RESTART_WHY_TRY,	/* the staged package, once */
	RESTART_WHY_FAILURES,	/* the active slot fails again and again: the previous package */
};

/* The slot that boots (STATE_SLOT_*), and why. */
struct restart_choice {
	uint32_t slot;
	enum restart_why why;
};

/* restart_is_valid - is every field one that a trusted room writes? Anything may be in RAM. */
MUST_CHECK bool restart_is_valid(const struct restart_record *record);

/**
 * restart_choose - decide. Pure: no hardware.
 *
 * @record  any content
 * @state   valid
 */
struct restart_choice restart_choose(const struct restart_record *record, const struct state *state);

#endif
