/*
 * Stage-2 entries. Decides their format and order of writes, not who may own what (granule.c) or
 * which range a call may touch (memory.c).
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "mediator/stage2.h"
#include "arch/linear.h"
#include "arch/sysreg.h"
#include "arch/tlb.h"
#include "lib/memory.h"
#include "mediator/granule.h"

#define ENTRIES		512
#define L1_SHIFT	30
#define L2_SHIFT	21

#define NORMAL_RWX	(DESC_S2_MEM_NORMAL | DESC_S2_READ | DESC_S2_WRITE | DESC_SH_INNER | DESC_AF)
#define NORMAL_RO	(DESC_S2_MEM_NORMAL | DESC_S2_READ | DESC_S2_XN | DESC_SH_INNER | DESC_AF)
#define DEVICE_RW	(DESC_S2_MEM_DEVICE | DESC_S2_READ | DESC_S2_WRITE | DESC_S2_XN | DESC_AF)

/* The outer OS's tables: leaves of DRAM lie in one array, so that a leaf is found without a walk. */
static struct stage2 outer;
static volatile uint64_t *outer_leaves;
static uint64_t outer_leaves_base;

static volatile uint64_t *table_at(pa_t pa)
{
	return linear_pointer(pa_value(pa));
}

/* The only store to a live or future descriptor: 64 bits, single-copy atomic. */
static void entry_write(volatile uint64_t *entry, uint64_t descriptor)
{
	*entry = descriptor;
}

const struct stage2 *stage2_outer(void)
{
	return &outer;
}

static volatile uint64_t *outer_leaf(uint64_t pa)
{
	return &outer_leaves[(pa - outer_leaves_base) >> GRANULE_SHIFT];
}

void stage2_outer_close(struct pa_range range)
{
	uint64_t base = pa_value(range.base);

	uint64_t vttbr = read_vttbr_el2();

	for (uint64_t done = 0; done < range.bytes; done += GRANULE_BYTES)
		entry_write(outer_leaf(base + done), 0);
	write_vttbr_el2(stage2_vttbr(&outer));
	isb();
	if (range.bytes == GRANULE_BYTES)
		tlb_flush_ipa(base);
	else
		tlb_flush_vmid();
	write_vttbr_el2(vttbr);
	isb();
}

void stage2_outer_open(struct pa_range range, enum stage2_access access)
{
	uint64_t base = pa_value(range.base);
	uint64_t attributes = access == STAGE2_READ_ONLY ? NORMAL_RO : NORMAL_RWX;

	for (uint64_t done = 0; done < range.bytes; done += GRANULE_BYTES)
		entry_write(outer_leaf(base + done), (base + done) | attributes | DESC_PAGE);
	dsb_ishst();
}

/* One level-2 table and its 512 level-3 tables for each GiB, all consecutive: @leaves is the first of them. */
static void outer_link(volatile uint64_t *root, volatile uint64_t *middle, volatile uint64_t *leaves, uint64_t base,
		       uint64_t bytes)
{
	for (uint64_t at = 0; at < bytes; at += BLOCK_BYTES) {
		uint64_t ipa = base + at;
		uint64_t index = (ipa >> L1_SHIFT) - (base >> L1_SHIFT);
		volatile uint64_t *table = middle + index * ENTRIES;

		entry_write(&root[ipa >> L1_SHIFT], linear_address(table) | DESC_TABLE);
		entry_write(&table[ipa >> L2_SHIFT & (ENTRIES - 1)],
			    linear_address(leaves + (at >> L2_SHIFT) * ENTRIES) | DESC_TABLE);
	}
}

void stage2_outer_init(void *memory, struct boot_range ram, const uint64_t *devices, unsigned device_count)
{
	uint8_t *at = memory;
	volatile uint64_t *root = (void *)at;
	uint64_t ram_middles = ((ram.base + ram.bytes - 1) >> L1_SHIFT) - (ram.base >> L1_SHIFT) + 1;

	at += STAGE2_ROOT_BYTES;
	volatile uint64_t *device_middle = (void *)at;

	at += GRANULE_BYTES;
	volatile uint64_t *ram_middle = (void *)at;

	at += ram_middles * GRANULE_BYTES;
	volatile uint64_t *device_leaves = (void *)at;

	at += (PLAT_DEVICE_BYTES >> L2_SHIFT) * GRANULE_BYTES;
	outer_leaves = (void *)at;
	outer_leaves_base = ram.base;
	outer = (struct stage2){ pa_make(linear_address(root)), 0 };

	outer_link(root, device_middle, device_leaves, PLAT_DEVICE_BASE, PLAT_DEVICE_BYTES);
	outer_link(root, ram_middle, outer_leaves, ram.base, ram.bytes);
	for (unsigned i = 0; i < device_count; i++)
		entry_write(&device_leaves[(devices[i] - PLAT_DEVICE_BASE) >> GRANULE_SHIFT],
			    devices[i] | DEVICE_RW | DESC_PAGE);
	for (uint64_t pa = ram.base; pa < ram.base + ram.bytes; pa += GRANULE_BYTES) {
		if (granule_get(pa_make(pa)).state != GRANULE_CORE)
			entry_write(outer_leaf(pa), pa | NORMAL_RWX | DESC_PAGE);
	}
	dsb_ishst();
}

void pool_add(struct table_pool *pool, pa_t granule)
{
	*table_at(granule) = pa_value(pool->head);
	pool->head = granule;
	pool->count++;
}

