/*
 * The window of a confidential VM's box in tables of any content below two regions of the VM: stage2_window_prepare
 * takes exactly the tables that were said to be needed, and leaves every leaf closed; stage2_window_open and _close
 * change the leaf of the page that they name and no other word; what an open leaf says is read and write, no execute,
 * the page's own address; stage2_window_get tells the three states apart; an invalidation covers the range, for the
 * box's VMID. Scaled, so that a table has 2 entries instead of 512 (stage2_entry has the real sizes).
 * Scale: mediator/stage2.c: s/^#define ENTRIES		512/#define ENTRIES 2/
 * Scale: mediator/stage2.c: s/^#define L1_SHIFT	30/#define L1_SHIFT 14/
 * Scale: mediator/stage2.c: s/^#define L2_SHIFT	21/#define L2_SHIFT 13/
 * Scale: lib/addr.h: s/^#define BLOCK_BYTES		0x200000ull/#define BLOCK_BYTES 0x2000ull/
 * Scale: lib/addr.h: s/^#define GIB			0x40000000ull/#define GIB 0x4000ull/
 * Scale: lib/addr.h: s/^#define IPA_BITS		40/#define IPA_BITS 16/
 * Scale: lib/addr.h: s/^#define IPA_HALF		BIT(39)/#define IPA_HALF BIT(15)/
 * Unwind: 9
 * Mutant: mediator/stage2.c: s/#define WINDOW_LEAF	(NORMAL_RWX | DESC_S2_XN | DESC_PAGE)/#define WINDOW_LEAF (NORMAL_RWX | DESC_PAGE)/
 * Breaks: an open leaf maps the page, for reading and writing
 * Mutant: mediator/stage2.c: /^void stage2_window_close/,/^}/s/ipa_value(page) | IPA_HALF/ipa_value(page)/
 * Breaks: no other word changes
 * Mutant: mediator/stage2.c: s/	return tables_missing(box, ipa_value(range.base) | IPA_HALF, true);/	return tables_missing(box, ipa_value(range.base), true);/
 * Breaks: a window takes exactly the tables that were said to be needed
 * Mutant: mediator/stage2.c: s/	flush(box, ipa_value(range.base) | IPA_HALF, range.bytes);/	flush(box, ipa_value(range.base), range.bytes);/
 * Breaks: the invalidation covers the window of the range
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "mediator/stage2.c"
#include "tests/proof/machine.h"

#define ROOT_GRANULES	2
#define POOL_MAX	4
#define GRANULES	(ROOT_GRANULES + POOL_MAX)
#define WORDS		(GRANULES * ENTRIES)

/* As in the harness stage2_map; the box's own RAM is one block. */
#define MEMORY_PA	0x80000000ull
static struct memory {
	uint64_t words[WORDS];
} memory, before;

static struct stage2 box = { { MEMORY_PA }, 7 };
static struct table_pool pool;
static uint64_t flush_base, flush_bytes;

void *fake_pointer(uint64_t pa)
{
	CLAIM(pa >= MEMORY_PA && pa < MEMORY_PA + GRANULES * GRANULE_BYTES && is_aligned(pa, GRANULE_BYTES),
	      "tables are where tables may be, and nowhere else");
	return memory.words + (pa - MEMORY_PA) / GRANULE_BYTES * ENTRIES;
}

void fake_tlb(enum fake_event_kind kind, uint64_t b)
{
	CLAIM(read_vttbr_el2() == stage2_vttbr(&box), "what is invalidated is the box's");
	if (kind == FAKE_TLB_STAGE1)
		return;
	flush_base = kind == FAKE_TLB_VMID ? 0 : b;
	flush_bytes = kind == FAKE_TLB_VMID ? ~0ull : GRANULE_BYTES;
}

/* The harness's own walk to the leaf of VM page @page. */
static uint64_t leaf_at(const struct memory *m, uint64_t page)
{
	uint64_t level1 = m->words[(page | BIT(15)) >> 14];
	uint64_t level2 = m->words[(level1 - MEMORY_PA) / GRANULE_BYTES * 2 + (page >> 13 & 1)];

	return (level2 - MEMORY_PA) / GRANULE_BYTES * 2 + (page >> 12 & 1);
}

/* A range as a call moves it: inside one region of the VM's half. */
static struct ipa_range range_any(void)
{
	struct ipa_range range;

