/*
 * Decides what the box may do where: text executes, constants are read, data is written, nothing is two
 * of these. A stack ends at a page that is not mapped. What a VM wrote is never executed.
 * Source: Arm DDI 0487, "VMSAv8-64 translation table format descriptors".
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "box/mmu.h"
#include "arch/cpu.h"
#include "arch/sysreg_fields.h"
#include "box/room.h"
#include "lib/addr.h"
#include "lib/vmplan.h"

#define ENTRY_COUNT	512

/* Tables of 39-bit addresses: level 1, level 2 for each GiB of the box's own, level 3 for image, data and stacks. */
static ALIGNED(4096) uint64_t level2_devices[ENTRY_COUNT];
static ALIGNED(4096) uint64_t level2_ram[ENTRY_COUNT];
static ALIGNED(4096) uint64_t level3_ram[ENTRY_COUNT];
extern uint64_t box_level1[ENTRY_COUNT];	/* assembly puts its address into TTBR0 */
ALIGNED(4096) uint64_t box_level1[ENTRY_COUNT];

/* Section boundaries, page aligned (box.ld.S). */
extern const char box_text_end[], box_constants_end[], box_data_end[], box_stacks[];

#define NORMAL	((uint64_t)MAIR_NORMAL << DESC_S1_ATTR_SHIFT | DESC_SH_INNER | DESC_AF)
#define DEVICE	((uint64_t)MAIR_DEVICE << DESC_S1_ATTR_SHIFT | DESC_AF | DESC_S1_PXN | DESC_S1_UXN)
#define NEVER	(DESC_S1_PXN | DESC_S1_UXN)

_Static_assert(BOX_DISK_BYTES == BLOCK_BYTES && BOX_DISK_BASE % BLOCK_BYTES == 0, "the disk is one block");

static void pages_map(uint64_t base, uint64_t end, uint64_t attributes)
{
	for (; base < end; base += GRANULE_BYTES)
		level3_ram[base / GRANULE_BYTES % ENTRY_COUNT] = base | attributes | DESC_PAGE;
}

static void block_map(uint64_t base, uint64_t attributes)
{
	level2_ram[base / BLOCK_BYTES % ENTRY_COUNT] = base | attributes | DESC_BLOCK;
}

/* A GiB an entry. Where the VM has no RAM, or shares none, stage 2 has nothing: an access aborts. */
static void window_map(void)
{
	for (uint64_t p = VM_RAM_BASE; p < MMU_WINDOW_BYTES; p += GIB)
		box_level1[(MMU_WINDOW + p) / GIB] = p | BOX_WINDOW | NORMAL | NEVER | DESC_BLOCK;
}

void mmu_build(void)
{
	uint64_t text_end = (uintptr_t)box_text_end, constants_end = (uintptr_t)box_constants_end;
	uint64_t stack = (uintptr_t)box_stacks;

	pages_map(BOX_RAM_BASE, text_end, NORMAL | DESC_S1_AP_RO | DESC_S1_UXN);
	pages_map(text_end, constants_end, NORMAL | DESC_S1_AP_RO | NEVER);
	pages_map(constants_end, (uintptr_t)box_data_end, NORMAL | NEVER);
	for (unsigned vcpu = 0; vcpu < BOX_VCPU_MAX; vcpu++, stack += BOX_STACK_STRIDE)
		pages_map(stack + GRANULE_BYTES, stack + BOX_STACK_STRIDE, NORMAL | NEVER);
	pages_map(BOX_CONSOLE_PAGE, BOX_CONSOLE_PAGE + GRANULE_BYTES, NORMAL | NEVER);

	/* All redistributors lie in one block. */
	level2_devices[VM_GICR_BASE / BLOCK_BYTES] = align_down(VM_GICR_BASE, BLOCK_BYTES) | DEVICE | DESC_BLOCK;
	level2_ram[0] = (uintptr_t)level3_ram | DESC_TABLE;
	block_map(BOX_DISK_BASE, NORMAL | NEVER);
	block_map(MMU_NOTHING, NORMAL | DESC_S1_AP_RO | DESC_S1_UXN);
	box_level1[0] = (uintptr_t)level2_devices | DESC_TABLE;
	box_level1[BOX_RAM_BASE / GIB] = (uintptr_t)level2_ram | DESC_TABLE;
	window_map();

	/* Written past the caches: no older line of theirs may be what the table walk finds. */
	cache_clean_invalidate(box_level1, sizeof(box_level1));
	cache_clean_invalidate(level2_devices, sizeof(level2_devices));
	cache_clean_invalidate(level2_ram, sizeof(level2_ram));
	cache_clean_invalidate(level3_ram, sizeof(level3_ram));
}
