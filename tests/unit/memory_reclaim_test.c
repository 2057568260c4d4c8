/*
 * HOST_TERMINATE and HOST_RECLAIM: only the dead give back, everything comes back zero, the descriptor last; and
 * nothing that a call before returned is lost.
 * Links: mediator
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "mediator/memory.h"
#include "tests/unit/fixture.h"

#define G GRANULE_BYTES

#define expect_refused(code, ...)				\
	do {							\
		machine_snapshot();				\
		assert_int_equal(call(__VA_ARGS__), code);	\
		machine_expect_unchanged();			\
	} while (0)

static uint8_t state_of(uint64_t pa)
{
	return granule_get(pa_make(pa)).state;
}

static bool is_pair_state(uint8_t state)
{
	return state == GRANULE_DATA || state == GRANULE_TABLE || state == GRANULE_CONTEXT || state == GRANULE_NOTICE;
}

static uint64_t descriptor_of(const struct fixture *f)
{
	return f->control + HOST_CONTROL_DESCRIPTOR * G;
}

static void terminate(const struct fixture *f)
{
	assert_int_equal(call(HOST_TERMINATE, f->handle), HOST_OK);
}

static void expect_back(uint64_t pa, uint64_t bytes)
{
	for (uint64_t at = 0; at < bytes; at += G) {
		assert_int_equal(state_of(pa + at), GRANULE_OUTER);
		assert_true(machine_is_zero(pa + at));
		struct walk_leaf leaf = machine_outer_leaf(pa + at);

		assert_true(leaf.valid && leaf.write && leaf.execute);
	}
}

/* As lwk does: by physical address, upwards, skipping what is refused, until nothing is left. */
static void reclaim_everything(const struct fixture *f, uint64_t all)
{
	for (unsigned pass = 0; pass < 2; pass++) {
		for (uint64_t pa = PLAT_RAM_BASE; pa < MACHINE_RAM_END; pa += G) {
			if (is_pair_state(state_of(pa)))
				call(HOST_RECLAIM, pa, G);
		}
	}
	assert_int_equal(granule_count_outer(), all);
	assert_null(pair_lookup(f->handle));
}

static void living_pairs_give_nothing_back(void **state)
{
	struct fixture *f = *state;

	expect_refused(HOST_ERR_STATE, HOST_RECLAIM, f->vm_ram, G);
	expect_refused(HOST_ERR_STATE, HOST_RECLAIM, f->control, G);
	expect_refused(HOST_ERR_STATE, HOST_RECLAIM, f->pool, G);
	expect_refused(HOST_ERR_STATE, HOST_RECLAIM, descriptor_of(f), G);
	fixture_allow(f);
	assert_int_equal(call(HOST_ACTIVATE, f->handle), HOST_OK);
	expect_refused(HOST_ERR_STATE, HOST_RECLAIM, f->vm_ram, G);
	expect_refused(HOST_ERR_STATE, HOST_RECLAIM, f->box_image, G);
}

static void dying_pairs_are_busy_until_every_cpu_left(void **state)
{
	struct fixture *f = *state;

	fixture_run(f, 0);
	fake_cpu = 1;
	terminate(f);
	assert_int_equal(call(HOST_RECLAIM, f->vm_ram, G), HOST_ERR_BUSY);
	assert_int_equal(state_of(f->vm_ram), GRANULE_DATA);
	fake_cpu = 0;
	/* The next exit of the box, whatever it is for, is its last. */
	machine_irq(7);
	assert_ptr_equal(machine_context(), cpus[0].outer);
	assert_int_equal(machine_context()->frame.x[1], HOST_EXIT_TERMINATED);
	fake_cpu = 1;
	assert_int_equal(call(HOST_RECLAIM, f->vm_ram, G), HOST_OK);
	expect_back(f->vm_ram, G);
}

static void what_comes_back_is_zero_and_the_outer_os_s(void **state)
{
	struct fixture *f = *state;

	*machine_at(f->vm_ram + 8) = 0x5ec3e7;
	*machine_at(f->vm_image + G - 8) = 0x5ec3e7;
	terminate(f);
	assert_int_equal(call(HOST_RECLAIM, f->vm_ram, FIXTURE_VM_DONATED), HOST_OK);
	assert_hex(machine_x[1], FIXTURE_VM_DONATED);
	expect_back(f->vm_ram, FIXTURE_VM_DONATED);
	assert_int_equal(call(HOST_RECLAIM, f->vm_image, G), HOST_OK);
	expect_back(f->vm_image, G);
	assert_int_equal(call(HOST_RECLAIM, f->pool, FIXTURE_POOL), HOST_OK);
	expect_back(f->pool, FIXTURE_POOL);
	assert_int_equal(call(HOST_RECLAIM, f->control + HOST_CONTROL_NOTICE * G, G), HOST_OK);
	expect_back(f->control + HOST_CONTROL_NOTICE * G, G);
}

