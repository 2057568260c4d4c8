/*
 * Kinds of altered attestation tokens, by name, and what each must be refused for.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#ifndef TESTS_UNIT_ATTESTATION_KINDS_H
#define TESTS_UNIT_ATTESTATION_KINDS_H

#include "tests/unit/attestation_draft.h"
#include "tools/attestation_token.h"

/* What becomes of a kind, where it is not one enum attestation_problem. */
#define KIND_MISMATCH	(-1)	/* it holds, and says something else */
#define KIND_ANY	(-2)	/* where the shape may be hit: any problem but none */

struct attestation_kind {
	const char *name;
	void (*make)(void);
	bool makes_bytes;	/* it changed kind_bytes; else the draft, which is still to be written */
	int expected;
};

#define ATTESTATION_KINDS	51
extern const struct attestation_kind attestation_kinds[ATTESTATION_KINDS];

/* What a kind starts from: a good draft, the same written, and a copy of it that it may change. */
extern struct draft kind_draft;
extern struct written kind_whole, kind_bytes;

/* kind_seed - what is drawn from now on. */
void kind_seed(uint64_t seed);

#endif
