/*
 * HOST_ACTIVATE: only what the policy lists, role by role; what an active pair looks like; and that its tables stand
 * still from then on.
 * Links: mediator
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "tests/unit/fixture.h"

#define BOX	HOST_ROLE_BOX
#define VM	HOST_ROLE_VM

static void the_measurement_is_that_of_content_addresses_and_options(void **state)
{
	struct fixture *f = *state;
	uint64_t expected[4];

	fixture_allow(f);
	assert_int_equal(call(HOST_ACTIVATE, f->handle), HOST_OK);
	for (unsigned role = 0; role < 2; role++) {
		fixture_measurement(f, role, expected);
		assert_int_equal(call(HOST_PAIR_MEASUREMENT, f->handle, role), HOST_OK);
		assert_memory_equal(&machine_x[1], expected, sizeof(expected));
		assert_int_equal(machine_x[5], 1);
	}
}

static void a_new_pair_s_measurement_is_not_final(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(call(HOST_PAIR_MEASUREMENT, f->handle, VM), HOST_OK);
	assert_int_equal(machine_x[5], 0);
}

static void nothing_is_activated_without_a_policy(void **state)
{
	struct fixture *f = *state;

	machine_snapshot();
	assert_int_equal(call(HOST_ACTIVATE, f->handle), HOST_ERR_MEASUREMENT);
	assert_int_equal(machine_x[1], BOX);
	machine_expect_unchanged();
	assert_int_equal(call(HOST_RUN, f->handle, 0), HOST_ERR_STATE);
}

static void policy_only(unsigned role)
{
	struct boot_policy_entry kept = machine_boot_info.policy[role];

	machine_boot_info.policy[0] = kept;
	machine_boot_info.policy_count = 1;
}

static void a_vm_that_is_not_listed_is_refused_and_named(void **state)
{
	struct fixture *f = *state;

	fixture_allow(f);
	policy_only(BOX);
	machine_snapshot();
	assert_int_equal(call(HOST_ACTIVATE, f->handle), HOST_ERR_MEASUREMENT);
	assert_int_equal(machine_x[1], VM);
	machine_expect_unchanged();
}

static void a_box_that_is_not_listed_is_refused_and_named(void **state)
{
	struct fixture *f = *state;

	fixture_allow(f);
	policy_only(VM);
	machine_snapshot();
	assert_int_equal(call(HOST_ACTIVATE, f->handle), HOST_ERR_MEASUREMENT);
	assert_int_equal(machine_x[1], BOX);
	machine_expect_unchanged();
}

static void a_measurement_listed_for_the_other_role_does_not_count(void **state)
{
	struct fixture *f = *state;

	fixture_allow(f);
	machine_boot_info.policy[0].role = VM;
	machine_boot_info.policy[1].role = BOX;
	machine_snapshot();
	assert_int_equal(call(HOST_ACTIVATE, f->handle), HOST_ERR_MEASUREMENT);
	machine_expect_unchanged();
}

static void every_bit_of_a_listed_measurement_counts(void **state)
{
	struct fixture *f = *state;

	fixture_allow(f);
	for (unsigned byte = 0; byte < 32; byte++) {
		machine_boot_info.policy[VM].sha256[byte] ^= (uint8_t)(1u << (byte % 8));
		assert_int_equal(call(HOST_ACTIVATE, f->handle), HOST_ERR_MEASUREMENT);
		machine_boot_info.policy[VM].sha256[byte] ^= (uint8_t)(1u << (byte % 8));
	}
	assert_int_equal(call(HOST_ACTIVATE, f->handle), HOST_OK);
}

static void entries_past_the_count_are_not_listed(void **state)
{
	struct fixture *f = *state;

	fixture_allow(f);
	machine_boot_info.policy_count = 1;
	assert_int_equal(call(HOST_ACTIVATE, f->handle), HOST_ERR_MEASUREMENT);
	assert_int_equal(machine_x[1], VM);
}

static void a_refused_measurement_is_logged_with_its_value(void **state)
{
	struct fixture *f = *state;
	const struct host_record *record;
	uint64_t expected[4];

	call(HOST_ACTIVATE, f->handle);
	fixture_measurement(f, BOX, expected);
	record = &cpus[0].log.records[(cpus[0].log.head - 1) & cpus[0].log.mask];
	assert_int_equal(record->event, HOST_EVENT_MEASUREMENT);
	assert_int_equal(record->who, 2);
	assert_memory_equal(&record->a, expected, sizeof(expected));
}

/* One change to a pair that was allowed: each gives another measurement. */
static void anything_that_differs_is_another_measurement(void **state)
{
	static const struct {
		size_t offset;
		uint64_t value;
	} changes[] = {
		{ offsetof(struct host_pair_params, vm_ram_bytes), 10 * MIB },
		{ offsetof(struct host_pair_params, vm_entry), FIXTURE_VM_ENTRY + 4 },
		{ offsetof(struct host_pair_params, vm_x0), FIXTURE_VM_X0 + 1 },
		{ offsetof(struct host_pair_params, box_ram_bytes), 4 * MIB },
		{ offsetof(struct host_pair_params, vcpu_count), 1 | (uint64_t)HOST_CLASS_ISOLATED << 32 },
	};
	struct fixture *f = *state;

	fixture_allow(f);
	machine.is_strict = false;
	for (size_t i = 0; i <= ARRAY_COUNT(changes); i++) {
		struct fixture other = { .vcpu_count = 2 };

		other.params = machine_take(GRANULE_BYTES, GRANULE_BYTES);
		other.control = machine_take(HOST_CONTROL_GRANULES(2) * GRANULE_BYTES, 2 * GRANULE_BYTES);
		struct host_pair_params *params = fixture_params(other.params, other.control, 2);

		if (i < ARRAY_COUNT(changes))
			memcpy((uint8_t *)params + changes[i].offset, &changes[i].value, 8);
		assert_int_equal(call(HOST_PAIR_CREATE, other.params), HOST_OK);
		other.handle = machine_x[1];
		fixture_pool(&other);
		fixture_fill(&other);
		/* The last one differs in nothing. */
		assert_int_equal(call(HOST_ACTIVATE, other.handle),
				 i < ARRAY_COUNT(changes) ? HOST_ERR_MEASUREMENT : HOST_OK);
	}
}

