/*
 * `dirty PATTERN`: fills the outer OS's free memory, so that what it gives away next is not zero by chance.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "lib/addr.h"
#include "lwk/frames.h"
#include "lwk/shell.h"
#include "lwk/terminal.h"
#include "tests/attack/outer.h"

#define RUN_MAX 512

static struct frames_run runs[RUN_MAX];

static void command_dirty(const struct shell_arguments *arguments)
{
	uint64_t pattern = outer_number(arguments->text[0]), bytes = frames_free_block_bytes();
	unsigned count = frames_take_blocks(bytes, runs, RUN_MAX);
	uint64_t granules = 0;

	for (unsigned i = 0; i < count; i++) {
		uint64_t *words = (uint64_t *)(uintptr_t)runs[i].pa;

		for (uint64_t at = 0; at < runs[i].bytes / sizeof(*words); at++)
			words[at] = pattern;
		granules += runs[i].bytes / GRANULE_BYTES;
		frames_give(runs[i].pa, runs[i].bytes);
	}
	terminal_print("dirty: %llu granules\n", (unsigned long long)granules);
}

SHELL_COMMAND(dirty, "PATTERN", "fill all free blocks of memory with 0x...", 1, 1, command_dirty);
