/*
 * Timers: when one expires as CNTPCT, at the ends of time too, and what is set into the hypervisor timer.
 * Links: mediator
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "tests/unit/machine.h"
#include "mediator/time.h"

static struct context context;

static uint64_t deadline(uint64_t ctl, uint64_t cval, uint64_t offset)
{
	context.timer = (struct timer_state){ .ctl = ctl, .cval = cval, .offset = offset };
	return time_deadline(&context);
}

static void a_timer_expires_at_its_value_plus_the_offset(void **state)
{
	(void)state;
	assert_int_equal(deadline(CNT_CTL_ENABLE, 500, 0), 500);
	assert_int_equal(deadline(CNT_CTL_ENABLE, 500, 7000), 7500);
	assert_int_equal(deadline(CNT_CTL_ENABLE | CNT_CTL_ISTATUS, 500, 7000), 7500);
	assert_int_equal(deadline(CNT_CTL_ENABLE, 0, 0), 0);
}

static void a_timer_that_is_off_or_masked_never_expires(void **state)
{
	(void)state;
	assert_hex(deadline(0, 500, 0), TIME_NEVER);
	assert_hex(deadline(CNT_CTL_ENABLE | CNT_CTL_IMASK, 500, 0), TIME_NEVER);
	assert_hex(deadline(CNT_CTL_IMASK, 500, 0), TIME_NEVER);
}

static void the_end_of_time_is_not_passed(void **state)
{
	(void)state;
	assert_hex(deadline(CNT_CTL_ENABLE, ~0ull, 0), TIME_NEVER);
	assert_hex(deadline(CNT_CTL_ENABLE, ~0ull, 5), TIME_NEVER);
	assert_hex(deadline(CNT_CTL_ENABLE, ~0ull - 5, 5), TIME_NEVER);
	assert_hex(deadline(CNT_CTL_ENABLE, ~0ull - 5, 4), ~0ull - 1);
	assert_hex(deadline(CNT_CTL_ENABLE, 1, ~0ull), TIME_NEVER);
}

static void never_is_never_due(void **state)
{
	(void)state;
	fake_time = ~0ull;
	assert_false(time_is_due(TIME_NEVER));
	assert_true(time_is_due(~0ull - 1));
	fake_time = 999;
	assert_false(time_is_due(1000));
	fake_time = 1000;
	assert_true(time_is_due(1000));
	assert_true(time_is_due(0));
}

static void a_saved_timer_is_loaded_as_it_was_and_is_off_between(void **state)
{
	uint64_t *registers = fake_registers[0];

	(void)state;
	context.timer.offset = 100;
	registers[FAKE_cntvoff_el2] = 100;
	registers[FAKE_cntv_ctl_el0] = CNT_CTL_ENABLE | CNT_CTL_IMASK;
	registers[FAKE_cntv_cval_el0] = 4321;
	time_save(&context);
	assert_hex(registers[FAKE_cntv_ctl_el0], 0);
	registers[FAKE_cntv_cval_el0] = 9;
	registers[FAKE_cntvoff_el2] = 9;
	time_load(&context);
	assert_hex(registers[FAKE_cntv_ctl_el0], CNT_CTL_ENABLE | CNT_CTL_IMASK);
	assert_hex(registers[FAKE_cntv_cval_el0], 4321);
	assert_hex(registers[FAKE_cntvoff_el2], 100);
}

static void the_status_bit_is_not_kept(void **state)
{
	(void)state;
	fake_registers[0][FAKE_cntvoff_el2] = 0;
	fake_registers[0][FAKE_cntv_ctl_el0] = CNT_CTL_ENABLE;
	fake_registers[0][FAKE_cntv_cval_el0] = 1;	/* long ago: ISTATUS reads as one */
	time_save(&context);
	assert_hex(context.timer.ctl, CNT_CTL_ENABLE);
}

static void a_loaded_timer_s_deadline_comes_from_the_registers(void **state)
{
	(void)state;
	context.timer = (struct timer_state){ .ctl = 0, .cval = 1, .offset = 1000 };
	fake_registers[0][FAKE_cntv_ctl_el0] = CNT_CTL_ENABLE;
	fake_registers[0][FAKE_cntv_cval_el0] = 77;
	assert_int_equal(time_deadline_live(&context), 1077);
}

static void the_hypervisor_timer_is_set_and_taken_back(void **state)
{
	uint64_t *registers = fake_registers[0];

	(void)state;
	time_arm(&cpus[0], 5555);
	assert_hex(registers[FAKE_cnthp_cval_el2], 5555);
	assert_hex(registers[FAKE_cnthp_ctl_el2], CNT_CTL_ENABLE);
	time_arm(&cpus[0], TIME_NEVER);
	assert_hex(registers[FAKE_cnthp_ctl_el2], 0);
	/* The same deadline again: it must be set again although it is the one before last. */
	time_arm(&cpus[0], 5555);
	assert_hex(registers[FAKE_cnthp_ctl_el2], CNT_CTL_ENABLE);
	assert_hex(registers[FAKE_cnthp_cval_el2], 5555);
}

static int setup(void **state)
{
	machine_boot_1(state);
	memset(&context, 0, sizeof(context));
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST_FROM(setup, a_timer_expires_at_its_value_plus_the_offset),
		TEST_FROM(setup, a_timer_that_is_off_or_masked_never_expires),
		TEST_FROM(setup, the_end_of_time_is_not_passed),
		TEST_FROM(setup, never_is_never_due),
		TEST_FROM(setup, a_saved_timer_is_loaded_as_it_was_and_is_off_between),
		TEST_FROM(setup, the_status_bit_is_not_kept),
		TEST_FROM(setup, a_loaded_timer_s_deadline_comes_from_the_registers),
		TEST_FROM(setup, the_hypervisor_timer_is_set_and_taken_back),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
