/*
 * The slot table: handles and generations, one memory call at a time, who is inside, and when a pair is dead.
 * Links: mediator
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include <signal.h>
#include <sys/mman.h>
#include "tests/unit/fixture.h"

static struct pair_slot *slot_of(const struct fixture *f)
{
	return pair_lookup(f->handle);
}

static void bad_handles_name_nothing(void **state)
{
	struct fixture *f = *state;
	const uint64_t bad[] = { 0, HOST_PAIR_MAX + 1, f->handle + 1, f->handle | 1ull << 32, f->handle | 1ull << 63,
				 0xffffffff, ~0ull, f->handle << 32 };

	assert_non_null(pair_lookup(f->handle));
	for (size_t i = 0; i < ARRAY_COUNT(bad); i++) {
		struct pair_slot *slot;
		struct pair *pair;

		assert_null(pair_lookup(bad[i]));
		assert_int_equal(pair_begin(bad[i], ~0u, &slot), ERR_NOT_FOUND);
		assert_int_equal(pair_enter(machine_cpu(), bad[i], 0, &pair), ERR_NOT_FOUND);
		assert_int_equal(pair_terminate(bad[i]), ERR_NOT_FOUND);
	}
	assert_int_equal(machine_cpu()->running, 0);
}

static void only_one_memory_call_is_inside(void **state)
{
	struct fixture *f = *state;
	struct pair_slot *first, *second;

	assert_int_equal(pair_begin(f->handle, BIT(HOST_PAIR_NEW), &first), OK);
	assert_ptr_equal(first, slot_of(f));
	assert_int_equal(pair_begin(f->handle, BIT(HOST_PAIR_NEW), &second), ERR_BUSY);
	pair_end(first);
	assert_int_equal(pair_begin(f->handle, BIT(HOST_PAIR_NEW), &second), OK);
	pair_end(second);
	assert_int_equal(fake_locks_held, 0);
}

static void a_memory_call_in_the_wrong_state_is_refused(void **state)
{
	struct fixture *f = *state;
	struct pair_slot *slot;

	for (unsigned wanted = 0; wanted < 32; wanted++) {
		enum status status = pair_begin(f->handle, wanted, &slot);

		assert_int_equal(status, (wanted & BIT(HOST_PAIR_NEW)) != 0 ? OK : ERR_STATE);
		if (status == OK)
			pair_end(slot);
	}
	/* State comes before business. */
	assert_int_equal(pair_begin(f->handle, BIT(HOST_PAIR_NEW), &slot), OK);
	assert_int_equal(pair_begin(f->handle, BIT(HOST_PAIR_DEAD), &slot), ERR_STATE);
	pair_end(slot_of(f));
}

static void entering_announces_and_claims(void **state)
{
	struct fixture *f = *state;
	struct pair *pair = NULL;

	assert_int_equal(pair_enter(&cpus[0], f->handle, 1, &pair), OK);
	assert_ptr_equal(pair, fixture_pair(f));
	assert_int_equal(cpus[0].running, pair->index + 1);
	assert_int_equal(pair->claimed[1], 1);
	assert_int_equal(pair->claimed[0], 0);
	pair_leave(&cpus[0], pair, 1);
	assert_int_equal(cpus[0].running, 0);
	assert_int_equal(pair->claimed[1], 0);
}

static void a_claimed_vcpu_is_busy_on_every_other_cpu(void **state)
{
	struct fixture *f = *state;
	struct pair *pair = NULL, *other = NULL;

	assert_int_equal(pair_enter(&cpus[0], f->handle, 0, &pair), OK);
	assert_int_equal(pair_enter(&cpus[1], f->handle, 0, &other), ERR_BUSY);
	assert_int_equal(cpus[1].running, 0);
	assert_int_equal(pair_enter(&cpus[1], f->handle, 1, &other), OK);
	assert_int_equal(pair->claimed[1], 2);
	pair_leave(&cpus[0], pair, 0);
	pair_leave(&cpus[1], pair, 1);
}

static void a_vcpu_that_does_not_exist_is_refused(void **state)
{
	static const uint64_t bad[] = { 2, HOST_VCPU_MAX, 256, 1ull << 32, ~0ull };
	struct fixture *f = *state;
	struct pair *pair;

	for (size_t i = 0; i < ARRAY_COUNT(bad); i++) {
		assert_int_equal(pair_enter(&cpus[0], f->handle, bad[i], &pair), ERR_ARGS);
		assert_int_equal(cpus[0].running, 0);
	}
}

