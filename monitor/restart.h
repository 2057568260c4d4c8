/*
 * What follows the end of a run: pure decisions on the restart record, no hardware.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#ifndef MONITOR_RESTART_H
#define MONITOR_RESTART_H

#include <stdbool.h>
#include "abi/restart.h"

/* A run that lived so long worked: bad ends before it no longer count. */
#define RESTART_LIVED_MS	300000

/* The run that ends. */
struct restart_run {
	enum restart_end end;
	bool is_trial;
	bool has_lived;		/* RESTART_LIVED_MS at least */
	uint32_t failures_max;	/* of the identity page */
};

/**
 * restart_decide - what is written for the next boot, and whether there is one.
 *
 * @record  in: what secure RAM holds, in any state; out: valid
 *
 * Returns true if the machine is to be reset, false if it is to be powered off. Of an end that was asked for the answer
 * means nothing: who asks says which. An order that the run gave stands only if its end was asked for.
 */
bool restart_decide(struct restart_record *record, const struct restart_run *run);

#endif
