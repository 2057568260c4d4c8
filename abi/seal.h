/*
 * Sealed data: what ANCHOR_SEAL and ANCHOR_UNSEAL find at the start of a page of the loader window and leave there. The
 * request, the blob and the opened data are one structure; its first SEAL_BLOB_BYTES are the blob that its owner keeps.
 * All integers little-endian. Refusals are ANCHOR_ERR_SEAL with x1 = ANCHOR_SEAL_*; the page is then as it was.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#ifndef ABI_SEAL_H
#define ABI_SEAL_H

#include <assert.h>
#include <stddef.h>
#include <stdint.h>

#define SEAL_MAGIC		0x424c414553524452ull	/* "RDRSEALB" */
#define SEAL_VERSION		1
#define SEAL_DATA_MAX		2048
#define SEAL_COUNTER_NONE	0xffffffffu

/* To whom the blob opens again, on this device. */
enum seal_mode {
	SEAL_MODE_SIGNER = 1,	/* firmware of the same root key whose security counter is the same or higher */
	SEAL_MODE_EXACT = 2,	/* a boot with the same log of measurements */
};

/* Why a request or a blob is refused, in the order in which it is looked for. All but ALTERED is what the blob says. */
enum anchor_seal_reason {
	ANCHOR_SEAL_MALFORMED = 1,	/* magic, version, mode or counter index are none that there are */
	ANCHOR_SEAL_TOO_LARGE = 2,	/* more than SEAL_DATA_MAX */
	ANCHOR_SEAL_VERSION = 3,	/* sealed under a higher security counter than that of the firmware that runs */
	ANCHOR_SEAL_MEASUREMENT = 4,	/* sealed exactly, for another boot */
	ANCHOR_SEAL_REPLAYED = 5,	/* the monotonic counter is past the value */
	ANCHOR_SEAL_EARLY = 6,		/* the monotonic counter is not yet at the value */
	ANCHOR_SEAL_ALTERED = 7,	/* a changed byte, another device, another root key, another caller */
};

struct anchor_seal {
	uint64_t magic;
	uint32_t version;
	uint32_t mode;			/* enum seal_mode */
	uint32_t counter;		/* index of a monotonic counter, or SEAL_COUNTER_NONE */
	uint32_t bytes;			/* of the data */
	uint64_t counter_value;		/* opens while the counter is there; when it is sealed, not below the counter */
	uint8_t label[16];		/* what the data is for: the caller's, compared by the caller, authenticated */
	/* From here to the tag the anchor fills in. */
	uint32_t security_counter;	/* of the firmware that sealed */
	uint8_t nonce[12];
	uint8_t measurement[32];	/* SEAL_MODE_EXACT: SHA-256 of the log; else zero */
	uint8_t tag[16];		/* of all before it, and the data */
	uint8_t data[SEAL_DATA_MAX];	/* text or ciphertext */
};
_Static_assert(offsetof(struct anchor_seal, tag) == 96, "anchor_seal layout");
_Static_assert(offsetof(struct anchor_seal, data) == 112, "anchor_seal layout");
_Static_assert(sizeof(struct anchor_seal) == 112 + SEAL_DATA_MAX, "anchor_seal layout");

#define SEAL_BLOB_BYTES(data_bytes)	(offsetof(struct anchor_seal, data) + (data_bytes))

#endif
