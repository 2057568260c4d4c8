/*
 * Dispatch: who may call what, what each call returns, that no register beyond its results changes, and the log of
 * refusals. What the calls that move memory do is in memory_*_test.c.
 * Links: mediator
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "tests/unit/fixture.h"
#include "abi/psci.h"
#include "abi/smccc.h"

#define NOT_SUPPORTED	(-1)
#define G		GRANULE_BYTES

static const struct host_record *last_refusal(void)
{
	return &cpus[0].log.records[(cpus[0].log.head - 1) & cpus[0].log.mask];
}

static void the_outer_os_learns_limits_and_sizes(void **state)
{
	(void)state;
	assert_int_equal(call(HOST_INFO), HOST_OK);
	assert_int_equal(machine_x[1], HOST_ABI_VERSION);
	assert_int_equal(machine_x[2], HOST_PAIR_MAX);
	assert_int_equal(machine_x[3], HOST_VCPU_MAX);
	assert_int_equal(machine_x[4], MACHINE_RAM_BYTES / G);
	assert_int_equal(machine_x[5], (MACHINE_RAM_BYTES - machine.carveout.bytes) / G);
}

static void boxes_and_vms_reach_no_host_call(void **state)
{
	struct fixture *f = *state;

	fixture_run(f, 0);
	for (unsigned level = 0; level < 2; level++) {
		struct context *caller = machine_context();

		for (uint64_t id = HOST_CALL_BASE - 2; id < HOST_CALL_END + 2; id++) {
			machine_snapshot();
			assert_int_equal(call(id, f->handle, 0, 0, 0, 0, 0), NOT_SUPPORTED);
			assert_int_equal(smc(id, f->handle, 0, 0, 0, 0, 0), NOT_SUPPORTED);
			machine_expect_unchanged();
			assert_true(machine_is_in(caller));
		}
		if (level == 0)
			fixture_run_vm();
	}
}

static void only_a_box_reaches_box_calls(void **state)
{
	struct fixture *f = *state;

	for (uint64_t id = BOX_CALL_BASE - 2; id < BOX_CALL_END + 2; id++) {
		assert_int_equal(call(id, BOX_RAM_BASE, 0, 0, 0), NOT_SUPPORTED);
		assert_int_equal(smc(id, BOX_RAM_BASE, 0, 0, 0), NOT_SUPPORTED);
	}
	fixture_run(f, 0);
	/* By HVC only, and no number beside the table. */
	for (uint64_t id = BOX_CALL_BASE - 2; id < BOX_CALL_END + 2; id++)
		assert_int_equal(smc(id, 0, 0, 0, 0), NOT_SUPPORTED);
	assert_int_equal(call(BOX_CALL_BASE - 1), NOT_SUPPORTED);
	assert_int_equal(call(BOX_CALL_END), NOT_SUPPORTED);
	struct context *vm = fixture_run_vm();

	for (uint64_t id = BOX_CALL_BASE; id < BOX_CALL_END; id++)
		assert_int_equal(call(id, BOX_RAM_BASE, 0, 0, 0), NOT_SUPPORTED);
	assert_true(machine_is_in(vm));
}

static void ids_with_high_bits_are_not_the_calls_they_resemble(void **state)
{
	(void)state;
	assert_int_equal(call(HOST_INFO | BIT(32)), NOT_SUPPORTED);
	assert_int_equal(call(HOST_INFO | BIT(63)), NOT_SUPPORTED);
	assert_int_equal(call(HOST_CALL_BASE - 1), NOT_SUPPORTED);
	assert_int_equal(call(HOST_CALL_END), NOT_SUPPORTED);
	assert_int_equal(call(0x86000100), NOT_SUPPORTED);
	assert_int_equal(call(~0ull), NOT_SUPPORTED);
	assert_int_equal(call(0), NOT_SUPPORTED);
}

