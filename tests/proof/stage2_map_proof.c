/*
 * Two stage2_map in a row into a domain whose tables are empty, from a pool of up to 6 tables: any two ranges, each
 * inside one region, that do not overlap, any target. stage2_tables_needed is what the map takes, and no table is lost;
 * every guest address, whole space, is then mapped to what was asked or to nothing, by as large a leaf as is possible;
 * nothing but tables is read or written. Scaled, so that a table has 2 entries instead of 512: the code is the same for
 * both (stage2_entry has the real sizes).
 * Scale: mediator/stage2.c: s/^#define ENTRIES		512/#define ENTRIES 2/
 * Scale: mediator/stage2.c: s/^#define L1_SHIFT	30/#define L1_SHIFT 14/
 * Scale: mediator/stage2.c: s/^#define L2_SHIFT	21/#define L2_SHIFT 13/
 * Scale: mediator/stage2.c: s/(GRANULE_BYTES << 9 \* (3 - level)) - 1/(GRANULE_BYTES << (3 - level)) - 1/
 * Scale: lib/addr.h: s/^#define BLOCK_BYTES		0x200000ull/#define BLOCK_BYTES 0x2000ull/
 * Scale: lib/addr.h: s/^#define GIB			0x40000000ull/#define GIB 0x4000ull/
 * Scale: lib/addr.h: s/^#define IPA_BITS		40/#define IPA_BITS 16/
 * Scale: lib/addr.h: s/^#define IPA_HALF		BIT(39)/#define IPA_HALF BIT(15)/
 * Unwind: 7
 * Options: --unwindset stage2_map.0:3,stage2_is_clear.0:3,table_fold.0:2,table_fold.1:3
 * Mutant: mediator/stage2.c: s/		return needs_level3 ? 2 : 1;/		return needs_level3 ? 1 : 1;/
 * Breaks: a map takes exactly the tables that were said to be needed
 * Mutant: mediator/stage2.c: s/(pa_value(pa) + i \* GRANULE_BYTES) | NORMAL_RWX | DESC_PAGE/pa_value(pa) | NORMAL_RWX | DESC_PAGE/
 * Breaks: every address is mapped to what was asked, or to nothing
 * Mutant: mediator/stage2.c: s/	    !is_aligned(first & DESC_ADDRESS_MASK, ENTRIES \* bytes))/	    false)/
 * Breaks: every address is mapped to what was asked, or to nothing
 * Mutant: mediator/stage2.c: s/	pool_add(pool, pa_make(old & DESC_ADDRESS_MASK));/	;/
 * Breaks: every table is spare or in use
 * SPDX-License-Identifier: BSD-3-Clause
 */
#define MACHINE_WITHOUT_DESCRIPTORS
#include "mediator/stage2.c"
#include "tests/proof/machine.h"

#define ROOT_GRANULES	2
#define POOL_MAX	6
#define GRANULES	(ROOT_GRANULES + POOL_MAX)

/* All memory that may hold tables: at a physical address that is no pointer, and of each granule what a table has. */
#define MEMORY_PA	0x80000000ull
static uint64_t memory[GRANULES * ENTRIES];

static struct stage2 domain = { { MEMORY_PA }, 7 };
static struct table_pool pool;
static uint64_t lowest;		/* spare tables at any moment of a map */

struct mapping {
	struct ipa_range range;
	pa_t pa;
	bool is_made;
};
static struct mapping a, b;

void *fake_pointer(uint64_t pa)
{
	CLAIM(pa >= MEMORY_PA && pa < MEMORY_PA + GRANULES * GRANULE_BYTES && is_aligned(pa, GRANULE_BYTES),
	      "tables are where tables may be, and nowhere else");
	return memory + (pa - MEMORY_PA) / GRANULE_BYTES * ENTRIES;
}

/* A table is taken, then cleared. */
void fake_descriptor(const volatile uint64_t *entry, uint64_t descriptor)
{
	(void)entry;
	(void)descriptor;
	if (pool.count < lowest)
		lowest = pool.count;
}

/* What memory.c makes of a call's arguments: see the harnesses memory_donate and memory_populate. */
static struct mapping mapping_any(void)
{
	struct mapping m = { 0 };
	struct pa_range target;

	ASSUME(ipa_range_make(nondet_u64(), nondet_u64(), GRANULE_BYTES, &m.range) == OK);
	ASSUME(m.range.bytes <= BLOCK_BYTES - ipa_value(m.range.base) % BLOCK_BYTES);
	ASSUME(pa_range_make(nondet_u64(), m.range.bytes, GRANULE_BYTES, &target) == OK);
	m.pa = target.base;
	return m;
}

