/*
 * Re-check of the mediator's read-only memory: is it still what the ROM verified?
 * SPDX-License-Identifier: BSD-3-Clause
 */
#ifndef ANCHOR_RECHECK_H
#define ANCHOR_RECHECK_H

#include "abi/boot.h"
#include "lib/compiler.h"
#include "lib/status.h"

/* What one call hashes: below 50,000 instructions. */
#define RECHECK_SLICE_BYTES	0x4000

/**
 * recheck_begin - take the digests that later calls compare with. Before anything of the mediator has run.
 *
 * @image  the mediator as the ROM verified and loaded it, mapped; where its read-only memory ends is in it
 *
 * Returns OK; ERR_ARGS if that place is not a page boundary behind the image's begin, or further than there
 * is room for digests; ERR_AUTH if the hash fails.
 */
MUST_CHECK enum status recheck_begin(const struct boot_range *image);

/**
 * recheck_step - hash the slice that begins after @done bytes of a round.
 *
 * @done  in: bytes done; out: likewise with this slice, or, on ERR_AUTH, the address of the page that differs
 * @all   out: bytes of a round
 *
 * Returns OK; ERR_ARGS if no slice begins at @done (then nothing is written); ERR_AUTH if a page is not what it was.
 */
MUST_CHECK enum status recheck_step(uint64_t *done, uint64_t *all);

#endif