static void a_new_pair_can_t_be_entered(void **state)
{
	struct fixture *f = *state;
	struct pair *pair;

	assert_int_equal(pair_enter(&cpus[0], f->handle, 0, &pair), ERR_STATE);
	assert_int_equal(cpus[0].running, 0);
}

static void a_terminated_pair_can_t_be_entered_or_terminated_again(void **state)
{
	struct fixture *f = *state;
	struct pair *pair;

	assert_int_equal(pair_terminate(f->handle), OK);
	assert_int_equal(slot_of(f)->state, HOST_PAIR_DYING);
	assert_true(pair_is_marked(fixture_pair(f)));
	assert_int_equal(pair_enter(&cpus[0], f->handle, 0, &pair), ERR_STATE);
	assert_int_equal(pair_terminate(f->handle), ERR_STATE);
	assert_true(pair_reap(0));
	assert_int_equal(pair_terminate(f->handle), ERR_STATE);
	assert_int_equal(pair_enter(&cpus[0], f->handle, 0, &pair), ERR_STATE);
}

static void a_pair_is_not_dead_while_a_cpu_is_inside(void **state)
{
	struct fixture *f = *state;
	struct pair *pair;

	assert_int_equal(pair_enter(&cpus[1], f->handle, 0, &pair), OK);
	assert_int_equal(pair_terminate(f->handle), OK);
	assert_false(pair_reap(0));
	assert_int_equal(slot_of(f)->state, HOST_PAIR_DYING);
	pair_leave(&cpus[1], pair, 0);
	assert_true(pair_reap(0));
	assert_int_equal(slot_of(f)->state, HOST_PAIR_DEAD);
}

/* A CPU that stops at its first store to what others see of it, and what happens elsewhere in that instant. */
static struct {
	struct cpu *cpu;
	uint64_t handle;
	bool is_dead;
} instant;

static void elsewhere(int signal_number)
{
	(void)signal_number;
	assert_int_equal(mprotect(instant.cpu, GRANULE_BYTES, PROT_READ | PROT_WRITE), 0);
	assert_int_equal(pair_terminate(instant.handle), OK);
	instant.is_dead = pair_reap(0);
}

