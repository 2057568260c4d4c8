/*
 * Boot of the anchor: map, log, what the re-check compares with, state, random numbers; then it waits for calls.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "anchor/room.h"
#include "abi/anchor.h"
#include "anchor/image.h"
#include "anchor/random.h"
#include "anchor/recheck.h"
#include "anchor/seal.h"
#include "anchor/state.h"
#include "anchor/token.h"
#include "anchor/trial.h"
#include "anchor/update.h"
#include "lib/check.h"

int64_t anchor_main(const struct boot_info *boot_info)
{
	if (boot_info->magic != BOOT_INFO_MAGIC || boot_info->version != BOOT_INFO_VERSION)
		return ANCHOR_ERR_ARGS;
	if (memory_map(&boot_info->ram, &boot_info->loader) != OK || log_fill(boot_info) != OK ||
	    recheck_begin(&boot_info->mediator) != OK)
		return ANCHOR_ERR_ARGS;
	if (state_open() != OK || random_open() != OK)
		return ANCHOR_ERR_FLASH;
	seal_init(boot_info->firmware_counter);
	trial_open(boot_info);
	update_open(boot_info);
	image_init(boot_info);
	token_init(boot_info);
	return ANCHOR_OK;
}

/* The vectors report a BRK like any other exception; the record's PC leads to the line. */
void check_failed(const char *file, int line)
{
	(void)file;
	(void)line;
	__builtin_trap();
}
