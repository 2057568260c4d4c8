/*
 * Rings of fixed records. The CPU that owns a ring writes it; any CPU reads.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "mediator/log.h"
#include "lib/memory.h"
#include "mediator/granule.h"
#include "mediator/pair.h"

static struct host_record trace_records[PLAT_CPU_MAX][CPU_TRACE_COUNT];
static struct host_record log_records[PLAT_CPU_MAX][CPU_LOG_COUNT];

void log_init(struct cpu *cpu)
{
	cpu->trace = (struct ring){ .mask = CPU_TRACE_COUNT - 1, .records = trace_records[cpu->index] };
	cpu->log = (struct ring){ .mask = CPU_LOG_COUNT - 1, .records = log_records[cpu->index] };
}

static void ring_put(struct ring *ring, const struct context *context, enum host_event event, const uint64_t values[4])
{
	uint64_t head = atomic_load_explicit(&ring->head, memory_order_relaxed);
	struct host_record *record = &ring->records[head & ring->mask];

	/* Before: a reader drops the old record that is about to be overwritten. After: it may read the new one. */
	atomic_store_explicit(&ring->begun, head + 1, memory_order_relaxed);
	atomic_thread_fence(memory_order_release);
	*record = (struct host_record){
		.ticks = read_cntpct_el0(), .event = event, .who = context->who.who, .vcpu = context->index,
		.a = values[0], .b = values[1], .c = values[2], .d = values[3],
	};
	atomic_store_explicit(&ring->head, head + 1, memory_order_release);
}

void trace(struct cpu *cpu, const struct context *context, enum host_event event, uint64_t a, uint64_t b, uint64_t c,
	   uint64_t d)
{
	ring_put(&cpu->trace, context, event, (const uint64_t[4]){ a, b, c, d });
}

void refusal(struct cpu *cpu, const struct context *context, enum host_event event, uint64_t a, uint64_t b,
	     uint64_t c, uint64_t d)
{
	ring_put(&cpu->log, context, event, (const uint64_t[4]){ a, b, c, d });
}

uint64_t log_pc(const struct context *context)
{
	bool is_hidden = !context->is_outer && context->role == HOST_ROLE_VM &&
			 context->pair->class == HOST_CLASS_CONFIDENTIAL;

	return is_hidden ? 0 : context->frame.pc;
}

uint64_t log_owner(pa_t pa)
{
	struct granule granule = granule_get(pa);

	return (uint64_t)granule.state << 32 | granule.who.who;
}

unsigned ring_read(const struct ring *ring, uint64_t from, struct host_record *out, unsigned max, uint64_t *first)
{
	uint64_t head = atomic_load_explicit(&ring->head, memory_order_acquire);
	uint64_t size = ring->mask + 1;
	unsigned count = 0;

	if (from > head)
		from = head;
	if (head - from > size)
		from = head - size;
	for (; count < max && from + count < head; count++)
		out[count] = ring->records[(from + count) & ring->mask];
	atomic_thread_fence(memory_order_acquire);
	uint64_t now = atomic_load_explicit(&ring->begun, memory_order_relaxed);
	uint64_t lost = now > size && now - size > from ? now - size - from : 0;

	/* What the writer reached meanwhile sits at the front; drop it. */
	if (lost > count)
		lost = count;
	memmove(out, out + lost, (count - (size_t)lost) * sizeof(*out));
	*first = from + lost;
	return count - (unsigned)lost;
}
