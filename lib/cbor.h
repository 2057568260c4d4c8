/*
 * Strict reader of CBOR in its core deterministic encoding, of the few kinds of items that signed objects have. The
 * bytes may be hostile: nothing outside them is read, nothing is allocated, nothing recurses.
 * Source: RFC 8949, sections 3 (heads), 4.2.1 (core deterministic encoding).
 *
 * The first problem stays: every later call leaves the cursor as it is and returns 0 or nothing. So a reader takes all
 * items of a shape one after the other, and looks once, at the end. What was taken counts only if there is no problem.
 * The bytes must not change meanwhile.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#ifndef LIB_CBOR_H
#define LIB_CBOR_H

#include "lib/compiler.h"
#include "lib/signed.h"

/* Bytes of the input. */
struct cbor_bytes {
	const uint8_t *data;
	size_t count;
};

/* A position in the input. */
struct cbor {
	const uint8_t *at;		/* the next item; after a problem, what it was found in */
	const uint8_t *end;
	enum signed_problem problem;	/* the first one */
	uint64_t keys_left;		/* of the map that was opened last */
	uint64_t key_least;		/* its next key is not smaller */
};

/* cbor_open - start at the first of @count bytes at @data, which is not NULL. */
static inline struct cbor cbor_open(const void *data, size_t count)
{
	return (struct cbor){ .at = data, .end = (const uint8_t *)data + count };
}

/* cbor_fail - remember @problem, found at @at, unless there is one already or it is SIGNED_OK. */
void cbor_fail(struct cbor *c, const uint8_t *at, enum signed_problem problem);

/*
 * Problems that every cbor_take_* may find in the head of an item: SIGNED_TRUNCATED if the input ends in it;
 * SIGNED_NOT_CANONICAL if it is longer than it needs to be, or its length indefinite; SIGNED_UNKNOWN for a float, a
 * simple value, a tag but 18, or a reserved head; SIGNED_SHAPE if the item is of another kind.
 */

/* cbor_take_uint - an unsigned integer; SIGNED_RANGE outside @min .. @max. */
uint64_t cbor_take_uint(struct cbor *c, uint64_t min, uint64_t max);

/* cbor_take_bytes - a byte string; SIGNED_RANGE unless it has @min .. @max bytes. */
struct cbor_bytes cbor_take_bytes(struct cbor *c, size_t min, size_t max);

/* cbor_copy_bytes - a byte string of exactly @bytes; @out is written only if there is no problem. */
void cbor_copy_bytes(struct cbor *c, uint8_t *out, size_t bytes);

/*
 * cbor_take_literal - exactly the @count bytes at @bytes, whatever items they are; SIGNED_SHAPE for others, and
 * SIGNED_TRUNCATED if the input ends in them.
 */
void cbor_take_literal(struct cbor *c, const uint8_t *bytes, size_t count);

/**
 * cbor_take_text - a text of 1 to @bytes - 1 characters of a-z, 0-9, '.', '_' and '-'; SIGNED_RANGE for another.
 *
 * @out  @bytes long, filled up with NULs; written only if there is no problem
 */
void cbor_take_text(struct cbor *c, char *out, size_t bytes);

/* cbor_take_array - the head of an array; SIGNED_SHAPE unless it has @min .. @max items. Returns how many. */
size_t cbor_take_array(struct cbor *c, size_t min, size_t max);

/* cbor_take_tag - the tag of a COSE_Sign1, 18. */
void cbor_take_tag(struct cbor *c);

/* cbor_take_map - the head of a map. Its values are no maps; cbor_end_map closes it. */
void cbor_take_map(struct cbor *c);

/**
 * cbor_take_key - the key @key of the map.
 *
 * Problems: SIGNED_NOT_CANONICAL for a key that is not above the one before; SIGNED_UNKNOWN for one that is smaller
 * than @key; SIGNED_SHAPE if @key is missing.
 */
void cbor_take_key(struct cbor *c, uint64_t key);

/* cbor_end_map - SIGNED_UNKNOWN, or SIGNED_NOT_CANONICAL as cbor_take_key, if the map has more keys. */
void cbor_end_map(struct cbor *c);

/* cbor_end - SIGNED_TRAILING if the input goes on. Returns the first problem of all. */
enum signed_problem cbor_end(struct cbor *c);

/* cbor_end_filled - as cbor_end, but zeros may follow. The position stays where they begin. */
enum signed_problem cbor_end_filled(struct cbor *c);

#endif
