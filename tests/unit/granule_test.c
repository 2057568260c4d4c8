/*
 * Ownership records: which transitions a call gets, and that a refused one leaves no trace.
 * Links: mediator
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "tests/unit/machine.h"

#define GRANULES	8
#define BASE		(MACHINE_LOADER + MACHINE_LOADER_BYTES)

static struct pa_range range_of(uint64_t first, uint64_t count)
{
	return (struct pa_range){ pa_make(BASE + first * GRANULE_BYTES), count * GRANULE_BYTES };
}

static void expect_record(uint64_t pa, uint8_t state, uint16_t who)
{
	struct granule granule = granule_get(pa_make(pa));

	assert_int_equal(granule.state, state);
	assert_int_equal(granule.who.who, who);
}

/* Hold and release as a call does. */
static void become(struct pa_range range, uint8_t state, who_t who)
{
	pa_t failed;

	assert_int_equal(granule_hold(range, GRANULE_OUTER, WHO_OUTER, &failed), OK);
	granule_release(range, state, who);
}

static void everything_is_the_outer_os_s_but_carveout_and_loader(void **state)
{
	(void)state;
	for (uint64_t pa = PLAT_RAM_BASE; pa < MACHINE_RAM_END; pa += GRANULE_BYTES) {
		bool is_core = range_is_inside(pa, 1, machine.carveout.base, machine.carveout.bytes);
		bool is_loader = range_is_inside(pa, 1, MACHINE_LOADER, MACHINE_LOADER_BYTES);

		expect_record(pa, is_core ? GRANULE_CORE : is_loader ? GRANULE_LOADER : GRANULE_OUTER, 0);
	}
	assert_int_equal(granule_count(), MACHINE_RAM_BYTES / GRANULE_BYTES);
	assert_int_equal(granule_count_outer(), (MACHINE_RAM_BYTES - machine.carveout.bytes) / GRANULE_BYTES);
}

static void what_is_not_dram_counts_as_the_mediator_s(void **state)
{
	static const uint64_t outside[] = { 0, PLAT_GICD_BASE, PLAT_UART0_BASE, PLAT_SECURE_RAM_BASE,
					    PLAT_RAM_BASE - 1, MACHINE_RAM_END, 1ull << 47, ~0ull, ~0xfffull };

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(outside); i++)
		expect_record(outside[i], GRANULE_CORE, 0);
	/* An address within a granule is that granule's. */
	expect_record(BASE + 0xfff, GRANULE_OUTER, 0);
	expect_record(MACHINE_RAM_END - 1, GRANULE_OUTER, 0);
}

static void a_range_is_ram_only_as_a_whole(void **state)
{
	(void)state;
	assert_true(granule_is_ram((struct pa_range){ pa_make(PLAT_RAM_BASE), MACHINE_RAM_BYTES }));
	assert_false(granule_is_ram((struct pa_range){ pa_make(PLAT_RAM_BASE), MACHINE_RAM_BYTES + GRANULE_BYTES }));
	assert_false(granule_is_ram((struct pa_range){ pa_make(PLAT_RAM_BASE - GRANULE_BYTES), 2 * GRANULE_BYTES }));
	assert_false(granule_is_ram((struct pa_range){ pa_make(MACHINE_RAM_END), GRANULE_BYTES }));
	assert_false(granule_is_ram((struct pa_range){ pa_make(0), BIT(48) }));
}

static void held_granules_are_moving_and_come_back_as_released(void **state)
{
	pa_t failed;

	(void)state;
	assert_int_equal(granule_hold(range_of(0, 4), GRANULE_OUTER, WHO_OUTER, &failed), OK);
	for (uint64_t i = 0; i < 4; i++)
		expect_record(BASE + i * GRANULE_BYTES, GRANULE_MOVING, 0);
	expect_record(BASE + 4 * GRANULE_BYTES, GRANULE_OUTER, 0);
	granule_release(range_of(0, 2), GRANULE_DATA, who_make(3, 1));
	granule_release(range_of(2, 2), GRANULE_OUTER, WHO_OUTER);
	expect_record(BASE, GRANULE_DATA, 9);
	expect_record(BASE + GRANULE_BYTES, GRANULE_DATA, 9);
	expect_record(BASE + 2 * GRANULE_BYTES, GRANULE_OUTER, 0);
}