static void nobody_below_reaches_anchor_or_monitor(void **state)
{
	static const uint64_t ids[] = { ANCHOR_VERSION, ANCHOR_MEASUREMENT_READ, ANCHOR_HASH_INIT, ANCHOR_HASH_EXTEND,
					ANCHOR_HASH_FINAL, ANCHOR_HASH_FINAL + 1, ANCHOR_OUTER_BASE - 1, ANCHOR_OUTER_END,
					ANCHOR_RANDOM | BIT(32), ANCHOR_START, 0xc2000000, TRNG_VERSION - 1,
					TRNG_RND32 + 1, TRNG_RND64 - 1, TRNG_RND64 + 1, TRNG_VERSION | BIT(32), 0x8400006f };
	struct fixture *f = *state;

	for (unsigned level = 0; level < 3; level++) {
		unsigned smcs = fake_events[0].by_kind[FAKE_SMC];

		for (size_t i = 0; i < ARRAY_COUNT(ids); i++) {
			assert_int_equal(smc(ids[i], PLAT_RAM_BASE, G), NOT_SUPPORTED);
			assert_int_equal(call(ids[i], PLAT_RAM_BASE, G), NOT_SUPPORTED);
		}
		assert_int_equal(fake_events[0].by_kind[FAKE_SMC], smcs);
		if (level == 0)
			fixture_run(f, 0);
		else if (level == 1)
			fixture_run_vm();
	}
}

/* x0..x6 there and back, and no other register; or nothing at all. */
static void forwarded_or_not(uint64_t id, bool is_forwarded)
{
	for (unsigned by_smc = 0; by_smc < 2; by_smc++) {
		unsigned smcs = fake_events[0].by_kind[FAKE_SMC];
		int64_t result = by_smc ? smc(id, 1, 2, 3, 4, 5, 6) : call(id, 1, 2, 3, 4, 5, 6);

		assert_int_equal(fake_events[0].by_kind[FAKE_SMC] - smcs, is_forwarded ? 1 : 0);
		assert_hex(result, is_forwarded ? ~id : (uint64_t)NOT_SUPPORTED);
		for (uint64_t i = 1; i < 7; i++)
			assert_hex(machine_x[i], is_forwarded ? ~i : i);
	}
}

static void everybody_gets_random_numbers_and_the_outer_os_its_anchor_calls(void **state)
{
	static const uint64_t trng[] = { TRNG_VERSION, TRNG_FEATURES, TRNG_GET_UUID, TRNG_RND32, TRNG_RND64 };
	struct fixture *f = *state;

	for (unsigned level = 0; level < 3; level++) {
		for (size_t i = 0; i < ARRAY_COUNT(trng); i++)
			forwarded_or_not(trng[i], true);
		for (uint64_t id = ANCHOR_OUTER_BASE; id < ANCHOR_OUTER_END; id++)
			forwarded_or_not(id, level == 0);
		if (level == 0)
			fixture_run(f, 0);
		else if (level == 1)
			fixture_run_vm();
	}
}

/* Results in x1..xN; all above comes back as it was. */
static void no_call_writes_more_than_its_results(void **state)
{
	static const uint8_t results[] = { 5, 4, 1, 1, 2, 2, 6, 3, 0, 0, 1, 5, 5, 6, 3, 2 };
	struct fixture *f = *state;

	_Static_assert(ARRAY_COUNT(results) == HOST_CALL_END - HOST_CALL_BASE, "a number for each host call");
	for (unsigned i = 0; i < ARRAY_COUNT(results); i++) {
		static const uint64_t arguments[][6] = {
			{ 0xa1, 0xa2, 0xa3, 0xa4, 0xa5, 0xa6 },
			{ 0, 0, 0, 0, 0, 0 },
			{ PLAT_RAM_BASE, GRANULE_BYTES, 0x53, 0x54, 0x55, 0x56 },
		};

		for (size_t a = 0; a < ARRAY_COUNT(arguments); a++) {
			const uint64_t *x = arguments[a];

			call(HOST_CALL_BASE + i, x[0], x[1], x[2], x[3], x[4], x[5]);
			for (unsigned r = results[i] + 1u; r <= 6; r++)
				assert_hex(machine_x[r], x[r - 1]);
		}
	}
	assert_non_null(pair_lookup(f->handle));
}

