/*
 * Restart record: what one run leaves for the ROM of the next, in the second half of the page of the crash record. It is
 * secure RAM: it survives a warm reset, not a loss of power. The ROM reads it as hostile input and clears it before
 * anything else runs; without a valid record the active slot boots.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#ifndef ABI_RESTART_H
#define ABI_RESTART_H

#include <assert.h>
#include <stdint.h>

#define RESTART_MAGIC		0x5452545345524452ull	/* "RDRESTRT" */
#define RESTART_VERSION		1
#define RESTART_OFFSET		2048	/* from PLAT_CRASH_RECORD */

/* What the next boot is to do. */
enum restart_order {
	RESTART_NONE = 0x11,		/* nothing: the record only says how a run ended */
	RESTART_TRY = 0x22,		/* boot the other slot, once */
	RESTART_OTHER = 0x44,		/* the active slot fails again and again: boot the previous package */
};

/* How a run ended. The ROM writes RUNNING when it starts one; what is still RUNNING at a reset was neither. */
enum restart_end {
	RESTART_END_NONE = 0,		/* no run is known: power was off */
	RESTART_END_RUNNING = 1,	/* reset without a word, a hung boot for one */
	RESTART_END_ASKED = 2,		/* the outer OS asked for the reset */
	RESTART_END_FAILED = 3,		/* a trusted room failed; the crash record says why */
	RESTART_END_HUNG = 4,		/* the watchdog: a trusted room did not go on */
	RESTART_END_LATE = 5,		/* the watchdog: a try was not confirmed in time */
	RESTART_END_ALTERED = 6,	/* the mediator's read-only memory was not what was verified */
	RESTART_END_REFUSED = 7,	/* it did not begin: the ROM refused a slot that is not the active one */
};

struct restart_record {
	uint64_t magic;
	uint32_t version;
	uint32_t order;			/* enum restart_order */
	uint64_t sequence;		/* of the state that a try was ordered under: void under any other */
	uint32_t is_trial;		/* 1: the run was a try of the other slot */
	uint32_t end;			/* enum restart_end */
	uint32_t failures;		/* runs of the active slot in a row that ended badly, 0 .. 255 */
	uint32_t reserved;
};
_Static_assert(sizeof(struct restart_record) == 40, "restart_record layout");

#endif
