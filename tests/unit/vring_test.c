/*
 * The window scheme: the doorbell, and rings that are shared while they are ready.
 * Links: mediator
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "tests/unit/bbm.h"
#include "tests/unit/nest.h"

#define G GRANULE_BYTES
#define RAM PLAT_RAM_BASE
#define RAM_END (RAM + 8 * MIB)
#define PAGE(n) (RAM + (n) * G)			/* 1 .. 7 are mapped */
#define PAGE_PA(n) (pair->vm_ram + ((n) - 1) * G)
#define FIRST (WINDOW_DOORBELL_BASE + WINDOW_DOORBELL_FIRST)
#define LAST (WINDOW_DOORBELL_BASE + WINDOW_DOORBELL_LAST)
#define WRITE (DATA | ESR_ABORT_WNR | ESR_ABORT_FSC_TRANSLATION)
#define READ (DATA | ESR_ABORT_FSC_TRANSLATION)

static int window_vm_runs(void **state)
{
	fixture_window_2(state);
	pair = *state;
	fixture_run(pair, 0);
	guest_open();
	fixture_run_vm();
	guest_open();
	return 0;
}

static bool is_open(uint64_t ipa)
{
	return machine_leaf(pair->handle, HOST_ROLE_BOX, ipa | BOX_WINDOW).valid;
}

/* A store of the VM; size as in ESR_ABORT_SAS. */
static void store(uint64_t address, unsigned size, uint64_t value)
{
	vm()->frame.x[3] = value;
	machine_trap(WRITE | SIZE(size) | REG(3), address, address);
}

/* A store to a virtio-mmio register: the box gets it afterwards, and answers. */
static void queue_store(unsigned device, uint64_t offset, uint32_t value)
{
	uint64_t address = VIRTIO_MMIO_BASE + device * VIRTIO_MMIO_STRIDE + offset;

	store(address, 2, value);
	expect_box(BOX_EXIT_MMIO);
	assert_hex(*x(2), address);
	assert_hex(*x(4), value);
	call(BOX_VM_RUN, BOX_ANSWER_DONE, 0);
	assert_true(machine_is_in(vm()));
}

static void queue_program(unsigned device, unsigned queue, unsigned count, uint64_t desc, uint64_t driver,
			  uint64_t area)
{
	queue_store(device, VIRTIO_MMIO_QUEUE_SEL, queue);
	queue_store(device, VIRTIO_MMIO_QUEUE_NUM, count);
	queue_store(device, VIRTIO_MMIO_QUEUE_DESC_LOW, (uint32_t)desc);
	queue_store(device, VIRTIO_MMIO_QUEUE_DESC_HIGH, (uint32_t)(desc >> 32));
	queue_store(device, VIRTIO_MMIO_QUEUE_DRIVER_LOW, (uint32_t)driver);
	queue_store(device, VIRTIO_MMIO_QUEUE_DRIVER_HIGH, (uint32_t)(driver >> 32));
	queue_store(device, VIRTIO_MMIO_QUEUE_DEVICE_LOW, (uint32_t)area);
	queue_store(device, VIRTIO_MMIO_QUEUE_DEVICE_HIGH, (uint32_t)(area >> 32));
}

static void queue_begin(unsigned device, unsigned queue, unsigned count, uint64_t desc, uint64_t driver, uint64_t area)
{
	queue_program(device, queue, count, desc, driver, area);
	queue_store(device, VIRTIO_MMIO_QUEUE_READY, 1);
}

static void queue_end(unsigned device, unsigned queue)
{
	queue_store(device, VIRTIO_MMIO_QUEUE_SEL, queue);
	queue_store(device, VIRTIO_MMIO_QUEUE_READY, 0);
}

static void announce(uint64_t first, uint64_t last)
{
	store(FIRST, 3, first);
	store(LAST, 3, last);
}

