/*
 * The anchor's address map: its own image W^X, DRAM as non-secure and, where the mediator is, read-only, the flash behind the
 * ROM as a device, and the page of the restart record. Nothing else: neither the monitor's memory nor another
 * device. Nobody else can write the flash: no other room that runs by then maps it.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "anchor/room.h"
#include "arch/stage1.h"
#include "lib/addr.h"
#include "plat/memory.h"

/*
 * Root; first GiB; start of flash; secure RAM; hand-over page; the GiB in which the carve-out is, and the block in which it
 * ends; the GiB in which DRAM ends.
 */
#define TABLE_COUNT 8

static struct stage1_table tables[TABLE_COUNT];
static struct stage1 map = {
	.tables = tables, .table_count = TABLE_COUNT, .used = 1, .is_el1 = true
};
static struct boot_range mapped_ram, mapped_loader, mapped_carveout;

/* From the linker script. */
extern const char anchor_code[], anchor_constants[], anchor_data[], anchor_stack[], anchor_end[];

enum status memory_map(const struct boot_range *ram, const struct boot_range *loader)
{
	uint64_t code = (uintptr_t)anchor_code, constants = (uintptr_t)anchor_constants;
	uint64_t data = (uintptr_t)anchor_data, guard = (uintptr_t)anchor_stack - GRANULE_BYTES;
	uint64_t carveout_end = PLAT_MEDIATOR_BASE + plat_carveout_bytes(ram->bytes);
	const struct { uint64_t base, end; enum stage1_use use; } parts[] = {
		{ PLAT_FLASH_IDENTITY, PLAT_FLASH_BASE + PLAT_FLASH_BYTES, STAGE1_DEVICE },
		{ PLAT_CRASH_RECORD, PLAT_CRASH_RECORD + GRANULE_BYTES, STAGE1_DATA },
		{ PLAT_BOOT_INFO, PLAT_BOOT_INFO + GRANULE_BYTES, STAGE1_CONSTANT },
		{ code, constants, STAGE1_CODE },
		{ constants, data, STAGE1_CONSTANT },
		{ data, guard, STAGE1_DATA },
		{ (uintptr_t)anchor_stack, (uintptr_t)anchor_end, STAGE1_DATA },
		{ ram->base, PLAT_MEDIATOR_BASE, STAGE1_NS_DATA },
		{ PLAT_MEDIATOR_BASE, carveout_end, STAGE1_NS_CONSTANT },
		{ carveout_end, ram->base + ram->bytes, STAGE1_NS_DATA },
	};

	for (size_t i = 0; i < ARRAY_COUNT(parts); i++) {
		enum status status =
			stage1_map(&map, parts[i].base, parts[i].end - parts[i].base, parts[i].use);

		if (status != OK)
			return status;
	}
	mapped_ram = *ram;
	mapped_loader = *loader;
	mapped_carveout = (struct boot_range){ PLAT_MEDIATOR_BASE, carveout_end - PLAT_MEDIATOR_BASE };
	write_mair_el1(MAIR_VALUE);
	write_tcr_el1(STAGE1_TCR_EL1);
	write_ttbr0_el1((uintptr_t)tables);
	tlb_flush_el1();
	write_sctlr_el1(SCTLR_EL1_RES1 | SCTLR_M | SCTLR_C | SCTLR_I | SCTLR_SA | SCTLR_WXN);
	isb();
	return OK;
}

bool memory_is_ram(uint64_t pa, uint64_t bytes)
{
	return range_is_inside(pa, bytes, mapped_ram.base, mapped_ram.bytes);
}

bool memory_is_loader(uint64_t pa, uint64_t bytes)
{
	return range_is_inside(pa, bytes, mapped_loader.base, mapped_loader.bytes);
}

bool memory_is_domain(uint64_t pa, uint64_t bytes)
{
	return memory_is_ram(pa, bytes) && !range_overlaps(pa, bytes, mapped_loader.base, mapped_loader.bytes) &&
	       !range_overlaps(pa, bytes, mapped_carveout.base, mapped_carveout.bytes);
}
