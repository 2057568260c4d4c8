/*
 * Re-check of the mediator: decides whether its code and constants still are what was verified. One digest
 * a page, so that an answer names the page and nothing is kept between calls.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "anchor/recheck.h"
#include "abi/anchor.h"
#include "crypto/hash.h"
#include "lib/addr.h"
#include "lib/memory.h"
#include "plat/memory.h"

/* 256 KiB. */
#define PAGE_MAX	64

static uint8_t digests[PAGE_MAX][HASH_BYTES];
static uint64_t base, all_bytes;

static enum status page_hash(uint64_t at, uint8_t digest[HASH_BYTES])
{
	struct hash_piece piece = { (const void *)(uintptr_t)(base + at), GRANULE_BYTES };

	return hash_sha256(&piece, 1, digest);
}

enum status recheck_begin(const struct boot_range *image)
{
	uint64_t end = *(const uint64_t *)(uintptr_t)(image->base + ANCHOR_RECHECK_END);
	enum status status = OK;

	if (!is_aligned(image->base | end, GRANULE_BYTES) || end <= image->base ||
	    end - image->base > PAGE_MAX * GRANULE_BYTES)
		return ERR_ARGS;
	base = image->base;
	all_bytes = end - image->base;
	for (uint64_t at = 0; at < all_bytes && status == OK; at += GRANULE_BYTES)
		status = page_hash(at, digests[at >> GRANULE_SHIFT]);
	return status;
}

enum status recheck_step(uint64_t *done, uint64_t *all)
{
	uint64_t at = *done, end = at + RECHECK_SLICE_BYTES;

	if (at >= all_bytes || !is_aligned(at, RECHECK_SLICE_BYTES))
		return ERR_ARGS;
	if (end > all_bytes)
		end = all_bytes;
	for (; at < end; at += GRANULE_BYTES) {
		uint8_t digest[HASH_BYTES];

		if (page_hash(at, digest) != OK || !hash_is_equal(digest, digests[at >> GRANULE_SHIFT])) {
			*done = base + at;
			return ERR_AUTH;
		}
	}
	*done = end;
	*all = all_bytes;
	return OK;
}
