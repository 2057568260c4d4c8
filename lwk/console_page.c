/*
 * Moves bytes through the page that a box shares. Every access may abort, every count may lie.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "lwk/console_page.h"
#include "arch/cpu.h"
#include "lwk/probe.h"
#include "lwk/timer.h"

#define AT(field)	offsetof(struct console_page, field)

/* Where a ring to us is in the page, and how far we have read. */
struct ring {
	size_t head, tail, bytes;
	uint32_t size;
	uint32_t *done;
};

static struct ring ring_of(struct console *console, enum console_page_ring which)
{
	if (which == CONSOLE_PAGE_OUT)
		return (struct ring){ AT(out.head), AT(out.tail), AT(out_bytes), CONSOLE_OUT_BYTES,
				      &console->out_tail };
	return (struct ring){ AT(log.head), AT(log.tail), AT(log_bytes), CONSOLE_LOG_BYTES, &console->log_tail };
}

bool console_page_open(struct console *console, uintptr_t pa)
{
	uint32_t magic;

	if (!probe_load32(pa + AT(magic), &magic) || magic != CONSOLE_MAGIC)
		return false;
	if (!probe_store64(pa + AT(epoch_ticks), timer_now()) ||
	    !probe_store64(pa + AT(epoch_seconds), timer_epoch_seconds()))
		return false;
	console->out_tail = 0;
	console->log_tail = 0;
	console->in_head = 0;
	console->page = pa;
	return true;
}

/* How many bytes the box says are waiting. More than the ring holds is a lie: a full ring that ends there. */
static uint32_t ring_waiting(struct console *console, const struct ring *ring)
{
	uint32_t head;

	if (console->page == 0)
		return 0;
	if (!probe_load32(console->page + ring->head, &head)) {
		console->page = 0;
		return 0;
	}
	/* The count first, then the bytes that it promises. */
	dmb_ish();
	if (head - *ring->done > ring->size)
		*ring->done = head - ring->size;
	return head - *ring->done;
}

size_t console_page_read(struct console *console, enum console_page_ring which, uint8_t *out, size_t max)
{
	struct ring ring = ring_of(console, which);
	uint32_t count = ring_waiting(console, &ring), at = *ring.done % ring.size;

	if (count > max)
		count = (uint32_t)max;
	if (count > ring.size - at)
		count = ring.size - at;
	if (count == 0)
		return 0;
	uint32_t done = *ring.done + count;

	/* The bytes are ours before the box may overwrite them. */
	bool copied = probe_copy((uintptr_t)out, console->page + ring.bytes + at, count);

	dmb_ish();
	if (!copied || !probe_store32(console->page + ring.tail, done)) {
		console->page = 0;
		return 0;
	}
	*ring.done = done;
	return count;
}

bool console_page_write(struct console *console, uint8_t byte)
{
	uint32_t tail;

	if (!probe_load32(console->page + AT(in.tail), &tail)) {
		console->page = 0;
		return true;
	}
	if (console->in_head - tail >= CONSOLE_IN_BYTES)
		return false;
	uintptr_t at = console->page + AT(in_bytes) + console->in_head % CONSOLE_IN_BYTES;
	bool stored = probe_copy(at, (uintptr_t)&byte, 1);

	/* The byte is there before the count says so. */
	dmb_ish();
	if (!stored || !probe_store32(console->page + AT(in.head), console->in_head + 1)) {
		console->page = 0;
		return true;
	}
	console->in_head++;
	return true;
}

bool console_page_is_full(struct console *console)
{
	struct ring ring = ring_of(console, CONSOLE_PAGE_OUT);

	return ring_waiting(console, &ring) == ring.size;
}
