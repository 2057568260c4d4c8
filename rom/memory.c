/*
 * The ROM's own address map (identity, W^X), and the zeroing of all memory that may hold the last
 * boot's content.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "rom/room.h"
#include "arch/stage1.h"
#include "lib/addr.h"
#include "lib/check.h"
#include "plat/memory.h"

/*
 * Root; 4 KiB tables for the ROM and for two parts of secure RAM; 2 MiB tables for the first GiB
 * and both ends of DRAM.
 */
#define TABLE_COUNT 8

static struct stage1_table tables[TABLE_COUNT];
static struct stage1 map = { .tables = tables, .table_count = TABLE_COUNT, .used = 1 };

/* From the linker script. */
extern const char rom_code_end[], rom_stack[];

static void must_map(uint64_t base, uint64_t end, enum stage1_use use)
{
	enum status status = stage1_map(&map, base, end - base, use);

	CHECK(status == OK);
}

void memory_map(void)
{
	uint64_t code_end = (uintptr_t)rom_code_end;

	must_map(PLAT_ROM_BASE, code_end, STAGE1_CODE);
	must_map(code_end, PLAT_FLASH_BYTES, STAGE1_CONSTANT);
	must_map(PLAT_DEVICE_BASE, PLAT_DEVICE_BASE + PLAT_DEVICE_BYTES, STAGE1_DEVICE);
	/* The page below the stack is never mapped: an overflow ends there. */
	must_map(PLAT_SECURE_RAM_BASE, PLAT_ROM_DATA, STAGE1_DATA);
	must_map((uintptr_t)rom_stack, PLAT_SECURE_RAM_BASE + PLAT_SECURE_RAM_BYTES, STAGE1_DATA);
	must_map(PLAT_BOARD_DTB, PLAT_BOARD_DTB + BLOCK_BYTES, STAGE1_NS_DATA);
	stage1_enable_el3(tables);
}

void memory_map_ram(uint64_t ram_bytes)
{
	if (ram_bytes > BLOCK_BYTES)
		must_map(PLAT_RAM_BASE + BLOCK_BYTES, PLAT_RAM_BASE + ram_bytes, STAGE1_NS_DATA);
	/* The new entries before the first access through them. */
	dsb_ishst();
	isb();
}

static bool granule_is_zero(const uint64_t *words)
{
	uint64_t any = 0;

	for (size_t i = 0; i < GRANULE_BYTES / sizeof(*words); i += 4)
		any |= words[i] | words[i + 1] | words[i + 2] | words[i + 3];
	return any == 0;
}

/*
 * After a cold start all of it is zero: looking first leaves QEMU's host pages untouched, and boots
 * sooner.
 */
static void range_zero(uint64_t base, uint64_t end)
{
	for (uint64_t at = base; at < end; at += GRANULE_BYTES) {
		void *granule = (void *)(uintptr_t)at;

		if (!granule_is_zero(granule))
			zero_granule(granule);
	}
}

void memory_zero(uint64_t ram_bytes, uint64_t loader_base, uint64_t loader_bytes)
{
	range_zero(PLAT_CRASH_RECORD + GRANULE_BYTES, PLAT_ROM_DATA);
	range_zero(PLAT_ROM_DATA + PLAT_ROM_DATA_BYTES,
		   PLAT_SECURE_RAM_BASE + PLAT_SECURE_RAM_BYTES);
	range_zero(PLAT_RAM_BASE, loader_base);
	range_zero(loader_base + loader_bytes, PLAT_RAM_BASE + ram_bytes);
}
