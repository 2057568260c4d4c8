/*
 * stage2_outer_close and stage2_outer_open on the leaves of 8 granules of DRAM at any address, any content of the
 * leaves, any range, any VTTBR_EL2: exactly the range's leaves change, to nothing or to their own address with the
 * access asked for; leaves are clear before the invalidation, which is for the outer OS's VMID and covers the range.
 * Unwind: 9
 * Mutant: mediator/walks.h: /^static inline struct walks walks_stop/,/^}/s/	write_sctlr_el1(walks.sctlr | SCTLR_M);/	isb();/
 * Breaks: nobody walks tables by speculation while VTTBR_EL2 is another's
 * Mutant: mediator/stage2.c: s/	flush(&outer, base, range.bytes);/	flush(\&outer, base, GRANULE_BYTES);/
 * Breaks: the invalidation covers the range
 * Mutant: mediator/stage2.c: /^static void flush/,/^}/s/	write_vttbr_el2(stage2_vttbr(stage2));/	isb();/
 * Breaks: what is invalidated is the outer OS's
 * Mutant: mediator/stage2.c: s/access == STAGE2_READ_ONLY ? NORMAL_RO : NORMAL_RWX/NORMAL_RWX/
 * Breaks: an opened leaf maps its own address, with the access asked for
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "mediator/stage2.c"
#include "tests/proof/machine.h"

#define COUNT 8

/* Arm DDI 0487, "VMSAv8-64 translation table format descriptors": stage 2, level 3, in the harness's own numbers. */
#define PAGE_READ_WRITE	0x7ffull		/* page; Normal write-back; S2AP 0b11; inner shareable; AF; XN 0b00 */
#define PAGE_READ_ONLY	(0x77full | 2ull << 53)	/* likewise; S2AP 0b01; XN 0b10 */

static uint64_t leaves[COUNT], before[COUNT];
static uint64_t dram_base;
static struct pa_range range;
static unsigned flush_count, stage1_count;
static bool is_by_page;

static bool is_in(unsigned i)
{
	uint64_t first = (pa_value(range.base) - dram_base) >> GRANULE_SHIFT;

	return i >= first && i < first + (range.bytes >> GRANULE_SHIFT);
}

/* An invalidation of TLBs, while it happens. */
void fake_tlb(enum fake_event_kind kind, uint64_t b)
{
	unsigned i = nondet_u8();

	ASSUME(i < COUNT);
	CLAIM(read_vttbr_el2() == stage2_vttbr(&outer), "what is invalidated is the outer OS's");
	/* TCR_EL1.EPD0, EPD1; SCTLR_EL1.M. */
	CLAIM(!machine_cpu.stops_walks || ((read_tcr_el1() >> 7 & read_tcr_el1() >> 23 & 1) != 0 &&
	      (read_sctlr_el1() & 1) != 0),
	      "nobody walks tables by speculation while VTTBR_EL2 is another's");
	if (kind == FAKE_TLB_STAGE1) {
		stage1_count++;
		CLAIM(flush_count == 1, "entries that combine both stages go after those of stage 2");
		return;
	}
	flush_count++;
	is_by_page = kind == FAKE_TLB_IPA;
	CLAIM(kind == FAKE_TLB_VMID ||
	      (kind == FAKE_TLB_IPA && b == pa_value(range.base) && range.bytes == GRANULE_BYTES),
	      "the invalidation covers the range");
	CLAIM(leaves[i] == (is_in(i) ? 0 : before[i]), "leaves are clear before the invalidation");
}

static void close_any(unsigned i)
{
	uint64_t vttbr = read_vttbr_el2(), tcr = read_tcr_el1(), sctlr = read_sctlr_el1();

	stage2_outer_close(range);
	CLAIM(leaves[i] == (is_in(i) ? 0 : before[i]), "a closed range has no leaf, all others are as before");
	CLAIM(flush_count == 1 && stage1_count == (is_by_page ? 1 : 0), "there is one invalidation, of both stages");
	CLAIM(read_vttbr_el2() == vttbr && read_tcr_el1() == tcr && read_sctlr_el1() == sctlr,
	      "VTTBR_EL2 and EL1's registers are kept");
	WITNESS(range.bytes == GRANULE_BYTES && vttbr != stage2_vttbr(&outer), "one granule, closed under another VMID");
	WITNESS(range.bytes == COUNT * GRANULE_BYTES, "everything closed at once");
}

static void open_any(unsigned i)
{
	enum stage2_access access = nondet_bool() ? STAGE2_READ_ONLY : STAGE2_READ_WRITE;
	uint64_t attributes = access == STAGE2_READ_ONLY ? PAGE_READ_ONLY : PAGE_READ_WRITE;

	stage2_outer_open(range, access);
	CLAIM(!is_in(i) || leaves[i] == ((dram_base + i * GRANULE_BYTES) | attributes),
	      "an opened leaf maps its own address, with the access asked for");
	CLAIM(is_in(i) || leaves[i] == before[i], "leaves outside an opened range are as before");
	CLAIM(flush_count + stage1_count == 0, "opening invalidates nothing");
	WITNESS(access == STAGE2_READ_ONLY && is_in(i), "a leaf opened for reading");
	WITNESS(range.bytes == 3 * GRANULE_BYTES, "three granules opened");
}

void proof(void)
{
	unsigned i = nondet_u8();

	dram_base = nondet_u64();
	ASSUME(i < COUNT && is_aligned(dram_base, GRANULE_BYTES) && dram_base < BIT(47));
	machine_cpu_make();
	outer_leaves = leaves;
	outer_leaves_base = dram_base;
	outer = (struct stage2){ pa_make(nondet_u64()), nondet_u16() };
	for (unsigned j = 0; j < COUNT; j++)
		before[j] = leaves[j] = nondet_u64();
	fake_register_write(FAKE_vttbr_el2, nondet_u64());
	fake_register_write(FAKE_tcr_el1, nondet_u64());
	fake_register_write(FAKE_sctlr_el1, nondet_u64());
	/* What its callers hold is DRAM: granule_hold refuses anything else. */
	ASSUME(pa_range_make(nondet_u64(), nondet_u64(), GRANULE_BYTES, &range) == OK &&
	       range_is_inside(pa_value(range.base), range.bytes, dram_base, COUNT * GRANULE_BYTES));
	if (nondet_bool())
		close_any(i);
	else
		open_any(i);
}
