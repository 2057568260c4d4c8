/*
 * The identity page of a device: whose firmware it takes, written once when it is provisioned. At PLAT_FLASH_IDENTITY
 * in flash0; all integers little-endian. The ROM stops if the page is not as it was written.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#ifndef ABI_IDENTITY_H
#define ABI_IDENTITY_H

#include <assert.h>
#include <stddef.h>
#include <stdint.h>

#define IDENTITY_MAGIC		0x59544e4544494452ull	/* "RDIDENTY" */
#define IDENTITY_VERSION	2
#define IDENTITY_BYTES		4096

/* No number is a single bit away from another, nor from erased flash. */
enum identity_lifecycle {
	IDENTITY_DEVELOPMENT = 0x5a5a0001,	/* keys that developers have; told at each boot */
	IDENTITY_PRODUCTION = 0xa5a50002,
};

struct identity_page {
	uint64_t magic;
	uint32_t version;
	uint32_t lifecycle;		/* IDENTITY_* */
	uint8_t root_sha256[32];	/* of the root key, an uncompressed point of P-384 */
	uint8_t secret[32];		/* of the device, random: keys are derived from it and never leave the anchor */
	uint32_t failures_max;		/* bad ends in a row after which the previous package boots; 0: power off at the first */
	uint8_t reserved[3980];		/* zero */
	uint8_t sha256[32];		/* of all bytes before it */
};
_Static_assert(sizeof(struct identity_page) == IDENTITY_BYTES, "identity_page layout");
_Static_assert(offsetof(struct identity_page, root_sha256) == 16, "identity_page layout");
_Static_assert(offsetof(struct identity_page, sha256) == IDENTITY_BYTES - 32, "identity_page layout");

/* What is measured: all that a verifier may know. */
#define IDENTITY_PUBLIC_BYTES	offsetof(struct identity_page, secret)

#endif
