/*
 * Decides what the problems of signed objects are called, and what a public key looks like.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "lib/signed.h"
#include "lib/cbor.h"

/* SEC 1, section 2.3.3: the first byte of a point whose two coordinates follow. */
#define POINT_UNCOMPRESSED	4

#define SIGNED_WORDS(code, name, text, expected) { name, text, expected },
static const struct {
	const char *name, *text, *expected;
} problems[] = { SIGNED_PROBLEMS(SIGNED_WORDS) };

const char *signed_name(enum signed_problem problem)
{
	return (unsigned)problem < SIGNED_PROBLEM_COUNT ? problems[problem].name : "?";
}

const char *signed_text(enum signed_problem problem)
{
	return (unsigned)problem < SIGNED_PROBLEM_COUNT ? problems[problem].text : "has a problem without a name";
}

const char *signed_expected(enum signed_problem problem)
{
	return (unsigned)problem < SIGNED_PROBLEM_COUNT ? problems[problem].expected : "a problem with a name";
}

void signed_take_type(struct cbor *c, enum signed_type type)
{
	cbor_take_map(c);
	cbor_take_key(c, 1);

	const uint8_t *item = c->at;

	if (cbor_take_uint(c, 0, UINT64_MAX) != type)
		cbor_fail(c, item, SIGNED_TYPE);
}

void signed_take_public_key(struct cbor *c, uint8_t out[SIGNED_KEY_BYTES])
{
	const uint8_t *item = c->at;

	cbor_copy_bytes(c, out, SIGNED_KEY_BYTES);
	if (c->problem == SIGNED_OK && out[0] != POINT_UNCOMPRESSED)
		cbor_fail(c, item, SIGNED_RANGE);
}
