/*
 * print: every conversion against the C library's printf, where both promise the same; cutting; unknown conversions.
 * Links: lib/print.c
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "tests/unit/test.h"
#include "lib/print.h"

/* The same format by both; room for every case here. */
#define same(...)							\
	do {								\
		char ours[256], theirs[256];				\
		size_t our_length = print_string(ours, sizeof(ours), __VA_ARGS__);	\
		int their_length = snprintf(theirs, sizeof(theirs), __VA_ARGS__);	\
		assert_string_equal(ours, theirs);			\
		assert_int_equal(our_length, their_length);		\
	} while (0)

static void numbers_are_printed_in_full(void **state)
{
	(void)state;
	same("%d %d %d %d", 0, 1, -1, 2147483647);
	same("%d", (int)-2147483647 - 1);
	same("%ld %ld", 9223372036854775807l, -9223372036854775807l - 1);
	same("%u %u %u", 0u, 1u, 4294967295u);
	same("%lu %lu", 0ul, 18446744073709551615ul);
	same("%x %x %lx", 0u, 0xdeadbeefu, 0x123456789abcdeful);
	same("%llu %llx", 18446744073709551615ull, 0xfedcba9876543210ull);
	same("%zu", (size_t)12345);
}

static void widths_pad_with_spaces_or_zeros(void **state)
{
	(void)state;
	same("[%5d][%5d][%2d]", 42, -42, 12345);
	same("[%05d][%05d][%02d]", 42, -42, 12345);
	same("[%-5d][%-5d]|", 42, -42);
	same("[%8x][%08x][%-8x]", 0xabcu, 0xabcu, 0xabcu);
	same("[%16lx][%016lx]", 0xabcul, 0xabcul);
	same("[%4lu.%06lu]", 7ul, 42ul);
	same("[%3u]", 0u);
	same("[%03d]", -7);
}

static void text_is_padded_and_cut(void **state)
{
	char unterminated[3] = { 'a', 'b', 'c' };

	(void)state;
	same("[%s][%10s][%-10s]|", "abc", "abc", "abc");
	same("[%.2s][%.0s][%.9s]", "abc", "abc", "abc");
	same("[%5.1s][%-5.1s]|", "abc", "abc");
	same("%s", "");
	same("[%c][%3c][%-3c]|", 'x', 'y', 'z');
	same("[%.3s]", unterminated);
}

static void percent_signs_are_printed(void **state)
{
	(void)state;
	same("100%% of %d%%", 7);
	same("plain text");
	same("%s", "%d is not looked at");
}

/* What the C library leaves undefined must still be defined here: a message never fails. */
static void what_is_unknown_is_printed_as_it_stands(void **state)
{
	static const struct {
		const char *format, *expected;
	} cases[] = {
		{ "%q", "%q" }, { "a%", "a%" }, { "a%5", "a%5" }, { "%-08", "%-08" }, { "%l", "%l" }, { "%.3", "%.3" },
		{ "%f", "%f" },
	};
	char out[32];

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		/* Not a literal, so that the compiler does not refuse what is tested. */
		size_t (*volatile print)(char *, size_t, const char *, ...) = print_string;

		print(out, sizeof(out), cases[i].format);
		assert_string_equal(out, cases[i].expected);
	}
}

static void a_missing_text_is_named(void **state)
{
	char out[32];
	const char *volatile nothing = NULL;

	(void)state;
	print_string(out, sizeof(out), "[%s]", nothing);
	assert_string_equal(out, "[(null)]");
}

static void a_pointer_is_hexadecimal(void **state)
{
	char out[32];

	(void)state;
	print_string(out, sizeof(out), "%p", (void *)0xabcdef);
	assert_string_equal(out, "abcdef");
}

/* In memory of exactly its size, so that the sanitiser sees one byte too many. */
static void a_short_buffer_is_filled_ended_and_not_left(void **state)
{
	(void)state;
	for (size_t bytes = 1; bytes <= 12; bytes++) {
		char *out = malloc(bytes);

		assert_non_null(out);
		memset(out, '#', bytes);
		assert_int_equal(print_string(out, bytes, "%s-%d", "abcdef", 123), 10);
		assert_int_equal(strlen(out), bytes - 1 < 10 ? bytes - 1 : 10);
		assert_memory_equal(out, "abcdef-123", strlen(out));
		free(out);
	}
}

static void count_put(void *context, char c)
{
	(void)c;
	++*(size_t *)context;
}

PRINTF(2, 3) static size_t count(size_t *length, const char *format, ...)
{
	static const struct print_sink sink = { count_put };
	va_list args;

	*length = 0;
	va_start(args, format);
	print_to(&sink, length, format, args);
	va_end(args);
	return *length;
}

static void a_sink_gets_each_character(void **state)
{
	size_t length;

	(void)state;
	assert_int_equal(count(&length, "%200d", 5), 200);
	assert_int_equal(count(&length, "%-200s", "x"), 200);
	assert_int_equal(count(&length, "%s", ""), 0);
	/* More zeros than a number has digits. */
	assert_true(count(&length, "%050d", 5) >= 23);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(numbers_are_printed_in_full),
		TEST(widths_pad_with_spaces_or_zeros),
		TEST(text_is_padded_and_cut),
		TEST(percent_signs_are_printed),
		TEST(what_is_unknown_is_printed_as_it_stands),
		TEST(a_missing_text_is_named),
		TEST(a_pointer_is_hexadecimal),
		TEST(a_short_buffer_is_filled_ended_and_not_left),
		TEST(a_sink_gets_each_character),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