static unsigned pages_open(void)
{
	unsigned count = 0;

	for (uint64_t ipa = RAM; ipa < RAM_END; ipa += G)
		count += is_open(ipa);
	return count;
}

/* --- the doorbell --- */

static void the_doorbell_shares_what_it_names_and_keeps_content(void **state)
{
	uint64_t pc = vm()->frame.pc;

	(void)state;
	*machine_at(PAGE_PA(2)) = 0x1234;
	announce(PAGE(2), PAGE(4) - 1);
	assert_true(machine_is_in(vm()));
	assert_hex(vm()->frame.pc, pc + 8);
	assert_true(is_open(PAGE(2)) && is_open(PAGE(3)));
	assert_int_equal(pages_open(), 2);
	assert_hex(*machine_at(PAGE_PA(2)), 0x1234);
	struct walk_leaf leaf = machine_leaf(pair->handle, HOST_ROLE_BOX, PAGE(2) | BOX_WINDOW);

	assert_true(leaf.read && leaf.write && !leaf.execute);
	assert_hex(leaf.pa, PAGE_PA(2));
}

/* A box that reads past the caches meets what the VM wrote, not what memory held before. */
static void what_is_shared_with_its_content_is_cleaned_first(void **state)
{
	unsigned cleaned = 0;

	(void)state;
	store(FIRST, 3, PAGE(2));
	fake_events_clear();
	store(LAST, 3, PAGE(4) - 1);
	for (unsigned i = 0; i < fake_events[0].count; i++) {
		const struct fake_event *event = &fake_events[0].list[i];

		cleaned += event->kind == FAKE_CLEAN && event->b == G &&
			   (event->a == PAGE_PA(2) || event->a == PAGE_PA(3));
	}
	assert_int_equal(cleaned, 2);
	fake_events_clear();
	queue_begin(0, 0, 16, PAGE(5), PAGE(5), PAGE(5));
	assert_int_equal(fake_events[0].by_kind[FAKE_CLEAN], 1);
}

static void the_doorbell_answers_in_both_halves_and_reads_zero(void **state)
{
	(void)state;
	store(FIRST | BIT(39), 3, PAGE(2));
	store(LAST | BIT(39), 3, PAGE(3) - 1);
	assert_true(is_open(PAGE(2)));
	vm()->frame.x[5] = 0x77;
	machine_trap(READ | SIZE(3) | REG(5) | ESR_ABORT_SF, FIRST, FIRST);
	assert_true(machine_is_in(vm()));
	assert_hex(*x(5), 0);
}

static void what_the_doorbell_cannot_share_is_ignored(void **state)
{
	static const struct { uint64_t first, last; } bad[] = {
		{ PAGE(2), PAGE(2) - 1 }, { PAGE(2) + 8, PAGE(3) - 1 }, { PAGE(2), PAGE(3) },
		{ RAM - G, PAGE(2) - 1 }, { PAGE(2), RAM_END + G - 1 }, { 0, ~0ull }, { PAGE(2), BIT(39) + G - 1 },
		{ ~0xfffull, ~0ull }, { RAM_END, RAM_END + G - 1 },
	};

	(void)state;
	for (unsigned i = 0; i < ARRAY_COUNT(bad); i++) {
		announce(bad[i].first, bad[i].last);
		assert_true(machine_is_in(vm()));
		assert_int_equal(pages_open(), 0);
	}
	/* Other widths and places say nothing. */
	store(FIRST, 3, PAGE(2));
	store(LAST, 2, (uint32_t)PAGE(3) - 1);
	store(LAST + 8, 3, PAGE(3) - 1);
	assert_int_equal(pages_open(), 0);
}

