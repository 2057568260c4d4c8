/*
 * Bad packages of named kinds, each made from a good one by what the kind's name says. The seed decides all of them.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#ifndef TESTS_UNIT_ALTER_H
#define TESTS_UNIT_ALTER_H

#include "tests/unit/alter_kinds.h"
#include "tests/unit/sample.h"

#define ALTER_ENUM(name, count) ALTER_##name,
enum alter_kind { ALTER_KINDS(ALTER_ENUM) ALTER_KIND_COUNT };
#undef ALTER_ENUM

/* Good packages by the same keys, that differ in every component and in their policy. */
#define ALTER_VERSIONS	4

/* A bad package, and the device that it is for. */
struct alter {
	uint64_t seed;		/* of what is drawn next; not zero */
	unsigned number;	/* of its kind, from 0 */
	struct written bytes;
	struct trust trust;
	uint32_t problems;	/* what it may be refused for, a bit each */
};

/* alter_name - "wrong_key"; alter_wanted - how many of a kind are made. */
const char *alter_name(enum alter_kind kind);
unsigned alter_wanted(enum alter_kind kind);

/* alter_open - sign the good packages. Once. */
void alter_open(void);
/* alter_good - a good package, for the device of sample_trust. */
const struct written *alter_good(unsigned version);

/* alter_make - the bad package that @number of its kind, and the seed, say. */
void alter_make(struct alter *alter, enum alter_kind kind);

#endif
