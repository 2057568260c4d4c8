/*
 * The monitor's address map: its own image, what it hands over, devices. Of DRAM only the two places that it writes at
 * boot, and the mediator's image, which the watchdog reads. The anchor's memory only at the end of a run, to wipe it.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "monitor/room.h"
#include "arch/stage1.h"
#include "lib/addr.h"
#include "lib/check.h"

/* Root; first GiB; secure RAM; second GiB; device tree; boot_info. */
#define TABLE_COUNT 6

static struct stage1_table tables[TABLE_COUNT];
static struct stage1 map = { .tables = tables, .table_count = TABLE_COUNT, .used = 1 };

/* From the linker script. */
extern const char monitor_code[], monitor_constants[], monitor_data[], monitor_stacks[],
	monitor_end[];

static void must_map(uint64_t base, uint64_t bytes, enum stage1_use use)
{
	enum status status = stage1_map(&map, base, bytes, use);

	CHECK(status == OK);
}

void memory_map(void)
{
	uint64_t code = (uintptr_t)monitor_code, constants = (uintptr_t)monitor_constants;
	uint64_t data = (uintptr_t)monitor_data, stacks = (uintptr_t)monitor_stacks;

	must_map(PLAT_DEVICE_BASE, PLAT_DEVICE_BYTES, STAGE1_DEVICE);
	must_map(PLAT_CRASH_RECORD, GRANULE_BYTES, STAGE1_DATA);
	must_map(PLAT_BOOT_INFO, GRANULE_BYTES, STAGE1_CONSTANT);
	must_map(code, constants - code, STAGE1_CODE);
	must_map(constants, data - constants, STAGE1_CONSTANT);
	must_map(data, stacks - data, STAGE1_DATA);
	for (unsigned cpu = 0; cpu < PLAT_CPU_MAX; cpu++)
		must_map(stacks + cpu * MONITOR_STACK_STRIDE + MONITOR_GUARD_BYTES,
			 MONITOR_STACK_BYTES, STAGE1_DATA);
	must_map(PLAT_OUTER_DTB, PLAT_OUTER_DTB_MAX, STAGE1_NS_DATA);
	must_map(PLAT_MEDIATOR_BASE, PLAT_MEDIATOR_BOOT_INFO - PLAT_MEDIATOR_BASE, STAGE1_NS_CONSTANT);
	must_map(PLAT_MEDIATOR_BOOT_INFO, GRANULE_BYTES, STAGE1_NS_DATA);
}

/* Secrets are in the anchor's memory, and in what the ROM left behind. */
void memory_wipe_secrets(void)
{
	static const struct boot_range ranges[] = {
		{ PLAT_ROM_DATA, PLAT_ROM_DATA_BYTES }, { PLAT_ANCHOR_BASE, PLAT_ANCHOR_BYTES },
	};

	for (size_t i = 0; i < ARRAY_COUNT(ranges); i++)
		must_map(ranges[i].base, ranges[i].bytes, STAGE1_DATA);
	/* The new entries before the first access through them. */
	dsb_ishst();
	isb();
	for (size_t i = 0; i < ARRAY_COUNT(ranges); i++) {
		for (uint64_t at = 0; at < ranges[i].bytes; at += GRANULE_BYTES)
			zero_granule((void *)(uintptr_t)(ranges[i].base + at));
	}
}

void memory_enable(void)
{
	stage1_enable_el3(tables);
	/*
	 * What reset left in the TLB for S-EL1 (SCR_EL3.NS is still 0); the normal world's is the
	 * mediator's to clear.
	 */
	tlb_flush_all_guests();
}

bool memory_is_guard(uint64_t address)
{
	uint64_t stacks = (uintptr_t)monitor_stacks;

	return address >= stacks && address < (uintptr_t)monitor_end &&
	       (address - stacks) % MONITOR_STACK_STRIDE < MONITOR_GUARD_BYTES;
}
