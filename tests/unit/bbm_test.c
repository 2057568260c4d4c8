/*
 * Links: tests/unit/bbm.c arch/fake/machine.c arch/fake/interrupt.c
 * The model of TLBs finds each way to do it wrong, and lets the right ones pass: on hand-made tables of two domains,
 * through the accessors that the product uses.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "tests/unit/test.h"
#include "arch/cpu.h"
#include "arch/descriptor.h"
#include "arch/fake.h"
#include "arch/sysreg.h"
#include "arch/tlb.h"
#include "tests/unit/bbm.h"

#define BASE	0x40000000ull
#define BYTES	0x200000ull
#define PAGE	0x1000ull

/* Two roots of two pages, then a table of each level of VMID 1, then spare pages. */
#define ROOT_0	BASE
#define ROOT_1	(BASE + 2 * PAGE)
#define MIDDLE	(BASE + 4 * PAGE)
#define LEAVES	(BASE + 5 * PAGE)
#define SPARE	(BASE + 6 * PAGE)

/* VTTBR_EL2 of the two; guest address 0 is the first that MIDDLE and LEAVES translate. */
#define OUTER	ROOT_0
#define GUEST	(1ull << 48 | ROOT_1)

#define LEAF(pa)	((pa) | 0x7ffull)
#define READ_ONLY(pa)	((pa) | 0x77full)
#define BLOCK(pa)	((pa) | 0x7fdull)
#define TO(table)	((table) | 3ull)

static char text[256];
static jmp_buf *found;

void fake_violation(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	if (found == NULL)
		fail_msg("%s", text);
	longjmp(*found, 1);
}

/* The steps must end in a violation that says so. */
static void expect_found(void (*steps)(void), const char *words)
{
	jmp_buf here;

	found = &here;
	if (setjmp(here) == 0) {
		steps();
		found = NULL;
		fail_msg("nothing is found, expected: %s", words);
	}
	found = NULL;
	if (strstr(text, words) == NULL)
		fail_msg("found: %s, expected: %s", text, words);
}

static volatile uint64_t *entry(uint64_t table, unsigned i)
{
	return (volatile uint64_t *)fake_pointer(table) + i;
}

static void store(uint64_t table, unsigned i, uint64_t descriptor)
{
	descriptor_write(entry(table, i), descriptor);
}

/* This CPU goes below EL2. */
static void enter(uint64_t vttbr)
{
	write_vttbr_el2(vttbr);
	bbm_entered(vttbr);
}

/* What stage2.c does: the VMID's own VTTBR_EL2 around an invalidation. */
static void with_vttbr(uint64_t vttbr, void (*flush)(void))
{
	uint64_t loaded = read_vttbr_el2();

	write_vttbr_el2(vttbr);
	isb();
	flush();
	write_vttbr_el2(loaded);
	isb();
}

static void flush_first_page(void)
{
	tlb_flush_ipa(0);
}

/* CPU 0 at EL2 out of the outer OS, CPU 1 runs the guest, whose tables hold three pages and a block. */
static int guest_runs_elsewhere(void **state)
{
	(void)state;
	fake_reset(BASE, BYTES);
	memset(fake_dram(), 0, BYTES);
	bbm_reset(BASE, BYTES);
	fake_hook = bbm_event;
	store(ROOT_1, 0, TO(MIDDLE));
	store(MIDDLE, 0, TO(LEAVES));
	store(MIDDLE, 1, BLOCK(0x80000000));
	for (unsigned i = 0; i < 3; i++)
		store(LEAVES, i, LEAF(0x50000000 + i * PAGE));
	dsb_ishst();
	fake_cpu = 1;
	enter(GUEST);
	fake_cpu = 0;
	enter(OUTER);
	return 0;
}

/* The guest is known, but no CPU is in it. */
static int guest_has_left(void **state)
{
	guest_runs_elsewhere(state);
	fake_cpu = 1;
	enter(OUTER);
	fake_cpu = 0;
	return 0;
}

/* --- what is right --- */

static void break_invalidate_make_is_right(void **state)
{
	(void)state;
	store(LEAVES, 0, 0);
	with_vttbr(GUEST, flush_first_page);
	store(LEAVES, 0, LEAF(0x60000000));
	dsb_ishst();
	enter(OUTER);
}

static void many_breaks_go_with_one_invalidation(void **state)
{
	(void)state;
	for (unsigned i = 0; i < 3; i++)
		store(LEAVES, i, 0);
	store(MIDDLE, 1, 0);
	with_vttbr(GUEST, tlb_flush_vmid);
	store(MIDDLE, 1, TO(SPARE));
	dsb_ishst();
	enter(OUTER);
}

static void invalid_to_valid_needs_a_barrier_only(void **state)
{
	(void)state;
	store(LEAVES, 7, LEAF(0x60000000));
	dsb_ishst();
	enter(OUTER);
}

static void the_same_leaf_may_come_back(void **state)
{
	(void)state;
	store(LEAVES, 0, 0);
	store(LEAVES, 0, LEAF(0x50000000));
	dsb_ishst();
	enter(OUTER);
}

