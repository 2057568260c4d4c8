/*
 * A check that fails ends the program, which the fuzzer takes for a finding.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "tests/fuzz/target.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void must(bool holds, const char *what)
{
	if (!holds) {
		fprintf(stderr, "target: %s\n", what);
		abort();
	}
}

struct cbor target_open(const uint8_t *data, size_t count)
{
	return cbor_open(count == 0 ? (const uint8_t *)"" : data, count);
}

void target_check_result(enum signed_problem returned, const struct cbor *c, const struct cbor *start)
{
	must(returned == c->problem, "another problem than the cursor's");
	must(signed_name(c->problem)[0] != '?' && signed_text(c->problem)[0] != '\0' &&
	     signed_expected(c->problem)[0] != '\0', "a problem that has no words");
	must(c->end == start->end && c->at >= start->at && c->at <= c->end, "a place outside the input");
}

void target_check_again(const struct cbor *c, const struct cbor *start, const struct written *again)
{
	if (c->problem != SIGNED_OK)
		return;
	must((size_t)(c->at - start->at) == again->count, "what was accepted is of another size");
	must(memcmp(start->at, again->bytes, again->count) == 0, "what was accepted is written otherwise");
	for (const uint8_t *at = c->at; at != c->end; at++)
		must(*at == 0, "something follows what was accepted");
}
