/*
 * HOST_PAIR_CREATE: what it takes, what it leaves, and each reason to refuse, with nothing changed.
 * Links: mediator
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "tests/unit/fixture.h"
#include "arch/cpu.h"

static uint64_t page, control;

static int setup(void **state)
{
	(void)state;
	machine_boot(1);
	page = machine_take(GRANULE_BYTES, GRANULE_BYTES);
	control = machine_take(HOST_CONTROL_GRANULES(HOST_VCPU_MAX) * GRANULE_BYTES, 2 * GRANULE_BYTES);
	fixture_params(page, control, 2);
	return 0;
}

static struct host_pair_params *params(void)
{
	return fake_pointer(page);
}

static void expect_refused(int64_t code)
{
	machine_snapshot();
	assert_int_equal(call(HOST_PAIR_CREATE, page), code);
	machine_expect_unchanged();
	assert_hex(machine_x[1], 0);
}

static void expect_record(uint64_t index, uint8_t state)
{
	struct granule granule = granule_get(pa_make(control + index * GRANULE_BYTES));

	assert_int_equal(granule.state, state);
	assert_int_equal(granule.who.who, 2);
}

static void the_control_area_becomes_tables_descriptor_notice_and_contexts(void **state)
{
	(void)state;
	assert_int_equal(call(HOST_PAIR_CREATE, page), HOST_OK);
	for (uint64_t i = 0; i < 4; i++)
		expect_record(i, GRANULE_TABLE);
	expect_record(HOST_CONTROL_DESCRIPTOR, GRANULE_CONTEXT);
	expect_record(HOST_CONTROL_NOTICE, GRANULE_NOTICE);
	for (uint64_t i = HOST_CONTROL_CONTEXTS; i < HOST_CONTROL_GRANULES(2); i++)
		expect_record(i, GRANULE_CONTEXT);
	assert_int_equal(granule_get(pa_make(control + HOST_CONTROL_GRANULES(2) * GRANULE_BYTES)).state,
			 GRANULE_OUTER);
	assert_int_equal(pair_lookup(machine_x[1])->pair->granule_count, HOST_CONTROL_GRANULES(2));
}

static void the_outer_os_reaches_nothing_of_it_but_the_notice_page_to_read(void **state)
{
	(void)state;
	call(HOST_PAIR_CREATE, page);
	for (uint64_t i = 0; i < HOST_CONTROL_GRANULES(2); i++) {
		struct walk_leaf leaf = machine_outer_leaf(control + i * GRANULE_BYTES);

		assert_int_equal(leaf.valid, i == HOST_CONTROL_NOTICE);
		assert_false(leaf.write || leaf.execute);
	}
	assert_true(machine_is_zero(control + HOST_CONTROL_NOTICE * GRANULE_BYTES));
}

static void a_new_pair_maps_nothing(void **state)
{
	(void)state;
	call(HOST_PAIR_CREATE, page);
	uint64_t handle = machine_x[1];

	for (uint64_t ipa = 0; ipa < BIT(40); ipa += GIB) {
		assert_false(machine_leaf(handle, HOST_ROLE_BOX, ipa).valid);
		assert_false(machine_leaf(handle, HOST_ROLE_VM, ipa).valid);
	}
}

static void a_new_pair_is_described_and_its_vcpus_are_off(void **state)
{
	(void)state;
	call(HOST_PAIR_CREATE, page);
	struct pair *pair = pair_lookup(machine_x[1])->pair;

	assert_int_equal(pair->vcpu_count, 2);
	assert_hex(pair->vm_entry, FIXTURE_VM_ENTRY);
	assert_hex(pair->domains[HOST_ROLE_VM].ram_bytes, 8 * MIB);
	assert_hex(pair->domains[HOST_ROLE_BOX].ram_bytes, 2 * MIB);
	assert_int_equal(pair->domains[HOST_ROLE_BOX].stage2.vmid, 2);
	assert_int_equal(pair->domains[HOST_ROLE_VM].stage2.vmid, 3);
	for (unsigned role = 0; role < 2; role++) {
		for (unsigned i = 0; i < 2; i++) {
			assert_int_equal(pair->contexts[role][i]->power, POWER_OFF);
			assert_int_equal(pair->contexts[role][i]->index, i);
			assert_int_equal(pair->contexts[role][i]->role, role);
			assert_int_equal(pair->contexts[role][i]->vcpu->cpu, NO_CPU);
		}
	}
	/* Two chains that differ from the start: a box can't pass for a VM. */
	assert_memory_not_equal(pair->domains[0].chain, pair->domains[1].chain, 32);
}

static void the_parameters_may_lie_in_the_loader_window(void **state)
{
	(void)state;
	fixture_params(MACHINE_LOADER, control, 1);
	assert_int_equal(call(HOST_PAIR_CREATE, MACHINE_LOADER), HOST_OK);
}

static void the_parameters_may_lie_in_the_control_area_itself(void **state)
{
	(void)state;
	fixture_params(control, control, 1);
	assert_int_equal(call(HOST_PAIR_CREATE, control), HOST_OK);
	assert_int_equal(pair_lookup(machine_x[1])->pair->vcpu_count, 1);
}

