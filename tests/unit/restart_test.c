/*
 * What follows the end of a run: which order the next boot finds, whether there is one, and what counts as a bad end.
 * Links: monitor/restart.c
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "tests/unit/test.h"
#include "monitor/restart.h"

static struct restart_record record_make(enum restart_order order, uint32_t failures)
{
	return (struct restart_record){
		.magic = RESTART_MAGIC, .version = RESTART_VERSION, .order = order, .sequence = 9,
		.end = RESTART_END_RUNNING, .failures = failures,
	};
}

static void record_check(const struct restart_record *record, enum restart_order order, enum restart_end end,
			 uint32_t failures)
{
	assert_hex(record->magic, RESTART_MAGIC);
	assert_int_equal(record->version, RESTART_VERSION);
	assert_hex(record->order, order);
	assert_int_equal(record->end, end);
	assert_int_equal(record->failures, failures);
	assert_int_equal(record->reserved, 0);
}

static void a_device_that_bears_none_is_off_at_the_first(void **state)
{
	static const enum restart_end ends[] = {
		RESTART_END_FAILED, RESTART_END_HUNG, RESTART_END_LATE, RESTART_END_ALTERED,
	};

	(void)state;
	for (size_t i = 0; i < 4; i++) {
		struct restart_record record = record_make(RESTART_NONE, 0);
		struct restart_run run = { .end = ends[i] };

		assert_false(restart_decide(&record, &run));
		record_check(&record, RESTART_NONE, ends[i], 1);
	}
}

static void bad_ends_lead_to_the_package_before_once_then_off(void **state)
{
	struct restart_record record = record_make(RESTART_NONE, 0);
	struct restart_run run = { .end = RESTART_END_HUNG, .failures_max = 3 };

	(void)state;
	for (uint32_t failures = 1; failures < 3; failures++) {
		assert_true(restart_decide(&record, &run));
		record_check(&record, RESTART_NONE, RESTART_END_HUNG, failures);
	}
	assert_true(restart_decide(&record, &run));
	record_check(&record, RESTART_OTHER, RESTART_END_HUNG, 3);
	assert_int_equal(record.sequence, 9);
	assert_false(restart_decide(&record, &run));
	record_check(&record, RESTART_NONE, RESTART_END_HUNG, 4);
}

static void one_bad_end_that_is_borne_leads_to_the_package_before(void **state)
{
	struct restart_record record = record_make(RESTART_NONE, 0);
	struct restart_run run = { .end = RESTART_END_FAILED, .failures_max = 1 };

	(void)state;
	assert_true(restart_decide(&record, &run));
	record_check(&record, RESTART_OTHER, RESTART_END_FAILED, 1);
	assert_false(restart_decide(&record, &run));
}

static void a_try_that_ends_badly_goes_back_and_counts_for_nothing(void **state)
{
	struct restart_record record = record_make(RESTART_TRY, 2);
	struct restart_run run = { .end = RESTART_END_LATE, .is_trial = true };

	(void)state;
	assert_true(restart_decide(&record, &run));
	record_check(&record, RESTART_NONE, RESTART_END_LATE, 2);
	assert_int_equal(record.is_trial, 1);
}

static void an_order_stands_if_the_end_was_asked_for(void **state)
{
	struct restart_record record = record_make(RESTART_TRY, 2);
	struct restart_run run = { .end = RESTART_END_ASKED };

	(void)state;
	restart_decide(&record, &run);
	record_check(&record, RESTART_TRY, RESTART_END_ASKED, 0);
	assert_int_equal(record.sequence, 9);
	assert_int_equal(record.is_trial, 0);
}

static void an_order_falls_if_the_run_fails_first(void **state)
{
	struct restart_record record = record_make(RESTART_TRY, 0);
	struct restart_run run = { .end = RESTART_END_FAILED, .failures_max = 5 };

	(void)state;
	assert_true(restart_decide(&record, &run));
	record_check(&record, RESTART_NONE, RESTART_END_FAILED, 1);
}

static void a_run_that_lived_long_begins_the_count_anew(void **state)
{
	struct restart_record record = record_make(RESTART_NONE, 4);
	struct restart_run run = { .end = RESTART_END_FAILED, .has_lived = true, .failures_max = 3 };

	(void)state;
	assert_true(restart_decide(&record, &run));
	record_check(&record, RESTART_NONE, RESTART_END_FAILED, 1);
}

static void the_count_ends_somewhere_and_so_do_the_restarts(void **state)
{
	struct restart_record record = record_make(RESTART_NONE, 0);
	struct restart_run run = { .end = RESTART_END_FAILED, .failures_max = UINT32_MAX };
	unsigned restarts = 0;

	(void)state;
	while (restart_decide(&record, &run))
		restarts++;
	assert_int_equal(restarts, 254);
	assert_int_equal(record.failures, 255);
	assert_false(restart_decide(&record, &run));
	assert_int_equal(record.failures, 255);
}

static void garbage_is_no_order_and_no_count(void **state)
{
	struct restart_record good = record_make(RESTART_TRY, 7), records[5];
	struct restart_run run = { .end = RESTART_END_ASKED };

	(void)state;
	for (size_t i = 0; i < 4; i++)
		records[i] = good;
	records[0].magic ^= 1;
	records[1].version++;
	records[2].order = RESTART_NONE | RESTART_TRY;
	records[3].failures = 256;
	memset(&records[4], 0xff, sizeof(records[4]));
	for (size_t i = 0; i < 5; i++) {
		restart_decide(&records[i], &run);
		record_check(&records[i], RESTART_NONE, RESTART_END_ASKED, 0);
		assert_int_equal(records[i].sequence, 0);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_device_that_bears_none_is_off_at_the_first),
		TEST(bad_ends_lead_to_the_package_before_once_then_off),
		TEST(one_bad_end_that_is_borne_leads_to_the_package_before),
		TEST(a_try_that_ends_badly_goes_back_and_counts_for_nothing),
		TEST(an_order_stands_if_the_end_was_asked_for),
		TEST(an_order_falls_if_the_run_fails_first),
		TEST(a_run_that_lived_long_begins_the_count_anew),
		TEST(the_count_ends_somewhere_and_so_do_the_restarts),
		TEST(garbage_is_no_order_and_no_count),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
