/*
 * A storm: random steps of a hostile outer OS, hostile boxes and hostile VMs, with arguments that are near what is
 * allowed, at its edges, and far from it. The same seed gives the same steps.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#ifndef TESTS_UNIT_STORM_H
#define TESTS_UNIT_STORM_H

#include "tests/unit/machine.h"

#define STORM_HANDLES 6

struct storm {
	uint64_t random;			/* never zero */
	uint64_t handles[STORM_HANDLES];	/* of pairs created, some of them stale by now */
	bool may_share;				/* sharing is known to the rules (one thread only) */
	/* What succeeded, so that a storm in a teacup is found out. */
	unsigned created, pooled, moved, image_moved, activated, runs, vm_runs, shared, spis, terminated, reclaimed, freed, refused;
};

/* storm_step - one step by whoever runs on this CPU. */
void storm_step(struct storm *storm);

#endif
