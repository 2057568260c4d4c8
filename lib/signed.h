/*
 * What all signed objects have in common: why one is refused, types and roles, sizes, and the two items that several
 * kinds of objects have. The format is in docs/formats.md.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#ifndef LIB_SIGNED_H
#define LIB_SIGNED_H

#include "lib/compiler.h"

#define SIGNED_KEY_BYTES	97	/* of a public key, uncompressed */
#define SIGNED_SIGNATURE_BYTES	96
#define SIGNED_DIGEST_BYTES	32
#define SIGNED_NAME_BYTES	32	/* of a name and its NUL */
#define SIGNED_PAYLOAD_MAX	12288

/* Why a signed object is refused: code, name, and how "the file" goes on. The codes never change. */
#define SIGNED_PROBLEMS(X)									\
	X(OK, "ok", "is whole")									\
	X(TRUNCATED, "truncated", "ends before its own lengths say so")				\
	X(TRAILING, "trailing", "goes on after its end, or is not filled up with zeros")	\
	X(NOT_CANONICAL, "not-canonical", "is CBOR that a deterministic encoder does not make")	\
	X(UNKNOWN, "unknown", "has a key, tag or item that this version does not know")		\
	X(SHAPE, "shape", "has an item of another kind or count than its place asks for")	\
	X(RANGE, "range", "has a number, size or text out of its range")			\
	X(ROOT_KEY, "root-key", "has another root key than the device was provisioned with")	\
	X(ALGORITHM, "algorithm", "is signed with another algorithm")				\
	X(SIGNATURE, "signature", "has a signature that does not hold")				\
	X(TYPE, "type", "holds another type of object than its place asks for")			\
	X(ROLE, "role", "is signed with a key whose role is another")				\
	X(REVOKED, "revoked", "is signed with a key that a newer endorsement revoked")		\
	X(ROLLED_BACK, "rolled-back", "has a smaller security counter than the device")		\
	X(DIGEST, "digest", "has a component whose digest is another")

#define SIGNED_CODE(code, name, text) SIGNED_##code,
enum signed_problem { SIGNED_PROBLEMS(SIGNED_CODE) SIGNED_PROBLEM_COUNT };
#undef SIGNED_CODE

enum signed_type {
	SIGNED_TYPE_ENDORSEMENT = 1,
	SIGNED_TYPE_FIRMWARE,
	SIGNED_TYPE_POLICY,
};

/* What a key may sign. */
enum signed_role {
	SIGNED_ROLE_FIRMWARE = 1,
	SIGNED_ROLE_POLICY,
	SIGNED_ROLE_VM,
	SIGNED_ROLE_END,
};

struct cbor;

/* signed_name - the problem in one word, "not-canonical"; "ok", or "?" for a number that is none. */
const char *signed_name(enum signed_problem problem);

/* signed_text - how a sentence about the file goes on: "the file " and "is signed with another algorithm". */
const char *signed_text(enum signed_problem problem);

/**
 * signed_take_type - take the start of an object: a map whose key 1 is @type.
 *
 * Problems: those of cbor_take_map, cbor_take_key and cbor_take_uint; SIGNED_TYPE for another number.
 */
void signed_take_type(struct cbor *c, enum signed_type type);

/**
 * signed_take_public_key - take a byte string that has the form of a public key. Whether it is a point of the curve is
 * for the cryptography to say.
 *
 * @out  complete only while @c has no problem
 *
 * Problems: those of cbor_copy_bytes; SIGNED_RANGE for a first byte that is not that of an uncompressed point.
 */
void signed_take_public_key(struct cbor *c, uint8_t out[SIGNED_KEY_BYTES]);

#endif
