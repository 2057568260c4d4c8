/*
 * Reads and merges the mediator's rings. What a record means is lib/record.c's.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "lwk/ring.h"
#include "lib/addr.h"
#include "lib/memory.h"
#include "lib/record.h"
#include "lwk/cpu.h"
#include "lwk/frames.h"
#include "lwk/host.h"
#include "lwk/terminal.h"
#include "lwk/timer.h"
#include "lwk/vm.h"

#define KEPT_MAX	256

/* One CPU's ring: a page of it at a time. */
struct cursor {
	unsigned cpu;
	struct host_record *page;
	uint64_t next;			/* sequence number of the first record after the page */
	unsigned count, at;		/* records in the page; the one to look at */
};

struct kept {
	struct host_record record;
	unsigned cpu;
};

static struct kept kept[KEPT_MAX];

/* The record to look at, or NULL at the end: nothing more, or newer than @until. */
static const struct host_record *cursor_look(struct cursor *cursor, unsigned ring, uint64_t until)
{
	if (cursor->at == cursor->count) {
		struct smc_args args = { .x = { HOST_RING_READ, cursor->cpu, ring, cursor->next,
						(uintptr_t)cursor->page } };

		hvc_call(&args);
		cursor->at = 0;
		cursor->count = 0;
		if ((int64_t)args.x[0] == HOST_OK && args.x[1] <= GRANULE_BYTES / sizeof(struct host_record))
			cursor->count = (unsigned)args.x[1];
		if (cursor->count == 0)
			return NULL;
		cursor->next = args.x[3];
	}
	return cursor->page[cursor->at].ticks < until ? &cursor->page[cursor->at] : NULL;
}

/* The cursor with the oldest record, or NULL when all are at their end. */
static struct cursor *cursors_oldest(struct cursor *cursors, unsigned count, unsigned ring, uint64_t until)
{
	struct cursor *oldest = NULL;
	uint64_t ticks = 0;

	for (unsigned i = 0; i < count; i++) {
		const struct host_record *record = cursor_look(&cursors[i], ring, until);

		if (record != NULL && (oldest == NULL || record->ticks < ticks)) {
			oldest = &cursors[i];
			ticks = record->ticks;
		}
	}
	return oldest;
}

static void record_print(const struct kept *entry)
{
	static const struct record_reader reader = { vm_pair_name, NULL };
	uint64_t us = timer_to_us(entry->record.ticks);
	char text[RECORD_TEXT_BYTES];

	record_describe(&entry->record, entry->cpu, &reader, text, sizeof(text));
	terminal_print("%5lu.%06lu %s\n", us / 1000000, us % 1000000, text);
}

void ring_print(unsigned ring, unsigned max)
{
	struct cursor cursors[PLAT_CPU_MAX];
	uint64_t pages = frames_take(cpu_count, GRANULE_BYTES), until = timer_now(), total = 0;
	struct cursor *cursor;

	if (pages == 0) {
		terminal_print("error: no memory to read the rings\n  need:     %u granules\n", cpu_count);
		return;
	}
	if (max > KEPT_MAX)
		max = KEPT_MAX;
	for (unsigned i = 0; i < cpu_count; i++)
		cursors[i] = (struct cursor){ .cpu = i, .page = (void *)(uintptr_t)(pages + i * GRANULE_BYTES) };
	while ((cursor = cursors_oldest(cursors, cpu_count, ring, until)) != NULL) {
		kept[total % max] = (struct kept){ cursor->page[cursor->at++], cursor->cpu };
		total++;
	}
	frames_give(pages, cpu_count * GRANULE_BYTES);
	for (uint64_t i = total > max ? total - max : 0; i < total; i++)
		record_print(&kept[i % max]);
	terminal_print("%lu records, %lu shown\n", total, (total < max ? total : max));
}
