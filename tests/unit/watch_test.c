/*
 * The watchdog's conclusions: which looks mean that a CPU hangs, and when a deadline is over.
 * Links: monitor/watch.c
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "tests/unit/test.h"
#include "monitor/watch.h"

/* How many more looks like this it takes. */
static unsigned looks_until_hung(struct watch *watch, enum watch_place place, uint64_t stays)
{
	for (unsigned looks = 1; looks <= 10 * WATCH_LOOKS_MAX; looks++) {
		if (watch_is_hung(watch, place, stays))
			return looks;
	}
	return 0;
}

static void one_stay_found_often_enough_is_hung(void **state)
{
	struct watch mediator = { 0 }, anchor = { 0 };

	(void)state;
	/* The first look finds the stay, the others find it again. */
	assert_int_equal(looks_until_hung(&mediator, WATCH_MEDIATOR, 77), WATCH_LOOKS_MAX + 1);
	assert_int_equal(looks_until_hung(&anchor, WATCH_ANCHOR, 0), WATCH_LOOKS_MAX + 1);
}

static void whoever_stays_below_is_never_hung(void **state)
{
	struct watch watch = { 0 };

	(void)state;
	assert_int_equal(looks_until_hung(&watch, WATCH_BELOW, 77), 0);
}

static void a_room_that_is_entered_anew_is_never_hung(void **state)
{
	struct watch watch = { 0 };

	(void)state;
	for (uint64_t stays = UINT64_MAX - 5 * WATCH_LOOKS_MAX; stays != 5 * WATCH_LOOKS_MAX; stays++)
		assert_false(watch_is_hung(&watch, WATCH_MEDIATOR, stays));
}

static void any_other_look_begins_anew(void **state)
{
	static const struct { enum watch_place place; uint64_t stays; } others[] = {
		{ WATCH_BELOW, 7 }, { WATCH_ANCHOR, 7 }, { WATCH_MEDIATOR, 8 },
	};

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		struct watch watch = { 0 };

		for (unsigned looks = 0; looks < WATCH_LOOKS_MAX; looks++)
			assert_false(watch_is_hung(&watch, WATCH_MEDIATOR, 7));
		assert_false(watch_is_hung(&watch, others[i].place, others[i].stays));
		assert_int_equal(looks_until_hung(&watch, WATCH_MEDIATOR, 7), WATCH_LOOKS_MAX + 1);
	}
}

static void a_deadline_is_over_at_its_time(void **state)
{
	(void)state;
	assert_false(watch_is_past(1000, 1000 + 62500 * 30 - 1, 30, 62500000));
	assert_true(watch_is_past(1000, 1000 + 62500 * 30, 30, 62500000));
	assert_false(watch_is_past(0, 29999999999, WATCH_BOOT_MS, 1000000000));
	assert_true(watch_is_past(0, 30000000000, WATCH_BOOT_MS, 1000000000));
	/* Across the counter's end. */
	assert_false(watch_is_past(UINT64_MAX, 8, 10, 1000));
	assert_true(watch_is_past(UINT64_MAX, 9, 10, 1000));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(one_stay_found_often_enough_is_hung),
		TEST(whoever_stays_below_is_never_hung),
		TEST(a_room_that_is_entered_anew_is_never_hung),
		TEST(any_other_look_begins_anew),
		TEST(a_deadline_is_over_at_its_time),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
