/*
 * cbor: every kind of item that is taken, and every way in which one may be wrong.
 * Links: lib/cbor.c tests/unit/cbor_write.c
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "tests/unit/test.h"
#include "lib/cbor.h"
#include "tests/unit/cbor_write.h"

static struct written out;

/* The bytes of a literal in an allocation of their size, as input. */
static struct cbor open_bytes(const void *bytes, size_t count)
{
	uint8_t *copy = test_malloc(count);

	memcpy(copy, bytes, count);
	return cbor_open(copy, count);
}

#define OPEN(literal)	open_bytes(literal, sizeof(literal) - 1)

static struct cbor open_written(void)
{
	return open_bytes(out.bytes, out.count);
}

/* What a cursor says, at which offset; the input is given back. */
static void check(struct cbor *c, size_t bytes, enum signed_problem problem, size_t offset)
{
	const uint8_t *input = c->end - bytes;

	assert_int_equal(c->problem, problem);
	assert_int_equal(c->at - input, offset);
	test_free((void *)(uintptr_t)input);
}

static const uint64_t numbers[] = {
	0, 1, 23, 24, 255, 256, 65535, 65536, UINT32_MAX, (uint64_t)UINT32_MAX + 1, UINT64_MAX,
};

static void takes_numbers_of_every_size(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(numbers); i++) {
		out.count = 0;
		write_head(&out, WRITE_UINT, numbers[i]);
		struct cbor c = open_written();

		assert_hex(cbor_take_uint(&c, 0, UINT64_MAX), numbers[i]);
		assert_int_equal(cbor_end(&c), SIGNED_OK);
		check(&c, out.count, SIGNED_OK, out.count);
	}
}

static void refuses_heads_that_are_longer_than_needed(void **state)
{
	static const unsigned sizes[] = { 1, 2, 4, 8 };

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(numbers); i++) {
		for (size_t s = 0; s < ARRAY_COUNT(sizes); s++) {
			out.count = 0;
			write_head(&out, WRITE_UINT, numbers[i]);

			size_t shortest = out.count - 1;

			if (sizes[s] < shortest)
				continue;
			out.count = 0;
			write_head_long(&out, WRITE_UINT, numbers[i], sizes[s]);
			struct cbor c = open_written();
			uint64_t found = cbor_take_uint(&c, 0, UINT64_MAX);

			if (sizes[s] == shortest)
				assert_hex(found, numbers[i]);
			check(&c, out.count, sizes[s] == shortest ? SIGNED_OK : SIGNED_NOT_CANONICAL,
			      sizes[s] == shortest ? out.count : 0);
		}
	}
}

static void says_truncated_wherever_a_head_is_cut(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(numbers); i++) {
		out.count = 0;
		write_head(&out, WRITE_UINT, numbers[i]);
		for (size_t cut = 0; cut < out.count; cut++) {
			struct cbor c = open_bytes(out.bytes, cut);

			assert_int_equal(cbor_take_uint(&c, 0, UINT64_MAX), 0);
			check(&c, cut, SIGNED_TRUNCATED, 0);
		}
	}
}

static void takes_only_numbers_in_their_range(void **state)
{
	static const struct { uint64_t min, max; enum signed_problem problem; } ranges[] = {
		{ 500, 500, SIGNED_OK }, { 0, 500, SIGNED_OK }, { 500, UINT64_MAX, SIGNED_OK },
		{ 0, 499, SIGNED_RANGE }, { 501, UINT64_MAX, SIGNED_RANGE },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(ranges); i++) {
		struct cbor c = OPEN("\x19\x01\xf4");
		uint64_t found = cbor_take_uint(&c, ranges[i].min, ranges[i].max);

		assert_int_equal(found, ranges[i].problem == SIGNED_OK ? 500 : 0);
		check(&c, 3, ranges[i].problem, ranges[i].problem == SIGNED_OK ? 3 : 0);
	}
}

/* Every first byte there is, where a number is wanted, with eight bytes behind it that no long head has to spare. */
static void names_every_first_byte_that_is_no_number(void **state)
{
	(void)state;
	for (unsigned first = 0; first < 256; first++) {
		uint8_t bytes[9] = { (uint8_t)first, 0x81, 1, 1, 1, 1, 1, 1, 1 };
		unsigned kind = first >> 5, size = first & 31;
		enum signed_problem expected = SIGNED_SHAPE;

		if (kind == 7 || (size >= 28 && size <= 30))
			expected = SIGNED_UNKNOWN;
		else if (size == 31)
			expected = kind >= 2 && kind <= 5 ? SIGNED_NOT_CANONICAL : SIGNED_UNKNOWN;
		else if (kind == 0)
			expected = SIGNED_OK;
		else if (kind == 6 && size != 18)
			expected = SIGNED_UNKNOWN;
		struct cbor c = open_bytes(bytes, sizeof(bytes));

		cbor_take_uint(&c, 0, UINT64_MAX);
		if (c.problem != expected)
			fail_msg("first byte 0x%02x: problem %d, expected %d", first, c.problem, expected);
		check(&c, sizeof(bytes), expected, expected != SIGNED_OK ? 0 : size < 24 ? 1 : 1 + (1u << (size - 24)));
	}
}

