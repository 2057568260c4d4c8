/*
 * Stage-2 entries. Decides their format and order of writes, not who may own what (granule.c) or
 * which range a call may touch (memory.c).
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "mediator/stage2.h"
#include "arch/descriptor.h"
#include "arch/linear.h"
#include "arch/sysreg.h"
#include "arch/tlb.h"
#include "lib/memory.h"
#include "mediator/granule.h"
#include "mediator/walks.h"

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

const struct stage2 *stage2_outer(void)
{
	return &outer;
}

static volatile uint64_t *outer_leaf(uint64_t pa)
{
	return &outer_leaves[(pa - outer_leaves_base) >> GRANULE_SHIFT];
}

/* Forget translations of [@ipa, @ipa + @bytes) under the VMID of @stage2, on every CPU, whoever is loaded on this one. */
static void flush(const struct stage2 *stage2, uint64_t ipa, uint64_t bytes)
{
	uint64_t vttbr = read_vttbr_el2();
	struct walks walks = walks_stop();

	write_vttbr_el2(stage2_vttbr(stage2));
	isb();
	if (bytes == GRANULE_BYTES)
		tlb_flush_ipa(ipa);
	else
		tlb_flush_vmid();
	write_vttbr_el2(vttbr);
	isb();
	walks_resume(&walks);
}

void stage2_flush(const struct stage2 *stage2)
{
	flush(stage2, 0, IPA_HALF);
}

void stage2_outer_close(struct pa_range range)
{
	uint64_t base = pa_value(range.base);

	for (uint64_t done = 0; done < range.bytes; done += GRANULE_BYTES)
		descriptor_write(outer_leaf(base + done), 0);
	flush(&outer, base, range.bytes);
}

