/*
 * VM_SECRET: which VM gets its secret, from which image, and that nobody else meets anything of it.
 * Links: mediator
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "tests/unit/nest.h"
#include "abi/vm.h"

#define IMAGE	77
#define SCRAP	0x5c4a9

/* What the VM of an image measures: @good chunks at the start of its RAM. */
static void image_measure(struct fixture *f, uint64_t pa, uint32_t class, uint64_t options, uint64_t out[4])
{
	struct measurement_header header = {
		.role = HOST_ROLE_VM, .class = class, .options = options, .vcpu_count = 2, .ram_base = PLAT_RAM_BASE,
		.ram_bytes = 8 * MIB, .entry = FIXTURE_VM_ENTRY, .x0 = FIXTURE_VM_X0,
	};
	struct measurement_run run = { .base = PLAT_RAM_BASE, .bytes = GRANULE_BYTES };
	uint64_t box[4];

	fixture_measurement(f, HOST_ROLE_BOX, box);
	memcpy(header.box, box, sizeof(header.box));
	machine_mix(run.digest, &run.base, sizeof(run.base));
	machine_mix(run.digest, machine_at(pa), GRANULE_BYTES);
	memset(out, 0, 32);
	machine_mix(out, "vm", 2);
	machine_mix(out, &run, sizeof(run));
	machine_mix(out, &header, sizeof(header));
}

/* A pair whose VM comes from an image of one chunk; its VM runs on CPU 0. */
static void image_runs(uint32_t class, uint64_t options)
{
	static struct fixture made;
	uint64_t source, box, vm_pa;

	machine_boot(2);
	fixture_class(class, options);
	pair = &made;
	fixture_create(pair, 2);
	fixture_pool(pair);
	source = machine_take(GRANULE_BYTES, GRANULE_BYTES);
	for (uint64_t at = 0; at < GRANULE_BYTES; at += 8)
		*machine_at(source + at) = 0x1ca6e + at;
	box = machine_take(GRANULE_BYTES, GRANULE_BYTES);
	vm_pa = machine_take(GRANULE_BYTES, GRANULE_BYTES);
	assert_int_equal(call(HOST_POPULATE, pair->handle, HOST_ROLE_BOX, BOX_RAM_BASE, box, source, GRANULE_BYTES), HOST_OK);
	machine.image = (struct machine_image){ .handle = IMAGE, .good = 1, .count = 1 };
	assert_int_equal(call(HOST_POPULATE_IMAGE, pair->handle, IMAGE, PLAT_RAM_BASE, vm_pa, GRANULE_BYTES), HOST_OK);
	image_measure(pair, vm_pa, class, options, machine.image.measurement);
	fixture_allow(pair);
	assert_int_equal(call(HOST_ACTIVATE, pair->handle), HOST_OK);
	fixture_run(pair, 0);
	guest_open();
	fixture_run_vm();
	guest_open();
}

static int rsi_runs(void **state)
{
	(void)state;
	image_runs(HOST_CLASS_CONFIDENTIAL, HOST_OPTION_SHARE_RSI);
	return 0;
}

static const struct host_record *last_refusal(void)
{
	return &cpus[0].log.records[(cpus[0].log.head - 1) & cpus[0].log.mask];
}

/* Whoever runs asks; registers that are no results stay as they are. */
static int64_t ask(uint64_t version, bool by_smc)
{
	int64_t code = by_smc ? smc(VM_SECRET, version, SCRAP + 2, SCRAP + 3, SCRAP + 4, SCRAP + 5, SCRAP + 6) :
				call(VM_SECRET, version, SCRAP + 2, SCRAP + 3, SCRAP + 4, SCRAP + 5, SCRAP + 6);

	for (unsigned i = 5; i < 7; i++)
		assert_hex(*x(i), SCRAP + i);
	return code;
}

