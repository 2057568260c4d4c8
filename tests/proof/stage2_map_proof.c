/*
 * Two stage2_map in a row into a domain whose tables are empty, from a pool of up to 6 tables: any two ranges of up to
 * 3 pages, or 2 MiB blocks, that do not overlap, any target. stage2_tables_needed is what the map takes; every guest
 * address, whole 40-bit space, is then mapped to what was asked or to nothing; tables are written, nothing else.
 * Unwind: 7
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
#define MEMORY_BYTES	((ROOT_GRANULES + POOL_MAX) * GRANULE_BYTES)
#define PAGES_MAX	3

/* All memory that may hold tables, at a physical address that is no pointer. */
#define MEMORY_PA	0x80000000ull
static uint64_t memory[MEMORY_BYTES / 8];

static struct stage2 domain = { { MEMORY_PA }, 7 };
static struct table_pool pool;

struct mapping {
	struct ipa_range range;
	pa_t pa;
};

void *fake_pointer(uint64_t pa)
{
	CLAIM(pa >= MEMORY_PA && pa - MEMORY_PA < MEMORY_BYTES && is_aligned(pa, GRANULE_BYTES),
	      "tables are where tables may be, and nowhere else");
	return memory + (pa - MEMORY_PA) / 8;
}

static struct mapping mapping_any(void)
{
	struct mapping m;
	struct pa_range target;

	ASSUME(ipa_range_make(nondet_u64(), nondet_u64(), GRANULE_BYTES, &m.range) == OK);
	ASSUME(pa_range_make(nondet_u64(), m.range.bytes, GRANULE_BYTES, &target) == OK);
	m.pa = target.base;
	ASSUME(m.range.bytes <= PAGES_MAX * GRANULE_BYTES || is_block(m.range, m.pa));
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
	bool is_a = map(&a), is_free = stage2_is_clear(&domain, b.range);

	CLAIM(is_free || is_a, "nothing is mapped before the first map");
	CLAIM(!is_a || is_free == !range_overlaps(ipa_value(a.range.base), a.range.bytes, ipa_value(b.range.base),
						  b.range.bytes), "a range is clear exactly if nothing in it is mapped");
	bool is_b = is_free && map(&b);
	struct pa_result found = stage2_lookup(&domain, ipa_make(ipa));

	if (is_a && is_in(&a, ipa))
		CLAIM(found.status == OK && pa_value(found.pa) == target_of(&a, ipa), "the first mapping stays");
	CLAIM(found.status == (is_a && is_in(&a, ipa) || is_b && is_in(&b, ipa) ? OK : ERR_NOT_FOUND) &&
	      (found.status != OK || pa_value(found.pa) == target_of(is_a && is_in(&a, ipa) ? &a : &b, ipa)),
	      "every address is mapped to what was asked, or to nothing");
	WITNESS(is_a && is_b && pool.count == 0 && spare == POOL_MAX, "two maps that take all tables");
	WITNESS(is_a && is_b && spare == 2, "two maps that share their tables");
	WITNESS(is_a && is_b && is_block(a.range, a.pa) && !is_block(b.range, b.pa), "a block, then pages");
	WITNESS(is_a && !is_free, "a second range that is taken");
	WITNESS(is_a && is_free && !is_b, "a pool that is too small");
}
