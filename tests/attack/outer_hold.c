/*
 * `hold BLOCKS`: takes the outer OS's free memory but for that many whole blocks and what a small VM needs beside its
 * RAM, its box and its tables, so that the tables find none. `hold 0` gives all of it back.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "lib/addr.h"
#include "lwk/frames.h"
#include "lwk/shell.h"
#include "lwk/terminal.h"

#define BLOCK_MAX	1024
#define LOOSE_MAX	4096
/* Contiguous: what loading takes for a while, and the control area of one vCPU. */
#define KEPT_GRANULES	30

static struct frames_run blocks[BLOCK_MAX];
static uint64_t loose[LOOSE_MAX];
static unsigned block_count, loose_count;

static void give_back(void)
{
	for (unsigned i = 0; i < block_count; i++)
		frames_give(blocks[i].pa, blocks[i].bytes);
	for (unsigned i = 0; i < loose_count; i++)
		frames_give(loose[i], GRANULE_BYTES);
	block_count = loose_count = 0;
}

static void command_hold(const struct shell_arguments *arguments)
{
	unsigned keep;

	if (!shell_number("hold, BLOCKS", arguments->text[0], 0, &keep))
		return;
	give_back();
	if (keep == 0)
		return;
	uint64_t keep_bytes = keep * BLOCK_BYTES, kept = frames_take(KEPT_GRANULES, 2 * GRANULE_BYTES);
	uint64_t bytes = frames_free_block_bytes() - keep_bytes;

	block_count = frames_take_blocks(bytes, blocks, BLOCK_MAX);
	while (frames_free_count() * GRANULE_BYTES > keep_bytes && loose_count < LOOSE_MAX)
		loose[loose_count++] = frames_take(1, GRANULE_BYTES);
	frames_give(kept, KEPT_GRANULES * GRANULE_BYTES);
	terminal_print("hold: %llu granules are free\n", (unsigned long long)frames_free_count());
}

SHELL_COMMAND(hold, "BLOCKS", "take all memory but so many blocks; 0 gives it back", 1, 1, command_hold);
