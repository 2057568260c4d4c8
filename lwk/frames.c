/*
 * The frame allocator: one bit a granule (set: free) and a count a block, under one lock.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "lwk/frames.h"
#include "lib/addr.h"
#include "lib/check.h"
#include "lwk/host.h"
#include "lwk/lock.h"
#include "plat/memory.h"

#define BLOCK_MAX		(PLAT_RAM_MAX / BLOCK_BYTES)
#define BLOCK_GRANULES		512
#define WORD_GRANULES		64
#define BLOCK_WORDS		(BLOCK_GRANULES / WORD_GRANULES)

struct block {
	uint64_t free[BLOCK_WORDS];
	uint16_t free_count;
};

static struct spinlock lock;
static struct block blocks[BLOCK_MAX];
static uint64_t free_count, total_count;

static uint64_t block_address(unsigned block)
{
	return PLAT_RAM_BASE + block * BLOCK_BYTES;
}

static bool granule_is_free(const struct block *block, unsigned granule)
{
	return (block->free[granule / WORD_GRANULES] & BIT(granule % WORD_GRANULES)) != 0;
}

static void granule_set(uint64_t pa, bool is_free) HOLDS(&lock)
{
	uint64_t index = (pa - PLAT_RAM_BASE) / GRANULE_BYTES;
	struct block *block = &blocks[index / BLOCK_GRANULES];
	unsigned granule = index % BLOCK_GRANULES;

	CHECK(granule_is_free(block, granule) != is_free);
	block->free[granule / WORD_GRANULES] ^= BIT(granule % WORD_GRANULES);
	block->free_count = (uint16_t)(block->free_count + (is_free ? 1 : -1));
	free_count += is_free ? 1 : ~0ull;
}

/* One block at a time, so that interrupts are never masked for long. */
static void range_free(uint64_t pa, uint64_t bytes)
{
	for (uint64_t at = pa; at < pa + bytes;) {
		uint64_t mask = lock_take(&lock);

		do {
			granule_set(at, true);
			at += GRANULE_BYTES;
		} while (at < pa + bytes && !is_aligned(at, BLOCK_BYTES));
		lock_drop(&lock, mask);
	}
}

void frames_add(uint64_t base, uint64_t bytes)
{
	uint64_t end = align_down(base + bytes, BLOCK_BYTES);
	struct host_granule run;

	for (uint64_t at = align_down(base + BLOCK_BYTES - 1, BLOCK_BYTES); at < end; at += run.bytes) {
		if (host_granule(at, &run) != HOST_OK || run.bytes < GRANULE_BYTES ||
		    !is_aligned(run.bytes, GRANULE_BYTES))
			run = (struct host_granule){ .state = GRANULE_CORE, .bytes = GRANULE_BYTES };
		if (run.bytes > end - at)
			run.bytes = end - at;
		if (run.state == GRANULE_OUTER) {
			range_free(at, run.bytes);
			total_count += run.bytes / GRANULE_BYTES;
		}
	}
}

void frames_reserve(uint64_t base, uint64_t bytes)
{
	uint64_t mask = lock_take(&lock);

	for (uint64_t at = align_down(base, GRANULE_BYTES); at < base + bytes; at += GRANULE_BYTES) {
		uint64_t index = (at - PLAT_RAM_BASE) / GRANULE_BYTES;

		if (index < (uint64_t)BLOCK_MAX * BLOCK_GRANULES &&
		    granule_is_free(&blocks[index / BLOCK_GRANULES], index % BLOCK_GRANULES)) {
			granule_set(at, false);
			total_count--;
		}
	}
	lock_drop(&lock, mask);
}

static bool block_is_whole(unsigned block)
{
	return blocks[block].free_count == BLOCK_GRANULES;
}

/* Length of the run of whole free blocks that starts at @block, at most @max. */
static unsigned whole_run(unsigned block, unsigned max)
{
	unsigned count = 0;

	while (count < max && block + count < BLOCK_MAX && block_is_whole(block + count))
		count++;
	return count;
}

/* The lowest run that holds all; else runs from the bottom until they do. */
static unsigned runs_find(unsigned count, struct frames_run *runs, unsigned run_max) HOLDS(&lock)
{
	unsigned run_count = 0, left = count;

	for (unsigned at = 0; at < BLOCK_MAX; at++) {
		unsigned found = whole_run(at, count);

		if (found == count) {
			runs[0] = (struct frames_run){ block_address(at), count * BLOCK_BYTES };
			return 1;
		}
		at += found;
	}
	for (unsigned at = 0; at < BLOCK_MAX && left > 0; at++) {
		unsigned found = whole_run(at, left);

		if (found == 0)
			continue;
		if (run_count == run_max)
			return 0;
		runs[run_count++] = (struct frames_run){ block_address(at), found * BLOCK_BYTES };
		left -= found;
		at += found;
	}
	return left == 0 ? run_count : 0;
}

unsigned frames_take_blocks(uint64_t bytes, struct frames_run *runs, unsigned run_max)
{
	uint64_t mask = lock_take(&lock);
	unsigned run_count = runs_find((unsigned)(bytes / BLOCK_BYTES), runs, run_max);

	for (unsigned i = 0; i < run_count; i++) {
		for (uint64_t at = 0; at < runs[i].bytes; at += BLOCK_BYTES)
			blocks[(runs[i].pa + at - PLAT_RAM_BASE) / BLOCK_BYTES] = (struct block){ 0 };
		free_count -= runs[i].bytes / GRANULE_BYTES;
	}
	lock_drop(&lock, mask);
	return run_count;
}

/* First granule of @count free ones in a block at a multiple of @step, or BLOCK_GRANULES. */
static unsigned hole_find(const struct block *block, unsigned count, unsigned step)
{
	for (unsigned first = 0; first + count <= BLOCK_GRANULES; first += step) {
		unsigned found = 0;

		while (found < count && granule_is_free(block, first + found))
			found++;
		if (found == count)
			return first;
	}
	return BLOCK_GRANULES;
}

static uint64_t hole_take(unsigned count, unsigned step, bool break_whole) HOLDS(&lock)
{
	for (unsigned i = BLOCK_MAX; i-- > 0;) {
		if (blocks[i].free_count < count || block_is_whole(i) != break_whole)
			continue;
		unsigned first = hole_find(&blocks[i], count, step);

		if (first == BLOCK_GRANULES)
			continue;
		uint64_t pa = block_address(i) + first * GRANULE_BYTES;

		for (unsigned granule = 0; granule < count; granule++)
			granule_set(pa + granule * GRANULE_BYTES, false);
		return pa;
	}
	return 0;
}

uint64_t frames_take(unsigned count, uint64_t align)
{
	unsigned step = (unsigned)(align / GRANULE_BYTES);
	uint64_t mask = lock_take(&lock);
	uint64_t pa = hole_take(count, step, false);

	if (pa == 0)
		pa = hole_take(count, step, true);
	lock_drop(&lock, mask);
	return pa;
}

void frames_give(uint64_t pa, uint64_t bytes)
{
	range_free(pa, bytes);
}

uint64_t frames_free_count(void)
{
	uint64_t mask = lock_take(&lock);
	uint64_t count = free_count;

	lock_drop(&lock, mask);
	return count;
}

uint64_t frames_total_count(void)
{
	return total_count;
}

uint64_t frames_free_block_bytes(void)
{
	uint64_t mask = lock_take(&lock);
	uint64_t bytes = 0;

	for (unsigned i = 0; i < BLOCK_MAX; i++)
		bytes += block_is_whole(i) ? BLOCK_BYTES : 0;
	lock_drop(&lock, mask);
	return bytes;
}
