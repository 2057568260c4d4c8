/*
 * Attestation tokens for tests, written by libcbor and signed by OpenSSL: good ones, whose claims a test may change
 * before they are signed.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#ifndef TESTS_UNIT_ATTESTATION_DRAFT_H
#define TESTS_UNIT_ATTESTATION_DRAFT_H

#include "tests/unit/cbor_write.h"
#include <cbor.h>
#include <stdbool.h>

/* Numbers of keys (signer.h): of two devices, of the realms of two boots, and of nobody. */
enum draft_key { DRAFT_DEVICE = 1, DRAFT_OTHER_DEVICE, DRAFT_REALM, DRAFT_OTHER_REALM, DRAFT_STRANGER };

#define DRAFT_COMPONENTS	10
extern const char *const draft_components[DRAFT_COMPONENTS];

/* A token before it is signed. */
struct draft {
	cbor_item_t *platform, *realm;	/* maps */
	enum draft_key platform_key, realm_key;	/* that sign */
	int algorithm;			/* in both headers */
	bool is_unbound;		/* the platform's challenge stays as it is */
	/* Not NULL: called with each payload before it is signed; a test changes bytes that libcbor would not write. */
	void (*payload_change)(bool is_platform, struct written *payload);
	cbor_item_t *unprotected;	/* of both parts */
};

/* draft_make - a good token of a VM from an image. */
struct draft draft_make(void);
void draft_free(struct draft *draft);

/* draft_write - sign it, and write it whole. */
void draft_write(struct written *out, const struct draft *draft);

/* draft_digest - the digest that a good token has in a place, by its name: "rom", "box measurement", "root". */
void draft_digest(const char *name, uint8_t out[32]);

/* draft_claim - where the value of a claim is; NULL if there is none. */
cbor_item_t **draft_claim(cbor_item_t *map, int64_t key);

/* draft_add, draft_set, draft_drop - put a claim at the end, change one, take one out. @value is taken over. */
void draft_add(cbor_item_t *map, int64_t key, cbor_item_t *value);
void draft_set(cbor_item_t *map, int64_t key, cbor_item_t *value);
void draft_drop(cbor_item_t *map, int64_t key);

/* draft_integer - the shortest item of a number. draft_bytes - a byte string. */
cbor_item_t *draft_integer(int64_t number);
cbor_item_t *draft_bytes(const void *bytes, size_t count);

/* draft_encoded - a byte string with an item in it, which is taken over. */
cbor_item_t *draft_encoded(cbor_item_t *item);

/* draft_cose_key - a COSE_Key of a curve, with coordinates of @bytes each. */
cbor_item_t *draft_cose_key(int64_t curve, const uint8_t *x, const uint8_t *y, size_t bytes);

#endif
