/*
 * Stage-2 tables, as the walker in walker.c finds them: the outer OS's identity map, domains' pages and blocks, mirror
 * and window, and that the tables needed are counted right.
 * Links: mediator
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "tests/unit/machine.h"
#include "mediator/walks.h"
#include "mediator/stage2.h"

#define VTCR STAGE2_VTCR

/* --- the outer OS --- */

struct outer_survey {
	uint64_t expected;		/* next DRAM address that must have a leaf */
	uint64_t devices;
	uint64_t tables;
};

static uint64_t next_open(uint64_t pa)
{
	uint64_t end = machine.carveout.base + machine.carveout.bytes;

	return pa >= machine.carveout.base && pa < end ? end : pa;
}

static void outer_leaf_check(void *context, const struct walk_leaf *leaf)
{
	struct outer_survey *survey = context;

	assert_hex(leaf->ipa, leaf->pa);
	assert_hex(leaf->bytes, GRANULE_BYTES);
	assert_true(leaf->read && leaf->write);
	if (leaf->pa < PLAT_RAM_BASE) {
		assert_true(leaf->pa == PLAT_UART0_BASE || leaf->pa == PLAT_RTC_BASE);
		assert_true(leaf->is_device && !leaf->execute);
		survey->devices++;
		return;
	}
	assert_true(leaf->execute && !leaf->is_device);
	assert_hex(leaf->pa, survey->expected);
	survey->expected = next_open(leaf->pa + GRANULE_BYTES);
}

static void outer_table_check(void *context, uint64_t pa)
{
	struct outer_survey *survey = context;

	assert_true(range_is_inside(pa, GRANULE_BYTES, machine.carveout.base + PLAT_MEDIATOR_IMAGE_BYTES,
				    machine.carveout.bytes - PLAT_MEDIATOR_IMAGE_BYTES));
	survey->tables++;
}

static void identity_check(uint64_t ram_bytes)
{
	struct outer_survey survey = { .expected = PLAT_RAM_BASE };

	machine_boot_with(ram_bytes, 1, (struct boot_range){ PLAT_RAM_BASE + ram_bytes - BLOCK_BYTES, BLOCK_BYTES });
	walk_each(VTCR, stage2_vttbr(stage2_outer()), outer_leaf_check, outer_table_check, &survey);
	assert_hex(survey.expected, PLAT_RAM_BASE + ram_bytes);
	assert_int_equal(survey.devices, 2);
	/* Root and device space, then what DRAM needs; no table serves two places. */
	assert_int_equal(survey.tables, 2 + 1 + PLAT_DEVICE_BYTES / BLOCK_BYTES + (ram_bytes + GIB - 1) / GIB +
			 ram_bytes / BLOCK_BYTES);
	assert_true(machine_is_zero(machine.carveout.base + machine.carveout.bytes));
}

static void the_outer_os_maps_all_dram_but_the_carveout_to_itself(void **state)
{
	static const uint64_t sizes[] = { MACHINE_RAM_BYTES, 512 * MIB, GIB, GIB + 2 * MIB, 3 * GIB - 2 * MIB };

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(sizes); i++)
		identity_check(sizes[i]);
}

static void the_outer_os_s_tables_fit_the_carveout_at_any_size(void **state)
{
	(void)state;
	for (uint64_t ram = 256 * MIB; ram <= 32 * GIB; ram += 254 * MIB) {
		/* What stage2_outer_init lays out, behind image and records, the first aligned to two pages. */
		uint64_t pages = PLAT_MEDIATOR_IMAGE_BYTES / GRANULE_BYTES +
				 (ram / 1024 + GRANULE_BYTES - 1) / GRANULE_BYTES + 1 + 2 + 1 +
				 (ram + GIB - 1) / GIB + PLAT_DEVICE_BYTES / BLOCK_BYTES + ram / BLOCK_BYTES;

		assert_true(plat_carveout_bytes(ram) >= pages * GRANULE_BYTES);
	}
}