static void one_reclaim_ends_at_the_descriptor_or_at_foreign_memory(void **state)
{
	struct fixture *f = *state;

	terminate(f);
	assert_int_equal(call(HOST_RECLAIM, f->control, HOST_CONTROL_GRANULES(2) * G), HOST_OK);
	assert_hex(machine_x[1], HOST_CONTROL_DESCRIPTOR * G);
	assert_int_equal(state_of(descriptor_of(f)), GRANULE_CONTEXT);
	assert_int_equal(call(HOST_RECLAIM, f->control + HOST_CONTROL_NOTICE * G, 64 * G), HOST_OK);
	assert_hex(machine_x[1], (HOST_CONTROL_GRANULES(2) - HOST_CONTROL_NOTICE) * G + FIXTURE_POOL);
}

static void the_descriptor_is_the_last(void **state)
{
	struct fixture *f = *state;
	uint64_t held;

	terminate(f);
	call(HOST_PAIR_INFO, 0);
	held = machine_x[5];
	assert_int_equal(call(HOST_RECLAIM, descriptor_of(f), G), HOST_ERR_STATE);
	for (uint64_t pa = PLAT_RAM_BASE; pa < MACHINE_RAM_END; pa += G) {
		if (!is_pair_state(state_of(pa)) || pa == descriptor_of(f))
			continue;
		expect_refused(HOST_ERR_STATE, HOST_RECLAIM, descriptor_of(f), G);
		assert_int_equal(call(HOST_RECLAIM, pa, G), HOST_OK);
		held--;
	}
	assert_int_equal(held, 1);
	assert_int_equal(call(HOST_RECLAIM, descriptor_of(f), G), HOST_OK);
	assert_hex(machine_x[1], G);
	expect_back(descriptor_of(f), G);
	assert_null(pair_lookup(f->handle));
	call(HOST_PAIR_INFO, 0);
	assert_int_equal(machine_x[2], HOST_PAIR_FREE);
}

static void a_descriptor_comes_alone_even_in_a_longer_range(void **state)
{
	struct fixture *f = *state;

	terminate(f);
	for (uint64_t pa = PLAT_RAM_BASE; pa < MACHINE_RAM_END; pa += G) {
		if (is_pair_state(state_of(pa)) && pa != descriptor_of(f))
			assert_int_equal(call(HOST_RECLAIM, pa, G), HOST_OK);
	}
	assert_int_equal(call(HOST_RECLAIM, descriptor_of(f), 4 * G), HOST_OK);
	assert_hex(machine_x[1], G);
}

static void memory_is_reclaimed_once(void **state)
{
	struct fixture *f = *state;

	terminate(f);
	assert_int_equal(call(HOST_RECLAIM, f->vm_ram, G), HOST_OK);
	*machine_at(f->vm_ram) = 0x77;
	expect_refused(HOST_ERR_DENIED, HOST_RECLAIM, f->vm_ram, G);
	assert_hex(*machine_at(f->vm_ram), 0x77);
}

static void a_reclaim_is_refused_in_order(void **state)
{
	struct fixture *f = *state;

	expect_refused(HOST_ERR_ARGS, HOST_RECLAIM, f->vm_ram + 8, G);
	expect_refused(HOST_ERR_ARGS, HOST_RECLAIM, f->vm_ram, 0);
	expect_refused(HOST_ERR_ARGS, HOST_RECLAIM, f->vm_ram, G - 1);
	expect_refused(HOST_ERR_ARGS, HOST_RECLAIM, ~0xfffull, 2 * G);
	expect_refused(HOST_ERR_ARGS, HOST_RECLAIM, f->vm_ram, BIT(48));
	expect_refused(HOST_ERR_DENIED, HOST_RECLAIM, PLAT_MEDIATOR_BASE, G);
	expect_refused(HOST_ERR_DENIED, HOST_RECLAIM, MACHINE_LOADER, G);
	expect_refused(HOST_ERR_DENIED, HOST_RECLAIM, f->params, G);
	expect_refused(HOST_ERR_DENIED, HOST_RECLAIM, MACHINE_RAM_END, G);
	expect_refused(HOST_ERR_DENIED, HOST_RECLAIM, 0, G);
}

static void a_granule_that_another_call_holds_is_busy(void **state)
{
	struct fixture *f = *state;
	struct pa_range one = { pa_make(f->vm_ram), G };
	struct call reclaim = { .args = { f->vm_ram, G } };
	pa_t failed;

	terminate(f);
	assert_int_equal(granule_hold(one, GRANULE_DATA, who_make(0, HOST_ROLE_VM), &failed), OK);
	assert_int_equal(memory_reclaim(&reclaim), ERR_BUSY);
	granule_release(one, GRANULE_DATA, who_make(0, HOST_ROLE_VM));
	assert_int_equal(memory_reclaim(&reclaim), OK);
}