static void software_bits_may_change_at_any_time(void **state)
{
	(void)state;
	store(LEAVES, 0, LEAF(0x50000000) | 1ull << 55);
	dsb_ishst();
	enter(OUTER);
}

static void permissions_may_change_in_one_store_and_an_invalidation(void **state)
{
	(void)state;
	store(LEAVES, 0, READ_ONLY(0x50000000));
	with_vttbr(GUEST, flush_first_page);
	enter(OUTER);
}

static void what_nobody_entered_may_be_changed_at_will(void **state)
{
	guest_has_left(state);
	with_vttbr(GUEST, tlb_flush_vmid);
	store(LEAVES, 0, LEAF(0x60000000));
	store(MIDDLE, 0, BLOCK(0x80000000));
	zero_granule(fake_pointer(LEAVES));
	dsb_ishst();
	enter(GUEST);
}

static void another_root_may_follow_an_invalidation(void **state)
{
	guest_has_left(state);
	with_vttbr(GUEST, tlb_flush_vmid);
	enter(1ull << 48 | SPARE);
}

/* --- what is found --- */

static void valid_over_valid(void)
{
	store(LEAVES, 0, LEAF(0x60000000));
}

static void block_over_table(void)
{
	store(MIDDLE, 0, BLOCK(0x80000000));
}

static void table_over_block(void)
{
	store(MIDDLE, 1, TO(SPARE));
}

static void a_break_left_out_is_found(void **state)
{
	(void)state;
	expect_found(valid_over_valid, "without a break");
	guest_runs_elsewhere(state);
	expect_found(block_over_table, "without a break");
	guest_runs_elsewhere(state);
	expect_found(table_over_block, "without a break");
	/* No CPU need be inside: it was not invalidated since. */
	guest_has_left(state);
	expect_found(valid_over_valid, "without a break");
}

static void made_without_tlbi(void)
{
	store(LEAVES, 0, 0);
	dsb_ish();
	store(LEAVES, 0, LEAF(0x60000000));
}

static void table_in_place_of_a_block_without_tlbi(void)
{
	store(MIDDLE, 1, 0);
	store(SPARE, 5, LEAF(0x60000000));
	dsb_ish();
	store(MIDDLE, 1, TO(SPARE));
}

static void made_before_the_tlbi_is_complete(void)
{
	store(LEAVES, 0, 0);
	write_vttbr_el2(GUEST);
	isb();
	dsb_ishst();
	tlbi_vmalls12e1is();
	store(LEAVES, 0, LEAF(0x60000000));
}

static void made_after_another_vmid_s_tlbi(void)
{
	store(LEAVES, 0, 0);
	tlb_flush_vmid();
	store(LEAVES, 0, LEAF(0x60000000));
}

static void made_after_another_page_s_tlbi(void)
{
	store(LEAVES, 1, 0);
	with_vttbr(GUEST, flush_first_page);
	store(LEAVES, 1, LEAF(0x60000000));
}

static void a_make_before_the_invalidation_is_found(void **state)
{
	static void (*const ways[])(void) = { made_without_tlbi, table_in_place_of_a_block_without_tlbi,
					      made_before_the_tlbi_is_complete, made_after_another_vmid_s_tlbi,
					      made_after_another_page_s_tlbi };

	for (size_t i = 0; i < sizeof(ways) / sizeof(ways[0]); i++) {
		guest_runs_elsewhere(state);
		expect_found(ways[i], "before what it was is invalidated");
	}
}

static void returns_after_a_clear(void)
{
	store(LEAVES, 0, 0);
	dsb_ish();
	enter(OUTER);
}

static void returns_after_less_access(void)
{
	store(LEAVES, 0, READ_ONLY(0x50000000));
	dsb_ish();
	enter(OUTER);
}

/* TLBI IPAS2E1IS alone: entries that combine both stages stay. */
static void returns_after_stage_2_alone(void)
{
	store(LEAVES, 0, 0);
	write_vttbr_el2(GUEST);
	isb();
	dsb_ishst();
	tlbi_ipas2e1is(0);
	dsb_ish();
	enter(OUTER);
}

/* Stage 1 goes while stage 2's own entries may still be there: they are combined again. */
static void returns_after_both_at_once(void)
{
	store(LEAVES, 0, 0);
	write_vttbr_el2(GUEST);
	isb();
	dsb_ishst();
	tlbi_ipas2e1is(0);
	tlbi_vmalle1is();
	dsb_ish();
	enter(OUTER);
}

static void returns_without_the_last_dsb(void)
{
	store(LEAVES, 0, 0);
	write_vttbr_el2(GUEST);
	isb();
	dsb_ishst();
	tlbi_vmalls12e1is();
	dsb_ishst();
	enter(OUTER);
}

/* A table has many entries: one address does not name them all. */
static void returns_after_a_table_went_by_address(void)
{
	store(MIDDLE, 0, 0);
	with_vttbr(GUEST, flush_first_page);
	enter(OUTER);
}

