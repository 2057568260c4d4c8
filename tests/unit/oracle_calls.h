/*
 * The oracle's rows: for each call and each way in which it can name a granule, what it must answer and what it changes,
 * as docs/abi.md says.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#ifndef TESTS_UNIT_ORACLE_CALLS_H
#define TESTS_UNIT_ORACLE_CALLS_H

#include "tests/unit/oracle.h"

/* One call in one world. */
struct oracle_cell {
	const struct oracle_world *world;
	enum oracle_subject subject;
	uint64_t pa;			/* of the granule */
	uint64_t args[7];		/* x0.. */
	uint64_t results[7];		/* x0.. when somebody goes on */
};

struct oracle_row {
	uint64_t id;
	const char *role;		/* what the granule is for the call */
	/* Fills in the arguments behind the id. */
	void (*arguments)(struct oracle_cell *cell);
	/* By what the granule is: GRANULE_*, then what is no DRAM. */
	int8_t by_state[GRANULE_STATE_COUNT + 1];
	/* By the life of the pair that the handle names; this counts first. */
	int8_t by_target[LIVES];
	/* What is different when it is done; NULL: nothing. And what it returns beyond x0; NULL: zeros or looked at elsewhere. */
	void (*effect)(struct oracle_state *state, const struct oracle_cell *cell);
	void (*results)(const struct oracle_state *state, const struct oracle_cell *cell);
};

extern const struct oracle_row oracle_rows[];
extern const size_t oracle_row_count;

/* oracle_answer - the code that the row's caller must get. */
int64_t oracle_answer(const struct oracle_row *row, const struct oracle_cell *cell);
/* oracle_aside - what even a refused call may change: a look at a pair that everybody left finds it dead. */
void oracle_aside(const struct oracle_row *row, struct oracle_state *state, const struct oracle_cell *cell);

#endif
