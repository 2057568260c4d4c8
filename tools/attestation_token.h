/*
 * Attestation tokens (docs/formats.md): taken apart strictly, and held against the key that must have signed them. What
 * a token says is for tools/appraisal.h to judge; here a token holds, or is refused with the problem that it has.
 * (tools/token.h is about something else: where keys are kept.)
 * SPDX-License-Identifier: BSD-3-Clause
 */
#ifndef TOOLS_ATTESTATION_TOKEN_H
#define TOOLS_ATTESTATION_TOKEN_H

#include "abi/token.h"
#include "lib/cbor.h"
#include "tools/public_key.h"

#define ATTESTATION_COMPONENTS_MAX	13
#define ATTESTATION_CHALLENGE_BYTES	64
#define ATTESTATION_INSTANCE_BYTES	33
#define ATTESTATION_NAME_BYTES		16	/* of a component's name and its NUL, as in the measurement log */

/* What guests/debian/attest prints before and behind a token. */
#define ATTESTATION_TEXT_BEGIN		"-----BEGIN ATTESTATION TOKEN-----"
#define ATTESTATION_TEXT_END		"-----END ATTESTATION TOKEN-----"

/* Why a token is refused: code, name, how "the token" goes on, what was expected. The codes never change. */
#define ATTESTATION_PROBLEMS(X)											\
	X(OK, "ok", "holds",											\
	  "nothing else")											\
	X(MALFORMED, "malformed", "is not in the one form that a token has",					\
	  "deterministic CBOR of the form in docs/formats.md, raw or as hexadecimal or base64 text")		\
	X(ALGORITHM, "algorithm", "has a part that is signed with another algorithm",				\
	  "ES384: ECDSA with P-384 and SHA-384, in both parts")							\
	X(PROFILE, "profile", "has a part of another profile",							\
	  TOKEN_PROFILE_PLATFORM " and " TOKEN_PROFILE_REALM)							\
	X(HASH, "hash", "names another hash algorithm",								\
	  TOKEN_HASH_NAME)											\
	X(CURVE, "curve", "has a realm key that is no point of P-384",						\
	  "a COSE_Key of type EC2 with a point of P-384")							\
	X(IMPLEMENTATION, "implementation", "is of another implementation",					\
	  TOKEN_IMPLEMENTATION_ID)										\
	X(DEVICE, "device", "is of another device than the reference",						\
	  "the instance id that belongs to the reference's attestation key")					\
	X(PLATFORM_SIGNATURE, "platform-signature", "has a platform part whose signature does not hold",	\
	  "a signature by the reference's attestation key")							\
	X(BINDING, "binding", "has a realm key that the platform does not vouch for",				\
	  "the SHA-256 of the realm's key (claim 44237) as challenge of the platform part")			\
	X(REALM_SIGNATURE, "realm-signature", "has a realm part whose signature does not hold",			\
	  "a signature by the realm's key")									\
	X(LIFECYCLE, "lifecycle", "is of a device in development",						\
	  "lifecycle production, as the reference demands it")							\
	X(NONCE, "nonce", "answers another challenge",								\
	  "the nonce that was asked for")									\
	X(NO_NONCE, "no-nonce", "has no challenge in it",							\
	  "the nonce that was asked for")

#define ATTESTATION_CODE(code, name, text, expected) ATTESTATION_##code,
enum attestation_problem { ATTESTATION_PROBLEMS(ATTESTATION_CODE) ATTESTATION_PROBLEM_COUNT };
#undef ATTESTATION_CODE

/* One entry of the measurement log, as the platform part has it. */
struct attestation_component {
	char name[ATTESTATION_NAME_BYTES];
	uint8_t sha256[DIGEST_BYTES];
	uint8_t signer[DIGEST_BYTES];
};

/* One signed part. */
struct attestation_part {
	struct cbor_bytes signed_rest;		/* what is signed after the start of the Sig_structure (lib/cose.h) */
	struct cbor_bytes payload;
	uint8_t signature[SIGNATURE_BYTES];
};

struct attestation_token {
	struct attestation_part platform, realm;

	uint8_t binding[DIGEST_BYTES];
	uint8_t instance[ATTESTATION_INSTANCE_BYTES];
	uint8_t implementation[DIGEST_BYTES];
	uint32_t lifecycle;			/* TOKEN_LIFECYCLE_* or another */
	uint32_t component_count;
	struct attestation_component components[ATTESTATION_COMPONENTS_MAX];
	uint32_t slot, trial, version, counter, policy_counter;

	uint8_t challenge[ATTESTATION_CHALLENGE_BYTES];
	struct cbor_bytes realm_key_claim;
	struct public_key realm_key;
	uint8_t measurement[DIGEST_BYTES];
	uint8_t extensible[TOKEN_EXTENSIBLE_COUNT][DIGEST_BYTES];
	uint8_t box[DIGEST_BYTES];
	uint32_t class;
	bool has_owner;				/* from an image */
	uint8_t owner[DIGEST_BYTES];
	uint32_t image_counter;
};

/* Why a token was refused, and where. */
struct attestation_refusal {
	enum attestation_problem problem;
	enum signed_problem form;	/* ATTESTATION_MALFORMED: what is wrong with the form; else SIGNED_OK */
	size_t at;			/* byte of the token that it was found in, where that is known */
};

/* What a token is held against. */
struct attestation_trust {
	struct public_key device;	/* attestation key of the device */
	bool is_production;		/* a device in development is refused */
	const uint8_t *nonce;		/* ATTESTATION_CHALLENGE_BYTES, or NULL: any challenge is good */
};

/* attestation_name, _text, _expected - the problem in one word; how "the token" goes on; what is taken instead. */
const char *attestation_name(enum attestation_problem problem);
const char *attestation_text(enum attestation_problem problem);
const char *attestation_expected(enum attestation_problem problem);

/**
 * attestation_read - take a token apart. No signature is looked at.
 *
 * @bytes  lives as long as @out, which points into it; complete only on ATTESTATION_OK
 *
 * Returns ATTESTATION_OK, _MALFORMED, _ALGORITHM, _PROFILE, _HASH or _CURVE, with @refusal filled.
 */
MUST_CHECK enum attestation_problem attestation_read(const uint8_t *bytes, size_t count, struct attestation_token *out,
						     struct attestation_refusal *refusal);

/**
 * attestation_check - does a token hold that attestation_read took apart?
 *
 * Returns, in this order, ATTESTATION_DEVICE, _PLATFORM_SIGNATURE, _BINDING, _REALM_SIGNATURE, _IMPLEMENTATION,
 * _LIFECYCLE, _NO_NONCE or _NONCE; else ATTESTATION_OK. Prints nothing.
 */
MUST_CHECK enum attestation_problem attestation_check(const struct attestation_token *token,
						      const struct attestation_trust *trust);

/**
 * attestation_decode - the bytes of a token that a file has as they are, as hexadecimal digits or as base64 (RFC 4648,
 * sections 4 and 5); white space does not count in text. In what a console showed it is the last text between the lines
 * ATTESTATION_TEXT_BEGIN and ATTESTATION_TEXT_END.
 *
 * @file  its bytes are replaced in place by those of the token
 *
 * Returns false if it is text of neither kind; @file is as it was then.
 */
MUST_CHECK bool attestation_decode(struct file *file);

#endif
