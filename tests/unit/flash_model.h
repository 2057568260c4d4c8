/*
 * Flash of the host's: the blocks of the state log behind plat/flash.h. It insists on what plat/flash.h asks for: only
 * erased words are programmed, and once. Power can go at any word that is programmed and at any erase; what was being
 * changed then holds anything.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#ifndef TESTS_UNIT_FLASH_MODEL_H
#define TESTS_UNIT_FLASH_MODEL_H

#include <setjmp.h>
#include "plat/flash.h"
#include "plat/memory.h"

#define FLASH_MODEL_BYTES	(PLAT_FLASH_STATE_BLOCKS * PLAT_FLASH_BLOCK_BYTES)
#define FLASH_MODEL_NEVER	UINT64_MAX

struct flash_model {
	uint8_t bytes[FLASH_MODEL_BYTES];	/* from PLAT_FLASH_STATE on */
	uint64_t primitives;			/* words programmed, and erases, so far */
	uint64_t cut_at;			/* the primitive at which power goes; FLASH_MODEL_NEVER */
	jmp_buf *cut;				/* where to then */
	uint64_t random;			/* of what is torn; not 0 */
	uint64_t bad_from, bad_end;		/* offsets in the log where programming fails */
	bool bad_erase;				/* erasing fails */
	bool is_lying;				/* what fails was done well, whatever the device says */
};

extern struct flash_model flash_model;

/* flash_model_reset - all erased, nothing fails, no cut. */
void flash_model_reset(void);

/* flash_model_random - the next number of a generator that its seed decides. */
uint64_t flash_model_random(void);

#endif