static void a_refused_call_returns_zero_results(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(call(HOST_PAIR_MEASUREMENT, f->handle + 1, 0, 3, 4, 5, 6), HOST_ERR_NOT_FOUND);
	for (unsigned i = 1; i <= 5; i++)
		assert_hex(machine_x[i], 0);
	assert_int_equal(call(HOST_BOOT_MEASUREMENT, 99, 2, 3, 4, 5, 6), HOST_ERR_NOT_FOUND);
	for (unsigned i = 1; i <= 6; i++)
		assert_hex(machine_x[i], 0);
}

/* --- looking --- */

static void granules_are_described_with_their_run(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(call(HOST_GRANULE_INFO, f->vm_ram), HOST_OK);
	assert_int_equal(machine_x[1], GRANULE_DATA);
	assert_hex(machine_x[2], f->handle);
	assert_int_equal(machine_x[3], HOST_ROLE_VM);
	assert_hex(machine_x[4], FIXTURE_VM_DONATED);
	assert_int_equal(call(HOST_GRANULE_INFO, f->control + 2 * G), HOST_OK);
	assert_int_equal(machine_x[1], GRANULE_TABLE);
	assert_hex(machine_x[2], f->handle);
	assert_hex(machine_x[4], 2 * G);
	assert_int_equal(call(HOST_GRANULE_INFO, PLAT_MEDIATOR_BASE), HOST_OK);
	assert_int_equal(machine_x[1], GRANULE_CORE);
	assert_hex(machine_x[2], 0);
	assert_hex(machine_x[4], machine.carveout.bytes);
	assert_int_equal(call(HOST_GRANULE_INFO, MACHINE_LOADER), HOST_OK);
	assert_int_equal(machine_x[1], GRANULE_LOADER);
	assert_hex(machine_x[4], MACHINE_LOADER_BYTES);
	/* The last granule: the run ends with DRAM. */
	assert_int_equal(call(HOST_GRANULE_INFO, MACHINE_RAM_END - G), HOST_OK);
	assert_hex(machine_x[4], G);
}

static void a_look_at_granules_is_bounded(void **state)
{
	(void)state;
	machine_boot_with(64 * MIB, 1, (struct boot_range){ MACHINE_LOADER, MACHINE_LOADER_BYTES });
	assert_int_equal(call(HOST_GRANULE_INFO, MACHINE_LOADER + MACHINE_LOADER_BYTES), HOST_OK);
	assert_hex(machine_x[4], 16 * MIB);
}

static void what_is_no_dram_has_no_granules(void **state)
{
	static const uint64_t bad[] = { 0, PLAT_UART0_BASE, PLAT_RAM_BASE - GRANULE_BYTES, MACHINE_RAM_END,
					PLAT_RAM_BASE + 8, BIT(48), ~0xfffull, ~0ull };

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(bad); i++)
		assert_int_equal(call(HOST_GRANULE_INFO, bad[i]), HOST_ERR_ARGS);
}

static void slots_are_described_by_index(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(call(HOST_PAIR_INFO, 0), HOST_OK);
	assert_hex(machine_x[1], f->handle);
	assert_int_equal(machine_x[2], HOST_PAIR_ACTIVE);
	assert_int_equal(machine_x[3], HOST_CLASS_ISOLATED);
	assert_int_equal(machine_x[4], 2);
	assert_int_equal(machine_x[5], fixture_pair(f)->granule_count);
	assert_int_equal(call(HOST_PAIR_INFO, 1), HOST_OK);
	for (unsigned i = 1; i <= 5; i++)
		assert_hex(machine_x[i], 0);
	assert_int_equal(call(HOST_PAIR_INFO, HOST_PAIR_MAX), HOST_ERR_ARGS);
	assert_int_equal(call(HOST_PAIR_INFO, ~0ull), HOST_ERR_ARGS);
	assert_int_equal(call(HOST_PAIR_INFO, BIT(32)), HOST_ERR_ARGS);
}

