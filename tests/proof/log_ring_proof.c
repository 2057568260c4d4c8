/*
 * The rings of records, for any number of records ever written, any place to read from, and a writer that is ahead of
 * what the reader saw by any number of records: what ring_read returns is whole, in order and at the number that it
 * says, never a record that the writer may have been at; nothing outside the two arrays is touched; ring_put writes its
 * own record and no other. Rings of 4 records: the size is the ring's own.
 * Unwind: 9
 * Mutant: mediator/log.c: s/	uint64_t lost = now > size \&\& now - size > from ? now - size - from : 0;/	uint64_t lost = 0;/
 * Breaks: a record that was overwritten meanwhile is left out
 * Mutant: mediator/log.c: s/	if (head - from > size)/	if (head - from > size + 1)/
 * Breaks: what was copied is as new as the ring can tell
 * Mutant: mediator/log.c: s/	atomic_store_explicit(&ring->begun, head + 1, memory_order_relaxed);/	;/
 * Breaks: a writer announces the record that it is about to overwrite
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "mediator/log.c"
#include "tests/proof/machine.h"

#define SIZE	4
#define OUT_MAX	6

struct host_record nondet_record(void);

static struct boot_info board;
const struct boot_info *const boot_info = &board;

/* One record more on each side, which nobody may touch, would be outside. */
static struct host_record records[SIZE], out[OUT_MAX];
static struct ring ring = { .mask = SIZE - 1, .records = records };

struct granule granule_get(pa_t pa)
{
	(void)pa;
	return (struct granule){ nondet_u8(), { nondet_u16() } };
}

/* As C defines it, one record a step. */
void *memmove(void *to, const void *from, size_t bytes)
{
	struct host_record *t = to;
	const struct host_record *f = from;

	CLAIM(bytes % sizeof(*t) == 0 && f >= t, "whole records move to the front");
	for (size_t i = 0; i < bytes / sizeof(*t); i++)
		t[i] = f[i];
	return to;
}

/*
 * After @head records the reader looks; the writer is at work on record @begun - 1, or done with it. Record n lies in
 * slot n modulo the size; here it says its own number, unless the writer may have been at that slot since.
 */
static void ring_make(uint64_t head, uint64_t begun)
{
	ring.head = head;
	ring.begun = begun;
	for (unsigned i = 0; i < SIZE; i++) {
		records[i] = nondet_record();
		/* The last record of this slot that was complete at @head, if there is one. */
		uint64_t back = (head + 2 * SIZE - 1 - i) % SIZE;

		if (head > back && head - 1 - back + SIZE >= begun)
			records[i].ticks = head - 1 - back;
	}
}

static void read_any(uint64_t head)
{
	uint64_t ahead = nondet_u64(), from = nondet_u64(), first = nondet_u64();
	unsigned max = nondet_u8(), i = nondet_u8();

	ASSUME(ahead <= BIT(62) && max <= OUT_MAX);
	ring_make(head, head + ahead);
	unsigned count = ring_read(&ring, from, out, max, &first);
	/* The oldest record that is whole: in the ring, and not where the writer may be. */
	uint64_t oldest = head + ahead > SIZE ? head + ahead - SIZE : 0;

	CLAIM(count <= max && count <= SIZE, "no more is copied than was asked for, and than there is");
	CLAIM(count == 0 || (first >= from || from > head) && first + count <= head, "what was copied was written");
	ASSUME(i < OUT_MAX);
	CLAIM(i >= count || out[i].ticks == first + i, "a record that was overwritten meanwhile is left out");
	CLAIM(count == 0 || first >= oldest, "what was copied is whole");
	CLAIM(from > head || from < oldest || max == 0 || from == head || (count > 0 && first == from),
	      "what is there is copied from where it was asked for");
	CLAIM(first >= from || from > head, "what was copied is not older than was asked for");
	CLAIM(head < SIZE || first + SIZE >= head, "what was copied is as new as the ring can tell");
	WITNESS(count == SIZE && head > 1000, "a whole ring");
	WITNESS(ahead == 2 && count == 2 && from == 0, "two records that were overwritten meanwhile");
	WITNESS(ahead > SIZE && count == 0 && from < head, "everything overwritten meanwhile");
	WITNESS(from > head && count == 0, "a place that is not written yet");
}

static void put_any(uint64_t head)
{
	struct context context = { .who = { nondet_u16() }, .index = nondet_u8() };
	struct host_record before[SIZE], *now = &records[head % SIZE];
	uint64_t a = nondet_u64(), b = nondet_u64(), c = nondet_u64(), d = nondet_u64(), values[4] = { a, b, c, d };
	unsigned i = nondet_u8();
	uint8_t event = nondet_u8();

	ring_make(head, head);
	for (unsigned j = 0; j < SIZE; j++)
		before[j] = records[j];
	ring_put(&ring, &context, (enum host_event)event, values);
	CLAIM(ring.begun == head + 1, "a writer announces the record that it is about to overwrite");
	CLAIM(ring.head == head + 1, "a record that was written counts");
	CLAIM(now->event == event && now->who == context.who.who && now->vcpu == context.index && now->a == a &&
	      now->b == b && now->c == c && now->d == d, "a record says what happened to whom");
	ASSUME(i < SIZE && i != head % SIZE);
	CLAIM(records[i].ticks == before[i].ticks && records[i].a == before[i].a && records[i].d == before[i].d,
	      "no other record changes");
	WITNESS(head % SIZE == SIZE - 1, "the last slot of the ring");
}

void proof(void)
{
	uint64_t head = nondet_u64();

	/* A record takes many instructions: no CPU writes so many. */
	ASSUME(head <= BIT(62));
	fake_register_write(FAKE_cntpct_el0, nondet_u64());
	if (nondet_bool())
		read_any(head);
	else
		put_any(head);
}
