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

/* Why a signed object is refused: code, name, how "the file" goes on, what was expected. The codes never change. */
#define SIGNED_PROBLEMS(X)											\
	X(OK, "ok", "is whole",											\
	  "nothing else")											\
	X(TRUNCATED, "truncated", "ends before its own lengths say so",						\
	  "a file as long as its own lengths say")								\
	X(TRAILING, "trailing", "goes on after its end, or is not filled up with zeros",			\
	  "only zeros up to the next page, and nothing after the last component")				\
	X(NOT_CANONICAL, "not-canonical", "is CBOR that a deterministic encoder does not make",			\
	  "deterministic CBOR (RFC 8949, section 4.2.1)")							\
	X(UNKNOWN, "unknown", "has a key, tag or item that this version does not know",				\
	  "the keys and items of docs/formats.md and no others")						\
	X(SHAPE, "shape", "has an item of another kind or count than its place asks for",			\
	  "the items of docs/formats.md in their order")							\
	X(RANGE, "range", "has a number, size or text out of its range",					\
	  "numbers, sizes and names within the limits of docs/formats.md")					\
	X(ROOT_KEY, "root-key", "has another root key than the device was provisioned with",			\
	  "the root key that the device was provisioned with")							\
	X(ALGORITHM, "algorithm", "is signed with another algorithm",						\
	  "ES384: ECDSA with P-384 and SHA-384")								\
	X(SIGNATURE, "signature", "has a signature that does not hold",						\
	  "a signature that holds for what it signs, by the key that must have signed it")			\
	X(TYPE, "type", "holds another type of object than its place asks for",					\
	  "an object of the type that belongs there")								\
	X(ROLE, "role", "is signed with a key whose role is another",						\
	  "a key that is endorsed for this role")								\
	X(REVOKED, "revoked", "is signed with a key that a newer endorsement revoked",				\
	  "a serial that the device has not revoked")								\
	X(ROLLED_BACK, "rolled-back", "has a smaller security counter than the device or the policy asks for",	\
	  "a security counter that is not below the device's, or the policy's for this owner")			\
	X(DIGEST, "digest", "has a component whose digest is another",						\
	  "components whose digests are those of the signed head")						\
	X(OWNER, "owner", "is signed by a key that the policy does not name as an owner's",			\
	  "the key of an owner in the verified policy")								\
	X(PLATFORM, "platform", "is packed for other platforms",						\
	  "a recipient with this platform's key")								\
	X(WRAP, "wrap", "has a content key that does not unwrap",						\
	  "a content key that was wrapped to this platform's key")						\
	X(CHUNK, "chunk", "has a chunk that is altered, or in another place than it was packed for",		\
	  "all chunks of one packing, each once, in their order")

#define SIGNED_CODE(code, name, text, expected) SIGNED_##code,
enum signed_problem { SIGNED_PROBLEMS(SIGNED_CODE) SIGNED_PROBLEM_COUNT };
#undef SIGNED_CODE

enum signed_type {
	SIGNED_TYPE_ENDORSEMENT = 1,
	SIGNED_TYPE_FIRMWARE,
	SIGNED_TYPE_POLICY,
	SIGNED_TYPE_IMAGE,
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

/* signed_expected - what the device takes instead: "ES384: ECDSA with P-384 and SHA-384". */
const char *signed_expected(enum signed_problem problem);

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