static void addresses_past_dram_and_past_40_bits_are_not_mapped(void **state)
{
	(void)state;
	assert_false(machine_outer_leaf(MACHINE_RAM_END).valid);
	assert_false(machine_outer_leaf(BIT(39) | PLAT_RAM_BASE).valid);
	assert_false(machine_outer_leaf(BIT(40) | PLAT_RAM_BASE).valid);
	assert_false(machine_outer_leaf(0).valid);
	assert_false(machine_outer_leaf(PLAT_GICD_BASE).valid);
	assert_false(machine_outer_leaf(PLAT_SMMU_BASE).valid);
	assert_false(machine_outer_leaf(PLAT_UART1_BASE).valid);
	assert_false(machine_outer_leaf(PLAT_SECURE_RAM_BASE).valid);
}

static struct pa_range outer_range(uint64_t offset, uint64_t bytes)
{
	return (struct pa_range){ pa_make(machine.free + offset), bytes };
}

static void closing_ends_with_an_invalidation_for_the_outer_os(void **state)
{
	(void)state;
	fake_registers[0][FAKE_vttbr_el2] = 0x7700000040001000;
	fake_events_clear();
	stage2_outer_close(outer_range(0, 3 * GRANULE_BYTES));
	assert_int_equal(fake_events[0].by_kind[FAKE_TLB_VMID], 1);
	assert_int_equal(fake_event_find(0, FAKE_TLB_VMID, 0)->a, 0);
	assert_hex(fake_registers[0][FAKE_vttbr_el2], 0x7700000040001000);
	for (uint64_t i = 0; i < 4; i++)
		assert_int_equal(machine_outer_leaf(machine.free + i * GRANULE_BYTES).valid, i == 3);
	assert_true(machine_outer_leaf(machine.free - GRANULE_BYTES).valid);
}

static void closing_one_granule_invalidates_at_least_that_page(void **state)
{
	(void)state;
	fake_events_clear();
	stage2_outer_close(outer_range(0, GRANULE_BYTES));
	const struct fake_event *by_page = fake_event_find(0, FAKE_TLB_IPA, 0);
	const struct fake_event *of_all = fake_event_find(0, FAKE_TLB_VMID, 0);

	assert_true(by_page != NULL || of_all != NULL);
	assert_int_equal((by_page != NULL ? by_page : of_all)->a, 0);
	if (by_page != NULL) {
		assert_hex(by_page->b, machine.free);
		assert_int_equal(fake_events[0].by_kind[FAKE_TLB_STAGE1], 1);
	}
}

static bool leaf_is_clear_when_invalidated;

static void close_hook(const struct fake_event *event)
{
	if (event->kind == FAKE_TLB_VMID)
		leaf_is_clear_when_invalidated = !machine_outer_leaf(machine.free).valid &&
						 !machine_outer_leaf(machine.free + BLOCK_BYTES - 1).valid;
}

static void leaves_are_clear_before_the_invalidation(void **state)
{
	(void)state;
	leaf_is_clear_when_invalidated = false;
	machine.watch = close_hook;
	stage2_outer_close(outer_range(0, BLOCK_BYTES));
	assert_true(leaf_is_clear_when_invalidated);
}

static void what_is_opened_read_only_can_t_be_written_or_executed(void **state)
{
	(void)state;
	machine.is_without_records = true;
	stage2_outer_close(outer_range(0, 2 * GRANULE_BYTES));
	stage2_outer_open(outer_range(0, GRANULE_BYTES), STAGE2_READ_ONLY);
	stage2_outer_open(outer_range(GRANULE_BYTES, GRANULE_BYTES), STAGE2_READ_WRITE);
	struct walk_leaf notice = machine_outer_leaf(machine.free);
	struct walk_leaf page = machine_outer_leaf(machine.free + GRANULE_BYTES);

	assert_true(notice.valid && notice.read && !notice.write && !notice.execute && !notice.is_device);
	assert_true(page.valid && page.read && page.write && page.execute && !page.is_device);
	assert_hex(notice.pa, machine.free);
	assert_hex(page.pa, machine.free + GRANULE_BYTES);
}

/* --- domains --- */

#define POOL_GRANULES 64

static struct stage2 domain;
static struct table_pool pool;

static void domain_reset(uint16_t vmid)
{
	uint64_t root = machine_take(STAGE2_ROOT_BYTES, STAGE2_ROOT_BYTES);

	memset(machine_at(root), 0, STAGE2_ROOT_BYTES);
	domain = (struct stage2){ pa_make(root), vmid };
	pool = (struct table_pool){ 0 };
	for (unsigned i = 0; i < POOL_GRANULES; i++) {
		uint64_t granule = machine_take(GRANULE_BYTES, GRANULE_BYTES);

		memset(machine_at(granule), 0, GRANULE_BYTES);
		pool_add(&pool, pa_make(granule));
	}
}