static void another_byte_or_another_address_is_another_measurement(void **state)
{
	struct fixture *f = *state, other;

	fixture_allow(f);
	for (unsigned variant = 0; variant < 2; variant++) {
		uint64_t source = machine_take(GRANULE_BYTES, GRANULE_BYTES);
		uint64_t box = machine_take(GRANULE_BYTES, GRANULE_BYTES);
		uint64_t vm = machine_take(GRANULE_BYTES, GRANULE_BYTES);

		fixture_create(&other, 2);
		fixture_pool(&other);
		memcpy(machine_at(source), machine_at(f->box_image), GRANULE_BYTES);
		assert_int_equal(call(HOST_POPULATE, other.handle, BOX, BOX_RAM_BASE, box, source, GRANULE_BYTES),
				 HOST_OK);
		memcpy(machine_at(source), machine_at(f->vm_image), GRANULE_BYTES);
		if (variant == 0)
			((uint8_t *)machine_at(source))[GRANULE_BYTES - 1] ^= 1;
		assert_int_equal(call(HOST_POPULATE, other.handle, VM, PLAT_RAM_BASE + variant * GRANULE_BYTES, vm,
				      source, GRANULE_BYTES),
				 HOST_OK);
		assert_int_equal(call(HOST_ACTIVATE, other.handle), HOST_ERR_MEASUREMENT);
		assert_int_equal(machine_x[1], VM);
	}
}

static void bad_handles_and_wrong_states_are_refused(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(call(HOST_ACTIVATE, 0), HOST_ERR_NOT_FOUND);
	assert_int_equal(call(HOST_ACTIVATE, f->handle | BIT(40)), HOST_ERR_NOT_FOUND);
	fixture_allow(f);
	assert_int_equal(call(HOST_ACTIVATE, f->handle), HOST_OK);
	assert_int_equal(call(HOST_ACTIVATE, f->handle), HOST_ERR_STATE);
	assert_int_equal(call(HOST_TERMINATE, f->handle), HOST_OK);
	assert_int_equal(call(HOST_ACTIVATE, f->handle), HOST_ERR_STATE);
}

static void an_active_pair_has_mirror_window_and_first_vcpus_on(void **state)
{
	struct fixture *f = *state;

	for (uint64_t at = 0; at < GRANULE_BYTES + FIXTURE_VM_DONATED; at += GRANULE_BYTES) {
		struct walk_leaf lower = machine_leaf(f->handle, VM, PLAT_RAM_BASE + at);

		assert_true(lower.valid);
		assert_hex(machine_leaf(f->handle, VM, BIT(39) | (PLAT_RAM_BASE + at)).pa, lower.pa);
		assert_hex(machine_leaf(f->handle, BOX, BIT(39) | (PLAT_RAM_BASE + at)).pa, lower.pa);
	}
	uint64_t past_end = PLAT_RAM_BASE + GRANULE_BYTES + FIXTURE_VM_DONATED;

	assert_false(machine_leaf(f->handle, BOX, BIT(39) | past_end).valid);
	assert_int_equal(fixture_context(f, BOX, 0)->power, POWER_ON_PENDING);
	assert_int_equal(fixture_context(f, VM, 0)->power, POWER_ON_PENDING);
	assert_int_equal(fixture_context(f, BOX, 1)->power, POWER_OFF);
	assert_int_equal(fixture_context(f, VM, 1)->power, POWER_OFF);
	assert_hex(fixture_context(f, BOX, 0)->start_pc, BOX_RAM_BASE);
	assert_hex(fixture_context(f, VM, 0)->start_pc, FIXTURE_VM_ENTRY);
	assert_hex(fixture_context(f, VM, 0)->start_x0, FIXTURE_VM_X0);
}