/* Every state against every expectation: only the one that matches is granted. */
static void only_the_expected_state_and_owner_is_granted(void **state)
{
	who_t owners[] = { WHO_OUTER, who_make(0, 0), who_make(0, 1), who_make(1, 0) };

	(void)state;
	for (uint8_t is = 0; is < GRANULE_STATE_COUNT; is++) {
		for (uint8_t expected = 0; expected < GRANULE_STATE_COUNT; expected++) {
			for (size_t i = 0; i < ARRAY_COUNT(owners); i++) {
				uint64_t base = machine_take(GRANULE_BYTES, GRANULE_BYTES);
				struct pa_range one = { pa_make(base), GRANULE_BYTES };
				pa_t failed = pa_make(1);

				become(one, is, owners[1]);
				enum status status = granule_hold(one, expected, owners[i], &failed);

				if (is == expected && owners[i].who == owners[1].who) {
					assert_int_equal(status, OK);
					expect_record(base, GRANULE_MOVING, owners[1].who);
					continue;
				}
				assert_int_equal(status, is == GRANULE_MOVING ? ERR_BUSY : ERR_DENIED);
				assert_hex(pa_value(failed), base);
				expect_record(base, is, owners[1].who);
			}
		}
	}
}

static void a_foreign_granule_anywhere_refuses_the_whole_range(void **state)
{
	(void)state;
	for (uint64_t foreign = 0; foreign < GRANULES; foreign++) {
		pa_t failed;

		machine_boot(1);
		become(range_of(foreign, 1), GRANULE_DATA, who_make(0, 0));
		uint64_t outer_before = granule_count_outer();

		assert_int_equal(granule_hold(range_of(0, GRANULES), GRANULE_OUTER, WHO_OUTER, &failed), ERR_DENIED);
		assert_hex(pa_value(failed), BASE + foreign * GRANULE_BYTES);
		for (uint64_t i = 0; i < GRANULES; i++)
			expect_record(BASE + i * GRANULE_BYTES, i == foreign ? GRANULE_DATA : GRANULE_OUTER,
				      i == foreign ? 2 : 0);
		assert_int_equal(granule_count_outer(), outer_before);
	}
}

static void a_held_granule_is_busy_for_everybody_else(void **state)
{
	pa_t failed;

	(void)state;
	assert_int_equal(granule_hold(range_of(2, 1), GRANULE_OUTER, WHO_OUTER, &failed), OK);
	assert_int_equal(granule_hold(range_of(0, 4), GRANULE_OUTER, WHO_OUTER, &failed), ERR_BUSY);
	assert_hex(pa_value(failed), BASE + 2 * GRANULE_BYTES);
	assert_int_equal(granule_hold(range_of(2, 1), GRANULE_OUTER, WHO_OUTER, &failed), ERR_BUSY);
	expect_record(BASE + GRANULE_BYTES, GRANULE_OUTER, 0);
}

static void ranges_outside_dram_are_refused_whole(void **state)
{
	struct pa_range past_end = { pa_make(MACHINE_RAM_END - GRANULE_BYTES), 2 * GRANULE_BYTES };
	struct pa_range before = { pa_make(PLAT_RAM_BASE - GRANULE_BYTES), 2 * GRANULE_BYTES };
	struct pa_range huge = { pa_make(BASE), BIT(48) - BASE };
	pa_t failed;

	(void)state;
	machine_snapshot();
	assert_int_equal(granule_hold(past_end, GRANULE_OUTER, WHO_OUTER, &failed), ERR_DENIED);
	assert_int_equal(granule_hold(before, GRANULE_OUTER, WHO_OUTER, &failed), ERR_DENIED);
	assert_int_equal(granule_hold(huge, GRANULE_OUTER, WHO_OUTER, &failed), ERR_DENIED);
	machine_expect_unchanged();
}

static void the_count_of_outer_granules_follows_every_change(void **state)
{
	uint64_t all = granule_count_outer();
	pa_t failed;

	(void)state;
	assert_int_equal(granule_hold(range_of(0, 5), GRANULE_OUTER, WHO_OUTER, &failed), OK);
	assert_int_equal(granule_count_outer(), all - 5);
	granule_release(range_of(0, 5), GRANULE_TABLE, who_make(1, 0));
	assert_int_equal(granule_count_outer(), all - 5);
	assert_int_equal(granule_hold(range_of(1, 2), GRANULE_TABLE, who_make(1, 0), &failed), OK);
	granule_release(range_of(1, 2), GRANULE_OUTER, WHO_OUTER);
	assert_int_equal(granule_count_outer(), all - 3);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST_FROM(machine_boot_1, everything_is_the_outer_os_s_but_carveout_and_loader),
		TEST_FROM(machine_boot_1, what_is_not_dram_counts_as_the_mediator_s),
		TEST_FROM(machine_boot_1, a_range_is_ram_only_as_a_whole),
		TEST_FROM(machine_boot_1, held_granules_are_moving_and_come_back_as_released),
		TEST_FROM(machine_boot_1, only_the_expected_state_and_owner_is_granted),
		TEST_FROM(machine_boot_1, a_foreign_granule_anywhere_refuses_the_whole_range),
		TEST_FROM(machine_boot_1, a_held_granule_is_busy_for_everybody_else),
		TEST_FROM(machine_boot_1, ranges_outside_dram_are_refused_whole),
		TEST_FROM(machine_boot_1, the_count_of_outer_granules_follows_every_change),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