static void a_long_announcement_is_made_in_steps(void **state)
{
	struct fixture *f = *state;
	struct pair *the_pair = fixture_pair(f);
	uint64_t first = RAM + 2 * MIB, pc;

	/* Memory behind the fixture's own; the tables are written here as donate would, as if nobody had run the pair. */
	bbm_reset(machine.ram.base, machine.ram.bytes);
	for (uint64_t at = 0; at < 4 * MIB; at += 2 * MIB) {
		struct ipa_range range = { ipa_make(first + at), 2 * MIB };

		assert_true(the_pair->pool.count >= 2);
		stage2_window_prepare(&the_pair->domains[HOST_ROLE_BOX].stage2, &the_pair->pool, range);
	}
	struct pa_range memory = { pa_make(PLAT_RAM_BASE + 16 * MIB), 4 * MIB };
	pa_t failed;

	assert_int_equal(granule_hold(memory, GRANULE_OUTER, WHO_OUTER, &failed), OK);
	stage2_outer_close(memory);
	granule_release(memory, GRANULE_DATA, who_make(the_pair->index, HOST_ROLE_VM));
	the_pair->granule_count += memory.bytes / G;
	machine.is_strict = false;
	struct ipa_range big = { ipa_make(first), 2 * MIB };

	stage2_map(&the_pair->domains[HOST_ROLE_VM].stage2, &the_pair->pool, big, pa_make(PLAT_RAM_BASE + 16 * MIB));
	big.base = ipa_make(first + 2 * MIB);
	stage2_map(&the_pair->domains[HOST_ROLE_VM].stage2, &the_pair->pool, big, pa_make(PLAT_RAM_BASE + 18 * MIB));
	pc = vm()->frame.pc;
	announce(first, first + 4 * MIB - 1);
	/* Half of it is done; the store is made again. */
	assert_hex(vm()->frame.pc, pc + 4);
	assert_true(is_open(first + 2 * MIB - G));
	assert_false(is_open(first + 2 * MIB));
	store(LAST, 3, first + 4 * MIB - 1);
	assert_hex(vm()->frame.pc, pc + 8);
	assert_true(is_open(first + 4 * MIB - G));
}

static void only_a_vm_of_scheme_window_has_a_doorbell(void **state)
{
	fixture_rsi_2(state);
	pair = *state;
	fixture_run(pair, 0);
	fixture_run_vm();
	store(LAST, 3, PAGE(3) - 1);
	expect_box(BOX_EXIT_MMIO);
	call(BOX_VM_RUN, BOX_ANSWER_DONE, 0);
	queue_begin(0, 0, 16, PAGE(1), PAGE(2), PAGE(3));
	assert_int_equal(pages_open(), 0);
}

/* --- rings --- */

static void the_parts_of_a_ring_are_shared_while_it_is_ready(void **state)
{
	(void)state;
	*machine_at(PAGE_PA(4)) = 0x1234;
	queue_program(1, 2, 256, PAGE(1), PAGE(3), PAGE(4) + 0x800);
	assert_int_equal(pages_open(), 0);
	queue_store(1, VIRTIO_MMIO_QUEUE_READY, 1);
	/* 256 descriptors fill a page; the device area of 2,054 bytes begins in the middle of one and ends in the next. */
	assert_true(is_open(PAGE(1)) && is_open(PAGE(3)) && is_open(PAGE(4)) && is_open(PAGE(5)));
	assert_int_equal(pages_open(), 4);
	assert_hex(*machine_at(PAGE_PA(4)), 0x1234);
	queue_end(1, 2);
	assert_int_equal(pages_open(), 0);
	assert_hex(*machine_at(PAGE_PA(4)), 0x1234);
}

static void the_ring_is_gone_before_the_box_hears_of_its_end(void **state)
{
	(void)state;
	queue_begin(0, 0, 16, PAGE(1), PAGE(1) + 0x800, PAGE(2));
	assert_true(is_open(PAGE(1)));
	store(VIRTIO_MMIO_BASE + VIRTIO_MMIO_QUEUE_READY, 2, 0);
	expect_box(BOX_EXIT_MMIO);
	assert_int_equal(pages_open(), 0);
}