static void a_parameter_page_that_is_not_the_caller_s_is_refused(void **state)
{
	(void)state;
	fixture_params(page, control, 1);
	assert_int_equal(call(HOST_PAIR_CREATE, page), HOST_OK);
	machine_snapshot();
	assert_int_equal(call(HOST_PAIR_CREATE, PLAT_MEDIATOR_BASE), HOST_ERR_DENIED);
	assert_int_equal(call(HOST_PAIR_CREATE, machine.carveout.base + machine.carveout.bytes - GRANULE_BYTES),
			 HOST_ERR_DENIED);
	assert_int_equal(call(HOST_PAIR_CREATE, control), HOST_ERR_DENIED);
	assert_int_equal(call(HOST_PAIR_CREATE, control + HOST_CONTROL_NOTICE * GRANULE_BYTES), HOST_ERR_DENIED);
	assert_int_equal(call(HOST_PAIR_CREATE, MACHINE_RAM_END), HOST_ERR_DENIED);
	assert_int_equal(call(HOST_PAIR_CREATE, PLAT_UART0_BASE), HOST_ERR_DENIED);
	assert_int_equal(call(HOST_PAIR_CREATE, page + 8), HOST_ERR_ARGS);
	assert_int_equal(call(HOST_PAIR_CREATE, ~0ull), HOST_ERR_ARGS);
	assert_int_equal(call(HOST_PAIR_CREATE, BIT(48)), HOST_ERR_ARGS);
	machine_expect_unchanged();
}

static void malformed_parameters_are_refused(void **state)
{
	static const struct {
		size_t offset;
		uint64_t value;
	} bad[] = {
		{ offsetof(struct host_pair_params, control_pa), 1 },
		{ offsetof(struct host_pair_params, control_pa), ~0ull << 13 },
		{ offsetof(struct host_pair_params, control_pa), BIT(48) },
		{ offsetof(struct host_pair_params, vm_ram_bytes), 0 },
		{ offsetof(struct host_pair_params, vm_ram_bytes), 1 * MIB },
		{ offsetof(struct host_pair_params, vm_ram_bytes), 2 * MIB + GRANULE_BYTES },
		{ offsetof(struct host_pair_params, vm_ram_bytes), BIT(39) },
		{ offsetof(struct host_pair_params, vm_ram_bytes), ~0ull << 21 },
		{ offsetof(struct host_pair_params, box_ram_bytes), 0 },
		{ offsetof(struct host_pair_params, box_ram_bytes), 3 * MIB },
		{ offsetof(struct host_pair_params, box_ram_bytes), BIT(39) - PLAT_RAM_BASE + 2 * MIB },
		{ offsetof(struct host_pair_params, vm_entry), PLAT_RAM_BASE - 4 },
		{ offsetof(struct host_pair_params, vm_entry), PLAT_RAM_BASE + 8 * MIB - 3 },
		{ offsetof(struct host_pair_params, vm_entry), ~0ull },
		{ offsetof(struct host_pair_params, options), 1 },
		{ offsetof(struct host_pair_params, reserved), 1 },
		{ offsetof(struct host_pair_params, reserved[8]), BIT(63) },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(bad); i++) {
		fixture_params(page, control, 2);
		memcpy((uint8_t *)params() + bad[i].offset, &bad[i].value, sizeof(bad[i].value));
		expect_refused(HOST_ERR_ARGS);
	}
}

static void a_bad_class_or_number_of_vcpus_is_refused(void **state)
{
	static const uint32_t counts[] = { 0, HOST_VCPU_MAX + 1, 0x80000000, 0xffffffff };
	static const struct { uint32_t class; uint64_t options; } classes[] = {
		{ 0, 0 }, { 3, 0 }, { 0xffffffff, 0 },
		{ HOST_CLASS_ISOLATED, HOST_OPTION_SHARE_RSI }, { HOST_CLASS_ISOLATED, HOST_OPTION_SHARE_WINDOW },
		{ HOST_CLASS_CONFIDENTIAL, 0 },
		{ HOST_CLASS_CONFIDENTIAL, HOST_OPTION_SHARE_RSI | HOST_OPTION_SHARE_WINDOW },
		{ HOST_CLASS_CONFIDENTIAL, ~0ull },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(counts); i++) {
		params()->vcpu_count = counts[i];
		expect_refused(HOST_ERR_ARGS);
	}
	params()->vcpu_count = 1;
	for (size_t i = 0; i < ARRAY_COUNT(classes); i++) {
		params()->class = classes[i].class;
		params()->options = classes[i].options;
		expect_refused(HOST_ERR_ARGS);
	}
}

static void the_largest_pair_fits(void **state)
{
	(void)state;
	params()->vcpu_count = HOST_VCPU_MAX;
	params()->vm_ram_bytes = BIT(39) - PLAT_RAM_BASE;
	params()->vm_entry = BIT(39) - 4;
	assert_int_equal(call(HOST_PAIR_CREATE, page), HOST_OK);
	assert_int_equal(pair_lookup(machine_x[1])->pair->granule_count, HOST_CONTROL_GRANULES(HOST_VCPU_MAX));
}