static int domain_setup(void **state)
{
	machine_boot_1(state);
	machine.is_without_records = true;
	domain_reset(5);
	return 0;
}

/* One range inside one 2 MiB region. @spare: tables that folding gives back. */
static void map_folding(uint64_t ipa, uint64_t pa, uint64_t bytes, uint64_t spare)
{
	struct ipa_range range = { ipa_make(ipa), bytes };
	uint64_t needed = stage2_tables_needed(&domain, range, pa_make(pa)), before = pool.count;

	assert_true(stage2_is_clear(&domain, range));
	stage2_map(&domain, &pool, range, pa_make(pa));
	assert_int_equal(before - pool.count + spare, needed);
	assert_false(stage2_is_clear(&domain, range));
}

static void map(uint64_t ipa, uint64_t pa, uint64_t bytes)
{
	map_folding(ipa, pa, bytes, 0);
}

static struct walk_leaf leaf_at(uint64_t ipa)
{
	return walk_lookup(VTCR, stage2_vttbr(&domain), ipa);
}

static void expect_mapped(uint64_t ipa, uint64_t pa, uint64_t bytes, uint64_t leaf_bytes)
{
	for (uint64_t at = 0; at < bytes; at += GRANULE_BYTES) {
		struct walk_leaf leaf = leaf_at(ipa + at);

		assert_true(leaf.valid && leaf.read && leaf.write && leaf.execute && !leaf.is_device);
		assert_hex(leaf.bytes, leaf_bytes);
		assert_hex(leaf.pa + (ipa + at - leaf.ipa), pa + at);
		struct pa_result found = stage2_lookup(&domain, ipa_make(ipa + at + 0x123));

		assert_int_equal(found.status, OK);
		assert_hex(pa_value(found.pa), pa + at + 0x123);
	}
	assert_false(leaf_at(ipa - GRANULE_BYTES).valid);
	assert_false(leaf_at(ipa + bytes).valid);
}

static void vttbr_names_root_and_vmid(void **state)
{
	(void)state;
	assert_hex(stage2_vttbr(&domain), 5ull << 48 | pa_value(domain.root));
	assert_hex(stage2_vttbr(stage2_outer()) >> 48, 0);
}

static void small_ranges_are_mapped_by_pages(void **state)
{
	(void)state;
	map(0x40003000, 0x41235000, 5 * GRANULE_BYTES);
	expect_mapped(0x40003000, 0x41235000, 5 * GRANULE_BYTES, GRANULE_BYTES);
}

static void aligned_two_mib_are_one_block(void **state)
{
	(void)state;
	map(0x40200000, 0x41400000, BLOCK_BYTES);
	expect_mapped(0x40200000, 0x41400000, BLOCK_BYTES, BLOCK_BYTES);
	assert_int_equal(pool.count, POOL_GRANULES - 1);
}

static void two_mib_at_an_unaligned_physical_address_are_pages(void **state)
{
	(void)state;
	map(0x40200000, 0x41401000, BLOCK_BYTES);
	expect_mapped(0x40200000, 0x41401000, BLOCK_BYTES, GRANULE_BYTES);
	assert_int_equal(pool.count, POOL_GRANULES - 2);
}

static void both_root_pages_are_used(void **state)
{
	(void)state;
	map(0, 0x41000000, GRANULE_BYTES);
	map(0x1ff * GIB, 0x41001000, GRANULE_BYTES);
	map(0x1ff * GIB + GIB - GRANULE_BYTES, 0x41002000, GRANULE_BYTES);
	assert_hex(leaf_at(0).pa, 0x41000000);
	assert_hex(leaf_at(0x1ff * GIB).pa, 0x41001000);
	assert_hex(leaf_at(BIT(39) - 1).pa, 0x41002000);
	assert_false(leaf_at(BIT(39)).valid);
}

