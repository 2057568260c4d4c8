/*
 * Crash record: one page of secure RAM that survives a warm reset. The monitor writes it before it
 * stops the machine; the next boot's ROM reads it as hostile input, prints it once and clears it.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#ifndef ABI_CRASH_H
#define ABI_CRASH_H

#include <assert.h>
#include <stdint.h>

#define CRASH_MAGIC		0x4853415243445254ull	/* "TRDCRASH" */
#define CRASH_VERSION		1
#define CRASH_TEXT_BYTES	64

struct crash_record {
	uint64_t magic;
	uint32_t version;
	uint32_t cpu;
	uint32_t level;			/* exception level that failed: 1 secure, 2, 3 */
	uint32_t reserved;
	uint64_t esr, pc, far;
	char text[CRASH_TEXT_BYTES];	/* NUL padded, printable ASCII */
};
_Static_assert(sizeof(struct crash_record) == 112, "crash_record layout");

#endif