static void a_measurement_of_no_role_is_refused_before_the_handle(void **state)
{
	(void)state;
	assert_int_equal(call(HOST_PAIR_MEASUREMENT, 0, 2), HOST_ERR_ARGS);
	assert_int_equal(call(HOST_PAIR_MEASUREMENT, 0, ~0ull), HOST_ERR_ARGS);
	assert_int_equal(call(HOST_PAIR_MEASUREMENT, 0, 1), HOST_ERR_NOT_FOUND);
}

static void boot_measurements_come_from_the_anchor_and_nothing_more(void **state)
{
	(void)state;
	assert_int_equal(call(HOST_BOOT_MEASUREMENT, 1), HOST_OK);
	for (unsigned i = 1; i <= 6; i++)
		assert_hex(machine_x[i], 0x2000 + i);
	/* x7, which the anchor left dirty, was checked by the call. */
	assert_int_equal(call(HOST_BOOT_MEASUREMENT, 3), HOST_ERR_NOT_FOUND);
	assert_int_equal(call(HOST_BOOT_MEASUREMENT, ~0ull), HOST_ERR_NOT_FOUND);
}

static void rings_are_read_into_the_caller_s_memory_only(void **state)
{
	uint64_t page = machine_take(G, G);

	(void)state;
	assert_int_equal(call(HOST_RING_READ, 0, HOST_RING_LOG, 0, PLAT_MEDIATOR_BASE), HOST_ERR_DENIED);
	assert_int_equal(call(HOST_RING_READ, 0, HOST_RING_LOG, 0, page + 8), HOST_ERR_ARGS);
	assert_int_equal(call(HOST_RING_READ, 1, HOST_RING_LOG, 0, page), HOST_ERR_ARGS);
	assert_int_equal(call(HOST_RING_READ, 0, 2, 0, page), HOST_ERR_ARGS);
	assert_int_equal(call(HOST_RING_READ, ~0ull, 0, 0, page), HOST_ERR_ARGS);
	assert_int_equal(call(HOST_RING_READ, 0, HOST_RING_LOG, 0, MACHINE_RAM_END), HOST_ERR_DENIED);
	assert_hex(*machine_at(page), machine_pattern(page));
	assert_int_equal(call(HOST_RING_READ, 0, HOST_RING_LOG, 0, page), HOST_OK);
	assert_int_equal(machine_x[1], 6);
	assert_int_equal(machine_x[2], 0);
	assert_int_equal(machine_x[3], 6);
	const struct host_record *records = fake_pointer(page);

	assert_int_equal(records[0].event, HOST_EVENT_REFUSED_CALL);
	assert_hex(records[0].a, HOST_RING_READ);
	assert_hex(records[0].b, PLAT_MEDIATOR_BASE);
	assert_hex(records[0].d, (uint64_t)GRANULE_CORE << 32);
	/* What was not asked for is not written. */
	assert_hex(*machine_at(page + 6 * sizeof(struct host_record)),
		   machine_pattern(page + 6 * sizeof(struct host_record)));
}

static void a_refusal_is_logged_with_caller_argument_and_owner(void **state)
{
	struct fixture *f = *state;

	call(HOST_POOL_ADD, f->handle, f->vm_ram, G);
	assert_int_equal(last_refusal()->event, HOST_EVENT_REFUSED_CALL);
	call(HOST_DONATE, f->handle, 7, 0, 0, 0);
	assert_int_equal(last_refusal()->who, 0);
	assert_hex(last_refusal()->a, HOST_DONATE);
	assert_int_equal((int64_t)last_refusal()->c, HOST_ERR_ARGS);
	call(HOST_PAIR_CREATE, f->vm_ram);
	assert_hex(last_refusal()->b, f->vm_ram);
	assert_hex(last_refusal()->d, (uint64_t)GRANULE_DATA << 32 | 3);
	fixture_run(f, 0);
	call(BOX_SHARE, BOX_RAM_BASE + MIB);
	assert_int_equal(last_refusal()->who, 2);
	assert_hex(last_refusal()->a, BOX_SHARE);
	assert_hex(last_refusal()->b, BOX_RAM_BASE + MIB);
}