	ASSUME(ipa_range_make(nondet_u64(), nondet_u64(), GRANULE_BYTES, &range) == OK);
	ASSUME(range.bytes <= BLOCK_BYTES - ipa_value(range.base) % BLOCK_BYTES);
	return range;
}

static void prepare(struct ipa_range range)
{
	uint64_t needed = stage2_window_tables_needed(&box, range), had = pool.count;

	/* memory.c refuses the call then. */
	ASSUME(needed <= had);
	stage2_window_prepare(&box, &pool, range);
	CLAIM(had - pool.count == needed, "a window takes exactly the tables that were said to be needed");
}

/* Any state of the leaves: open, for a ring, or closed. */
static void leaves_make(uint64_t first, uint64_t second)
{
	for (unsigned i = 0; i < 2; i++) {
		uint64_t page = (i == 0 ? first : second) & ~(BLOCK_BYTES - 1);

		memory.words[leaf_at(&memory, page)] = nondet_bool() ? nondet_u64() | DESC_VALID : 0;
		memory.words[leaf_at(&memory, page) + 1] = nondet_bool() ? nondet_u64() | DESC_VALID : 0;
	}
}

static void leaf_change(struct ipa_range range)
{
	enum stage2_window how = nondet_bool() ? STAGE2_WINDOW_RING : STAGE2_WINDOW_OPEN;
	uint64_t page = ipa_value(range.base), pa = nondet_u64(), word = nondet_u8(), leaf = leaf_at(&memory, page);
	bool is_open = nondet_bool();

	ASSUME(is_aligned(pa, GRANULE_BYTES) && pa < BIT(47) && word < WORDS);
	if (is_open)
		stage2_window_open(&box, range.base, pa_make(pa), how);
	else
		stage2_window_close(&box, range.base);
	CLAIM(word == leaf || memory.words[word] == before.words[word], "no other word changes");
	/* Arm DDI 0487, as in the harness stage2_outer; XN is bits 54:53, bit 55 is software's. */
	CLAIM(!is_open || (memory.words[leaf] & ~BIT(55)) == (pa | 0x7ff | 2ull << 53),
	      "an open leaf maps the page, for reading and writing");
	CLAIM(is_open || (memory.words[leaf] & 1) == 0, "a closed leaf maps nothing");
	CLAIM(stage2_window_get(&box, range.base) == (is_open ? how : STAGE2_WINDOW_CLOSED),
	      "a leaf says how it was opened, or that it is closed");
	WITNESS(is_open && how == STAGE2_WINDOW_RING && before.words[leaf] == 0, "a page opened for a ring");
	WITNESS(!is_open && (before.words[leaf] & 1) != 0, "an open page closed");
}

void proof(void)
{
	struct ipa_range first = range_any(), second = range_any();
	uint64_t page = nondet_u64(), own = nondet_u64(), vttbr = nondet_u64();

	machine_cpu_make();
	memory = (struct memory){ 0 };
	/* The box's RAM, in the lower half. */
	memory.words[0] = own;
	ASSUME((own & 3) == 1);
	for (unsigned i = 0; i < POOL_MAX; i++)
		pool_add(&pool, pa_make(MEMORY_PA + (ROOT_GRANULES + i) * GRANULE_BYTES));
	prepare(first);
	prepare(second);
	ASSUME(page < IPA_HALF);
	CLAIM(stage2_window_get(&box, ipa_make(page)) == STAGE2_WINDOW_CLOSED, "a window that was prepared is closed");
	CLAIM(memory.words[0] == own && memory.words[1] == 0, "the box's own half stays as it was");
	WITNESS(pool.count == 0, "two windows that share nothing");
	WITNESS(pool.count == 1 && ipa_value(first.base) != ipa_value(second.base), "two regions of one table");
	leaves_make(ipa_value(first.base), ipa_value(second.base));
	before = memory;
	leaf_change(first);
	fake_register_write(FAKE_vttbr_el2, vttbr);
	stage2_window_flush(&box, second);
	uint64_t base = ipa_value(second.base) | BIT(15);

	CLAIM(flush_base <= base && base - flush_base + second.bytes <= flush_bytes,
	      "the invalidation covers the window of the range");
	CLAIM(read_vttbr_el2() == vttbr, "VTTBR_EL2 is kept");
}
