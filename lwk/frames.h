/*
 * Spare memory: which granules of our RAM are free. It knows no VMs; what it gives out is the
 * taker's until it comes back. Large takes come from the bottom in whole 2 MiB blocks, small ones
 * from the top out of blocks already broken, so that starting and stopping does not crumble the rest.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#ifndef LWK_FRAMES_H
#define LWK_FRAMES_H

#include "lib/compiler.h"

/* A piece of RAM. */
struct frames_run {
	uint64_t pa, bytes;
};

/**
 * frames_add - every granule of the whole 2 MiB blocks in the range becomes free, except those that
 * the mediator does not call ours (HOST_GRANULE_INFO: the loader window, its own memory).
 */
void frames_add(uint64_t base, uint64_t bytes);

/* frames_reserve - granules that touch this range are not free (any more). For boot. */
void frames_reserve(uint64_t base, uint64_t bytes);

/**
 * frames_take_blocks - take @bytes (a multiple of 2 MiB) as 2 MiB aligned runs, as few as possible.
 *
 * @runs, @run_max  receives the runs, ascending
 * Returns their number, or 0 if there are not so many whole free blocks, or they need more than
 * @run_max runs; then nothing was taken. Context: threads or boot.
 */
unsigned frames_take_blocks(uint64_t bytes, struct frames_run *runs, unsigned run_max);

/**
 * frames_take - take @count (1 .. 512) contiguous granules, the first aligned to @align bytes (a
 * power of two, 4 KiB .. 2 MiB). Returns their address, 0 if there are none.
 */
uint64_t frames_take(unsigned count, uint64_t align);

/* frames_give - [@pa, @pa + @bytes) is free again. Giving what is free stops the kernel: our own bug. */
void frames_give(uint64_t pa, uint64_t bytes);

/* How many granules are free, how many there are, and how many bytes of whole free blocks. */
uint64_t frames_free_count(void);
uint64_t frames_total_count(void);
uint64_t frames_free_block_bytes(void);

#endif
