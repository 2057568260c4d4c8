/*
 * The small guest's address space: everything at its own address, both halves of 40 bits, so that every
 * address can be tried. Own RAM is Normal memory, its image split by use; all else is Device memory.
 * Source: Arm DDI 0487, "VMSAv8-64 translation table format descriptors".
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "arch/cpu.h"
#include "arch/sysreg_fields.h"
#include "guests/small/small.h"
#include "lib/addr.h"

#define ENTRY_COUNT	512

extern uint64_t small_level0[ENTRY_COUNT];	/* assembly puts its address into TTBR0 */
ALIGNED(4096) uint64_t small_level0[ENTRY_COUNT];
static ALIGNED(4096) uint64_t level1[2][ENTRY_COUNT];
static ALIGNED(4096) uint64_t level2_ram[ENTRY_COUNT];
static ALIGNED(4096) uint64_t level3_image[ENTRY_COUNT];

/* Section boundaries, page aligned (small.ld.S). */
extern const char small_text_end[], small_constants_end[], small_end[];

#define NEVER	(DESC_S1_PXN | DESC_S1_UXN)
#define NORMAL	((uint64_t)MAIR_NORMAL << DESC_S1_ATTR_SHIFT | DESC_SH_INNER | DESC_AF)
#define DEVICE	((uint64_t)MAIR_DEVICE << DESC_S1_ATTR_SHIFT | DESC_AF | NEVER)

static uint64_t image_attributes(uint64_t address)
{
	if (address < (uintptr_t)small_text_end)
		return NORMAL | DESC_S1_AP_RO | DESC_S1_UXN;
	if (address < (uintptr_t)small_constants_end)
		return NORMAL | DESC_S1_AP_RO | NEVER;
	return NORMAL | NEVER;
}

void mmu_build(void)
{
	for (uint64_t i = 0; i < ENTRY_COUNT; i++) {
		uint64_t page = SMALL_BASE + i * GRANULE_BYTES, block = SMALL_RAM_BASE + i * BLOCK_BYTES;
		bool is_ram = block < SMALL_RAM_BASE + SMALL_RAM_BYTES;

		level3_image[i] = page | image_attributes(page) | DESC_PAGE;
		level2_ram[i] = block | (is_ram ? NORMAL | NEVER : DEVICE) | DESC_BLOCK;
		level1[0][i] = i * GIB | DEVICE | DESC_BLOCK;
		level1[1][i] = IPA_HALF | i * GIB | DEVICE | DESC_BLOCK;
	}
	level2_ram[(SMALL_BASE - SMALL_RAM_BASE) / BLOCK_BYTES] = (uintptr_t)level3_image | DESC_TABLE;
	level1[0][SMALL_RAM_BASE / GIB] = (uintptr_t)level2_ram | DESC_TABLE;
	small_level0[0] = (uintptr_t)level1[0] | DESC_TABLE;
	small_level0[1] = (uintptr_t)level1[1] | DESC_TABLE;

	/* All that was written with the MMU off: no older line of it may be in a cache. */
	cache_clean_invalidate(small_constants_end, (size_t)(small_end - small_constants_end));
}
