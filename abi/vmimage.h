/*
 * VM images: what surrounds the signed manifest (lib/vmimage.h) in the file, and what a chunk's tag covers. The format is
 * in docs/formats.md, "VM images". All integers little-endian.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#ifndef ABI_VMIMAGE_H
#define ABI_VMIMAGE_H

#include <assert.h>
#include <stdint.h>

#define VMIMAGE_HEAD_BYTES	16384	/* owner's key and signed manifest, filled up with zeros */
#define VMIMAGE_CHUNK_BYTES	4096
#define VMIMAGE_TAG_BYTES	16
#define VMIMAGE_GROUP_CHUNKS	256	/* chunks whose tags fill one page, which lies before them */
#define VMIMAGE_CHUNKS_MAX	0x100000	/* 4 GiB of content */

#define VMIMAGE_KEY_BYTES	32	/* of the content key */
#define VMIMAGE_WRAPPED_BYTES	40	/* of the content key, wrapped (RFC 3394) */
#define VMIMAGE_ID_BYTES	16

/* Where in the file the tag and the content of a chunk are, and where the file ends. */
#define VMIMAGE_GROUP_AT(index)	(VMIMAGE_HEAD_BYTES + (uint64_t)((index) / VMIMAGE_GROUP_CHUNKS) * \
				 (VMIMAGE_GROUP_CHUNKS + 1) * VMIMAGE_CHUNK_BYTES)
#define VMIMAGE_TAG_AT(index)	(VMIMAGE_GROUP_AT(index) + (uint64_t)((index) % VMIMAGE_GROUP_CHUNKS) * VMIMAGE_TAG_BYTES)
#define VMIMAGE_CHUNK_AT(index)	(VMIMAGE_GROUP_AT(index) + \
				 (uint64_t)((index) % VMIMAGE_GROUP_CHUNKS + 1) * VMIMAGE_CHUNK_BYTES)
#define VMIMAGE_BYTES(count)	(VMIMAGE_HEAD_BYTES + VMIMAGE_CHUNK_BYTES * ((uint64_t)(count) + \
				 ((uint64_t)(count) + VMIMAGE_GROUP_CHUNKS - 1) / VMIMAGE_GROUP_CHUNKS))

/*
 * What is authenticated with a chunk and not encrypted. AES-256-GCM with the content key; the nonce is 4 zero bytes and
 * the index, 8 bytes, big-endian: a content key is made for one packing.
 */
struct vmimage_chunk {
	uint8_t id[VMIMAGE_ID_BYTES];
	uint32_t version;
	uint32_t index;			/* from 0, over all pieces */
	uint32_t count;			/* of all chunks */
	uint32_t reserved;		/* zero */
	uint64_t address;		/* in the VM */
};
_Static_assert(sizeof(struct vmimage_chunk) == 40, "vmimage_chunk layout");

#endif
