/*
 * The page that a box shares with the outer OS: the VM's console both ways, the box's own log, and
 * the time of day. Neither side trusts the other: indices are masked, never believed.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#ifndef ABI_CONSOLE_H
#define ABI_CONSOLE_H

#include <assert.h>
#include <stdatomic.h>
#include <stdint.h>
#include "abi/box.h"

/* Boxes have this much RAM: image, data, stacks and the console page, then the content of the VM's disk. */
#define BOX_RAM_BYTES		0x400000
#define BOX_DISK_BASE		(BOX_RAM_BASE + 0x200000)
#define BOX_DISK_BYTES		(BOX_RAM_BASE + BOX_RAM_BYTES - BOX_DISK_BASE)
#define BOX_CONSOLE_PAGE	(BOX_DISK_BASE - 0x1000)

/* Messages of BOX_NOTIFY. */
#define BOX_MESSAGE_CONSOLE	1	/* the page was shared, or a ring to the outer OS has new bytes */

#define CONSOLE_MAGIC		0x4c4f534e	/* "NSOL" */
#define CONSOLE_OUT_BYTES	2048
#define CONSOLE_IN_BYTES	512
#define CONSOLE_LOG_BYTES	1024

/* Free-running byte counts: writer owns head, reader owns tail; index = count mod size. Full when head - tail = size. */
struct console_counts {
	_Atomic uint32_t head;
	_Atomic uint32_t tail;
};

struct console_page {
	uint32_t magic;			/* box, when ready */
	uint32_t reserved;
	uint64_t epoch_seconds;		/* outer OS before activation: Unix time at CNTPCT epoch_ticks */
	uint64_t epoch_ticks;
	struct console_counts out;	/* VM -> outer OS */
	struct console_counts in;	/* outer OS -> VM */
	struct console_counts log;	/* box's own lines -> outer OS */
	uint8_t out_bytes[CONSOLE_OUT_BYTES];
	uint8_t in_bytes[CONSOLE_IN_BYTES];
	uint8_t log_bytes[CONSOLE_LOG_BYTES];
};
_Static_assert(sizeof(struct console_page) <= 4096, "console_page fits one granule");

#endif
