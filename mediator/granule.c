/*
 * The ownership records. Decides nothing but whether a granule is in the state that a call expects.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include <stdatomic.h>
#include "mediator/granule.h"

/* A record: bits 15:0 owner, 23:16 state. Zero is (OUTER, outer OS): DRAM starts as the outer OS's. */
typedef _Atomic uint32_t record_t;

static record_t *records;
static struct boot_range dram;
static _Atomic uint64_t outer_count;

static uint32_t record_make(uint8_t state, who_t who)
{
	return (uint32_t)state << 16 | who.who;
}

static record_t *record_of(uint64_t pa)
{
	return &records[(pa - dram.base) >> GRANULE_SHIFT];
}

static bool state_is_outer(uint8_t state)
{
	return state == GRANULE_OUTER || state == GRANULE_LOADER;
}

static void record_fill(struct boot_range range, uint8_t state)
{
	for (uint64_t pa = range.base; pa < range.base + range.bytes; pa += GRANULE_BYTES)
		atomic_store_explicit(record_of(pa), record_make(state, WHO_OUTER), memory_order_relaxed);
}

void granule_init(void *memory, struct boot_range ram, struct boot_range carveout, struct boot_range loader)
{
	records = memory;
	dram = ram;
	record_fill(ram, GRANULE_OUTER);
	record_fill(carveout, GRANULE_CORE);
	record_fill(loader, GRANULE_LOADER);
	atomic_store(&outer_count, (ram.bytes - carveout.bytes) >> GRANULE_SHIFT);
}

bool granule_is_ram(struct pa_range range)
{
	return range_is_inside(pa_value(range.base), range.bytes, dram.base, dram.bytes);
}

struct granule granule_get(pa_t pa)
{
	if (!range_is_inside(align_down(pa_value(pa), GRANULE_BYTES), GRANULE_BYTES, dram.base, dram.bytes))
		return (struct granule){ GRANULE_CORE, WHO_OUTER };
	uint32_t record = atomic_load_explicit(record_of(pa_value(pa)), memory_order_acquire);

	return (struct granule){ (uint8_t)(record >> 16), { (uint16_t)record } };
}

enum status granule_hold(struct pa_range range, uint8_t state, who_t who, pa_t *failed)
{
	uint64_t base = pa_value(range.base);

	if (!granule_is_ram(range)) {
		*failed = range.base;
		return ERR_DENIED;
	}
	for (uint64_t done = 0; done < range.bytes; done += GRANULE_BYTES) {
		uint32_t expected = record_make(state, who);
		uint32_t moving = record_make(GRANULE_MOVING, who);

		if (atomic_compare_exchange_strong_explicit(record_of(base + done), &expected, moving,
							    memory_order_acq_rel, memory_order_acquire))
			continue;
		*failed = pa_make(base + done);
		for (uint64_t back = 0; back < done; back += GRANULE_BYTES)
			atomic_store_explicit(record_of(base + back), record_make(state, who), memory_order_release);
		return expected >> 16 == GRANULE_MOVING ? ERR_BUSY : ERR_DENIED;
	}
	if (state_is_outer(state))
		atomic_fetch_sub_explicit(&outer_count, range.bytes >> GRANULE_SHIFT, memory_order_relaxed);
	return OK;
}

void granule_release(struct pa_range range, uint8_t state, who_t who)
{
	uint32_t record = record_make(state, who);

	for (uint64_t done = 0; done < range.bytes; done += GRANULE_BYTES)
		atomic_store_explicit(record_of(pa_value(range.base) + done), record, memory_order_release);
	if (state_is_outer(state))
		atomic_fetch_add_explicit(&outer_count, range.bytes >> GRANULE_SHIFT, memory_order_relaxed);
}

uint64_t granule_count(void)
{
	return dram.bytes >> GRANULE_SHIFT;
}

uint64_t granule_count_outer(void)
{
	return atomic_load_explicit(&outer_count, memory_order_relaxed);
}
