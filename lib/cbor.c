/*
 * CBOR: an item begins with a head, one byte of kind and size, and the number, which is a value, a length or a count:
 *
 *   bits 7..5 kind | bits 4..0: 0..23 the number itself; 24..27 it follows in 1, 2, 4, 8 bytes; 31 indefinite
 *
 * Decides which of the heads that the RFC allows are the one that a deterministic encoder makes.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "lib/cbor.h"
#include "lib/memory.h"

enum kind { KIND_UINT, KIND_NEGATIVE, KIND_BYTES, KIND_TEXT, KIND_ARRAY, KIND_MAP, KIND_TAG, KIND_SIMPLE };

#define NUMBER_FOLLOWS		24
#define NUMBER_RESERVED		28
#define NUMBER_INDEFINITE	31
#define TAG_COSE_SIGN1		18

void cbor_fail(struct cbor *c, const uint8_t *at, enum signed_problem problem)
{
	if (c->problem != SIGNED_OK || problem == SIGNED_OK)
		return;
	c->problem = problem;
	c->at = at;
}

static size_t rest(const struct cbor *c)
{
	return (size_t)(c->end - c->at);
}

/* The number of a head whose first byte says that @count bytes have it. Sets a problem if it needs fewer. */
static uint64_t number_long(struct cbor *c, size_t count)
{
	uint64_t number = 0;

	for (size_t i = 1; i <= count; i++)
		number = number << 8 | c->at[i];
	/* One byte is for numbers from 24 on; n bytes are for those that n / 2 do not hold. */
	if (count == 1 ? number < NUMBER_FOLLOWS : number >> (4 * count) == 0)
		cbor_fail(c, c->at, SIGNED_NOT_CANONICAL);
	return number;
}

static enum signed_problem head_check(const struct cbor *c, enum kind kind, unsigned size)
{
	if (kind == KIND_SIMPLE)
		return SIGNED_UNKNOWN;
	if (size == NUMBER_INDEFINITE && kind >= KIND_BYTES && kind <= KIND_MAP)
		return SIGNED_NOT_CANONICAL;
	if (size >= NUMBER_RESERVED)
		return SIGNED_UNKNOWN;
	if (size >= NUMBER_FOLLOWS && rest(c) - 1 < (size_t)1 << (size - NUMBER_FOLLOWS))
		return SIGNED_TRUNCATED;
	return SIGNED_OK;
}

/* Takes a head of the wanted kind; returns its number, or 0 with a problem and the position unchanged. */
static uint64_t head_take(struct cbor *c, enum kind wanted)
{
	if (c->problem == SIGNED_OK && rest(c) == 0)
		cbor_fail(c, c->at, SIGNED_TRUNCATED);
	if (c->problem != SIGNED_OK)
		return 0;

	enum kind kind = *c->at >> 5;
	unsigned size = *c->at & 31;
	size_t more = size < NUMBER_FOLLOWS ? 0 : (size_t)1 << (size - NUMBER_FOLLOWS);
	uint64_t number = size;

	cbor_fail(c, c->at, head_check(c, kind, size));
	if (c->problem == SIGNED_OK && more != 0)
		number = number_long(c, more);
	if (kind == KIND_TAG && number != TAG_COSE_SIGN1)
		cbor_fail(c, c->at, SIGNED_UNKNOWN);
	if (kind != wanted)
		cbor_fail(c, c->at, SIGNED_SHAPE);
	if (c->problem != SIGNED_OK)
		return 0;
	c->at += 1 + more;
	return number;
}

uint64_t cbor_take_uint(struct cbor *c, uint64_t min, uint64_t max)
{
	const uint8_t *item = c->at;
	uint64_t value = head_take(c, KIND_UINT);

	if (value < min || value > max)
		cbor_fail(c, item, SIGNED_RANGE);
	return c->problem == SIGNED_OK ? value : 0;
}

static struct cbor_bytes string_take(struct cbor *c, enum kind kind, size_t min, size_t max)
{
	const uint8_t *item = c->at;
	uint64_t count = head_take(c, kind);