static void a_page_of_two_rings_is_shared_until_both_end(void **state)
{
	(void)state;
	queue_begin(0, 0, 16, PAGE(1), PAGE(1) + 0x400, PAGE(1) + 0x800);
	queue_begin(1, 0, 16, PAGE(1) + 0xc00, PAGE(2), PAGE(3));
	assert_int_equal(pages_open(), 3);
	queue_end(0, 0);
	assert_true(is_open(PAGE(1)));
	queue_end(1, 0);
	assert_int_equal(pages_open(), 0);
}

static void status_zero_ends_the_rings_of_that_device(void **state)
{
	(void)state;
	queue_begin(0, 0, 16, PAGE(1), PAGE(1), PAGE(1));
	queue_begin(0, 1, 16, PAGE(2), PAGE(2), PAGE(2));
	queue_begin(3, 0, 16, PAGE(3), PAGE(3), PAGE(3));
	queue_store(0, VIRTIO_MMIO_STATUS, 4);
	assert_int_equal(pages_open(), 3);
	queue_store(0, VIRTIO_MMIO_STATUS, 0);
	assert_int_equal(pages_open(), 1);
	assert_true(is_open(PAGE(3)));
}

static void a_page_that_the_doorbell_named_stays_when_its_ring_ends(void **state)
{
	(void)state;
	announce(PAGE(1), PAGE(2) - 1);
	queue_begin(0, 0, 16, PAGE(1), PAGE(2), PAGE(3));
	queue_end(0, 0);
	assert_true(is_open(PAGE(1)));
	assert_int_equal(pages_open(), 1);
	/* Named later than the ring began: likewise. */
	queue_begin(0, 0, 16, PAGE(2), PAGE(2), PAGE(2));
	announce(PAGE(2), PAGE(3) - 1);
	queue_end(0, 0);
	assert_true(is_open(PAGE(2)));
}

static void a_ring_that_begins_again_gives_its_old_pages_back(void **state)
{
	(void)state;
	queue_begin(0, 0, 16, PAGE(1), PAGE(2), PAGE(3));
	queue_begin(0, 0, 16, PAGE(4), PAGE(4), PAGE(4));
	assert_int_equal(pages_open(), 1);
	assert_true(is_open(PAGE(4)));
}

/* A queue that says it is ready without having been told where it lies must not open what another queue was told. */
static void what_was_written_for_another_queue_does_not_count(void **state)
{
	(void)state;
	queue_program(0, 0, 16, PAGE(1), PAGE(2), PAGE(3));
	queue_store(0, VIRTIO_MMIO_QUEUE_SEL, 1);
	queue_store(0, VIRTIO_MMIO_QUEUE_READY, 1);
	assert_int_equal(pages_open(), 0);
	/* Selecting the same queue again forgets nothing. */
	queue_program(0, 1, 16, PAGE(1), PAGE(2), PAGE(3));
	queue_store(0, VIRTIO_MMIO_QUEUE_SEL, 1);
	queue_store(0, VIRTIO_MMIO_QUEUE_READY, 1);
	assert_int_equal(pages_open(), 3);
}

static void rings_outside_the_vm_s_ram_are_not_shared(void **state)
{
	static const struct { unsigned count; uint64_t desc, driver, area; } bad[] = {
		{ 0, PAGE(1), PAGE(1), PAGE(1) }, { VIRTIO_QUEUE_NUM_MAX + 1, PAGE(1), PAGE(1), PAGE(1) },
		{ 0xffffffff, PAGE(1), PAGE(1), PAGE(1) }, { 16, RAM - G, PAGE(1), PAGE(1) },
		{ 16, PAGE(1), RAM_END, PAGE(1) }, { 16, PAGE(1), PAGE(1), RAM_END - 8 },
		{ 16, ~0ull, PAGE(1), PAGE(1) }, { 16, PAGE(1), PAGE(1) | BIT(39), PAGE(1) }, { 16, 0, 0, 0 },
		{ 16, BIT(39) - 8, PAGE(1), PAGE(1) },
	};

	(void)state;
	for (unsigned i = 0; i < ARRAY_COUNT(bad); i++) {
		queue_begin(0, 0, bad[i].count, bad[i].desc, bad[i].driver, bad[i].area);
		assert_int_equal(pages_open(), 0);
	}
	/* Pages of RAM that nothing is mapped at are left out. */
	queue_begin(0, 0, 16, PAGE(1), RAM_END - G, PAGE(1));
	assert_int_equal(pages_open(), 1);
}