static void calls_are_traced(void **state)
{
	const struct host_record *record;

	(void)state;
	call(HOST_PAIR_INFO, 3, 0x77);
	record = &cpus[0].trace.records[(cpus[0].trace.head - 1) & cpus[0].trace.mask];
	assert_int_equal(record->event, HOST_EVENT_CALL);
	assert_hex(record->a, HOST_PAIR_INFO);
	assert_hex(record->b, 3);
	assert_hex(record->c, 0x77);
	assert_hex(record->d, HOST_OK);
}

/* --- notify and terminate --- */

static void a_notify_reaches_the_box_s_first_vcpu(void **state)
{
	struct fixture *f = *state;
	struct context *box = fixture_context(f, HOST_ROLE_BOX, 0);

	assert_int_equal(call(HOST_NOTIFY, f->handle), HOST_OK);
	assert_true((box->virq.private_pending & BIT(BOX_INTID_DOORBELL)) != 0);
	assert_true((fixture_pair(f)->notice->vcpus & 1) != 0);
	assert_int_equal(fixture_context(f, HOST_ROLE_BOX, 1)->virq.private_pending, 0);
	assert_int_equal(fixture_context(f, HOST_ROLE_VM, 0)->virq.private_pending, 0);
}

static void notify_and_terminate_are_refused_in_order(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(call(HOST_NOTIFY, 0), HOST_ERR_NOT_FOUND);
	assert_int_equal(call(HOST_TERMINATE, 0), HOST_ERR_NOT_FOUND);
	assert_int_equal(call(HOST_TERMINATE, f->handle), HOST_OK);
	assert_int_equal(call(HOST_NOTIFY, f->handle), HOST_ERR_STATE);
	assert_int_equal(call(HOST_TERMINATE, f->handle), HOST_ERR_STATE);
}

static void a_new_pair_is_not_notified(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(call(HOST_NOTIFY, f->handle), HOST_ERR_STATE);
}

/* --- box calls --- */

static void a_box_learns_its_own_shape(void **state)
{
	struct fixture *f = *state;

	fixture_run(f, 0);
	assert_int_equal(call(BOX_INFO, 1, 2, 3, 4, 5, 6), BOX_OK);
	assert_int_equal(machine_x[1], BOX_ABI_VERSION);
	assert_int_equal(machine_x[2], 2);
	assert_hex(machine_x[3], 8 * MIB);
	assert_int_equal(machine_x[4], HOST_CLASS_ISOLATED);
	assert_int_equal(machine_x[5], 0);
	assert_int_equal(machine_x[6], 6);
}

static void spi_arguments_are_bounded(void **state)
{
	static const uint64_t bad[][4] = {
		{ 2, 33, 0x80, 1 }, { ~0ull, 33, 0x80, 1 }, { 0, 31, 0x80, 1 }, { 0, 0, 0x80, 1 }, { 0, 27, 0x80, 1 },
		{ 0, BOX_SPI_END, 0x80, 1 }, { 0, 1020, 0x80, 1 }, { 0, 8192, 0x80, 1 }, { 0, ~0ull, 0x80, 1 },
		{ 0, BIT(32) | 33, 0x80, 1 }, { 0, 33, 0x100, 1 }, { 0, 33, ~0ull, 1 }, { 0, 33, 0x80, 2 },
		{ 0, 33, 0x80, ~0ull },
	};
	struct fixture *f = *state;

	fixture_run(f, 0);
	for (size_t i = 0; i < ARRAY_COUNT(bad); i++) {
		machine_snapshot();
		assert_int_equal(call(BOX_SPI_SET, bad[i][0], bad[i][1], bad[i][2], bad[i][3]), BOX_ERR_ARGS);
		machine_expect_unchanged();
	}
	for (size_t i = 0; i < 10; i++)
		assert_int_equal(call(BOX_SPI_CLEAR, bad[i][0], bad[i][1]), BOX_ERR_ARGS);
	assert_int_equal(call(BOX_SPI_SET, 1, BOX_SPI_END - 1, 0xff, 0), BOX_OK);
	assert_int_equal(call(BOX_SPI_CLEAR, 1, BOX_SPI_END - 1), BOX_OK);
	assert_int_equal(machine_x[1], 1);
	assert_int_equal(call(BOX_SPI_CLEAR, 1, BOX_SPI_END - 1), BOX_OK);
	assert_int_equal(machine_x[1], 0);
}

