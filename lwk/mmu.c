/*
 * Builds and enables the kernel's stage-1 tables. Entries only go from invalid to valid, except the
 * per-CPU windows, which are broken before they are made again.
 * Source: Arm DDI 0487, "VMSAv8-64 translation table format descriptors".
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "lwk/mmu.h"
#include "arch/cpu.h"
#include "arch/sysreg.h"
#include "arch/tlb.h"
#include "lib/addr.h"
#include "lwk/cpu.h"
#include "lwk/layout.h"
#include "lwk/room.h"
#include "lwk/thread.h"

/* TCR_EL1: 39-bit space by TTBR0 with 4 KiB granule, write-back walks, inner shareable; no TTBR1. */
#define TCR_T0SZ		25ull
#define TCR_IRGN0_WB		BIT(8)
#define TCR_ORGN0_WB		BIT(10)
#define TCR_SH0_INNER		(3ull << 12)
#define TCR_IPS_SHIFT		32
#define PARANGE_48		5

#define ENTRIES			512
#define ENTRIES_BYTES		4096
/* RAM, the devices' GiB, the windows, and one for a range that is not GiB-aligned. */
#define MIDDLE_MAX		(PLAT_RAM_MAX / GIB + 3)
#define WINDOW_BASE		(511 * GIB)

#define ATTR_NORMAL		((uint64_t)MAIR_NORMAL << DESC_S1_ATTR_SHIFT | DESC_SH_INNER | DESC_AF | DESC_S1_UXN)
#define ATTR_DATA		(ATTR_NORMAL | DESC_S1_PXN)
#define ATTR_DEVICE		((uint64_t)MAIR_DEVICE << DESC_S1_ATTR_SHIFT | DESC_AF | DESC_S1_UXN | DESC_S1_PXN)

static uint64_t root[ENTRIES] ALIGNED(ENTRIES_BYTES);
static uint64_t middles[MIDDLE_MAX][ENTRIES] ALIGNED(ENTRIES_BYTES);
static uint64_t image_leaves[PLAT_OUTER_BYTES / BLOCK_BYTES][ENTRIES] ALIGNED(ENTRIES_BYTES);
static uint64_t window_leaves[ENTRIES] ALIGNED(ENTRIES_BYTES);
static unsigned middle_count;

static uint64_t *entry_of(uint64_t address)
{
	uint64_t *slot = &root[bits_get(address, 38, 30)];

	if (*slot == 0) {
		if (middle_count == MIDDLE_MAX)
			return NULL;
		*slot = (uintptr_t)middles[middle_count++] | DESC_TABLE;
	}
	uint64_t *middle = (uint64_t *)(uintptr_t)(*slot & DESC_ADDRESS_MASK);

	return &middle[bits_get(address, 29, 21)];
}

static void block_set(uint64_t address, uint64_t value)
{
	uint64_t *entry = entry_of(address);

	if (entry != NULL && *entry == 0)
		*entry = value;
}

static bool is_guard(uint64_t address)
{
	uint64_t offset = address - (uintptr_t)thread_stacks;

	return offset < sizeof(thread_stacks) && offset % STACK_BYTES < GRANULE_BYTES;
}

static uint64_t image_page(uint64_t address)
{
	if (is_guard(address))
		return 0;
	if (address < (uintptr_t)image_text_end)
		return address | ATTR_NORMAL | DESC_S1_AP_RO | DESC_PAGE;
	if (address < (uintptr_t)image_rodata_end)
		return address | ATTR_DATA | DESC_S1_AP_RO | DESC_PAGE;
	return address | ATTR_DATA | DESC_PAGE;
}

void mmu_build(uint64_t dtb)
{
	for (uint64_t at = 0; at < PLAT_OUTER_BYTES; at += GRANULE_BYTES)
		image_leaves[at / BLOCK_BYTES][at % BLOCK_BYTES / GRANULE_BYTES] = image_page(PLAT_OUTER_BASE + at);
	for (uint64_t at = 0; at < PLAT_OUTER_BYTES; at += BLOCK_BYTES)
		block_set(PLAT_OUTER_BASE + at, (uintptr_t)image_leaves[at / BLOCK_BYTES] | DESC_TABLE);
	for (uint64_t at = PLAT_DEVICE_BASE; at < PLAT_DEVICE_BASE + PLAT_DEVICE_BYTES; at += BLOCK_BYTES)
		block_set(at, at | ATTR_DEVICE | DESC_BLOCK);
	block_set(align_down(dtb, BLOCK_BYTES), align_down(dtb, BLOCK_BYTES) | ATTR_DATA | DESC_BLOCK);
	block_set(WINDOW_BASE, (uintptr_t)window_leaves | DESC_TABLE);
	/* Written with the MMU off: no older line of a cache may hide what the table walker must see. */
	cache_clean_invalidate(image_start, (size_t)(image_end - image_start));
}

void mmu_enable(void)
{
	uint64_t range = bits_get(read_id_aa64mmfr0_el1(), 3, 0);

	if (range > PARANGE_48)
		range = PARANGE_48;
	write_mair_el1(MAIR_VALUE);
	write_tcr_el1(TCR_T0SZ | TCR_IRGN0_WB | TCR_ORGN0_WB | TCR_SH0_INNER | TCR_EPD1 | range << TCR_IPS_SHIFT);
	write_ttbr0_el1((uintptr_t)root);
	/* Whatever this CPU's TLB holds from before is not ours. */
	tlb_flush_el1();
	write_sctlr_el1(SCTLR_EL1_RES1 | SCTLR_M | SCTLR_C | SCTLR_I | SCTLR_SA | SCTLR_WXN);
	isb();
}

void mmu_map_ram(uint64_t base, uint64_t bytes)
{
	uint64_t end = align_down(base + bytes, BLOCK_BYTES);

	for (uint64_t at = align_down(base + BLOCK_BYTES - 1, BLOCK_BYTES); at < end; at += BLOCK_BYTES)
		block_set(at, at | ATTR_DATA | DESC_BLOCK);
	/* The walker sees the new entries before any access that relies on them. */
	dsb_ishst();
	isb();
}

uintptr_t mmu_window(uint64_t pa, bool device)
{
	unsigned index = cpu_this()->index;

	window_leaves[index] = 0;
	tlb_flush_el1();
	window_leaves[index] = (pa & DESC_ADDRESS_MASK) | (device ? ATTR_DEVICE : ATTR_DATA) | DESC_PAGE;
	dsb_ishst();
	isb();
	return WINDOW_BASE + index * GRANULE_BYTES + (pa & (GRANULE_BYTES - 1));
}
