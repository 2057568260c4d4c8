/*
 * Checked ranges: alignment, emptiness, wrap-around; and the two relations between ranges, against plain arithmetic.
 * Links:
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "tests/unit/test.h"
#include "lib/addr.h"

#define TOP (~0ull)

static enum status pa_try(uint64_t base, uint64_t bytes, uint64_t align)
{
	struct pa_range range = { pa_make(0x5555), 0x5555 };
	enum status status = pa_range_make(base, bytes, align, &range);

	assert_hex(pa_value(range.base), status == OK ? base : 0x5555);
	assert_hex(range.bytes, status == OK ? bytes : 0x5555);
	return status;
}

static enum status ipa_try(uint64_t base, uint64_t bytes, uint64_t align)
{
	struct ipa_range range = { ipa_make(0x5555), 0x5555 };
	enum status status = ipa_range_make(base, bytes, align, &range);

	assert_hex(ipa_value(range.base), status == OK ? base : 0x5555);
	assert_hex(range.bytes, status == OK ? bytes : 0x5555);
	return status;
}

static void good_ranges_are_made(void **state)
{
	(void)state;
	assert_int_equal(pa_try(0, GRANULE_BYTES, GRANULE_BYTES), OK);
	assert_int_equal(pa_try(0x40000000, BLOCK_BYTES, BLOCK_BYTES), OK);
	assert_int_equal(pa_try(0, BIT(48), GRANULE_BYTES), OK);
	assert_int_equal(pa_try(BIT(48) - GRANULE_BYTES, GRANULE_BYTES, GRANULE_BYTES), OK);
	assert_int_equal(pa_try(3, 5, 1), OK);
	assert_int_equal(ipa_try(0, BIT(39), GRANULE_BYTES), OK);
	assert_int_equal(ipa_try(BIT(39) - GRANULE_BYTES, GRANULE_BYTES, GRANULE_BYTES), OK);
}

static void empty_ranges_are_refused(void **state)
{
	(void)state;
	assert_int_equal(pa_try(0x40000000, 0, GRANULE_BYTES), ERR_ARGS);
	assert_int_equal(pa_try(0, 0, GRANULE_BYTES), ERR_ARGS);
	assert_int_equal(ipa_try(0x40000000, 0, GRANULE_BYTES), ERR_ARGS);
}

static void unaligned_ranges_are_refused(void **state)
{
	(void)state;
	for (unsigned bit = 0; bit < 12; bit++) {
		assert_int_equal(pa_try(0x40000000 | 1u << bit, GRANULE_BYTES, GRANULE_BYTES), ERR_ARGS);
		assert_int_equal(pa_try(0x40000000, GRANULE_BYTES | 1u << bit, GRANULE_BYTES), ERR_ARGS);
		assert_int_equal(ipa_try(0x40000000 | 1u << bit, GRANULE_BYTES, GRANULE_BYTES), ERR_ARGS);
		assert_int_equal(ipa_try(0x40000000, GRANULE_BYTES | 1u << bit, GRANULE_BYTES), ERR_ARGS);
	}
	assert_int_equal(pa_try(GRANULE_BYTES, BLOCK_BYTES, BLOCK_BYTES), ERR_ARGS);
}

static void ranges_that_wrap_or_reach_too_far_are_refused(void **state)
{
	static const uint64_t values[] = { TOP & ~0xfffull, BIT(63), BIT(52), BIT(48), BIT(48) - GRANULE_BYTES,
					   TOP - 0x1fff };

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(values); i++) {
		for (size_t j = 0; j < ARRAY_COUNT(values); j++) {
			/* The sum of any two is past 2^48, or wraps to something small. */
			assert_int_equal(pa_try(values[i], values[j], GRANULE_BYTES), ERR_ARGS);
			assert_int_equal(ipa_try(values[i], values[j], GRANULE_BYTES), ERR_ARGS);
		}
	}
	assert_int_equal(pa_try(GRANULE_BYTES, BIT(48), GRANULE_BYTES), ERR_ARGS);
	assert_int_equal(ipa_try(GRANULE_BYTES, BIT(39), GRANULE_BYTES), ERR_ARGS);
	assert_int_equal(ipa_try(BIT(39), GRANULE_BYTES, GRANULE_BYTES), ERR_ARGS);
	assert_int_equal(ipa_try(BIT(39) | 0x40000000, GRANULE_BYTES, GRANULE_BYTES), ERR_ARGS);
}

/* 128 bits are enough for every sum of two 64-bit numbers. */
typedef unsigned __int128 wide;

static const uint64_t corners[] = { 0, 1, 2, 7, 8, 0x1000, BIT(39), BIT(63) - 1, BIT(63), BIT(63) + 1, TOP - 8, TOP - 1,
				    TOP };

static void inside_is_what_arithmetic_without_limits_says(void **state)
{
	(void)state;
	for (size_t a = 0; a < ARRAY_COUNT(corners); a++) {
		for (size_t b = 0; b < ARRAY_COUNT(corners); b++) {
			for (size_t c = 0; c < ARRAY_COUNT(corners); c++) {
				for (size_t d = 0; d < ARRAY_COUNT(corners); d++) {
					wide end = (wide)corners[a] + corners[b];
					wide outer_end = (wide)corners[c] + corners[d];
					bool expected = corners[a] >= corners[c] && end <= outer_end;

					assert_int_equal(
						range_is_inside(corners[a], corners[b], corners[c], corners[d]),
						expected);
				}
			}
		}
	}
}

static void overlap_is_what_arithmetic_without_limits_says(void **state)
{
	(void)state;
	for (size_t a = 0; a < ARRAY_COUNT(corners); a++) {
		for (size_t b = 1; b < ARRAY_COUNT(corners); b++) {
			for (size_t c = 0; c < ARRAY_COUNT(corners); c++) {
				for (size_t d = 1; d < ARRAY_COUNT(corners); d++) {
					bool expected = (wide)corners[a] < (wide)corners[c] + corners[d] &&
							(wide)corners[c] < (wide)corners[a] + corners[b];

					assert_int_equal(range_overlaps(corners[a], corners[b], corners[c], corners[d]),
							 expected);
				}
			}
		}
	}
}

static void bits_are_taken_from_both_ends(void **state)
{
	(void)state;
	assert_hex(BITS(63, 0), TOP);
	assert_hex(BITS(63, 63), BIT(63));
	assert_hex(BITS(0, 0), 1);
	assert_hex(BITS(39, 12), 0xfffffff000);
	assert_hex(bits_get(0x123456789abcdef0, 63, 60), 1);
	assert_hex(bits_get(0x123456789abcdef0, 7, 4), 0xf);
	assert_hex(bits_get(TOP, 63, 0), TOP);
	assert_true(is_aligned(0, GRANULE_BYTES));
	assert_false(is_aligned(0x800, GRANULE_BYTES));
	assert_hex(align_down(0x41234567, BLOCK_BYTES), 0x41200000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(good_ranges_are_made),
		TEST(empty_ranges_are_refused),
		TEST(unaligned_ranges_are_refused),
		TEST(ranges_that_wrap_or_reach_too_far_are_refused),
		TEST(inside_is_what_arithmetic_without_limits_says),
		TEST(overlap_is_what_arithmetic_without_limits_says),
		TEST(bits_are_taken_from_both_ends),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