/* Announced too late to be seen by who terminates: then the mark, which was set before, is seen here. */
static void a_pair_that_dies_at_the_instant_of_entry_can_t_be_entered(void **state)
{
	const struct sigaction action = { .sa_handler = elsewhere };
	struct fixture *f = *state;
	struct sigaction before;
	struct pair *pair = NULL;

	instant.handle = f->handle;
	instant.cpu = mmap(NULL, GRANULE_BYTES, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	assert_true(instant.cpu != MAP_FAILED);
	assert_int_equal(mprotect(instant.cpu, GRANULE_BYTES, PROT_READ), 0);
	assert_int_equal(sigaction(SIGSEGV, &action, &before), 0);
	enum status status = pair_enter(instant.cpu, f->handle, 0, &pair);

	assert_int_equal(sigaction(SIGSEGV, &before, NULL), 0);
	assert_true(instant.is_dead);
	assert_int_equal(status, ERR_STATE);
	assert_int_equal(instant.cpu->running, 0);
	assert_int_equal(fixture_pair(f)->claimed[0], 0);
	assert_int_equal(munmap(instant.cpu, GRANULE_BYTES), 0);
}

static void a_pair_is_not_dead_while_a_memory_call_is_inside(void **state)
{
	struct fixture *f = *state;
	struct pair_slot *slot;

	assert_int_equal(pair_begin(f->handle, BIT(HOST_PAIR_NEW), &slot), OK);
	assert_int_equal(pair_terminate(f->handle), OK);
	assert_false(pair_reap(0));
	pair_end(slot);
	assert_true(pair_reap(0));
}

static void dying_ends_with_both_vmids_invalidated_everywhere(void **state)
{
	struct fixture *f = *state;
	uint64_t vttbr = fake_registers[0][FAKE_vttbr_el2];

	assert_int_equal(pair_terminate(f->handle), OK);
	fake_events_clear();
	assert_true(pair_reap(0));
	assert_int_equal(fake_events[0].by_kind[FAKE_TLB_VMID], 2);
	uint64_t first = fake_event_find(0, FAKE_TLB_VMID, 0)->a, second = fake_event_find(0, FAKE_TLB_VMID, 1)->a;

	assert_int_equal(first + second, 2 + 3);
	assert_int_equal(first * second, 2 * 3);
	assert_hex(fake_registers[0][FAKE_vttbr_el2], vttbr);
	/* Once is enough. */
	assert_true(pair_reap(0));
	assert_int_equal(fake_events[0].by_kind[FAKE_TLB_VMID], 2);
}

static void pairs_that_are_not_dying_are_not_reaped(void **state)
{
	struct fixture *f = *state;

	fake_events_clear();
	assert_false(pair_reap(0));
	assert_false(pair_reap(1));
	assert_false(pair_reap(HOST_PAIR_MAX - 1));
	assert_int_equal(slot_of(f)->state, HOST_PAIR_NEW);
	assert_int_equal(fake_events[0].count, 0);
}

static void a_freed_slot_gets_a_new_handle(void **state)
{
	struct fixture *f = *state;
	unsigned index;

	assert_int_equal(pair_terminate(f->handle), OK);
	assert_true(pair_reap(0));
	struct pair *pair = fixture_pair(f);

	pair_free(0);
	assert_null(pair_lookup(f->handle));
	assert_int_equal(pair_slot_take(&index), OK);
	assert_int_equal(index, 0);
	/* Nobody finds a slot before it is published. */
	assert_null(pair_lookup(pair_handle(0)));
	pair_publish(0, pair);
	assert_non_null(pair_lookup(pair_handle(0)));
	assert_true(pair_handle(0) != f->handle);
	assert_null(pair_lookup(f->handle));
	assert_false(pair_is_marked(pair));
}

static void a_taken_slot_is_not_given_twice(void **state)
{
	bool seen[HOST_PAIR_MAX] = { false };
	unsigned index;

	(void)state;
	for (unsigned i = 0; i < HOST_PAIR_MAX; i++) {
		assert_int_equal(pair_slot_take(&index), OK);
		assert_false(seen[index]);
		seen[index] = true;
	}
	assert_int_equal(pair_slot_take(&index), ERR_NO_MEMORY);
	pair_slot_drop(7);
	assert_int_equal(pair_slot_take(&index), OK);
	assert_int_equal(index, 7);
}

static void siblings_are_of_the_same_domain(void **state)
{
	struct fixture *f = *state;
	struct pair *pair = fixture_pair(f);

	for (unsigned role = 0; role < 2; role++) {
		assert_ptr_equal(context_sibling(pair->contexts[role][0], 1), pair->contexts[role][1]);
		assert_ptr_equal(context_sibling(pair->contexts[role][1], 1), pair->contexts[role][1]);
		assert_null(context_sibling(pair->contexts[role][0], 2));
		assert_null(context_sibling(pair->contexts[role][0], ~0ull));
	}
	assert_ptr_equal(context_sibling(&outer_contexts[0], 1), &outer_contexts[1]);
	assert_null(context_sibling(&outer_contexts[0], 2));
}

static int new_2(void **state)
{
	static struct fixture f;

	machine_boot(2);
	fixture_create(&f, 2);
	*state = &f;
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST_FROM(new_2, bad_handles_name_nothing),
		TEST_FROM(new_2, only_one_memory_call_is_inside),
		TEST_FROM(new_2, a_memory_call_in_the_wrong_state_is_refused),
		TEST_FROM(fixture_active_2, entering_announces_and_claims),
		TEST_FROM(fixture_active_2, a_claimed_vcpu_is_busy_on_every_other_cpu),
		TEST_FROM(fixture_active_2, a_vcpu_that_does_not_exist_is_refused),
		TEST_FROM(new_2, a_new_pair_can_t_be_entered),
		TEST_FROM(fixture_active_2, a_terminated_pair_can_t_be_entered_or_terminated_again),
		TEST_FROM(fixture_active_2, a_pair_is_not_dead_while_a_cpu_is_inside),
		TEST_FROM(fixture_active_2, a_pair_that_dies_at_the_instant_of_entry_can_t_be_entered),
		TEST_FROM(new_2, a_pair_is_not_dead_while_a_memory_call_is_inside),
		TEST_FROM(fixture_active_2, dying_ends_with_both_vmids_invalidated_everywhere),
		TEST_FROM(new_2, pairs_that_are_not_dying_are_not_reaped),
		TEST_FROM(new_2, a_freed_slot_gets_a_new_handle),
		TEST_FROM(machine_boot_1, a_taken_slot_is_not_given_twice),
		TEST_FROM(fixture_active_2, siblings_are_of_the_same_domain),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
