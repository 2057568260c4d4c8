/*
 * Attestation tokens: what the mediator tells the anchor of a VM, and what claims a token has. The token's form is in
 * docs/formats.md, "Attestation tokens".
 * Sources: draft-ffm-rats-cca-token (labels of claims), RFC 9711 (EAT), RFC 9052 (COSE), Arm DEN0137 1.0, "Realm
 * attestation".
 * SPDX-License-Identifier: BSD-3-Clause
 */
#ifndef ABI_TOKEN_H
#define ABI_TOKEN_H

#include <assert.h>
#include <stdint.h>

#define TOKEN_BYTES_MAX			4096

/* Tag of the collection, and the keys of its two parts. */
#define TOKEN_TAG			399
#define TOKEN_PLATFORM			44234
#define TOKEN_REALM			44241

/* Claims of both parts. */
#define TOKEN_CHALLENGE			10
#define TOKEN_PROFILE			265

/* Of the platform. */
#define TOKEN_INSTANCE			256
#define TOKEN_LIFECYCLE			2395
#define TOKEN_IMPLEMENTATION		2396
#define TOKEN_COMPONENTS		2399
#define TOKEN_CONFIG			2401
#define TOKEN_HASH			2402

/* Of one component of the platform. */
#define TOKEN_COMPONENT_NAME		1
#define TOKEN_COMPONENT_DIGEST		2
#define TOKEN_COMPONENT_SIGNER		5

/* Of the configuration. */
#define TOKEN_CONFIG_SLOT		1
#define TOKEN_CONFIG_TRIAL		2
#define TOKEN_CONFIG_VERSION		3
#define TOKEN_CONFIG_COUNTER		4
#define TOKEN_CONFIG_POLICY_COUNTER	5

/* Of the realm. */
#define TOKEN_PERSONALIZATION		44235
#define TOKEN_REALM_HASH		44236
#define TOKEN_REALM_KEY			44237
#define TOKEN_MEASUREMENT		44238
#define TOKEN_EXTENSIBLE		44239
#define TOKEN_REALM_KEY_HASH		44240
/* Ours: keys below -65536 are for private use (RFC 8392, section 9.1). */
#define TOKEN_BOX			(-70001)
#define TOKEN_CLASS			(-70002)
#define TOKEN_OWNER			(-70003)
#define TOKEN_COUNTER			(-70004)

#define TOKEN_PROFILE_PLATFORM		"tag:redoubt.invalid,2026:platform#1"
#define TOKEN_PROFILE_REALM		"tag:redoubt.invalid,2026:realm#1"
#define TOKEN_IMPLEMENTATION_ID		"redoubt on QEMU virt"		/* NUL padded to 32 bytes */
#define TOKEN_HASH_NAME			"sha-256"

#define TOKEN_LIFECYCLE_SECURED		0x3000	/* IDENTITY_PRODUCTION */
#define TOKEN_LIFECYCLE_DEBUG		0x4000	/* IDENTITY_DEVELOPMENT */

#define TOKEN_EXTENSIBLE_COUNT		4

/* In memory of the mediator's. */
struct token_request {
	uint8_t challenge[64];
	uint8_t measurement[32];
	uint8_t extensible[TOKEN_EXTENSIBLE_COUNT][32];
	uint8_t box[32];			/* measurement of the VM's box */
	uint8_t owner[32];			/* of ANCHOR_IMAGE_CHECK; zero if the VM is not from an image */
	uint32_t counter;			/* likewise */
	uint32_t class;				/* HOST_CLASS_* */
};
_Static_assert(sizeof(struct token_request) == 296, "token_request layout");

#endif