static void takes_strings_inside_their_sizes(void **state)
{
	struct cbor c = OPEN("\x43" "abc" "\x40");
	struct cbor_bytes bytes = cbor_take_bytes(&c, 3, 3);

	(void)state;
	assert_int_equal(bytes.count, 3);
	assert_memory_equal(bytes.data, "abc", 3);
	bytes = cbor_take_bytes(&c, 0, 0);
	assert_int_equal(bytes.count, 0);
	check(&c, 5, SIGNED_OK, 5);

	c = OPEN("\x43" "abc");
	assert_int_equal(cbor_take_bytes(&c, 4, 10).count, 0);
	check(&c, 4, SIGNED_RANGE, 0);
	c = OPEN("\x43" "abc");
	assert_int_equal(cbor_take_bytes(&c, 0, 2).count, 0);
	check(&c, 4, SIGNED_RANGE, 0);
	c = OPEN("\x43" "ab");
	assert_null(cbor_take_bytes(&c, 0, SIZE_MAX).data);
	check(&c, 3, SIGNED_TRUNCATED, 0);
	/* The longest length that a head can say: adding it to an address would wrap. */
	c = OPEN("\x5b\xff\xff\xff\xff\xff\xff\xff\xff" "abc");
	assert_null(cbor_take_bytes(&c, 0, SIZE_MAX).data);
	check(&c, 12, SIGNED_TRUNCATED, 0);
	c = OPEN("\x63" "abc");
	assert_null(cbor_take_bytes(&c, 0, SIZE_MAX).data);
	check(&c, 4, SIGNED_SHAPE, 0);
}

static void copies_strings_of_exactly_the_size(void **state)
{
	uint8_t copy[3] = { 9, 9, 9 };
	struct cbor c = OPEN("\x42" "ab");

	(void)state;
	cbor_copy_bytes(&c, copy, 3);
	check(&c, 3, SIGNED_RANGE, 0);
	assert_memory_equal(copy, "\x09\x09\x09", 3);
	c = OPEN("\x43" "abc");
	cbor_copy_bytes(&c, copy, 3);
	check(&c, 4, SIGNED_OK, 4);
	assert_memory_equal(copy, "abc", 3);
}

static void takes_texts_of_the_alphabet_only(void **state)
{
	char text[8];

	(void)state;
	for (unsigned character = 0; character < 256; character++) {
		uint8_t bytes[] = { 0x63, 'a', (uint8_t)character, 'z' };
		/* NUL would be found by strchr(), too. */
		bool is_good = character != 0 && strchr("abcdefghijklmnopqrstuvwxyz0123456789._-", (int)character) != NULL;
		struct cbor c = open_bytes(bytes, sizeof(bytes));

		memset(text, 'x', sizeof(text));
		cbor_take_text(&c, text, sizeof(text));
		assert_memory_equal(text + 4, is_good ? "\0\0\0\0" : "xxxx", 4);
		if (is_good)
			assert_int_equal(text[1], (char)character);
		check(&c, 4, is_good ? SIGNED_OK : SIGNED_RANGE, is_good ? 4 : 0);
	}
}

static void takes_texts_that_fit_only(void **state)
{
	char text[4] = "old";
	struct cbor c = OPEN("\x60");

	(void)state;
	cbor_take_text(&c, text, sizeof(text));
	check(&c, 1, SIGNED_RANGE, 0);
	c = OPEN("\x64" "abcd");
	cbor_take_text(&c, text, sizeof(text));
	check(&c, 5, SIGNED_RANGE, 0);
	assert_string_equal(text, "old");
	c = OPEN("\x63" "new");
	cbor_take_text(&c, text, sizeof(text));
	check(&c, 4, SIGNED_OK, 4);
	assert_string_equal(text, "new");
}

