/*
 * The CBOR writer against the examples of RFC 8949, appendix A.
 * Links: lib/cbor_writer.c
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "tests/unit/test.h"
#include "lib/cbor_writer.h"

static uint8_t room[64];
static struct cbor_writer writer;

static int setup(void **state)
{
	(void)state;
	memset(room, 0xee, sizeof(room));
	writer = (struct cbor_writer){ .bytes = room, .capacity = sizeof(room) };
	return 0;
}

static void assert_written(const char *hex)
{
	char found[2 * sizeof(room) + 1] = "";

	assert_true(cbor_is_whole(&writer));
	for (size_t i = 0; i < writer.count; i++)
		(void)snprintf(found + 2 * i, 3, "%02x", room[i]);
	assert_string_equal(found, hex);
	writer.count = 0;
}

static void numbers_have_the_shortest_head(void **state)
{
	static const struct { uint64_t value; const char *hex; } examples[] = {
		{ 0, "00" }, { 1, "01" }, { 10, "0a" }, { 23, "17" }, { 24, "1818" }, { 100, "1864" }, { 255, "18ff" },
		{ 256, "190100" }, { 1000, "1903e8" }, { 65535, "19ffff" }, { 65536, "1a00010000" },
		{ 1000000, "1a000f4240" }, { UINT32_MAX, "1affffffff" }, { 1ull << 32, "1b0000000100000000" },
		{ 1000000000000, "1b000000e8d4a51000" }, { UINT64_MAX, "1bffffffffffffffff" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(examples); i++) {
		cbor_uint(&writer, examples[i].value);
		assert_written(examples[i].hex);
	}
}

static void negative_numbers_count_from_minus_one(void **state)
{
	(void)state;
	cbor_negative(&writer, -1);
	assert_written("20");
	cbor_negative(&writer, -10);
	assert_written("29");
	cbor_negative(&writer, -35);
	assert_written("3822");
	cbor_negative(&writer, -1000);
	assert_written("3903e7");
	cbor_negative(&writer, INT64_MIN);
	assert_written("3b7fffffffffffffff");
}

static void strings_carry_their_length(void **state)
{
	(void)state;
	cbor_bytes(&writer, NULL, 0);
	assert_written("40");
	cbor_bytes(&writer, "\1\2\3\4", 4);
	assert_written("4401020304");
	cbor_text(&writer, "");
	assert_written("60");
	cbor_text(&writer, "IETF");
	assert_written("6449455446");
	cbor_text(&writer, "abcdefghijklmnopqrstuvwxyz");
	assert_written("781a6162636465666768696a6b6c6d6e6f707172737475767778797a");
}

static void heads_of_what_holds_other_items(void **state)
{
	(void)state;
	cbor_array(&writer, 3);
	cbor_array(&writer, 25);
	assert_written("839819");
	cbor_map(&writer, 2);
	cbor_map(&writer, 24);
	assert_written("a2b818");
	cbor_tag(&writer, 1);
	cbor_tag(&writer, 18);
	cbor_tag(&writer, 32);
	assert_written("c1d2d820");
}

static void what_does_not_fit_is_counted_and_not_stored(void **state)
{
	(void)state;
	writer.capacity = 4;
	cbor_bytes(&writer, "\1\2\3", 3);
	assert_true(cbor_is_whole(&writer));
	cbor_uint(&writer, 5);
	assert_false(cbor_is_whole(&writer));
	/* A large item, and then a small one, must not come back into the room. */
	cbor_bytes(&writer, "\1\2\3\4\5\6", 6);
	cbor_uint(&writer, 5);
	assert_int_equal(writer.count, 4 + 1 + 7 + 1);
	for (size_t i = 4; i < sizeof(room); i++)
		assert_int_equal(room[i], 0xee);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST_FROM(setup, numbers_have_the_shortest_head),
		TEST_FROM(setup, negative_numbers_count_from_minus_one),
		TEST_FROM(setup, strings_carry_their_length),
		TEST_FROM(setup, heads_of_what_holds_other_items),
		TEST_FROM(setup, what_does_not_fit_is_counted_and_not_stored),
	};

	return cmocka_run_group_tests_name("cbor_writer", tests, NULL, NULL);
}