/* --- common services --- */

static void everybody_gets_the_same_smccc_answers(void **state)
{
	struct fixture *f = *state;

	for (unsigned level = 0; level < 3; level++) {
		assert_int_equal(smc(SMCCC_VERSION, 1, 2, 3), SMCCC_VERSION_1_2);
		assert_int_equal(call(SMCCC_VERSION), SMCCC_VERSION_1_2);
		assert_int_equal(smc(SMCCC_ARCH_FEATURES, SMCCC_VERSION), SMCCC_SUCCESS);
		assert_int_equal(smc(SMCCC_ARCH_FEATURES, 0x80008000), SMCCC_NOT_SUPPORTED);
		assert_int_equal(smc(SMCCC_VENDOR_HYP_UID, 1, 2, 3, 4), (int64_t)REDOUBT_UID_W0);
		assert_hex(machine_x[1], REDOUBT_UID_W1);
		assert_hex(machine_x[2], REDOUBT_UID_W2);
		assert_hex(machine_x[3], REDOUBT_UID_W3);
		assert_hex(machine_x[4], 4);
		assert_int_equal(smc(PSCI_VERSION), PSCI_VERSION_1_1);
		if (level == 0)
			fixture_run(f, 0);
		else if (level == 1)
			fixture_run_vm();
	}
}

static void an_smc_returns_behind_itself_and_an_hvc_is_already_there(void **state)
{
	(void)state;
	machine_context()->frame.pc = 0x48001000;
	smc(SMCCC_VERSION);
	assert_hex(machine_context()->frame.pc, 0x48001004);
	call(SMCCC_VERSION);
	assert_hex(machine_context()->frame.pc, 0x48001004);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST_FROM(machine_boot_1, the_outer_os_learns_limits_and_sizes),
		TEST_FROM(fixture_active_1, boxes_and_vms_reach_no_host_call),
		TEST_FROM(fixture_active_1, only_a_box_reaches_box_calls),
		TEST_FROM(machine_boot_1, ids_with_high_bits_are_not_the_calls_they_resemble),
		TEST_FROM(fixture_active_1, nobody_below_reaches_anchor_or_monitor),
		TEST_FROM(fixture_active_1, everybody_gets_random_numbers_and_the_outer_os_its_anchor_calls),
		TEST_FROM(fixture_active_1, no_call_writes_more_than_its_results),
		TEST_FROM(fixture_active_1, a_refused_call_returns_zero_results),
		TEST_FROM(fixture_filled_1, granules_are_described_with_their_run),
		TEST(a_look_at_granules_is_bounded),
		TEST_FROM(machine_boot_1, what_is_no_dram_has_no_granules),
		TEST_FROM(fixture_active_1, slots_are_described_by_index),
		TEST_FROM(fixture_active_1, a_measurement_of_no_role_is_refused_before_the_handle),
		TEST_FROM(machine_boot_1, boot_measurements_come_from_the_anchor_and_nothing_more),
		TEST_FROM(machine_boot_1, rings_are_read_into_the_caller_s_memory_only),
		TEST_FROM(fixture_active_1, a_refusal_is_logged_with_caller_argument_and_owner),
		TEST_FROM(machine_boot_1, calls_are_traced),
		TEST_FROM(fixture_active_1, a_notify_reaches_the_box_s_first_vcpu),
		TEST_FROM(fixture_active_1, notify_and_terminate_are_refused_in_order),
		TEST_FROM(fixture_new_1, a_new_pair_is_not_notified),
		TEST_FROM(fixture_active_1, a_box_learns_its_own_shape),
		TEST_FROM(fixture_active_1, spi_arguments_are_bounded),
		TEST_FROM(fixture_active_1, everybody_gets_the_same_smccc_answers),
		TEST_FROM(machine_boot_1, an_smc_returns_behind_itself_and_an_hvc_is_already_there),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
