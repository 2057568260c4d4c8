/*
 * Re-check of the mediator: a flipped bit anywhere in what is read-only is found in its page, one behind it
 * is not, and no place to go on from makes a call look elsewhere.
 * Links: anchor/recheck.c openssl
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "tests/unit/test.h"
#include "abi/anchor.h"
#include "anchor/recheck.h"

#define PAGE	4096ull
#define PAGES	9			/* read-only; one more is data */

static uint8_t image[(PAGES + 1) * PAGE] __attribute__((aligned(4096)));

static void end_set(uint64_t end)
{
	memcpy(image + ANCHOR_RECHECK_END, &end, sizeof(end));
}

static enum status begin(uint64_t base)
{
	const struct boot_range range = { base, sizeof(image) };

	return recheck_begin(&range);
}

static int setup(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(image); i++)
		image[i] = (uint8_t)(i * 7 + i / PAGE);
	end_set((uintptr_t)image + PAGES * PAGE);
	return begin((uintptr_t)image) == OK ? 0 : -1;
}

/* A round: OK, or ERR_AUTH with the address in @done. */
static enum status round_make(uint64_t *done)
{
	uint64_t all = 0;
	unsigned calls = 0;

	for (*done = 0; *done == 0 || *done < all;) {
		uint64_t before = *done;
		enum status status = recheck_step(done, &all);

		if (status != OK)
			return status;
		assert_true(*done > before && *done - before <= RECHECK_SLICE_BYTES);
		assert_int_equal(all, PAGES * PAGE);
		calls++;
	}
	assert_int_equal(calls, (PAGES * PAGE + RECHECK_SLICE_BYTES - 1) / RECHECK_SLICE_BYTES);
	return OK;
}

static void what_was_not_changed_is_found_good(void **state)
{
	uint64_t done;

	(void)state;
	assert_int_equal(round_make(&done), OK);
	assert_int_equal(done, PAGES * PAGE);
	assert_int_equal(round_make(&done), OK);
}

static void a_flipped_bit_is_found_in_its_page(void **state)
{
	uint64_t done;

	(void)state;
	for (uint64_t at = 0; at < PAGES * PAGE; at += at % PAGE == 0 ? PAGE - 1 : 1) {
		image[at] ^= (uint8_t)(1u << at % 8);
		assert_int_equal(round_make(&done), ERR_AUTH);
		assert_hex(done, (uintptr_t)image + at / PAGE * PAGE);
		image[at] ^= (uint8_t)(1u << at % 8);
	}
	assert_int_equal(round_make(&done), OK);
}

static void data_behind_may_change(void **state)
{
	uint64_t done;

	(void)state;
	memset(image + PAGES * PAGE, 0xee, PAGE);
	assert_int_equal(round_make(&done), OK);
}

static void a_place_where_no_slice_begins_is_refused(void **state)
{
	static const uint64_t places[] = {
		1, PAGE, RECHECK_SLICE_BYTES - 1, PAGES * PAGE, PAGES * PAGE + 1, 3 * RECHECK_SLICE_BYTES, 1ull << 63,
		UINT64_MAX, UINT64_MAX - RECHECK_SLICE_BYTES + 1,
	};

	(void)state;
	for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
		uint64_t done = places[i], all = 77;

		assert_int_equal(recheck_step(&done, &all), ERR_ARGS);
		assert_hex(done, places[i]);
		assert_int_equal(all, 77);
	}
}

static void an_image_that_says_no_end_is_refused(void **state)
{
	uint64_t base = (uintptr_t)image;
	const uint64_t ends[] = { 0, base, base - PAGE, base + 1, base + 65 * PAGE, UINT64_MAX & ~(PAGE - 1) };

	(void)state;
	for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++) {
		end_set(ends[i]);
		assert_int_equal(begin(base), ERR_ARGS);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST_FROM(setup, what_was_not_changed_is_found_good),
		TEST_FROM(setup, a_flipped_bit_is_found_in_its_page),
		TEST_FROM(setup, data_behind_may_change),
		TEST_FROM(setup, a_place_where_no_slice_begins_is_refused),
		TEST_FROM(setup, an_image_that_says_no_end_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