static pa_t pool_take(struct table_pool *pool)
{
	CHECK(pool->count > 0);
	pa_t granule = pool->head;

	pool->head = pa_make(*table_at(granule));
	pool->count--;
	*table_at(granule) = 0;
	return granule;
}

static volatile uint64_t *level1_entry(const struct stage2 *stage2, uint64_t ipa)
{
	return &table_at(stage2->root)[ipa >> L1_SHIFT];
}

/* The table that a valid table descriptor names. */
static volatile uint64_t *next_table(uint64_t descriptor)
{
	return table_at(pa_make(descriptor & DESC_ADDRESS_MASK));
}

static volatile uint64_t *level2_entry(uint64_t level1, uint64_t ipa)
{
	return &next_table(level1)[ipa >> L2_SHIFT & (ENTRIES - 1)];
}

static volatile uint64_t *level3_entry(uint64_t level2, uint64_t ipa)
{
	return &next_table(level2)[ipa >> GRANULE_SHIFT & (ENTRIES - 1)];
}

/* The descriptor that decides @ipa, and its level; 0 where nothing is mapped. */
static uint64_t leaf_find(const struct stage2 *stage2, uint64_t ipa, unsigned *level)
{
	uint64_t entry = *level1_entry(stage2, ipa);

	*level = 1;
	if ((entry & DESC_VALID) == 0)
		return 0;
	entry = *level2_entry(entry, ipa);
	*level = 2;
	if ((entry & DESC_TABLE) != DESC_TABLE)
		return entry;
	*level = 3;
	return *level3_entry(entry, ipa);
}

static bool is_block(struct ipa_range range, pa_t pa)
{
	return range.bytes == BLOCK_BYTES && ipa_is_aligned(range.base, BLOCK_BYTES) && pa_is_aligned(pa, BLOCK_BYTES);
}

uint64_t stage2_tables_needed(const struct stage2 *stage2, struct ipa_range range, pa_t pa)
{
	uint64_t first = ipa_value(range.base), last = first + range.bytes - 1;
	uint64_t needed = 0;

	/* At most 2 MiB: the range touches one or two entries of each level. */
	for (uint64_t ipa = align_down(first, BLOCK_BYTES); ipa <= last; ipa += BLOCK_BYTES) {
		uint64_t level1 = *level1_entry(stage2, ipa);
		bool fresh = ipa <= first || is_aligned(ipa, GIB);

		if ((level1 & DESC_VALID) == 0)
			needed += (fresh ? 1u : 0u) + (is_block(range, pa) ? 0u : 1u);
		else if ((*level2_entry(level1, ipa) & DESC_VALID) == 0)
			needed += is_block(range, pa) ? 0u : 1u;
	}
	return needed;
}

bool stage2_is_clear(const struct stage2 *stage2, struct ipa_range range)
{
	uint64_t first = ipa_value(range.base);
	unsigned level;

	for (uint64_t done = 0; done < range.bytes; done += GRANULE_BYTES) {
		if ((leaf_find(stage2, first + done, &level) & DESC_VALID) != 0)
			return false;
	}
	return true;
}

static uint64_t table_ensure(volatile uint64_t *entry, struct table_pool *pool)
{
	if ((*entry & DESC_VALID) == 0)
		entry_write(entry, pa_value(pool_take(pool)) | DESC_TABLE);
	return *entry;
}

void stage2_map(struct stage2 *stage2, struct table_pool *pool, struct ipa_range range, pa_t pa)
{
	uint64_t ipa = ipa_value(range.base);
	uint64_t level1 = table_ensure(level1_entry(stage2, ipa), pool);

	if (is_block(range, pa)) {
		entry_write(level2_entry(level1, ipa), pa_value(pa) | NORMAL_RWX | DESC_BLOCK);
		dsb_ishst();
		return;
	}
	for (uint64_t done = 0; done < range.bytes; done += GRANULE_BYTES) {
		level1 = table_ensure(level1_entry(stage2, ipa + done), pool);
		uint64_t level2 = table_ensure(level2_entry(level1, ipa + done), pool);

		entry_write(level3_entry(level2, ipa + done), (pa_value(pa) + done) | NORMAL_RWX | DESC_PAGE);
	}
	dsb_ishst();
}

/* Upper root page of @to = lower root page of @from. */
static void root_copy(struct stage2 *to, const struct stage2 *from)
{
	for (unsigned i = 0; i < ENTRIES; i++)
		entry_write(&table_at(to->root)[ENTRIES + i], table_at(from->root)[i]);
	dsb_ishst();
}

void stage2_mirror(struct stage2 *vm)
{
	root_copy(vm, vm);
}

void stage2_window(struct stage2 *box, const struct stage2 *vm)
{
	root_copy(box, vm);
}

struct pa_result stage2_lookup(const struct stage2 *stage2, ipa_t ipa)
{
	unsigned level;
	uint64_t leaf = leaf_find(stage2, ipa_value(ipa), &level);
	uint64_t offset_mask = level == 2 ? BLOCK_BYTES - 1 : GRANULE_BYTES - 1;

	if ((leaf & DESC_VALID) == 0)
		return (struct pa_result){ ERR_NOT_FOUND, pa_make(0) };
	return (struct pa_result){ OK, pa_make((leaf & DESC_ADDRESS_MASK & ~offset_mask) |
					       (ipa_value(ipa) & offset_mask)) };
}
