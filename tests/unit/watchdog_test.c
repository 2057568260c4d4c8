/*
 * The watchdog's deadlines: a try ends with its confirmation and with nothing else. The state is that of a boot, so the
 * tests are one boot, in their order.
 * Links: monitor/watchdog.c monitor/watch.c arch/fake/machine.c arch/fake/interrupt.c
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "tests/unit/test.h"
#include "abi/anchor.h"
#include "abi/monitor.h"
#include "arch/fake.h"
#include "arch/sysreg.h"
#include "monitor/room.h"
#include "monitor/watch.h"

#define HERTZ		1000000ull
#define BOOTED		5000ull		/* the counter, when the boot began */
#define TRIAL_TICKS	(HERTZ / 1000 * WATCH_TRIAL_MS)

struct boot_info boot_info;

static jmp_buf run_over;
static enum restart_end run_end;
static unsigned rechecks;

void fake_violation(const char *format, ...)
{
	fail_msg("%s", format);
	abort();
}

unsigned power_this_cpu(void)
{
	return fake_cpu;
}

void crash_end(enum restart_end why, enum crash_level level, uint64_t far, const char *text)
{
	(void)level;
	(void)far;
	(void)text;
	run_end = why;
	longjmp(run_over, 1);
}

void world_call_anchor(uint64_t args[7])
{
	assert_hex(args[0], ANCHOR_RECHECK);
	args[0] = ANCHOR_OK;
	rechecks++;
}

/* What ends the run at a look at this time, on a CPU that started just before; RUNNING: nothing. */
static enum restart_end look_at(uint64_t time)
{
	run_end = RESTART_END_RUNNING;
	fake_cpu = 1;
	fake_time = time - 1;
	watchdog_start();
	fake_time = time;
	if (setjmp(run_over) == 0)
		watchdog_look();
	return run_end;
}

static void answer(uint32_t id, int64_t code)
{
	const uint64_t result[7] = { (uint64_t)code };

	if (setjmp(run_over) == 0)
		watchdog_anchor_answer(id, result);
}

static int boot(void **state)
{
	(void)state;
	boot_info.is_trial = 1;
	for (unsigned cpu = 0; cpu < 2; cpu++) {
		fake_registers[cpu][FAKE_cntfrq_el0] = HERTZ;
		fake_registers[cpu][FAKE_scr_el3] = SCR_EL3_NS;
		fake_registers[cpu][FAKE_spsr_el3] = 0;
	}
	fake_time = BOOTED;
	watchdog_start();
	return 0;
}

static void a_look_re_checks_and_comes_again(void **state)
{
	(void)state;
	assert_int_equal(look_at(BOOTED + TRIAL_TICKS / 2), RESTART_END_RUNNING);
	assert_int_equal(rechecks, 1);
	assert_int_equal(fake_registers[1][FAKE_cntps_cval_el1],
			 BOOTED + TRIAL_TICKS / 2 + HERTZ / 1000 * MONITOR_WATCH_MS);
	assert_true(watchdog_is_trial());
}

static void a_try_is_late_at_its_deadline(void **state)
{
	(void)state;
	assert_int_equal(look_at(BOOTED + TRIAL_TICKS - 1), RESTART_END_RUNNING);
	assert_int_equal(look_at(BOOTED + TRIAL_TICKS), RESTART_END_LATE);
}

/* A confirmation that the anchor refused, or that the flash did not take; and all other calls of it. */
static void nothing_but_a_confirmation_ends_a_try(void **state)
{
	static const int64_t codes[] = {
		ANCHOR_NOT_SUPPORTED, ANCHOR_ERR_ARGS, ANCHOR_ERR_DENIED, ANCHOR_ERR_STATE, ANCHOR_ERR_BUSY,
		ANCHOR_ERR_FLASH, ANCHOR_INCOMPLETE, 1ll << 32,
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(codes); i++)
		answer(ANCHOR_UPDATE_CONFIRM, codes[i]);
	for (uint32_t id = ANCHOR_CALL_BASE; id < ANCHOR_CALL_END; id++) {
		if (id != ANCHOR_UPDATE_CONFIRM)
			answer(id, ANCHOR_OK);
	}
	assert_true(watchdog_is_trial());
	assert_int_equal(look_at(BOOTED + TRIAL_TICKS), RESTART_END_LATE);
}

static void a_confirmed_run_is_no_try_and_has_no_deadline(void **state)
{
	(void)state;
	answer(ANCHOR_UPDATE_CONFIRM, ANCHOR_OK);
	assert_false(watchdog_is_trial());
	assert_int_equal(look_at(BOOTED + TRIAL_TICKS), RESTART_END_RUNNING);
	assert_int_equal(look_at(BOOTED + 10 * TRIAL_TICKS), RESTART_END_RUNNING);
}

/* The end of the run by an altered mediator is the same before and after. */
static void an_altered_mediator_ends_the_run(void **state)
{
	const uint64_t result[7] = { (uint64_t)ANCHOR_ERR_ALTERED, PLAT_MEDIATOR_BASE };

	(void)state;
	run_end = RESTART_END_RUNNING;
	if (setjmp(run_over) == 0)
		watchdog_anchor_answer(ANCHOR_RECHECK, result);
	assert_int_equal(run_end, RESTART_END_ALTERED);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_look_re_checks_and_comes_again),
		TEST(a_try_is_late_at_its_deadline),
		TEST(nothing_but_a_confirmation_ends_a_try),
		TEST(a_confirmed_run_is_no_try_and_has_no_deadline),
		TEST(an_altered_mediator_ends_the_run),
	};

	return cmocka_run_group_tests_name("watchdog", tests, boot, NULL);
}
