/*
 * The cursor as its header promises it, for the harnesses of what reads with it; lib/cbor.c has a harness of its own.
 * Any item may have any problem; what is taken is inside the input and in the range that was asked for.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#ifndef TESTS_PROOF_CBOR_STAND_IN_H
#define TESTS_PROOF_CBOR_STAND_IN_H

#include "lib/cbor.h"
#include "tests/proof/proof.h"

#define INPUT_MAX	4096

static uint8_t input[INPUT_MAX];

void cbor_fail(struct cbor *c, const uint8_t *at, enum signed_problem problem)
{
	CLAIM(at >= input && at <= input + INPUT_MAX, "a problem has a place in the input");
	if (c->problem == SIGNED_OK && problem != SIGNED_OK) {
		c->problem = problem;
		c->at = at;
	}
}

/* An item of up to @bytes: taken, or any problem. */
static bool item_take(struct cbor *c, size_t bytes)
{
	enum signed_problem problem = (enum signed_problem)nondet_u8();

	ASSUME(problem < SIGNED_PROBLEM_COUNT);
	cbor_fail(c, c->at, bytes > (size_t)(c->end - c->at) ? SIGNED_TRUNCATED : problem);
	if (c->problem == SIGNED_OK)
		c->at += bytes;
	return c->problem == SIGNED_OK;
}

uint64_t cbor_take_uint(struct cbor *c, uint64_t min, uint64_t max)
{
	uint64_t value = nondet_u64();

	if (!item_take(c, 1))
		return 0;
	ASSUME(value >= min && value <= max);
	return value;
}

struct cbor_bytes cbor_take_bytes(struct cbor *c, size_t min, size_t max)
{
	size_t count = nondet_u64(), head = nondet_u64();

	ASSUME(count >= min && count <= max && head >= 1 && head <= 3 && count < INPUT_MAX);
	if (!item_take(c, head + count))
		return (struct cbor_bytes){ NULL, 0 };
	return (struct cbor_bytes){ c->at - count, count };
}

/* Unknown bytes. Readers look at the first at most. */
void cbor_copy_bytes(struct cbor *c, uint8_t *out, size_t bytes)
{
	CLAIM(__CPROVER_w_ok(out, bytes), "there is room for a string");
	cbor_take_bytes(c, bytes, bytes);
	if (c->problem == SIGNED_OK)
		out[0] = nondet_u8();
}

void cbor_take_literal(struct cbor *c, const uint8_t *bytes, size_t count)
{
	CLAIM(__CPROVER_r_ok(bytes, count), "a literal has all of its bytes");
	item_take(c, count);
}

/* Unknown characters, and a NUL at the end. Readers compare texts at most, and the answer is unknown, too. */
void cbor_take_text(struct cbor *c, char *out, size_t bytes)
{
	CLAIM(__CPROVER_w_ok(out, bytes), "there is room for a text");
	if (!item_take(c, bytes))
		return;
	out[0] = (char)nondet_u8();
	out[bytes - 1] = '\0';
	ASSUME(out[0] != '\0');
}

size_t cbor_take_array(struct cbor *c, size_t min, size_t max)
{
	size_t count = nondet_u64();

	if (!item_take(c, 1))
		return 0;
	ASSUME(count >= min && count <= max);
	return count;
}

void cbor_take_tag(struct cbor *c)
{
	item_take(c, 1);
}

void cbor_take_map(struct cbor *c)
{
	item_take(c, 1);
}

void cbor_take_key(struct cbor *c, uint64_t key)
{
	(void)key;
	item_take(c, 1);
}

void cbor_end_map(struct cbor *c)
{
	item_take(c, 0);
}

enum signed_problem cbor_end(struct cbor *c)
{
	if (c->at != c->end)
		cbor_fail(c, c->at, SIGNED_TRAILING);
	return c->problem;
}

enum signed_problem cbor_end_filled(struct cbor *c)
{
	const uint8_t *at = c->at;

	if (nondet_bool())
		cbor_fail(c, at, SIGNED_TRAILING);
	return c->problem;
}

/* Any input of any size. */
static struct cbor input_open(void)
{
	size_t count = nondet_u64();

	ASSUME(count <= INPUT_MAX);
	return cbor_open(input + INPUT_MAX - count, count);
}

#endif
