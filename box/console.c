/*
 * Rings on the console page. Decides when the outer OS is told of new bytes and how long a full ring is
 * waited for.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "box/console.h"
#include "box/clock.h"
#include "box/hvc.h"
#include "box/interrupt.h"
#include "lib/memory.h"
#include "lib/print.h"
#include "lib/spinlock.h"

#define ALARMS_PER_SECOND	500	/* an alarm is 2 ms */
#define WAIT_ALARMS		50

static struct {
	struct console_page *page;
	struct spinlock lock;		/* out_head, in_tail */
	uint32_t out_head;
	uint32_t in_tail;
	struct spinlock log_lock;
	uint32_t log_head;
	_Atomic bool is_unseen;		/* bytes that no notification followed */
	_Atomic bool is_due;
	_Atomic bool is_stuck;		/* a wait ended without room, and no byte was taken since */
} console;

void console_init(struct console_page *page)
{
	memset(&console, 0, sizeof(console));
	console.page = page;
	page->magic = CONSOLE_MAGIC;
}

/* Bytes in a ring as far as the other side may be believed; more than its size means full. */
static uint32_t ring_used(uint32_t head, uint32_t tail, uint32_t bytes)
{
	uint32_t used = head - tail;

	return used <= bytes ? used : bytes;
}

void console_alarm(void)
{
	clock_alarm(clock_hz() / ALARMS_PER_SECOND);
}

static void unseen_mark(uint32_t used, uint32_t bytes)
{
	if (used >= bytes / 2)
		atomic_store_explicit(&console.is_due, true, memory_order_relaxed);
	if (!atomic_exchange_explicit(&console.is_unseen, true, memory_order_relaxed))
		console_alarm();
}

bool console_out(uint8_t byte)
{
	struct console_page *page = console.page;

	spin_lock(&console.lock);
	uint32_t head = console.out_head;
	uint32_t used = ring_used(head, atomic_load_explicit(&page->out.tail, memory_order_acquire),
				  CONSOLE_OUT_BYTES);

	if (used < CONSOLE_OUT_BYTES) {
		page->out_bytes[head % CONSOLE_OUT_BYTES] = byte;
		console.out_head = head + 1;
		/* The byte is there before the count says so. */
		atomic_store_explicit(&page->out.head, head + 1, memory_order_release);
	}
	spin_unlock(&console.lock);
	if (used == CONSOLE_OUT_BYTES)
		return false;
	atomic_store_explicit(&console.is_stuck, false, memory_order_relaxed);
	unseen_mark(used + 1, CONSOLE_OUT_BYTES);
	return true;
}

uint32_t console_out_room(void)
{
	/* Without the lock: a hint that console_out decides again. */
	return CONSOLE_OUT_BYTES - ring_used(console.out_head,
					     atomic_load_explicit(&console.page->out.tail, memory_order_relaxed),
					     CONSOLE_OUT_BYTES);
}

bool console_in(uint8_t *byte)
{
	struct console_page *page = console.page;
	bool is_there;

	spin_lock(&console.lock);
	uint32_t tail = console.in_tail;

	is_there = ring_used(atomic_load_explicit(&page->in.head, memory_order_acquire), tail, CONSOLE_IN_BYTES) != 0;
	if (is_there) {
		*byte = page->in_bytes[tail % CONSOLE_IN_BYTES];
		console.in_tail = tail + 1;
		atomic_store_explicit(&page->in.tail, tail + 1, memory_order_release);
	}
	spin_unlock(&console.lock);
	return is_there;
}

static void log_put(void *context, char c)
{
	struct console_page *page = console.page;
	uint32_t *head = context;
	uint32_t used = ring_used(*head, atomic_load_explicit(&page->log.tail, memory_order_acquire),
				  CONSOLE_LOG_BYTES);

	if (used < CONSOLE_LOG_BYTES)
		page->log_bytes[(*head)++ % CONSOLE_LOG_BYTES] = (uint8_t)c;
}

static const struct print_sink log_sink = { log_put };

void console_log(const char *format, ...)
{
	va_list args;

	spin_lock(&console.log_lock);
	uint32_t head = console.log_head;

	va_start(args, format);
	print_to(&log_sink, &head, format, args);
	va_end(args);
	log_put(&head, '\n');
	console.log_head = head;
	atomic_store_explicit(&console.page->log.head, head, memory_order_release);
	spin_unlock(&console.log_lock);
	unseen_mark(0, CONSOLE_LOG_BYTES);
}

bool console_is_due(void)
{
	return atomic_load_explicit(&console.is_due, memory_order_relaxed);
}

void console_notify(void)
{
	atomic_store_explicit(&console.is_due, false, memory_order_relaxed);
	/* Cleared before the outer OS looks: a byte that comes meanwhile sets it again. */
	if (atomic_exchange_explicit(&console.is_unseen, false, memory_order_acq_rel))
		hvc_notify();
}

bool console_wait(void)
{
	if (atomic_load_explicit(&console.is_stuck, memory_order_relaxed) && console_out_room() == 0)
		return false;
	atomic_store_explicit(&console.is_unseen, true, memory_order_relaxed);
	console_notify();
	for (unsigned i = 0; i < WAIT_ALARMS && console_out_room() == 0; i++) {
		console_alarm();
		clock_wait();
		interrupt_take();
	}
	bool has_room = console_out_room() != 0;

	atomic_store_explicit(&console.is_stuck, !has_room, memory_order_relaxed);
	return has_room;
}

void console_epoch(uint64_t *seconds, uint64_t *ticks)
{
	*seconds = *(volatile const uint64_t *)&console.page->epoch_seconds;
	*ticks = *(volatile const uint64_t *)&console.page->epoch_ticks;
}