/* Pages that come in pieces, in any order, end as the block that one piece would have been. */
static void pages_of_one_aligned_piece_become_a_block(void **state)
{
	static const uint64_t pieces[] = { 3, 0, 1, 2 };

	(void)state;
	for (unsigned i = 0; i < 4; i++)
		map_folding(0x40200000 + pieces[i] * BLOCK_BYTES / 4, 0x41400000 + pieces[i] * BLOCK_BYTES / 4,
			    BLOCK_BYTES / 4, i == 3 ? 1 : 0);
	expect_mapped(0x40200000, 0x41400000, BLOCK_BYTES, BLOCK_BYTES);
	assert_int_equal(pool.count, POOL_GRANULES - 1);
	/* The table that came back is as good as new. */
	map(0x40600000, 0x41000000, GRANULE_BYTES);
	assert_hex(leaf_at(0x40600000).pa, 0x41000000);
	assert_false(leaf_at(0x40601000).valid);
}

static void pages_that_are_no_aligned_piece_stay_pages(void **state)
{
	(void)state;
	/* One page too few, one page elsewhere, the whole of it a page off. */
	map(0x40200000, 0x41400000, BLOCK_BYTES - GRANULE_BYTES);
	assert_hex(leaf_at(0x40200000).bytes, GRANULE_BYTES);
	map(0x40400000, 0x41400000, BLOCK_BYTES - GRANULE_BYTES);
	map(0x405ff000, 0x41000000, GRANULE_BYTES);
	assert_hex(leaf_at(0x40400000).bytes, GRANULE_BYTES);
	assert_hex(leaf_at(0x405ff000).pa, 0x41000000);
	map(0x40600000, 0x41401000, BLOCK_BYTES);
	assert_hex(leaf_at(0x40600000).bytes, GRANULE_BYTES);
}

/* Nothing but descriptors is looked at: the memory need not be there. */
static void blocks_of_one_aligned_gib_become_one_leaf(void **state)
{
	uint64_t pa = 0x100000000;

	(void)state;
	for (uint64_t at = 0; at < GIB; at += BLOCK_BYTES)
		map_folding(0x80000000 + at, pa + at, BLOCK_BYTES, at == GIB - BLOCK_BYTES ? 1 : 0);
	assert_int_equal(pool.count, POOL_GRANULES);
	assert_hex(leaf_at(0x80000000).bytes, GIB);
	assert_hex(leaf_at(0x80000000).pa, pa);
	assert_hex(pa_value(stage2_lookup(&domain, ipa_make(0x80000000 + GIB - 5)).pa), pa + GIB - 5);
	struct ipa_range inside = { ipa_make(0x80000000 + 5 * GRANULE_BYTES), GRANULE_BYTES };

	assert_false(stage2_is_clear(&domain, inside));
	assert_false(leaf_at(0x80000000 + GIB).valid);
}

static void blocks_in_another_order_than_memory_stay_blocks(void **state)
{
	(void)state;
	for (uint64_t at = 0; at < GIB; at += BLOCK_BYTES)
		map(0x80000000 + at, 0x100000000 + (GIB - BLOCK_BYTES - at), BLOCK_BYTES);
	assert_hex(leaf_at(0x80000000).bytes, BLOCK_BYTES);
	assert_int_equal(pool.count, POOL_GRANULES - 1);
}

/* --- the window of a confidential VM --- */

#define PAGE_IPA 0x40003000ull

