/*
 * The restart record, as far as the anchor writes it: the order of a try, and that
 * this run is none any more. Everything else in it is the ROM's and the
 * monitor's.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "anchor/trial.h"
#include "abi/restart.h"
#include "arch/cpu.h"
#include "plat/memory.h"

static struct restart_record *const record = (struct restart_record *)(PLAT_CRASH_RECORD + RESTART_OFFSET);

void restart_confirmed(void)
{
	record->is_trial = 0;
	cache_clean_invalidate(record, sizeof(*record));
}

void restart_order_try(uint64_t sequence)
{
	record->sequence = sequence;
	record->order = RESTART_TRY;
	/* The next boot looks at it before it has caches. */
	cache_clean_invalidate(record, sizeof(*record));
}
