/*
 * signed: every problem has a name and a text of its own, as docs/formats.md lists them.
 * Links: lib/signed.c lib/cbor.c
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "tests/unit/test.h"
#include "lib/signed.h"

static void names_are_those_of_the_format(void **state)
{
	static const char *const names[] = {
		"ok", "truncated", "trailing", "not-canonical", "unknown", "shape", "range", "root-key", "algorithm",
		"signature", "type", "role", "revoked", "rolled-back", "digest", "owner",
		"platform", "wrap", "chunk",
	};

	(void)state;
	assert_int_equal(ARRAY_COUNT(names), SIGNED_PROBLEM_COUNT);
	for (unsigned i = 0; i < SIGNED_PROBLEM_COUNT; i++)
		assert_string_equal(signed_name((enum signed_problem)i), names[i]);
	/* The first and the last of those that records keep. */
	assert_int_equal(SIGNED_TRUNCATED, 1);
	assert_int_equal(SIGNED_CHUNK, 18);
}

static void texts_differ(void **state)
{
	(void)state;
	for (unsigned i = 0; i < SIGNED_PROBLEM_COUNT; i++) {
		for (unsigned j = 0; j < i; j++) {
			assert_string_not_equal(signed_text((enum signed_problem)i), signed_text((enum signed_problem)j));
			assert_string_not_equal(signed_expected((enum signed_problem)i),
						signed_expected((enum signed_problem)j));
		}
	}
}

static void numbers_that_are_none_have_a_text(void **state)
{
	(void)state;
	assert_string_equal(signed_name(SIGNED_PROBLEM_COUNT), "?");
	assert_string_equal(signed_name((enum signed_problem)~0u), "?");
	assert_string_equal(signed_text(SIGNED_PROBLEM_COUNT), "has a problem without a name");
	assert_string_equal(signed_expected(SIGNED_PROBLEM_COUNT), "a problem with a name");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(names_are_those_of_the_format),
		TEST(texts_differ),
		TEST(numbers_that_are_none_have_a_text),
	};

	return cmocka_run_group_tests_name("signed", tests, NULL, NULL);
}