static void instruction_caches_are_invalidated_before_anything_runs(void **state)
{
	struct fixture *f = *state;

	fixture_allow(f);
	fake_events_clear();
	assert_int_equal(call(HOST_ACTIVATE, f->handle), HOST_OK);
	assert_int_equal(fake_events[0].by_kind[FAKE_ICACHE], 1);
}

static void virtual_time_starts_at_activation(void **state)
{
	struct fixture *f = *state;

	fixture_allow(f);
	fake_time = 123456;
	assert_int_equal(call(HOST_ACTIVATE, f->handle), HOST_OK);
	for (unsigned role = 0; role < 2; role++) {
		for (unsigned i = 0; i < 2; i++)
			assert_int_equal(fixture_context(f, role, i)->timer.offset, 123456);
	}
}

static uint64_t doomed;

static void terminate_meanwhile(const struct fake_event *event)
{
	if (event->kind == FAKE_SMC && event->a == ANCHOR_HASH_FINAL)
		/* By another CPU, while this one waits for the anchor; the second time it is too late. */
		assert_int_equal(pair_terminate(doomed), pair_slots[0].mark ? ERR_STATE : OK);
}

static void a_pair_terminated_meanwhile_does_not_become_active(void **state)
{
	struct fixture *f = *state;

	fixture_allow(f);
	doomed = f->handle;
	machine.watch = terminate_meanwhile;
	call(HOST_ACTIVATE, f->handle);
	machine.watch = NULL;
	assert_int_equal(pair_lookup(f->handle)->state, HOST_PAIR_DYING);
	assert_int_equal(call(HOST_RUN, f->handle, 0), HOST_ERR_STATE);
	assert_int_equal(call(HOST_RECLAIM, f->vm_ram, GRANULE_BYTES), HOST_OK);
}

static void tables_snapshot(const struct fixture *f, uint64_t out[64][2])
{
	for (unsigned i = 0; i < 64; i++) {
		uint64_t ipa = (i >> 5) * BIT(39) + PLAT_RAM_BASE + (i & 31) * GRANULE_BYTES;

		out[i][BOX] = machine_leaf(f->handle, BOX, ipa).pa;
		out[i][VM] = machine_leaf(f->handle, VM, ipa).pa;
	}
}

static void running_and_sharing_change_no_table_of_the_pair(void **state)
{
	struct fixture *f = *state;
	uint64_t before[64][2], after[64][2];

	tables_snapshot(f, before);
	fixture_run(f, 0);
	machine_shared(f->box_ram, true);
	assert_int_equal(call(BOX_SHARE, BOX_RAM_BASE + GRANULE_BYTES), BOX_OK);
	tables_snapshot(f, after);
	assert_memory_equal(before, after, sizeof(before));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST_FROM(fixture_filled_1, the_measurement_is_that_of_content_addresses_and_options),
		TEST_FROM(fixture_filled_1, a_new_pair_s_measurement_is_not_final),
		TEST_FROM(fixture_filled_1, nothing_is_activated_without_a_policy),
		TEST_FROM(fixture_filled_1, a_vm_that_is_not_listed_is_refused_and_named),
		TEST_FROM(fixture_filled_1, a_box_that_is_not_listed_is_refused_and_named),
		TEST_FROM(fixture_filled_1, a_measurement_listed_for_the_other_role_does_not_count),
		TEST_FROM(fixture_filled_1, every_bit_of_a_listed_measurement_counts),
		TEST_FROM(fixture_filled_1, entries_past_the_count_are_not_listed),
		TEST_FROM(fixture_filled_1, a_refused_measurement_is_logged_with_its_value),
		TEST_FROM(fixture_filled_1, anything_that_differs_is_another_measurement),
		TEST_FROM(fixture_filled_1, another_byte_or_another_address_is_another_measurement),
		TEST_FROM(fixture_filled_1, bad_handles_and_wrong_states_are_refused),
		TEST_FROM(fixture_active_1, an_active_pair_has_mirror_window_and_first_vcpus_on),
		TEST_FROM(fixture_filled_1, instruction_caches_are_invalidated_before_anything_runs),
		TEST_FROM(fixture_filled_1, virtual_time_starts_at_activation),
		TEST_FROM(fixture_filled_1, a_pair_terminated_meanwhile_does_not_become_active),
		TEST_FROM(fixture_active_1, running_and_sharing_change_no_table_of_the_pair),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