static void takes_arrays_of_the_wanted_count(void **state)
{
	struct cbor c = OPEN("\x82\x80\x98\x18");

	(void)state;
	assert_int_equal(cbor_take_array(&c, 2, 2), 2);
	assert_int_equal(cbor_take_array(&c, 0, 8), 0);
	assert_int_equal(c.problem, SIGNED_OK);
	assert_int_equal(cbor_take_array(&c, 0, 24), 24);
	check(&c, 4, SIGNED_OK, 4);
	c = OPEN("\x82");
	assert_int_equal(cbor_take_array(&c, 0, 1), 0);
	check(&c, 1, SIGNED_SHAPE, 0);
	c = OPEN("\x82");
	assert_int_equal(cbor_take_array(&c, 3, 3), 0);
	check(&c, 1, SIGNED_SHAPE, 0);
	c = OPEN("\x9b\xff\xff\xff\xff\xff\xff\xff\xff");
	assert_int_equal(cbor_take_array(&c, 0, 24), 0);
	check(&c, 9, SIGNED_SHAPE, 0);
}

static void takes_the_one_tag(void **state)
{
	struct cbor c = OPEN("\xd2");

	(void)state;
	cbor_take_tag(&c);
	check(&c, 1, SIGNED_OK, 1);
	c = OPEN("\xd1");
	cbor_take_tag(&c);
	check(&c, 1, SIGNED_UNKNOWN, 0);
	c = OPEN("\x84");
	cbor_take_tag(&c);
	check(&c, 1, SIGNED_SHAPE, 0);
	/* 55799, the tag of CBOR itself. */
	c = OPEN("\xd9\xd9\xf7");
	cbor_take_tag(&c);
	check(&c, 3, SIGNED_UNKNOWN, 0);
}

/* A map whose keys 1 and 5 are wanted, with numbers as values. */
static void map_take(struct cbor *c)
{
	cbor_take_map(c);
	cbor_take_key(c, 1);
	cbor_take_uint(c, 0, UINT64_MAX);
	cbor_take_key(c, 5);
	cbor_take_uint(c, 0, UINT64_MAX);
	cbor_end_map(c);
	cbor_end(c);
}

