/*
 * The mediator's stage 1. Decides what EL2 can reach, once; nothing changes it later.
 * Source: Arm DDI 0487, "VMSAv8-64 translation table format descriptors".
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "mediator/mmu.h"
#include "arch/cpu.h"
#include "arch/sysreg.h"

#define ENTRIES		512
#define L1_SHIFT	30
#define L2_SHIFT	21

#define ATTR_NORMAL	((uint64_t)MAIR_NORMAL << DESC_S1_ATTR_SHIFT | DESC_SH_INNER | DESC_AF)
#define ATTR_DEVICE	((uint64_t)MAIR_DEVICE << DESC_S1_ATTR_SHIFT | DESC_AF)
/* AP[1] is RES1 at EL2. */
#define AP_RES1		DESC_S1_AP_EL0
#define CODE		(ATTR_NORMAL | AP_RES1 | DESC_S1_AP_RO)
#define RODATA		(ATTR_NORMAL | AP_RES1 | DESC_S1_AP_RO | DESC_S1_UXN)
#define DATA		(ATTR_NORMAL | AP_RES1 | DESC_S1_UXN)
#define DEVICE		(ATTR_DEVICE | AP_RES1 | DESC_S1_UXN)

/* 39-bit space from level 1, 40-bit physical, write-back inner shareable walks. */
#define TCR_VALUE	(BIT(31) | BIT(23) | 2ull << 16 | 3ull << 12 | BIT(10) | BIT(8) | 25)

/* From the linker script; each on a page boundary. */
extern uint8_t image_text[], image_rodata[], image_data[], image_end[], image_stacks[];

static ALIGNED(4096) uint64_t level1[ENTRIES];
static ALIGNED(4096) uint64_t level2_devices[ENTRIES];	/* 0 .. 1 GiB */
static ALIGNED(4096) uint64_t level2_ram[ENTRIES];	/* first GiB of DRAM */
static ALIGNED(4096) uint64_t level3_image[ENTRIES];	/* the mediator's own 2 MiB */
struct mmu_registers mmu_registers;

static uint64_t address_of(const void *pointer)
{
	return (uint64_t)(uintptr_t)pointer;
}

/* In struct order: guard, stack (two pages), guard, emergency stack. See arch/arm64/mediator_entry.S. */
#define STACK_PAGES	5

static bool is_guard(uint64_t page)
{
	uint64_t stacks = address_of(image_stacks);

	if (page < stacks || page >= stacks + PLAT_CPU_MAX * STACK_PAGES * GRANULE_BYTES)
		return false;
	uint64_t index = (page - stacks) / GRANULE_BYTES % STACK_PAGES;

	return index == 0 || index == 3;
}

static uint64_t image_attributes(uint64_t page)
{
	if (page < address_of(image_rodata))
		return CODE;
	if (page < address_of(image_data) || page == PLAT_MEDIATOR_BOOT_INFO)
		return RODATA;
	return DATA;
}

static void image_map(void)
{
	for (unsigned i = 0; i < ENTRIES; i++) {
		uint64_t page = PLAT_MEDIATOR_BASE + i * GRANULE_BYTES;
		bool is_used = page < address_of(image_end) || page == PLAT_MEDIATOR_BOOT_INFO;

		if (is_used && !is_guard(page))
			level3_image[i] = page | image_attributes(page) | DESC_PAGE;
	}
}

static void ram_map(struct boot_range ram)
{
	uint64_t first_end = ram.bytes < GIB ? ram.base + ram.bytes : ram.base + GIB;

	for (uint64_t pa = ram.base; pa < first_end; pa += BLOCK_BYTES)
		level2_ram[(pa - ram.base) >> L2_SHIFT] = pa | DATA | DESC_BLOCK;
	level2_ram[(PLAT_MEDIATOR_BASE - ram.base) >> L2_SHIFT] = address_of(level3_image) | DESC_TABLE;
	level1[ram.base >> L1_SHIFT] = address_of(level2_ram) | DESC_TABLE;
	/* Whole GiB blocks: the last may reach past DRAM, where nothing answers and nobody goes. */
	for (uint64_t pa = ram.base + GIB; pa < ram.base + ram.bytes; pa += GIB)
		level1[pa >> L1_SHIFT] = pa | DATA | DESC_BLOCK;
}

void mmu_build(struct boot_range ram)
{
	image_map();
	ram_map(ram);
	level2_devices[PLAT_GICD_BASE >> L2_SHIFT] = PLAT_GICD_BASE | DEVICE | DESC_BLOCK;
	level2_devices[PLAT_UART0_BASE >> L2_SHIFT] = PLAT_UART0_BASE | DEVICE | DESC_BLOCK;
	level1[0] = address_of(level2_devices) | DESC_TABLE;
	mmu_registers = (struct mmu_registers){
		.mair = MAIR_VALUE,
		.tcr = TCR_VALUE,
		.ttbr = address_of(level1),
		.sctlr = SCTLR_EL2_RES1 | SCTLR_M | SCTLR_C | SCTLR_I | SCTLR_SA | SCTLR_WXN,
	};
	cache_clean_invalidate(&mmu_registers, sizeof(mmu_registers));
}