static void a_window_opens_and_closes_one_leaf(void **state)
{
	struct ipa_range range = { ipa_make(0x40000000), 5 * GRANULE_BYTES };

	(void)state;
	assert_int_equal(stage2_window_tables_needed(&domain, range), 2);
	stage2_window_prepare(&domain, &pool, range);
	assert_int_equal(pool.count, POOL_GRANULES - 2);
	assert_int_equal(stage2_window_tables_needed(&domain, range), 0);
	assert_int_equal(stage2_window_get(&domain, ipa_make(PAGE_IPA)), STAGE2_WINDOW_CLOSED);
	stage2_window_open(&domain, ipa_make(PAGE_IPA), pa_make(0x41005000), STAGE2_WINDOW_RING);
	assert_int_equal(stage2_window_get(&domain, ipa_make(PAGE_IPA)), STAGE2_WINDOW_RING);
	stage2_window_open(&domain, ipa_make(PAGE_IPA), pa_make(0x41005000), STAGE2_WINDOW_OPEN);
	assert_int_equal(stage2_window_get(&domain, ipa_make(PAGE_IPA)), STAGE2_WINDOW_OPEN);
	struct walk_leaf leaf = leaf_at(PAGE_IPA | BIT(39));

	assert_true(leaf.valid && leaf.read && leaf.write && !leaf.execute && !leaf.is_device);
	assert_hex(leaf.pa, 0x41005000);
	assert_hex(leaf.bytes, GRANULE_BYTES);
	assert_false(leaf_at(PAGE_IPA).valid);
	assert_false(leaf_at((PAGE_IPA + GRANULE_BYTES) | BIT(39)).valid);
	stage2_window_close(&domain, ipa_make(PAGE_IPA));
	assert_false(leaf_at(PAGE_IPA | BIT(39)).valid);
	/* Where there are no tables there is nothing to close. */
	stage2_window_close(&domain, ipa_make(0x80000000));
	assert_int_equal(stage2_window_get(&domain, ipa_make(0x80000000)), STAGE2_WINDOW_CLOSED);
}

static void event_expect(enum fake_event_kind kind, uint64_t a, uint64_t b)
{
	for (unsigned i = 0; i < fake_events[0].count; i++) {
		const struct fake_event *event = &fake_events[0].list[i];

		if (event->kind == kind && event->a == a && event->b == b)
			return;
	}
	fail_msg("no event %d (0x%llx, 0x%llx)", (int)kind, (unsigned long long)a, (unsigned long long)b);
}

static void a_window_is_flushed_under_its_own_vmid(void **state)
{
	struct ipa_range range = { ipa_make(PAGE_IPA), GRANULE_BYTES };
	uint64_t vttbr = fake_registers[0][FAKE_vttbr_el2];

	(void)state;
	fake_events_clear();
	stage2_window_flush(&domain, range);
	assert_int_equal(fake_events[0].by_kind[FAKE_TLB_IPA], 1);
	event_expect(FAKE_TLB_IPA, 5, PAGE_IPA | BIT(39));
	range.bytes = 2 * GRANULE_BYTES;
	fake_events_clear();
	stage2_window_flush(&domain, range);
	assert_int_equal(fake_events[0].by_kind[FAKE_TLB_VMID], 1);
	event_expect(FAKE_TLB_VMID, 5, 0);
	assert_hex(fake_registers[0][FAKE_vttbr_el2], vttbr);
}

/* --- walks by speculation --- */

/* That walks are stopped while VTTBR_EL2 changes is a rule of the simulated machine. */
static void walks_go_on_as_before_after_a_flush(void **state)
{
	uint64_t tcr = fake_registers[0][FAKE_tcr_el1], sctlr = fake_registers[0][FAKE_sctlr_el1];

	(void)state;
	assert_true(cpus[0].stops_walks);
	stage2_flush(&domain);
	assert_hex(fake_registers[0][FAKE_tcr_el1], tcr);
	assert_hex(fake_registers[0][FAKE_sctlr_el1], sctlr);
}

static void affected_cpus_are_known_by_their_part(void **state)
{
	(void)state;
	assert_true(walks_is_affected(0x410fd083));	/* Cortex-A72 */
	assert_true(walks_is_affected(0x411fd072));	/* Cortex-A57 */
	assert_true(walks_is_affected(0x412fd050));	/* Cortex-A55 */
	assert_true(walks_is_affected(0x414fd0b1));	/* Cortex-A76 */
	assert_false(walks_is_affected(0x410fd034));	/* Cortex-A53 */
	assert_false(walks_is_affected(0x410fd490));	/* Neoverse N2 */
	assert_false(walks_is_affected(0x610fd083));	/* another implementer's */
}

static void one_mapped_granule_makes_a_range_not_clear(void **state)
{
	(void)state;
	map(0x40005000, 0x41000000, GRANULE_BYTES);
	for (uint64_t first = 0; first < 8; first++) {
		for (uint64_t count = 1; first + count <= 10; count++) {
			struct ipa_range range = { ipa_make(0x40000000 + first * GRANULE_BYTES),
						   count * GRANULE_BYTES };

			assert_int_equal(stage2_is_clear(&domain, range), !(first <= 5 && first + count > 5));
		}
	}
	assert_false(stage2_is_clear(&domain, (struct ipa_range){ ipa_make(0x40000000), BLOCK_BYTES }));
	assert_true(stage2_is_clear(&domain, (struct ipa_range){ ipa_make(0x40200000), BLOCK_BYTES }));
}

