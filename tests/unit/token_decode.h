/*
 * What an attestation token says, read by libcbor and OpenSSL from docs/formats.md: no line of the product. What is not
 * as the format has it fails the test.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#ifndef TESTS_UNIT_TOKEN_DECODE_H
#define TESTS_UNIT_TOKEN_DECODE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct decoded_component {
	char name[17];
	uint8_t digest[32], signer[32];
};

struct decoded_platform {
	uint8_t realm_key_sha256[32], instance[33], implementation[32];
	char profile[64], hash[16];
	uint64_t lifecycle;
	size_t count;
	struct decoded_component components[16];
	uint64_t slot, trial, version, counter, policy_counter;
};

struct decoded_realm {
	uint8_t challenge[64], personalization[64], measurement[32], extensible[4][32], box[32];
	char profile[64], hash[16], key_hash[16];
	uint8_t key[97];
	uint8_t key_sha256[32];		/* of the bytes of its claim */
	uint64_t class;
	bool is_owned;
	uint8_t owner[32];
	uint64_t counter;
};

/* One COSE_Sign1 of a token. */
struct decoded_part {
	uint8_t structure[2048];	/* its Sig_structure, as libcbor writes it */
	size_t count;
	uint8_t signature[96];
};

struct decoded_token {
	struct decoded_platform platform;
	struct decoded_realm realm;
	struct decoded_part platform_part, realm_part;
};

/* token_decode - the @count bytes of a token, which must be all of it. Signatures are not looked at. */
void token_decode(const uint8_t *bytes, size_t count, struct decoded_token *out);

/* The parts alone: a COSE_Sign1 each. */
void token_decode_platform(const uint8_t *bytes, size_t count, struct decoded_platform *out, struct decoded_part *part);
void token_decode_realm(const uint8_t *bytes, size_t count, struct decoded_realm *out, struct decoded_part *part);

/* token_decode_holds - is its signature one by this key? */
bool token_decode_holds(const struct decoded_part *part, const uint8_t key[97]);

#endif
