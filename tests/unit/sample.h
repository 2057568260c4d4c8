/*
 * Signed objects, chains and packages for tests: good ones, whose parts a test may spoil before they are written.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#ifndef TESTS_UNIT_SAMPLE_H
#define TESTS_UNIT_SAMPLE_H

#include "crypto/package.h"
#include "lib/cose.h"
#include "tests/unit/cbor_write.h"

/* Numbers of keys (signer.h). */
enum sample_key { KEY_ROOT = 1, KEY_FIRMWARE, KEY_POLICY, KEY_VM, KEY_STRANGER };

/* One COSE_Sign1 in its parts. */
struct sample_signed {
	struct written protected, unprotected, payload;
	uint8_t signature[96];
};

struct sample_chain {
	uint8_t root[97];
	struct sample_signed endorsement, object;
};

/* Contents that are good. */
struct endorsement sample_endorsement(enum signed_role role);
struct firmware sample_firmware(void);
struct policy sample_policy(void);

/* The payload that holds a content: what a reader made of bytes becomes the same bytes again. */
void sample_write_endorsement(struct written *out, const struct endorsement *endorsement);
void sample_write_firmware(struct written *out, const struct firmware *firmware);
void sample_write_policy(struct written *out, const struct policy *policy);

/* The headers that a good object has. */
void sample_headers_make(struct sample_signed *object);

/* Sign with a key what header and payload say now. */
void sample_sign(struct sample_signed *object, enum sample_key key);
void sample_write_signed(struct written *out, const struct sample_signed *object);

/* What a reader found in an object, as its parts. */
void sample_take_parts(struct sample_signed *out, const struct cose *cose);

/* A good chain of an endorsement and a payload, which the key of the role signs. */
void sample_chain_make(struct sample_chain *out, const struct endorsement *endorsement, const struct written *payload);
void sample_write_chain(struct written *out, const struct sample_chain *chain);
/* The three in one: a good chain of the content, unfilled. */
void sample_write_firmware_chain(struct written *out, const struct firmware *firmware);
void sample_write_policy_chain(struct written *out, const struct policy *policy);

/* A good package: the policy's chain is its last component; @firmware gets sizes and digests. */
void sample_write_package(struct written *out, struct firmware *firmware, const struct policy *policy);

/* A device that was provisioned with the root key, and has seen nothing yet. */
struct trust sample_trust(void);

/* A copy that ends where the allocation ends: a read past it is seen. test_free() it. */
uint8_t *sample_exactly(const uint8_t *bytes, size_t count);

#endif