static void a_block_makes_each_of_its_granules_not_clear(void **state)
{
	(void)state;
	map(0x40200000, 0x41400000, BLOCK_BYTES);
	assert_false(stage2_is_clear(&domain, (struct ipa_range){ ipa_make(0x402ff000), GRANULE_BYTES }));
	assert_true(stage2_is_clear(&domain, (struct ipa_range){ ipa_make(0x401ff000), GRANULE_BYTES }));
	assert_true(stage2_is_clear(&domain, (struct ipa_range){ ipa_make(0x40400000), GRANULE_BYTES }));
}

/* Random ranges of the size that a call works on: what is needed is what is taken, and nothing else is touched. */
static void tables_needed_are_the_tables_taken(void **state)
{
	uint64_t random = 0x2545f4914f6cdd1dull;

	(void)state;
	for (unsigned round = 0; round < 400; round++) {
		random ^= random << 13;
		random ^= random >> 7;
		random ^= random << 17;
		if (pool.count < 4) {
			machine_boot(1);
			domain_reset(5);
		}
		uint64_t window = 0x7fe00000 + (random >> 8 & 3) * 0x100000;
		uint64_t ipa = window + (random >> 16 & 0x1ff) * GRANULE_BYTES;
		uint64_t bytes = (random >> 32 & 7) == 0 ? BLOCK_BYTES : ((random >> 36 & 0x1f) + 1) * GRANULE_BYTES;
		uint64_t pa = (random >> 44 & 1) == 0 ? 0x41400000 : 0x41403000;

		if ((random >> 45 & 1) == 0)
			ipa &= ~(BLOCK_BYTES - 1);
		if ((ipa & (BLOCK_BYTES - 1)) + bytes > BLOCK_BYTES)
			bytes = BLOCK_BYTES - (ipa & (BLOCK_BYTES - 1));
		struct ipa_range range = { ipa_make(ipa), bytes };

		if (!stage2_is_clear(&domain, range))
			continue;
		map(ipa, pa, bytes);
		for (uint64_t at = 0; at < bytes; at += GRANULE_BYTES) {
			struct walk_leaf leaf = leaf_at(ipa + at);

			assert_hex(leaf.pa + (ipa + at - leaf.ipa), pa + at);
		}
	}
}

static void what_is_not_mapped_is_not_found(void **state)
{
	(void)state;
	map(0x40001000, 0x41000000, GRANULE_BYTES);
	map(0x40200000, 0x41400000, BLOCK_BYTES);
	assert_int_equal(stage2_lookup(&domain, ipa_make(0x40000fff)).status, ERR_NOT_FOUND);
	assert_int_equal(stage2_lookup(&domain, ipa_make(0x40002000)).status, ERR_NOT_FOUND);
	assert_int_equal(stage2_lookup(&domain, ipa_make(0x40400000)).status, ERR_NOT_FOUND);
	assert_int_equal(stage2_lookup(&domain, ipa_make(0)).status, ERR_NOT_FOUND);
	assert_int_equal(stage2_lookup(&domain, ipa_make(BIT(40) - 1)).status, ERR_NOT_FOUND);
}

static void the_mirror_shows_the_lower_half_and_nothing_else(void **state)
{
	(void)state;
	map(0x40000000, 0x41000000, 3 * GRANULE_BYTES);
	map(0x40200000, 0x41400000, BLOCK_BYTES);
	map(BIT(39) - GRANULE_BYTES, 0x41009000, GRANULE_BYTES);
	stage2_show(&domain, &domain);
	for (uint64_t ipa = 0x40000000; ipa < 0x40600000; ipa += GRANULE_BYTES) {
		assert_int_equal(leaf_at(ipa | BIT(39)).valid, leaf_at(ipa).valid);
		assert_hex(leaf_at(ipa | BIT(39)).pa, leaf_at(ipa).pa);
	}
	assert_hex(leaf_at(BIT(40) - 1).pa, 0x41009000);
	assert_false(leaf_at(BIT(39)).valid);
}

