/*
 * A random walk: what whoever runs on some CPU does next. Arguments come from the model's state: mostly what makes sense,
 * often its nearest neighbour that doesn't, sometimes anything.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#ifndef TESTS_MODEL_WALK_H
#define TESTS_MODEL_WALK_H

#include "tests/model/model.h"
#include "tests/model/random.h"

#define WALK_PLAN_MAX	10

/* What a VM will store to a device's registers, one after the other. */
struct walk_plan {
	unsigned slot, count, next;
	struct model_step steps[WALK_PLAN_MAX];
};

struct walk {
	struct random random;
	uint64_t contents;			/* written so far: each gets a new number */
	uint64_t params_page[MODEL_CPU_MAX];	/* the parameters that a CPU wrote for its next call; 0: none */
	struct walk_plan plans[MODEL_CPU_MAX];
	/* Two MiB that are mostly left alone, so that they can be given as a whole; and how far that has come. */
	uint64_t spare;
	struct {
		uint64_t handle, role, ipa, done;
	} block;
};

/* @spare: 2 MiB of the outer OS's, aligned. */
void walk_init(struct walk *walk, uint64_t seed, uint64_t episode, uint64_t spare);
/* walk_step - the next step, on any CPU but @not (MODEL_CPU_MAX: on any). Parameters it writes are in @m then. */
struct model_step walk_step(struct walk *walk, struct model *m, unsigned not);
/* walk_step_inside - likewise, in the middle of a memory call of @cpu: often about the same memory and the same pair. */
struct model_step walk_step_inside(struct walk *walk, struct model *m, unsigned cpu);
/* walk_inside - in the middle of a memory call of so many bytes: at which event somebody else steps in; 0: nobody. */
unsigned walk_inside(struct walk *walk, uint64_t bytes);

#endif
