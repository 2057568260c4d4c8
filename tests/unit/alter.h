/*
 * Alterations of signed files: bits, bytes, ranges, ends, pieces of another good file. The seed decides all of them.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#ifndef TESTS_UNIT_ALTER_H
#define TESTS_UNIT_ALTER_H

#include "tests/unit/cbor_write.h"

struct alter {
	uint64_t seed;
	char text[128];
};

/* alter_make - @out is @good with one to three alterations, and never equal to it. Returns what was done, in words. */
const char *alter_make(struct alter *alter, const struct written *good, const struct written *other,
		       struct written *out);

#endif
