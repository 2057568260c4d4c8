/*
 * One episode: a fresh machine, then steps on model and mediator side by side, chosen by a walk or given as a list. Each
 * runs in a process of its own, so that however it ends, somebody is there to say so.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#ifndef TESTS_MODEL_EPISODE_H
#define TESTS_MODEL_EPISODE_H

#include "tests/model/model.h"

#define EPISODE_STEPS_MAX	100000
#define EPISODE_CODES		10	/* 0 .. -8, and what went to somebody else */
#define EPISODE_CALLS		64
#define EPISODE_MESSAGE		4096

/* Shared with the process that runs it. */
struct episode_shared {
	unsigned count;					/* steps in the list, the last one begun last */
	struct model_step steps[EPISODE_STEPS_MAX];
	struct content_params params;			/* that they write */
	uint64_t total, insides;			/* steps and steps within steps of all episodes */
	uint64_t seen[EPISODE_CALLS][EPISODE_CODES];	/* answers: by call, by code */
	struct model_counts counts;			/* of all episodes */
	uint64_t episode;				/* the one that runs, or ran last */
	unsigned reached;				/* a list: steps of it that were begun */
};

struct episode_plan {
	uint64_t seed, first, episodes;	/* walks */
	unsigned steps;			/* of each episode */
	unsigned check_interval;	/* everything is compared after so many steps */
	bool is_replay;			/* the list in shared memory, once */
	unsigned check_from;		/* from this step of the list on everything is compared after each */
	bool is_printed;		/* each step, with its answer */
	bool is_strict;			/* see subject_boot(); nobody steps in */
};

/* episode_open - memory that is shared with the processes to come. */
struct episode_shared *episode_open(void);

/**
 * episode_run - carry out @plan in a process of its own.
 *
 * @message  what it said when it failed, EPISODE_MESSAGE bytes; steps that are printed go to the output
 * Returns true if model and mediator agreed to the end.
 */
bool episode_run(struct episode_shared *shared, const struct episode_plan *plan, char *message);

/* The row of a call in seen[]; -1: none. And its name, or NULL. */
int episode_call_row(uint64_t id);
const char *episode_call_name(int row);

/* episode_text - a step as a person reads it. */
void episode_text(struct model *m, const struct model_step *step, char *text, size_t bytes);

#endif
