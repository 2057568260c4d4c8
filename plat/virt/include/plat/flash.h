/*
 * Programming of flash0: erase a block, program bytes that are erased. What cuts power in the middle of either leaves
 * the bytes in question in any state; all others keep theirs. Reading needs no call: flash is memory when it is idle.
 * The code runs from secure RAM, and while a command is under way nobody may read flash0, least of all execute there:
 * one CPU, which the monitor's lock ensures; all others have left the ROM when the anchor starts.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#ifndef PLAT_FLASH_H
#define PLAT_FLASH_H

#include "lib/compiler.h"
#include "lib/status.h"

/**
 * flash_read - copy from flash.
 *
 * @offset  from the start of flash0; [@offset, @offset + @bytes) is inside it
 */
void flash_read(uint64_t offset, void *out, size_t bytes);

/**
 * flash_erase - set a block to all ones. @offset is a multiple of PLAT_FLASH_BLOCK_BYTES.
 *
 * Returns OK when every byte reads back as 0xff; ERR_STATE if the device reports an error or does not (then the block
 * may hold anything).
 */
MUST_CHECK enum status flash_erase(uint64_t offset);

/**
 * flash_program - write erased bytes. @offset, @data and @bytes are multiples of 4, the range is within one block.
 *
 * Returns OK when what was written reads back; ERR_STATE if not (then the range may hold anything).
 */
MUST_CHECK enum status flash_program(uint64_t offset, const void *data, size_t bytes);

#endif
