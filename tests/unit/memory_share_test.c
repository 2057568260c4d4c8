/*
 * BOX_SHARE and BOX_UNSHARE: one leaf of the outer OS's map, for the box's own memory only.
 * Links: mediator
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "tests/unit/fixture.h"

#define G GRANULE_BYTES
/* The first donated granule of the box. */
#define PAGE (BOX_RAM_BASE + G)

#define expect_refused(code, ...)				\
	do {							\
		machine_snapshot();				\
		assert_int_equal(call(__VA_ARGS__), code);	\
		machine_expect_unchanged();			\
	} while (0)

static void share(const struct fixture *f)
{
	machine_shared(f->box_ram, true);
	assert_int_equal(call(BOX_SHARE, PAGE), BOX_OK);
}

static void a_shared_page_is_the_outer_os_s_to_read_and_write(void **state)
{
	struct fixture *f = *state;

	fixture_run(f, 0);
	share(f);
	struct walk_leaf leaf = machine_outer_leaf(f->box_ram);

	assert_true(leaf.valid && leaf.read && leaf.write && !leaf.is_device);
	assert_hex(leaf.pa, f->box_ram);
	assert_false(machine_outer_leaf(f->box_ram + G).valid);
	assert_int_equal(granule_get(pa_make(f->box_ram)).state, GRANULE_DATA);
	assert_hex(machine_leaf(f->handle, HOST_ROLE_BOX, PAGE).pa, f->box_ram);
}

static void a_page_taken_back_is_out_of_the_tlb_when_the_call_returns(void **state)
{
	struct fixture *f = *state;

	fixture_run(f, 0);
	share(f);
	fake_events_clear();
	machine_shared(f->box_ram, false);
	assert_int_equal(call(BOX_UNSHARE, PAGE), BOX_OK);
	assert_false(machine_outer_leaf(f->box_ram).valid);
	assert_int_equal(fake_events[0].by_kind[FAKE_TLB_IPA] + fake_events[0].by_kind[FAKE_TLB_VMID], 1);
	const struct fake_event *by_page = fake_event_find(0, FAKE_TLB_IPA, 0);

	assert_int_equal((by_page != NULL ? by_page : fake_event_find(0, FAKE_TLB_VMID, 0))->a, 0);
	/* The box goes on under its own tables. */
	assert_hex(fake_registers[0][FAKE_vttbr_el2] >> 48, 2);
}

static void sharing_keeps_the_content(void **state)
{
	struct fixture *f = *state;

	fixture_run(f, 0);
	*machine_at(f->box_ram) = 0x1234;
	share(f);
	assert_hex(*machine_at(f->box_ram), 0x1234);
	machine_shared(f->box_ram, false);
	call(BOX_UNSHARE, PAGE);
	assert_hex(*machine_at(f->box_ram), 0x1234);
}

static void sharing_and_taking_back_twice_is_the_same_as_once(void **state)
{
	struct fixture *f = *state;

	fixture_run(f, 0);
	share(f);
	share(f);
	machine_shared(f->box_ram, false);
	assert_int_equal(call(BOX_UNSHARE, PAGE), BOX_OK);
	assert_int_equal(call(BOX_UNSHARE, PAGE), BOX_OK);
	assert_false(machine_outer_leaf(f->box_ram).valid);
}

