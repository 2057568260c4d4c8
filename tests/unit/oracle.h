/*
 * The oracle: the full state of the machine as numbers that can be compared, and the worlds in which one call is tried:
 * a granule in a state, its owner and the pair that the call names each somewhere in their lives, and an actor.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#ifndef TESTS_UNIT_ORACLE_H
#define TESTS_UNIT_ORACLE_H

#include "tests/unit/fixture.h"

#define ORACLE_RAM_BYTES	(8 * MIB)
#define ORACLE_RAM_END		(PLAT_RAM_BASE + ORACLE_RAM_BYTES)
#define ORACLE_GRANULES		(ORACLE_RAM_BYTES / GRANULE_BYTES)
#define ORACLE_LOADER		(PLAT_RAM_BASE + 6 * MIB)
#define ORACLE_LOADER_BYTES	(64 * KIB)
#define ORACLE_SLOTS		5
#define ORACLE_CPUS		4

/* --- worlds --- */

enum oracle_actor { ACTOR_OUTER, ACTOR_BOX, ACTOR_VM, ACTORS };

/* A pair's state, HOST_PAIR_*, and what else decides about calls that name it. */
enum oracle_life {
	LIFE_FREE,		/* the handle is stale */
	LIFE_NEW,
	LIFE_BUSY,		/* NEW, another memory call is inside */
	LIFE_ACTIVE,
	LIFE_INSIDE,		/* ACTIVE, a CPU runs its box's vCPU 0 */
	LIFE_DYING,		/* terminated, that CPU is still inside */
	LIFE_LEFT,		/* terminated, nobody is inside, nobody asked yet */
	LIFE_DEAD,
	LIVES,
};
extern const char *const oracle_life_names[LIVES];
extern const uint8_t oracle_life_states[LIVES];		/* HOST_PAIR_* */

/* What the granule is. */
enum oracle_subject {
	SUBJECT_OUTER,
	SUBJECT_CORE,
	SUBJECT_MOVING_OUTER,		/* held by a call that takes it from the outer OS */
	SUBJECT_MOVING_DATA,		/* held by a call that gives it back */
	SUBJECT_ROOT,
	SUBJECT_POOL,
	SUBJECT_DESCRIPTOR,
	SUBJECT_VCPU,
	SUBJECT_NOTICE,
	SUBJECT_BOX,
	SUBJECT_BOX_SHARED,
	SUBJECT_VM,
	SUBJECT_LOADER,
	SUBJECT_DEVICE,			/* no DRAM */
	SUBJECTS,
};
extern const char *const oracle_subject_names[SUBJECTS];
/* GRANULE_*, or GRANULE_STATE_COUNT for what is no DRAM. */
extern const uint8_t oracle_subject_states[SUBJECTS];
/* Is it of a pair? */
bool oracle_has_owner(enum oracle_subject subject);

struct oracle_world {
	enum oracle_actor actor;
	enum oracle_life owner_life, target_life;
	bool owner_is_caller;		/* the pair that has the granules is the actor's own */
	struct fixture caller;		/* the actor's pair, inside on CPU 1; none for the outer OS */
	struct fixture target;		/* whose handle calls name */
	struct fixture owner;		/* whose granules are tried */
	uint64_t outer, moving;		/* sixteen granules each: of the outer OS, all but the first of the second */
	uint64_t params;		/* a page for HOST_PAIR_CREATE */
	uint64_t source;		/* a page for HOST_POPULATE */
	uint64_t control;		/* room for a control area */
};

/**
 * oracle_world_make - a machine of four CPUs in which @actor is what this CPU runs.
 *
 * @owner_life   of the pair whose granules are tried; without effect if @owner_is_caller
 * @target_life  of the pair whose handle calls name
 */
void oracle_world_make(struct oracle_world *world, enum oracle_actor actor, enum oracle_life owner_life,
		       bool owner_is_caller, enum oracle_life target_life);
/* oracle_is_possible - is there such a granule in such a world? A pair that never ran has shared nothing. */
bool oracle_is_possible(const struct oracle_world *world, enum oracle_subject subject);
/* oracle_subject_take - address of such a granule; it is as its name says from here on. */
uint64_t oracle_subject_take(const struct oracle_world *world, enum oracle_subject subject);
/* oracle_subject_drop - a held granule is let go. */
void oracle_subject_drop(const struct oracle_world *world, enum oracle_subject subject);
/* oracle_subject_ipa - how a box would name it: its own address for it, or the number of the physical one. */
uint64_t oracle_subject_ipa(const struct oracle_world *world, enum oracle_subject subject, uint64_t pa);

/* --- the full state --- */

enum oracle_content { CONTENT_SAME, CONTENT_ZERO, CONTENT_COPY, CONTENT_CHUNK, CONTENT_NOT_COMPARED };

struct oracle_granule {
	uint8_t state, access;		/* GRANULE_*; what the outer OS may do: r 4, w 2, x 1 */
	uint16_t who;
	uint8_t content;		/* expected: enum oracle_content against the state before */
	uint64_t copy_of;
};

struct oracle_page {
	uint64_t ipa, pa;
	uint8_t access;
};

#define ORACLE_PAGES 64

/* A domain's map, page by page in ascending order. */
struct oracle_map {
	unsigned count;
	struct oracle_page pages[ORACLE_PAGES];
};

struct oracle_slot {
	uint8_t state;
	bool mark, busy;
	uint32_t generation;
	const struct pair *pair;
	uint64_t granules, pool;
	uint8_t claimed[HOST_VCPU_MAX];
	uint64_t chains[2][PAIR_CHAIN_WORDS];
	struct measurement_run runs[2];
	uint64_t image;
	bool is_final[2];
	struct oracle_map maps[2];
};

struct oracle_cpu {
	const struct context *current;
	uint16_t running;
};

struct oracle_state {
	struct oracle_granule granules[ORACLE_GRANULES];
	struct oracle_slot slots[ORACLE_SLOTS];
	struct oracle_cpu cpus[ORACLE_CPUS];
	uint64_t outer_count;
};

/* oracle_capture - the state now; memory is remembered beside it, for contents. */
void oracle_capture(struct oracle_state *state);
/* oracle_expect - the state now is @expected, whose contents refer to what oracle_capture() remembered; @what: for the
 * message. */
void oracle_expect(const struct oracle_state *expected, const char *what);

/* The granule of an address. */
struct oracle_granule *oracle_granule(struct oracle_state *state, uint64_t pa);
/* oracle_internals_free - what only the mediator reads of a pair may change: tables, descriptor, contexts. */
void oracle_internals_free(struct oracle_state *state, unsigned slot);
/* oracle_map_add - a page in a domain's map. */
void oracle_map_add(struct oracle_map *map, uint64_t ipa, uint64_t pa);

#endif