static void the_window_shows_the_vm_beside_the_box_s_own_memory(void **state)
{
	(void)state;
	map(0x40000000, 0x41000000, 2 * GRANULE_BYTES);
	map(0xc0000000, 0x41600000, BLOCK_BYTES);
	struct stage2 vm = domain;

	domain_reset(4);
	map(0x40000000, 0x41010000, GRANULE_BYTES);
	stage2_show(&domain, &vm);
	assert_hex(leaf_at(0x40000000).pa, 0x41010000);
	assert_false(leaf_at(0x40001000).valid);
	assert_hex(leaf_at(BIT(39) | 0x40001000).pa, 0x41001000);
	assert_hex(leaf_at(BIT(39) | 0xc0000000).pa, 0x41600000);
	assert_hex(leaf_at(BIT(39) | 0xc0000000).bytes, BLOCK_BYTES);
	assert_false(leaf_at(BIT(39) | 0x40002000).valid);
	/* The VM does not see the box. */
	assert_hex(walk_lookup(VTCR, stage2_vttbr(&vm), 0x40000000).pa, 0x41000000);
	assert_false(walk_lookup(VTCR, stage2_vttbr(&vm), BIT(39) | 0x40000000).valid);
}

static void a_pool_gives_each_granule_once_and_zero(void **state)
{
	(void)state;
	for (uint64_t i = 0; i < POOL_GRANULES / 2; i++)
		map(0x40000000 + i * GIB, 0x41000000, GRANULE_BYTES);
	assert_int_equal(pool.count, 0);
	for (uint64_t i = 0; i < POOL_GRANULES / 2; i++) {
		assert_hex(leaf_at(0x40000000 + i * GIB).pa, 0x41000000);
		assert_false(leaf_at(0x40000000 + i * GIB + GRANULE_BYTES).valid);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(the_outer_os_maps_all_dram_but_the_carveout_to_itself),
		TEST(the_outer_os_s_tables_fit_the_carveout_at_any_size),
		TEST_FROM(machine_boot_1, addresses_past_dram_and_past_40_bits_are_not_mapped),
		TEST_FROM(machine_boot_1, closing_ends_with_an_invalidation_for_the_outer_os),
		TEST_FROM(machine_boot_1, closing_one_granule_invalidates_at_least_that_page),
		TEST_FROM(machine_boot_1, leaves_are_clear_before_the_invalidation),
		TEST_FROM(machine_boot_1, what_is_opened_read_only_can_t_be_written_or_executed),
		TEST_FROM(domain_setup, vttbr_names_root_and_vmid),
		TEST_FROM(domain_setup, small_ranges_are_mapped_by_pages),
		TEST_FROM(domain_setup, aligned_two_mib_are_one_block),
		TEST_FROM(domain_setup, two_mib_at_an_unaligned_physical_address_are_pages),
		TEST_FROM(domain_setup, both_root_pages_are_used),
		TEST_FROM(domain_setup, pages_of_one_aligned_piece_become_a_block),
		TEST_FROM(domain_setup, pages_that_are_no_aligned_piece_stay_pages),
		TEST_FROM(domain_setup, blocks_of_one_aligned_gib_become_one_leaf),
		TEST_FROM(domain_setup, blocks_in_another_order_than_memory_stay_blocks),
		TEST_FROM(domain_setup, a_window_opens_and_closes_one_leaf),
		TEST_FROM(domain_setup, a_window_is_flushed_under_its_own_vmid),
		TEST_FROM(machine_boot_1, affected_cpus_are_known_by_their_part),
		TEST_FROM(domain_setup, walks_go_on_as_before_after_a_flush),
		TEST_FROM(domain_setup, one_mapped_granule_makes_a_range_not_clear),
		TEST_FROM(domain_setup, a_block_makes_each_of_its_granules_not_clear),
		TEST_FROM(domain_setup, tables_needed_are_the_tables_taken),
		TEST_FROM(domain_setup, what_is_not_mapped_is_not_found),
		TEST_FROM(domain_setup, the_mirror_shows_the_lower_half_and_nothing_else),
		TEST_FROM(domain_setup, the_window_shows_the_vm_beside_the_box_s_own_memory),
		TEST_FROM(domain_setup, a_pool_gives_each_granule_once_and_zero),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
