/*
 * Two stage2_map in a row into a domain whose tables are empty, from a pool of up to 6 tables: any two ranges of up to
 * one block, as pages or as a block, that do not overlap, any target. stage2_tables_needed is what the map takes; every
 * guest address, whole space, is then mapped to what was asked or to nothing; nothing but tables is read or written.
 * Scaled, so that a table has 2 entries instead of 512: the code is the same for both (stage2_entry has the real sizes).
 * Scale: mediator/stage2.c: s/^#define ENTRIES		512/#define ENTRIES 2/
 * Scale: mediator/stage2.c: s/^#define L1_SHIFT	30/#define L1_SHIFT 14/
 * Scale: mediator/stage2.c: s/^#define L2_SHIFT	21/#define L2_SHIFT 13/
 * Scale: lib/addr.h: s/^#define BLOCK_BYTES		0x200000ull/#define BLOCK_BYTES 0x2000ull/
 * Scale: lib/addr.h: s/^#define GIB			0x40000000ull/#define GIB 0x4000ull/
 * Scale: lib/addr.h: s/^#define IPA_BITS		40/#define IPA_BITS 16/
 * Scale: lib/addr.h: s/^#define IPA_HALF		BIT(39)/#define IPA_HALF BIT(15)/
 * Unwind: 7
 * Options: --unwindset stage2_map.0:3,stage2_is_clear.0:3,stage2_tables_needed.0:3
 * Mutant: mediator/stage2.c: s/bool fresh = ipa <= first || is_aligned(ipa, GIB);/bool fresh = ipa <= first;/
 * Breaks: a map takes exactly the tables that were said to be needed
 * Mutant: mediator/stage2.c: s/(pa_value(pa) + done) | NORMAL_RWX | DESC_PAGE/pa_value(pa) | NORMAL_RWX | DESC_PAGE/
 * Breaks: every address is mapped to what was asked, or to nothing
 * SPDX-License-Identifier: BSD-3-Clause
 */
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

struct mapping {
	struct ipa_range range;
	pa_t pa;
};

void *fake_pointer(uint64_t pa)
{
	CLAIM(pa >= MEMORY_PA && pa < MEMORY_PA + GRANULES * GRANULE_BYTES && is_aligned(pa, GRANULE_BYTES),
	      "tables are where tables may be, and nowhere else");
	return memory + (pa - MEMORY_PA) / GRANULE_BYTES * ENTRIES;
}

/* What memory.c makes of a call's arguments: see the harness move. */
static struct mapping mapping_any(void)
{
	struct mapping m;
	struct pa_range target;

	ASSUME(ipa_range_make(nondet_u64(), nondet_u64(), GRANULE_BYTES, &m.range) == OK);
	ASSUME(m.range.bytes <= BLOCK_BYTES);
	ASSUME(pa_range_make(nondet_u64(), m.range.bytes, GRANULE_BYTES, &target) == OK);
	m.pa = target.base;
	return m;
}

static bool is_in(const struct mapping *m, uint64_t ipa)
{
	return ipa >= ipa_value(m->range.base) && ipa - ipa_value(m->range.base) < m->range.bytes;
}

static uint64_t target_of(const struct mapping *m, uint64_t ipa)
{
	return pa_value(m->pa) + (ipa - ipa_value(m->range.base));
}

static bool overlap(const struct mapping *a, const struct mapping *b)
{
	return range_overlaps(ipa_value(a->range.base), a->range.bytes, ipa_value(b->range.base), b->range.bytes);
}

static bool map(const struct mapping *m)
{
	uint64_t needed = stage2_tables_needed(&domain, m->range, m->pa), had = pool.count;

	/* memory.c refuses the call then. */
	if (needed > had)
		return false;
	stage2_map(&domain, &pool, m->range, m->pa);
	CLAIM(had - pool.count == needed, "a map takes exactly the tables that were said to be needed");
	return true;
}

void proof(void)
{
	struct mapping a = mapping_any(), b = mapping_any();
	unsigned spare = nondet_u8();
	uint64_t ipa = nondet_u64();

	ASSUME(spare <= POOL_MAX && ipa < BIT(IPA_BITS));
	for (unsigned i = 0; i < POOL_MAX; i++) {
		if (i < spare)
			pool_add(&pool, pa_make(MEMORY_PA + (ROOT_GRANULES + i) * GRANULE_BYTES));
	}
	CLAIM(pool.count == spare, "every granule that is given is a spare table");
	bool is_a = map(&a), is_free = stage2_is_clear(&domain, b.range);

	CLAIM(is_free == !(is_a && overlap(&a, &b)), "a range is clear exactly if nothing in it is mapped");
	bool is_b = is_free && map(&b), in_a = is_a && is_in(&a, ipa), in_b = is_b && is_in(&b, ipa);
	struct pa_result found = stage2_lookup(&domain, ipa_make(ipa));

	CLAIM(found.status == (in_a || in_b ? OK : ERR_NOT_FOUND) &&
	      (found.status != OK || pa_value(found.pa) == target_of(in_a ? &a : &b, ipa)),
	      "every address is mapped to what was asked, or to nothing");
	unsigned level;
	uint64_t leaf = leaf_find(&domain, ipa, &level);
	bool as_block = in_a ? is_block(a.range, a.pa) : is_block(b.range, b.pa);

	CLAIM(!(in_a || in_b) || (leaf & ~DESC_ADDRESS_MASK) == (as_block ? 0x7fd : 0x7ff),
	      "what fits a block is a block, all else pages; read, write and execute");
	WITNESS(is_a && is_b && pool.count == 0 && spare == POOL_MAX, "two maps that take all tables");
	WITNESS(is_a && is_b && spare == 2, "two maps that share their tables");
	WITNESS(is_a && is_b && is_block(a.range, a.pa) && !is_block(b.range, b.pa), "a block, then pages");
	WITNESS(is_a && !is_free, "a second range that is taken");
	WITNESS(is_a && is_free && !is_b, "a pool that is too small");
}