static void only_the_box_s_own_memory_can_be_shared(void **state)
{
	struct fixture *f = *state;

	fixture_run(f, 0);
	/* Malformed. */
	expect_refused(BOX_ERR_ARGS, BOX_SHARE, PAGE + 8);
	expect_refused(BOX_ERR_ARGS, BOX_SHARE, ~0ull);
	expect_refused(BOX_ERR_ARGS, BOX_SHARE, ~0xfffull);
	/* The window is the VM's memory, not the box's. */
	expect_refused(BOX_ERR_ARGS, BOX_SHARE, BOX_WINDOW | PLAT_RAM_BASE);
	expect_refused(BOX_ERR_ARGS, BOX_UNSHARE, BOX_WINDOW | PLAT_RAM_BASE);
	/* Nothing there: no memory of anybody is meant. */
	expect_refused(BOX_ERR_DENIED, BOX_SHARE, BOX_RAM_BASE + G + FIXTURE_BOX_DONATED);
	expect_refused(BOX_ERR_DENIED, BOX_SHARE, 0);
	expect_refused(BOX_ERR_DENIED, BOX_SHARE, PLAT_MEDIATOR_BASE);
	expect_refused(BOX_ERR_DENIED, BOX_SHARE, f->control);
	expect_refused(BOX_ERR_DENIED, BOX_SHARE, BIT(39) - G);
	expect_refused(BOX_ERR_DENIED, BOX_UNSHARE, BOX_RAM_BASE + 2 * MIB);
}

static void a_vm_can_share_nothing(void **state)
{
	struct fixture *f = *state;

	fixture_run(f, 0);
	fixture_run_vm();
	expect_refused(-1, BOX_SHARE, PLAT_RAM_BASE + G);
	expect_refused(-1, BOX_UNSHARE, PLAT_RAM_BASE + G);
	assert_false(machine_outer_leaf(f->vm_ram).valid);
}

static void a_shared_page_can_be_neither_donated_nor_read_by_calls(void **state)
{
	struct fixture *f = *state, other;

	fixture_create(&other, 1);
	fixture_pool(&other);
	fixture_run(f, 0);
	share(f);
	fixture_leave();
	uint64_t pa = machine_take(G, G);

	expect_refused(HOST_ERR_DENIED, HOST_DONATE, other.handle, HOST_ROLE_VM, PLAT_RAM_BASE, f->box_ram, G);
	expect_refused(HOST_ERR_DENIED, HOST_POPULATE, other.handle, HOST_ROLE_VM, PLAT_RAM_BASE, pa, f->box_ram, G);
	expect_refused(HOST_ERR_DENIED, HOST_POOL_ADD, other.handle, f->box_ram, G);
	expect_refused(HOST_ERR_DENIED, HOST_PAIR_CREATE, f->box_ram);
	expect_refused(HOST_ERR_DENIED, HOST_RING_READ, 0, HOST_RING_LOG, 0, f->box_ram);
	expect_refused(HOST_ERR_STATE, HOST_RECLAIM, f->box_ram, G);
}

static void a_shared_page_of_a_dead_pair_comes_back_zero(void **state)
{
	struct fixture *f = *state;

	fixture_run(f, 0);
	share(f);
	*machine_at(f->box_ram) = 0x99;
	fixture_leave();
	assert_int_equal(call(HOST_TERMINATE, f->handle), HOST_OK);
	/* The order is watched by the rules: the outer OS still has the page mapped here. */
	assert_true(machine_outer_leaf(f->box_ram).valid);
	assert_int_equal(call(HOST_RECLAIM, f->box_ram, G), HOST_OK);
	assert_true(machine_is_zero(f->box_ram));
	assert_int_equal(granule_get(pa_make(f->box_ram)).state, GRANULE_OUTER);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST_FROM(fixture_active_1, a_shared_page_is_the_outer_os_s_to_read_and_write),
		TEST_FROM(fixture_active_1, a_page_taken_back_is_out_of_the_tlb_when_the_call_returns),
		TEST_FROM(fixture_active_1, sharing_keeps_the_content),
		TEST_FROM(fixture_active_1, sharing_and_taking_back_twice_is_the_same_as_once),
		TEST_FROM(fixture_active_1, only_the_box_s_own_memory_can_be_shared),
		TEST_FROM(fixture_active_1, a_vm_can_share_nothing),
		TEST_FROM(fixture_active_1, a_shared_page_can_be_neither_donated_nor_read_by_calls),
		TEST_FROM(fixture_active_1, a_shared_page_of_a_dead_pair_comes_back_zero),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