/* One granule of the control area belongs to somebody else: first, middle, last. */
static void a_control_area_with_one_foreign_granule_is_refused(void **state)
{
	struct fixture other;
	pa_t failed;

	(void)state;
	fixture_create(&other, 1);
	for (uint64_t i = 0; i < HOST_CONTROL_GRANULES(2); i++) {
		struct pa_range one = { pa_make(control + i * GRANULE_BYTES), GRANULE_BYTES };

		assert_int_equal(granule_hold(one, GRANULE_OUTER, WHO_OUTER, &failed), OK);
		granule_release(one, GRANULE_LOADER, WHO_OUTER);
		expect_refused(HOST_ERR_DENIED);
		assert_int_equal(granule_hold(one, GRANULE_LOADER, WHO_OUTER, &failed), OK);
		granule_release(one, GRANULE_OUTER, WHO_OUTER);
	}
	params()->control_pa = control + GRANULE_BYTES;	/* roots are two pages, aligned to both */
	expect_refused(HOST_ERR_ARGS);
	params()->control_pa = other.control;
	expect_refused(HOST_ERR_DENIED);
	params()->control_pa = MACHINE_LOADER;
	expect_refused(HOST_ERR_DENIED);
	params()->control_pa = PLAT_MEDIATOR_BASE - 2 * GRANULE_BYTES;
	expect_refused(HOST_ERR_DENIED);
	params()->control_pa = MACHINE_RAM_END - 2 * GRANULE_BYTES;
	expect_refused(HOST_ERR_DENIED);
	params()->control_pa = PLAT_GICD_BASE;
	expect_refused(HOST_ERR_DENIED);
}

static void pairs_past_the_last_slot_are_refused(void **state)
{
	uint64_t base = machine_take(HOST_PAIR_MAX * 8 * GRANULE_BYTES, 2 * GRANULE_BYTES);

	(void)state;
	machine.is_strict = false;
	for (uint64_t i = 0; i < HOST_PAIR_MAX; i++) {
		fixture_params(page, base + i * 8 * GRANULE_BYTES, 1);
		assert_int_equal(call(HOST_PAIR_CREATE, page), HOST_OK);
		assert_int_equal(machine_x[1] & 0xffffffff, i + 1);
	}
	fixture_params(page, control, 1);
	expect_refused(HOST_ERR_NO_MEMORY);
	/* The slot counts before the memory does. */
	params()->control_pa = PLAT_MEDIATOR_BASE;
	expect_refused(HOST_ERR_NO_MEMORY);
}

static void a_failed_create_gives_its_slot_back(void **state)
{
	(void)state;
	params()->control_pa = MACHINE_LOADER;
	expect_refused(HOST_ERR_DENIED);
	fixture_params(page, control, 1);
	assert_int_equal(call(HOST_PAIR_CREATE, page), HOST_OK);
	assert_int_equal(machine_x[1] & 0xffffffff, 1);
}

/* A trusted room that fails is no reason to go on. */
static void broken_anchor(struct smc_args *args)
{
	if (args->x[0] == ANCHOR_HASH_INIT)
		args->x[0] = (uint64_t)ANCHOR_ERR_BUSY;
	else
		machine_secure(args);
}

static void an_anchor_that_fails_stops_the_machine(void **state)
{
	jmp_buf stopped;

	(void)state;
	fake_smc = broken_anchor;
	machine.stopped = &stopped;
	if (setjmp(stopped) == 0) {
		call(HOST_PAIR_CREATE, page);
		fail_msg("the mediator goes on with a chain that nobody computed");
	}
	assert_null(pair_slots[0].pair);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST_FROM(setup, the_control_area_becomes_tables_descriptor_notice_and_contexts),
		TEST_FROM(setup, the_outer_os_reaches_nothing_of_it_but_the_notice_page_to_read),
		TEST_FROM(setup, a_new_pair_maps_nothing),
		TEST_FROM(setup, a_new_pair_is_described_and_its_vcpus_are_off),
		TEST_FROM(setup, the_parameters_may_lie_in_the_loader_window),
		TEST_FROM(setup, the_parameters_may_lie_in_the_control_area_itself),
		TEST_FROM(setup, a_parameter_page_that_is_not_the_caller_s_is_refused),
		TEST_FROM(setup, malformed_parameters_are_refused),
		TEST_FROM(setup, a_bad_class_or_number_of_vcpus_is_refused),
		TEST_FROM(setup, the_largest_pair_fits),
		TEST_FROM(setup, a_control_area_with_one_foreign_granule_is_refused),
		TEST_FROM(setup, pairs_past_the_last_slot_are_refused),
		TEST_FROM(setup, a_failed_create_gives_its_slot_back),
		TEST_FROM(setup, an_anchor_that_fails_stops_the_machine),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