static void more_rings_than_there_is_room_for_stay_closed(void **state)
{
	(void)state;
	for (unsigned i = 0; i < VRING_MAX; i++)
		queue_begin(i, 0, 1, PAGE(1) + i * 64, PAGE(1) + i * 64, PAGE(1) + i * 64);
	queue_begin(VRING_MAX, 0, 1, PAGE(2), PAGE(2), PAGE(2));
	assert_int_equal(pages_open(), 1);
	queue_end(0, 0);
	queue_begin(VRING_MAX, 0, 1, PAGE(2), PAGE(2), PAGE(2));
	assert_int_equal(pages_open(), 2);
}

static void reads_and_odd_widths_program_nothing(void **state)
{
	uint64_t ready = VIRTIO_MMIO_BASE + VIRTIO_MMIO_QUEUE_READY;

	(void)state;
	queue_program(0, 0, 16, PAGE(1), PAGE(1), PAGE(1));
	for (unsigned size = 0; size < 4; size++) {
		if (size == 2)
			machine_trap(READ | SIZE(size) | REG(3), ready, ready);
		else
			store(align_down(ready, 1u << size), size, 1);
		expect_box(BOX_EXIT_MMIO);
		call(BOX_VM_RUN, BOX_ANSWER_DONE, 1);
		assert_int_equal(pages_open(), 0);
	}
	/* The last transport is one; behind it is none. */
	queue_begin(VIRTIO_MMIO_COUNT - 1, 0, 16, PAGE(1), PAGE(1), PAGE(1));
	assert_int_equal(pages_open(), 1);
	store(VIRTIO_MMIO_BASE + VIRTIO_MMIO_COUNT * VIRTIO_MMIO_STRIDE + VIRTIO_MMIO_STATUS, 2, 0);
	expect_box(BOX_EXIT_MMIO);
	assert_int_equal(pages_open(), 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST_FROM(window_vm_runs, the_doorbell_shares_what_it_names_and_keeps_content),
		TEST_FROM(window_vm_runs, what_is_shared_with_its_content_is_cleaned_first),
		TEST_FROM(window_vm_runs, the_doorbell_answers_in_both_halves_and_reads_zero),
		TEST_FROM(window_vm_runs, what_the_doorbell_cannot_share_is_ignored),
		TEST_FROM(window_vm_runs, a_long_announcement_is_made_in_steps),
		TEST(only_a_vm_of_scheme_window_has_a_doorbell),
		TEST_FROM(window_vm_runs, the_parts_of_a_ring_are_shared_while_it_is_ready),
		TEST_FROM(window_vm_runs, the_ring_is_gone_before_the_box_hears_of_its_end),
		TEST_FROM(window_vm_runs, a_page_of_two_rings_is_shared_until_both_end),
		TEST_FROM(window_vm_runs, status_zero_ends_the_rings_of_that_device),
		TEST_FROM(window_vm_runs, a_page_that_the_doorbell_named_stays_when_its_ring_ends),
		TEST_FROM(window_vm_runs, a_ring_that_begins_again_gives_its_old_pages_back),
		TEST_FROM(window_vm_runs, what_was_written_for_another_queue_does_not_count),
		TEST_FROM(window_vm_runs, rings_outside_the_vm_s_ram_are_not_shared),
		TEST_FROM(window_vm_runs, more_rings_than_there_is_room_for_stay_closed),
		TEST_FROM(window_vm_runs, reads_and_odd_widths_program_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
