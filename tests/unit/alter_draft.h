/*
 * Between the files that make bad packages: random numbers, and a package in its parts, which are spoilt before it is
 * written.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#ifndef TESTS_UNIT_ALTER_DRAFT_H
#define TESTS_UNIT_ALTER_DRAFT_H

#include "tests/unit/alter.h"

#define BEHIND_MAX	40

/* Which of the two chains of a package. */
enum draft_stage { DRAFT_FIRMWARE, DRAFT_POLICY, DRAFT_STAGES };

struct draft {
	struct firmware firmware;
	struct sample_chain chains[DRAFT_STAGES];
	struct written bodies;			/* all components but the policy */
	/* Bytes behind the objects of a chain, in their byte strings: behind the endorsement, behind the object. */
	struct { uint8_t bytes[BEHIND_MAX]; size_t count; } behind[DRAFT_STAGES][2];
};

#define PROBLEM(name)	(1u << SIGNED_##name)
/* What bytes may be called whose meaning is lost. */
#define PROBLEM_ANY	((1u << SIGNED_PROBLEM_COUNT) - 1 - PROBLEM(OK))

uint64_t draft_random(struct alter *alter);
/* A number below @end, which is not zero. */
size_t draft_below(struct alter *alter, size_t end);
bool draft_coin(struct alter *alter);
void draft_random_bytes(struct alter *alter, uint8_t *out, size_t count);

/* draft_good - a good package's parts; draft_of - a copy of them, to be spoilt. One at a time. */
const struct draft *draft_good(unsigned version);
struct draft *draft_of(unsigned version);
/* Mostly the firmware's: what is wrong with a policy takes another signature of the head. */
enum draft_stage draft_stage_draw(struct alter *alter);
enum signed_role draft_role(enum draft_stage stage);

/* draft_policy_list - the head says the digest of the policy's chain as it is now, and is signed. */
void draft_policy_list(struct draft *draft);
/* draft_spoilt - after a chain of this stage was spoilt: make all else hold, and write the package. */
void draft_spoilt(struct alter *alter, struct draft *draft, enum draft_stage stage, uint32_t problems);
/* draft_write - the package as the parts are. */
void draft_write(struct written *out, const struct draft *draft);

#define ALTER_DECLARE(name, count) void alter_##name(struct alter *alter);
ALTER_KINDS(ALTER_DECLARE)
#undef ALTER_DECLARE

#endif