static void two_pairs_die_apart(void **state)
{
	struct fixture *f = *state, other;

	fixture_create(&other, 1);
	fixture_pool(&other);
	fixture_fill(&other);
	terminate(f);
	expect_refused(HOST_ERR_STATE, HOST_RECLAIM, other.vm_ram, G);
	/* A range that runs on into the other pair's memory stops there. */
	assert_int_equal(call(HOST_RECLAIM, f->vm_ram, 256 * MIB), HOST_OK);
	assert_hex(machine_x[1], FIXTURE_VM_DONATED);
	assert_int_equal(state_of(other.vm_ram), GRANULE_DATA);
	assert_hex(machine_leaf(other.handle, HOST_ROLE_VM, PLAT_RAM_BASE).pa, other.vm_image);
}

static void everything_comes_back(void **state)
{
	uint64_t all = granule_count_outer();
	struct fixture f;

	(void)state;
	for (unsigned round = 0; round < 3; round++) {
		machine.free = MACHINE_LOADER + MACHINE_LOADER_BYTES;
		machine_boot_info.policy_count = 0;
		fixture_activate(&f, 2);
		fixture_run(&f, 0);
		fixture_run_vm();
		fixture_leave();
		terminate(&f);
		reclaim_everything(&f, all);
		assert_int_equal(f.handle >> 32, round);
	}
}

static void old_handles_stay_stale(void **state)
{
	struct fixture *f = *state, again;
	uint64_t all = granule_count_outer() + fixture_pair(f)->granule_count;

	terminate(f);
	reclaim_everything(f, all);
	fixture_create(&again, 2);
	assert_int_equal(again.handle & 0xffffffff, f->handle & 0xffffffff);
	assert_true(again.handle != f->handle);
	assert_int_equal(call(HOST_TERMINATE, f->handle), HOST_ERR_NOT_FOUND);
	assert_int_equal(call(HOST_RUN, f->handle, 0), HOST_ERR_NOT_FOUND);
	assert_int_equal(call(HOST_NOTIFY, f->handle), HOST_ERR_NOT_FOUND);
	assert_int_equal(call(HOST_ACTIVATE, f->handle), HOST_ERR_NOT_FOUND);
	assert_int_equal(call(HOST_PAIR_MEASUREMENT, f->handle, 0), HOST_ERR_NOT_FOUND);
	assert_int_equal(call(HOST_POOL_ADD, f->handle, machine_take(G, G), G), HOST_ERR_NOT_FOUND);
	assert_int_equal(call(HOST_TERMINATE, again.handle), HOST_OK);
}

/* --- the order --- */

static uint64_t watched;
static char steps[64];

static void order_hook(const struct fake_event *event)
{
	size_t used = strlen(steps);
	char c = 0;

	if (event->kind == FAKE_TLB_VMID || event->kind == FAKE_TLB_IPA)
		c = event->a == 0 ? 'o' : event->a == 2 ? 'b' : event->a == 3 ? 'v' : '?';
	if (event->kind == FAKE_ZERO && event->a == watched)
		c = state_of(watched) == GRANULE_MOVING && !machine_outer_leaf(watched).valid ? 'z' : '!';
	if (c != 0 && used + 1 < sizeof(steps))
		steps[used] = c;
}

static void the_dead_pair_s_and_the_outer_os_s_entries_go_before_the_zeroing(void **state)
{
	struct fixture *f = *state;

	terminate(f);
	watched = f->vm_ram;
	memset(steps, 0, sizeof(steps));
	machine.watch = order_hook;
	assert_int_equal(call(HOST_RECLAIM, f->vm_ram, G), HOST_OK);
	assert_string_equal(steps, "bvoz");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST_FROM(fixture_filled_1, living_pairs_give_nothing_back),
		TEST_FROM(fixture_active_2, dying_pairs_are_busy_until_every_cpu_left),
		TEST_FROM(fixture_filled_1, what_comes_back_is_zero_and_the_outer_os_s),
		TEST_FROM(fixture_filled_1, one_reclaim_ends_at_the_descriptor_or_at_foreign_memory),
		TEST_FROM(fixture_filled_1, the_descriptor_is_the_last),
		TEST_FROM(fixture_filled_1, a_descriptor_comes_alone_even_in_a_longer_range),
		TEST_FROM(fixture_filled_1, memory_is_reclaimed_once),
		TEST_FROM(fixture_filled_1, a_reclaim_is_refused_in_order),
		TEST_FROM(fixture_filled_1, a_granule_that_another_call_holds_is_busy),
		TEST_FROM(fixture_filled_1, two_pairs_die_apart),
		TEST_FROM(machine_boot_1, everything_comes_back),
		TEST_FROM(fixture_filled_1, old_handles_stay_stale),
		TEST_FROM(fixture_filled_1, the_dead_pair_s_and_the_outer_os_s_entries_go_before_the_zeroing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