static void expect_secret(uint64_t version)
{
	for (unsigned i = 0; i < 4; i++)
		assert_hex(*x(1 + i), machine_secret_word(MACHINE_IMAGE_OWNER + i, version));
}

static void expect_denied(uint64_t version)
{
	uint64_t head = cpus[0].log.head;

	for (unsigned by_smc = 0; by_smc < 2; by_smc++) {
		assert_int_equal(ask(version, by_smc == 1), VM_ERR_DENIED);
		for (unsigned i = 1; i < 5; i++)
			assert_hex(*x(i), 0);
	}
	assert_hex(cpus[0].log.head, head + 2);
	assert_int_equal(last_refusal()->event, HOST_EVENT_REFUSED_CALL);
	assert_hex(last_refusal()->a, VM_SECRET);
	assert_hex(last_refusal()->b, version);
	assert_hex(last_refusal()->c, (uint64_t)VM_ERR_DENIED);
}

static void a_confidential_vm_of_an_image_gets_its_secret(void **state)
{
	(void)state;
	for (uint64_t version = 1; version <= MACHINE_IMAGE_COUNTER; version++) {
		assert_int_equal(ask(version, version % 2 == 1), VM_OK);
		expect_secret(version);
	}
}

static void scheme_window_gets_it_too(void **state)
{
	(void)state;
	image_runs(HOST_CLASS_CONFIDENTIAL, HOST_OPTION_SHARE_WINDOW);
	assert_int_equal(ask(1, true), VM_OK);
	expect_secret(1);
}

static void a_version_above_the_images_counter_is_denied(void **state)
{
	static const uint64_t bad[] = { 0, MACHINE_IMAGE_COUNTER + 1, BIT(32) + 1, ~0ull };

	(void)state;
	for (unsigned i = 0; i < ARRAY_COUNT(bad); i++)
		expect_denied(bad[i]);
}

/* Its box reads all of its memory: what it had would be no secret. */
static void an_isolated_vm_has_none(void **state)
{
	unsigned calls;

	(void)state;
	image_runs(HOST_CLASS_ISOLATED, 0);
	calls = machine.anchor_calls;
	expect_denied(1);
	assert_int_equal(machine.anchor_calls, calls);
}

static void a_vm_of_no_image_has_none(void **state)
{
	fixture_rsi_2(state);
	pair = *state;
	fixture_run(pair, 0);
	fixture_run_vm();
	expect_denied(1);
	expect_denied(0);
}

static void nobody_but_a_vm_has_this_call(void **state)
{
	fixture_rsi_2(state);
	pair = *state;
	assert_int_equal(ask(1, true), -1);
	assert_int_equal(ask(1, false), -1);
	fixture_run(pair, 0);
	assert_int_equal(ask(1, true), -1);
	assert_int_equal(ask(1, false), -1);
}

static void ids_beside_it_are_no_calls(void **state)
{
	static const uint64_t ids[] = { VM_SECRET - 1, VM_SECRET + 1, VM_SECRET | BIT(32), VM_SECRET & ~BIT(30), ANCHOR_SECRET };

	(void)state;
	for (unsigned i = 0; i < ARRAY_COUNT(ids); i++) {
		assert_int_equal(smc(ids[i], 1), -1);
		assert_int_equal(call(ids[i], 1), -1);
		assert_hex(*x(1), 1);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST_FROM(rsi_runs, a_confidential_vm_of_an_image_gets_its_secret),
		TEST_FROM(rsi_runs, scheme_window_gets_it_too),
		TEST_FROM(rsi_runs, a_version_above_the_images_counter_is_denied),
		TEST_FROM(rsi_runs, an_isolated_vm_has_none),
		TEST_FROM(rsi_runs, a_vm_of_no_image_has_none),
		TEST_FROM(rsi_runs, nobody_but_a_vm_has_this_call),
		TEST_FROM(rsi_runs, ids_beside_it_are_no_calls),
	};

	return cmocka_run_group_tests_name("vm_secret", tests, NULL, NULL);
}
