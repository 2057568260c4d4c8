/*
 * Values for random steps, and steps that everybody can make.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#ifndef TESTS_MODEL_VALUES_H
#define TESTS_MODEL_VALUES_H

#include "tests/model/walk.h"

static inline uint64_t below(struct walk *w, uint64_t bound)
{
	return random_below(&w->random, bound);
}

static inline bool one_in(struct walk *w, uint64_t n)
{
	return random_one_in(&w->random, n);
}

/* value_corner - edges of memory and of numbers. */
uint64_t value_corner(struct walk *w, const struct model *m);
/* value_nearly - now and then not quite what was meant. */
uint64_t value_nearly(struct walk *w, const struct model *m, uint64_t value);
/* Addresses of granules: any; mostly one in a state; mostly the first of a run of the outer OS's. */
uint64_t value_granule_any(struct walk *w, const struct model *m);
uint64_t value_granule_in(struct walk *w, struct model *m, uint8_t state);
uint64_t value_run_outer(struct walk *w, struct model *m, uint64_t bytes, uint64_t align);
/* Bytes of a range. */
uint64_t value_size(struct walk *w, const struct model *m);
/* value_handle - of a pair in one of some states, a bit each; if there is none, of one that is gone, or of none. */
#define VALUE_SLOTS	32	/* in which one is looked for */
#define ANY_STATE	(~0u)
#define IN(state)	(1u << (state))
uint64_t value_handle(struct walk *w, const struct model *m, unsigned states);
/* A content that nothing else holds, or zeros. */
uint64_t value_content_new(struct walk *w);

struct model_step value_step(unsigned kind, uint64_t a0, uint64_t a1, uint64_t a2);
/* Reads or writes a page. */
struct model_step value_access(struct walk *w, uint64_t address);
/* A call that is not the caller's, or nobody's. */
struct model_step value_junk(struct walk *w, struct model *m);

/* walk_guest - the next step of a box or VM. */
struct model_step walk_guest(struct walk *w, struct model *m, unsigned cpu);

#endif