static bool is_in(const struct mapping *m, uint64_t ipa)
{
	return m->is_made && ipa >= ipa_value(m->range.base) && ipa - ipa_value(m->range.base) < m->range.bytes;
}

/* Is @ipa mapped, by what was asked? */
static bool is_mapped(uint64_t ipa)
{
	return is_in(&a, ipa) || is_in(&b, ipa);
}

static uint64_t target_of(uint64_t ipa)
{
	const struct mapping *m = is_in(&a, ipa) ? &a : &b;

	return pa_value(m->pa) + (ipa - ipa_value(m->range.base));
}

/* Is the aligned piece of @bytes around @ipa mapped to one aligned piece? */
static bool is_piece(uint64_t ipa, uint64_t bytes)
{
	uint64_t base = ipa / bytes * bytes;
	bool is = is_mapped(base) && target_of(base) % bytes == 0;

	for (uint64_t at = GRANULE_BYTES; at < bytes; at += GRANULE_BYTES)
		is = is && is_mapped(base + at) && target_of(base + at) == target_of(base) + at;
	return is;
}

/* Tables that the root leads to. */
static uint64_t tables_in_use(void)
{
	uint64_t count = 0;

	for (unsigned i = 0; i < ROOT_GRANULES * ENTRIES; i++) {
		if (!is_table(memory[i]))
			continue;
		volatile uint64_t *table = next_table(memory[i]);

		count += 1u + (is_table(table[0]) ? 1u : 0u) + (is_table(table[1]) ? 1u : 0u);
	}
	return count;
}

static void map(struct mapping *m)
{
	uint64_t needed = stage2_tables_needed(&domain, m->range, m->pa), had = pool.count;

	/* memory.c refuses the call then. */
	if (needed > had)
		return;
	lowest = had;
	stage2_map(&domain, &pool, m->range, m->pa);
	m->is_made = true;
	CLAIM(had - lowest == needed, "a map takes exactly the tables that were said to be needed");
}

void proof(void)
{
	unsigned spare = nondet_u8(), level;
	uint64_t ipa = nondet_u64();

	ASSUME(spare <= POOL_MAX && ipa < BIT(IPA_BITS));
	for (unsigned i = 0; i < POOL_MAX; i++) {
		if (i < spare)
			pool_add(&pool, pa_make(MEMORY_PA + (ROOT_GRANULES + i) * GRANULE_BYTES));
	}
	CLAIM(pool.count == spare, "every granule that is given is a spare table");
	a = mapping_any();
	b = mapping_any();
	map(&a);
	bool is_free = stage2_is_clear(&domain, b.range);

	CLAIM(is_free == !(a.is_made && range_overlaps(ipa_value(a.range.base), a.range.bytes, ipa_value(b.range.base),
						       b.range.bytes)), "a range is clear exactly if nothing in it is mapped");
	if (is_free)
		map(&b);
	CLAIM(pool.count + tables_in_use() == spare, "every table is spare or in use");
	struct pa_result found = stage2_lookup(&domain, ipa_make(ipa));

	CLAIM(found.status == (is_mapped(ipa) ? OK : ERR_NOT_FOUND) &&
	      (found.status != OK || pa_value(found.pa) == target_of(ipa)),
	      "every address is mapped to what was asked, or to nothing");
	uint64_t leaf = *walk(&domain, ipa, &level);

	CLAIM(!is_mapped(ipa) || level == (is_piece(ipa, GIB) ? 1 : is_piece(ipa, BLOCK_BYTES) ? 2 : 3),
	      "a leaf is as large as the piece of memory that it maps");
	CLAIM(!is_mapped(ipa) || (leaf & ~DESC_ADDRESS_MASK) == (level < 3 ? 0x7fd : 0x7ff),
	      "every leaf is normal memory, read, write and execute");
	WITNESS(a.is_made && b.is_made && lowest == 0 && spare == 4, "two maps that take all tables");
	WITNESS(a.is_made && b.is_made && pool.count == 4, "two maps that share their tables");
	WITNESS(is_mapped(ipa) && level == 1, "two regions folded into one leaf, and no table in use");
	WITNESS(a.is_made && b.is_made && level == 2 && a.range.bytes == GRANULE_BYTES, "two pages folded into a block");
	WITNESS(a.is_made && !is_free, "a second range that is taken");
	WITNESS(a.is_made && is_free && !b.is_made, "a pool that is too small");
}