static void a_return_before_the_invalidation_is_found(void **state)
{
	static void (*const ways[])(void) = { returns_after_a_clear, returns_after_less_access,
					      returns_after_stage_2_alone, returns_after_both_at_once,
					      returns_without_the_last_dsb, returns_after_a_table_went_by_address };

	for (size_t i = 0; i < sizeof(ways) / sizeof(ways[0]); i++) {
		guest_runs_elsewhere(state);
		expect_found(ways[i], "a lower level is entered while VMID 1 may still translate 0x0");
	}
}

static void tlbi_before_a_dsb(void)
{
	store(LEAVES, 0, 0);
	write_vttbr_el2(GUEST);
	isb();
	tlbi_vmalls12e1is();
}

static void a_tlbi_before_the_store_is_visible_is_found(void **state)
{
	(void)state;
	expect_found(tlbi_before_a_dsb, "before a DSB");
}

static void tlbi_before_an_isb(void)
{
	store(LEAVES, 0, 0);
	write_vttbr_el2(GUEST);
	tlb_flush_vmid();
}

static void a_tlbi_right_behind_vttbr_is_found(void **state)
{
	(void)state;
	expect_found(tlbi_before_an_isb, "without an ISB");
}

static void entered_without_a_dsb(void)
{
	store(LEAVES, 7, LEAF(0x60000000));
	enter(OUTER);
}

static void a_make_without_a_barrier_is_found(void **state)
{
	(void)state;
	expect_found(entered_without_a_dsb, "without a DSB behind the store");
}

static void linked_at_once(void)
{
	store(SPARE, 0, LEAF(0x60000000));
	store(MIDDLE, 9, TO(SPARE));
}

static void a_table_linked_before_its_content_is_found(void **state)
{
	(void)state;
	expect_found(linked_at_once, "linked before its content is visible");
}

static void table_zeroed(void)
{
	zero_granule(fake_pointer(LEAVES));
}

static void table_zeroed_after_unlinking(void)
{
	store(MIDDLE, 0, 0);
	dsb_ish();
	zero_granule(fake_pointer(LEAVES));
}

static void table_filled(void)
{
	cache_clean_invalidate(fake_pointer(MIDDLE), PAGE);
}

static void root_zeroed(void)
{
	zero_granule(fake_pointer(ROOT_1 + PAGE));
}

static void a_table_reused_too_early_is_found(void **state)
{
	static void (*const ways[])(void) = { table_zeroed, table_zeroed_after_unlinking, table_filled, root_zeroed };

	for (size_t i = 0; i < sizeof(ways) / sizeof(ways[0]); i++) {
		guest_has_left(state);
		expect_found(ways[i], "while VMID 1 may walk it as a table");
	}
}

/* A spare table is linked through its first word: an address, which is no valid descriptor. */
static void table_given_back(void)
{
	store(MIDDLE, 0, 0);
	dsb_ish();
	store(LEAVES, 0, SPARE);
}

static void a_table_given_back_too_early_is_found(void **state)
{
	(void)state;
	expect_found(table_given_back, "VMID 1 may walk the table");
}

static void flushed_and_changed(void)
{
	with_vttbr(GUEST, tlb_flush_vmid);
	store(LEAVES, 0, LEAF(0x60000000));
}

static void a_domain_that_runs_elsewhere_stays_cached_after_an_invalidation(void **state)
{
	(void)state;
	expect_found(flushed_and_changed, "without a break");
}

static void another_root(void)
{
	enter(1ull << 48 | SPARE);
}

static void a_vmid_reused_too_early_is_found(void **state)
{
	guest_has_left(state);
	expect_found(another_root, "another root");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST_FROM(guest_runs_elsewhere, break_invalidate_make_is_right),
		TEST_FROM(guest_runs_elsewhere, many_breaks_go_with_one_invalidation),
		TEST_FROM(guest_runs_elsewhere, invalid_to_valid_needs_a_barrier_only),
		TEST_FROM(guest_runs_elsewhere, the_same_leaf_may_come_back),
		TEST_FROM(guest_runs_elsewhere, software_bits_may_change_at_any_time),
		TEST_FROM(guest_runs_elsewhere, permissions_may_change_in_one_store_and_an_invalidation),
		TEST(what_nobody_entered_may_be_changed_at_will),
		TEST(another_root_may_follow_an_invalidation),
		TEST_FROM(guest_runs_elsewhere, a_break_left_out_is_found),
		TEST(a_make_before_the_invalidation_is_found),
		TEST(a_return_before_the_invalidation_is_found),
		TEST_FROM(guest_runs_elsewhere, a_tlbi_before_the_store_is_visible_is_found),
		TEST_FROM(guest_runs_elsewhere, a_tlbi_right_behind_vttbr_is_found),
		TEST_FROM(guest_runs_elsewhere, a_make_without_a_barrier_is_found),
		TEST_FROM(guest_runs_elsewhere, a_table_linked_before_its_content_is_found),
		TEST(a_table_reused_too_early_is_found),
		TEST_FROM(guest_runs_elsewhere, a_table_given_back_too_early_is_found),
		TEST_FROM(guest_runs_elsewhere, a_domain_that_runs_elsewhere_stays_cached_after_an_invalidation),
		TEST(a_vmid_reused_too_early_is_found),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