static void takes_maps_with_exactly_their_keys(void **state)
{
	static const struct { const char *bytes; size_t count; enum signed_problem problem; size_t offset; } maps[] = {
		{ "\xa2\x01\x00\x05\x00", 5, SIGNED_OK, 5 },
		{ "\xa1\x01\x00\x05\x00", 5, SIGNED_SHAPE, 3 },			/* says one, has two */
		{ "\xa1\x01\x00", 3, SIGNED_SHAPE, 3 },				/* 5 is missing at the end */
		{ "\xa1\x05\x00", 3, SIGNED_SHAPE, 1 },				/* 1 is missing */
		{ "\xa0", 1, SIGNED_SHAPE, 1 },
		{ "\xa2\x01\x00\x06\x00", 5, SIGNED_SHAPE, 3 },			/* 6 in its place */
		{ "\xa2\x01\x00\x04\x00", 5, SIGNED_UNKNOWN, 3 },
		{ "\xa2\x00\x00\x01\x00", 5, SIGNED_UNKNOWN, 1 },
		{ "\xa3\x01\x00\x03\x00\x05\x00", 7, SIGNED_UNKNOWN, 3 },	/* one more between */
		{ "\xa3\x01\x00\x05\x00\x06\x00", 7, SIGNED_UNKNOWN, 5 },	/* one more behind */
		{ "\xa2\x05\x00\x01\x00", 5, SIGNED_SHAPE, 1 },			/* the other way round */
		{ "\xa2\x01\x00\x01\x00", 5, SIGNED_NOT_CANONICAL, 3 },		/* twice */
		{ "\xa3\x01\x00\x05\x00\x05\x00", 7, SIGNED_NOT_CANONICAL, 5 },	/* twice, at the end */
		{ "\xa3\x01\x00\x05\x00\x02\x00", 7, SIGNED_NOT_CANONICAL, 5 },	/* out of order */
		{ "\xa2\x01\x00\x20\x00", 5, SIGNED_SHAPE, 3 },			/* a negative key */
		{ "\xa2\x01\x00\x61" "5\x00", 6, SIGNED_SHAPE, 3 },		/* a text */
		{ "\xa2\x01\x00\x18\x05\x00", 6, SIGNED_NOT_CANONICAL, 3 },	/* a long head */
		{ "\xbf\x01\x00\x05\x00\xff", 6, SIGNED_NOT_CANONICAL, 0 },	/* indefinite */
		{ "\xa2\x01\x00\x05\x00\x00", 6, SIGNED_TRAILING, 5 },
		{ "\xa3\x01\x00\x05\x00", 5, SIGNED_TRUNCATED, 5 },		/* says three, has two */
		{ "\xbb\xff\xff\xff\xff\xff\xff\xff\xff\x01\x00\x05\x00", 13, SIGNED_TRUNCATED, 13 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(maps); i++) {
		struct cbor c = open_bytes(maps[i].bytes, maps[i].count);

		map_take(&c);
		if (c.problem != maps[i].problem)
			fail_msg("map %zu: problem %d, expected %d", i, c.problem, maps[i].problem);
		check(&c, maps[i].count, maps[i].problem, maps[i].offset);
	}
}

static void takes_literals_byte_by_byte(void **state)
{
	static const uint8_t literal[] = { 0x83, 0x01, 0x41, 'a' };

	(void)state;
	for (size_t count = 0; count <= sizeof(literal); count++) {
		struct cbor c = open_bytes(literal, count);

		cbor_take_literal(&c, literal, sizeof(literal));
		check(&c, count, count < sizeof(literal) ? SIGNED_TRUNCATED : SIGNED_OK, count < sizeof(literal) ? 0 : count);
	}
	for (size_t at = 0; at < sizeof(literal); at++) {
		uint8_t other[sizeof(literal)];

		memcpy(other, literal, sizeof(other));
		other[at] ^= 0x80;
		/* Another byte is another item, also where the input ends behind it. */
		for (size_t count = at + 1; count <= sizeof(other); count++) {
			struct cbor c = open_bytes(other, count);

			cbor_take_literal(&c, literal, sizeof(literal));
			check(&c, count, SIGNED_SHAPE, 0);
		}
	}
}

static void keeps_the_first_problem_and_its_place(void **state)
{
	struct cbor c = OPEN("\x01\x02\x03\x43" "abc");
	char text[4] = "old";
	uint8_t copy[3] = { 9, 9, 9 };

	(void)state;
	assert_int_equal(cbor_take_uint(&c, 0, 10), 1);
	assert_int_equal(cbor_take_uint(&c, 5, 10), 0);
	assert_int_equal(cbor_take_uint(&c, 0, 10), 0);
	assert_int_equal(cbor_take_array(&c, 0, 10), 0);
	assert_null(cbor_take_bytes(&c, 0, 10).data);
	cbor_copy_bytes(&c, copy, sizeof(copy));
	cbor_take_text(&c, text, sizeof(text));
	cbor_take_tag(&c);
	map_take(&c);
	cbor_take_literal(&c, (const uint8_t *)"\x02", 1);
	cbor_fail(&c, c.end, SIGNED_DIGEST);
	assert_int_equal(cbor_end_filled(&c), SIGNED_RANGE);
	assert_string_equal(text, "old");
	assert_memory_equal(copy, "\x09\x09\x09", 3);
	check(&c, 7, SIGNED_RANGE, 1);
}

static void end_demands_that_nothing_follows(void **state)
{
	struct cbor c = OPEN("\x00\x00");

	(void)state;
	cbor_take_uint(&c, 0, 0);
	assert_int_equal(cbor_end(&c), SIGNED_TRAILING);
	check(&c, 2, SIGNED_TRAILING, 1);
}

static void filled_end_allows_zeros_only(void **state)
{
	struct cbor c = OPEN("\x05\x00\x00\x00");

	(void)state;
	cbor_take_uint(&c, 5, 5);
	assert_int_equal(cbor_end_filled(&c), SIGNED_OK);
	check(&c, 4, SIGNED_OK, 1);
	c = OPEN("\x05\x00\x00\x01");
	cbor_take_uint(&c, 5, 5);
	assert_int_equal(cbor_end_filled(&c), SIGNED_TRAILING);
	check(&c, 4, SIGNED_TRAILING, 3);
	c = OPEN("\x05");
	cbor_take_uint(&c, 5, 5);
	assert_int_equal(cbor_end_filled(&c), SIGNED_OK);
	check(&c, 1, SIGNED_OK, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(takes_numbers_of_every_size),
		TEST(refuses_heads_that_are_longer_than_needed),
		TEST(says_truncated_wherever_a_head_is_cut),
		TEST(takes_only_numbers_in_their_range),
		TEST(names_every_first_byte_that_is_no_number),
		TEST(takes_strings_inside_their_sizes),
		TEST(copies_strings_of_exactly_the_size),
		TEST(takes_texts_of_the_alphabet_only),
		TEST(takes_texts_that_fit_only),
		TEST(takes_arrays_of_the_wanted_count),
		TEST(takes_the_one_tag),
		TEST(takes_maps_with_exactly_their_keys),
		TEST(takes_literals_byte_by_byte),
		TEST(keeps_the_first_problem_and_its_place),
		TEST(end_demands_that_nothing_follows),
		TEST(filled_end_allows_zeros_only),
	};

	return cmocka_run_group_tests_name("cbor", tests, NULL, NULL);
}