	if (count < min || count > max)
		cbor_fail(c, item, SIGNED_RANGE);
	if (c->problem == SIGNED_OK && count > rest(c))
		cbor_fail(c, item, SIGNED_TRUNCATED);
	if (c->problem != SIGNED_OK)
		return (struct cbor_bytes){ NULL, 0 };
	c->at += count;
	return (struct cbor_bytes){ c->at - count, (size_t)count };
}

struct cbor_bytes cbor_take_bytes(struct cbor *c, size_t min, size_t max)
{
	return string_take(c, KIND_BYTES, min, max);
}

void cbor_copy_bytes(struct cbor *c, uint8_t *out, size_t bytes)
{
	struct cbor_bytes found = cbor_take_bytes(c, bytes, bytes);

	if (c->problem == SIGNED_OK)
		memcpy(out, found.data, bytes);
}

void cbor_take_literal(struct cbor *c, const uint8_t *bytes, size_t count)
{
	size_t there = rest(c) < count ? rest(c) : count;

	if (memcmp(c->at, bytes, there) != 0)
		cbor_fail(c, c->at, SIGNED_SHAPE);
	if (there < count)
		cbor_fail(c, c->at, SIGNED_TRUNCATED);
	if (c->problem == SIGNED_OK)
		c->at += count;
}

static bool is_name_character(uint8_t character)
{
	return (character >= 'a' && character <= 'z') || (character >= '0' && character <= '9') || character == '.' ||
	       character == '_' || character == '-';
}

void cbor_take_text(struct cbor *c, char *out, size_t bytes)
{
	const uint8_t *item = c->at;
	struct cbor_bytes text = string_take(c, KIND_TEXT, 1, bytes - 1);

	for (size_t i = 0; i < text.count; i++) {
		if (!is_name_character(text.data[i]))
			cbor_fail(c, item, SIGNED_RANGE);
	}
	if (c->problem != SIGNED_OK)
		return;
	memset(out, 0, bytes);
	memcpy(out, text.data, text.count);
}

size_t cbor_take_array(struct cbor *c, size_t min, size_t max)
{
	const uint8_t *item = c->at;
	uint64_t count = head_take(c, KIND_ARRAY);

	if (count < min || count > max)
		cbor_fail(c, item, SIGNED_SHAPE);
	return c->problem == SIGNED_OK ? (size_t)count : 0;
}

void cbor_take_tag(struct cbor *c)
{
	head_take(c, KIND_TAG);
}

void cbor_take_map(struct cbor *c)
{
	c->keys_left = head_take(c, KIND_MAP);
	c->key_least = 0;
}

void cbor_take_key(struct cbor *c, uint64_t key)
{
	const uint8_t *item = c->at;

	if (c->keys_left == 0)
		cbor_fail(c, item, SIGNED_SHAPE);

	uint64_t found = head_take(c, KIND_UINT);

	if (found < c->key_least)
		cbor_fail(c, item, SIGNED_NOT_CANONICAL);
	if (found != key)
		cbor_fail(c, item, found < key ? SIGNED_UNKNOWN : SIGNED_SHAPE);
	if (c->problem != SIGNED_OK)
		return;
	c->keys_left--;
	c->key_least = key + 1;
}

void cbor_end_map(struct cbor *c)
{
	const uint8_t *item = c->at;

	if (c->keys_left == 0)
		return;

	uint64_t found = head_take(c, KIND_UINT);

	cbor_fail(c, item, found < c->key_least ? SIGNED_NOT_CANONICAL : SIGNED_UNKNOWN);
}

enum signed_problem cbor_end(struct cbor *c)
{
	if (c->at != c->end)
		cbor_fail(c, c->at, SIGNED_TRAILING);
	return c->problem;
}

enum signed_problem cbor_end_filled(struct cbor *c)
{
	for (const uint8_t *at = c->at; at != c->end && c->problem == SIGNED_OK; at++) {
		if (*at != 0)
			cbor_fail(c, at, SIGNED_TRAILING);
	}
	return c->problem;
}