void stage2_outer_open(struct pa_range range, enum stage2_access access)
{
	uint64_t base = pa_value(range.base);
	uint64_t attributes = access == STAGE2_READ_ONLY ? NORMAL_RO : NORMAL_RWX;

	for (uint64_t done = 0; done < range.bytes; done += GRANULE_BYTES)
		descriptor_write(outer_leaf(base + done), (base + done) | attributes | DESC_PAGE);
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

		descriptor_write(&root[ipa >> L1_SHIFT], linear_address(table) | DESC_TABLE);
		descriptor_write(&table[ipa >> L2_SHIFT & (ENTRIES - 1)],
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
		descriptor_write(&device_leaves[(devices[i] - PLAT_DEVICE_BASE) >> GRANULE_SHIFT],
				 devices[i] | DEVICE_RW | DESC_PAGE);
	for (uint64_t pa = ram.base; pa < ram.base + ram.bytes; pa += GRANULE_BYTES) {
		if (granule_get(pa_make(pa)).state != GRANULE_CORE)
			descriptor_write(outer_leaf(pa), pa | NORMAL_RWX | DESC_PAGE);
	}
	dsb_ishst();
}

void pool_add(struct table_pool *pool, pa_t granule)
{
	descriptor_write(table_at(granule), pa_value(pool->head));
	pool->head = granule;
	pool->count++;
}

static pa_t pool_take(struct table_pool *pool)
{
	CHECK(pool->count > 0);
	pa_t granule = pool->head;

	pool->head = pa_make(*table_at(granule));
	pool->count--;
	descriptor_write(table_at(granule), 0);
	return granule;
}

static volatile uint64_t *level1_entry(const struct stage2 *stage2, uint64_t ipa)
{
	return &table_at(stage2->root)[ipa >> L1_SHIFT];
}

/* The table that a table descriptor names. */
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

/* At levels 1 and 2. */
static bool is_table(uint64_t descriptor)
{
	return (descriptor & DESC_TABLE) == DESC_TABLE;
}

/* The last entry that a walk for @ipa reads, and its level. */
static volatile uint64_t *walk(const struct stage2 *stage2, uint64_t ipa, unsigned *level)
{
	volatile uint64_t *entry = level1_entry(stage2, ipa);

	*level = 1;
	if (!is_table(*entry))
		return entry;
	entry = level2_entry(*entry, ipa);
	*level = 2;
	if (!is_table(*entry))
		return entry;
	*level = 3;
	return level3_entry(*entry, ipa);
}

static bool is_block(struct ipa_range range, pa_t pa)
{
	return range.bytes == BLOCK_BYTES && ipa_is_aligned(range.base, BLOCK_BYTES) && pa_is_aligned(pa, BLOCK_BYTES);
}

/* Tables that are not there yet for one 2 MiB region of which nothing is mapped by a block. */
static uint64_t tables_missing(const struct stage2 *stage2, uint64_t ipa, bool needs_level3)
{
	uint64_t level1 = *level1_entry(stage2, ipa);

	if (!is_table(level1))
		return needs_level3 ? 2 : 1;
	return needs_level3 && !is_table(*level2_entry(level1, ipa)) ? 1 : 0;
}

uint64_t stage2_tables_needed(const struct stage2 *stage2, struct ipa_range range, pa_t pa)
{
	return tables_missing(stage2, ipa_value(range.base), !is_block(range, pa));
}

bool stage2_is_clear(const struct stage2 *stage2, struct ipa_range range)
{
	unsigned level;
	volatile uint64_t *entry = walk(stage2, ipa_value(range.base), &level);

	if (level < 3)
		return (*entry & DESC_VALID) == 0;
	for (uint64_t i = 0; i < range.bytes >> GRANULE_SHIFT; i++) {
		if ((entry[i] & DESC_VALID) != 0)
			return false;
	}
	return true;
}

static uint64_t table_ensure(volatile uint64_t *entry, struct table_pool *pool)
{
	if ((*entry & DESC_VALID) == 0)
		descriptor_write(entry, pa_value(pool_take(pool)) | DESC_TABLE);
	return *entry;
}

/*
 * A table of 512 leaves of @bytes each that are one aligned piece of memory becomes one leaf of the level above, and a
 * spare table. The domain has not run: nobody has walked what is replaced.
 */
static void table_fold(volatile uint64_t *entry, struct table_pool *pool, uint64_t bytes)
{
	uint64_t old = *entry;
	volatile uint64_t *table = next_table(old);
	uint64_t first = table[0];

	if ((first & DESC_TABLE) != (bytes == GRANULE_BYTES ? DESC_PAGE : DESC_BLOCK) ||
	    !is_aligned(first & DESC_ADDRESS_MASK, ENTRIES * bytes))
		return;
	/* The last one first: while memory is given in ascending order, that is where it is not complete. */
	for (uint64_t i = ENTRIES - 1; i > 0; i--) {
		if (table[i] != first + i * bytes)
			return;
	}
	descriptor_write(entry, (first & ~DESC_TABLE) | DESC_BLOCK);
	for (unsigned i = 0; i < ENTRIES; i++)
		descriptor_write(&table[i], 0);
	pool_add(pool, pa_make(old & DESC_ADDRESS_MASK));
}

void stage2_map(struct stage2 *stage2, struct table_pool *pool, struct ipa_range range, pa_t pa)
{
	uint64_t ipa = ipa_value(range.base);
	volatile uint64_t *level1 = level1_entry(stage2, ipa);
	volatile uint64_t *level2 = level2_entry(table_ensure(level1, pool), ipa);

	if (is_block(range, pa)) {
		descriptor_write(level2, pa_value(pa) | NORMAL_RWX | DESC_BLOCK);
	} else {
		volatile uint64_t *level3 = level3_entry(table_ensure(level2, pool), ipa);

		for (uint64_t i = 0; i < range.bytes >> GRANULE_SHIFT; i++)
			descriptor_write(&level3[i], (pa_value(pa) + i * GRANULE_BYTES) | NORMAL_RWX | DESC_PAGE);
		table_fold(level2, pool, GRANULE_BYTES);
	}
	table_fold(level1, pool, BLOCK_BYTES);
	dsb_ishst();
}

void stage2_show(struct stage2 *to, const struct stage2 *vm)
{
	for (unsigned i = 0; i < ENTRIES; i++)
		descriptor_write(&table_at(to->root)[ENTRIES + i], table_at(vm->root)[i]);
	dsb_ishst();
}

struct pa_result stage2_lookup(const struct stage2 *stage2, ipa_t ipa)
{
	unsigned level;
	uint64_t leaf = *walk(stage2, ipa_value(ipa), &level);
	uint64_t offset_mask = (GRANULE_BYTES << 9 * (3 - level)) - 1;

	if ((leaf & DESC_VALID) == 0)
		return (struct pa_result){ ERR_NOT_FOUND, pa_make(0) };
	return (struct pa_result){ OK, pa_make((leaf & DESC_ADDRESS_MASK & ~offset_mask) |
					       (ipa_value(ipa) & offset_mask)) };
}

/* --- the window of a confidential VM --- */

/* Software bit of a window leaf: a ring opened it (vring.c). */
#define WINDOW_RING	BIT(55)
#define WINDOW_LEAF	(NORMAL_RWX | DESC_S2_XN | DESC_PAGE)

uint64_t stage2_window_tables_needed(const struct stage2 *box, struct ipa_range range)
{
	return tables_missing(box, ipa_value(range.base) | IPA_HALF, true);
}

void stage2_window_prepare(struct stage2 *box, struct table_pool *pool, struct ipa_range range)
{
	uint64_t ipa = ipa_value(range.base) | IPA_HALF;

	table_ensure(level2_entry(table_ensure(level1_entry(box, ipa), pool), ipa), pool);
	dsb_ishst();
}

enum stage2_window stage2_window_get(const struct stage2 *box, ipa_t page)
{
	unsigned level;
	uint64_t leaf = *walk(box, ipa_value(page) | IPA_HALF, &level);

	if ((leaf & DESC_VALID) == 0)
		return STAGE2_WINDOW_CLOSED;
	return (leaf & WINDOW_RING) != 0 ? STAGE2_WINDOW_RING : STAGE2_WINDOW_OPEN;
}

void stage2_window_open(const struct stage2 *box, ipa_t page, pa_t pa, enum stage2_window how)
{
	unsigned level;
	volatile uint64_t *leaf = walk(box, ipa_value(page) | IPA_HALF, &level);

	CHECK(level == 3 && how != STAGE2_WINDOW_CLOSED);
	descriptor_write(leaf, pa_value(pa) | WINDOW_LEAF | (how == STAGE2_WINDOW_RING ? WINDOW_RING : 0));
	dsb_ishst();
}

void stage2_window_close(const struct stage2 *box, ipa_t page)
{
	unsigned level;
	volatile uint64_t *leaf = walk(box, ipa_value(page) | IPA_HALF, &level);

	if ((*leaf & DESC_VALID) != 0)
		descriptor_write(leaf, 0);
}

void stage2_window_flush(const struct stage2 *box, struct ipa_range range)
{
	flush(box, ipa_value(range.base) | IPA_HALF, range.bytes);
}
