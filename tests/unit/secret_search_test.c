/*
 * search: pieces of secrets and parts of key schedules in memory, wherever they lie, each once.
 * Links: tests/search/secret.c tests/search/schedule.c
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "tests/unit/test.h"
#include "tests/search/secret.h"

#define PAGE	0x1000
#define ROOM	(8 * PAGE + 24)

static uint8_t memory[ROOM];
static struct secrets secrets;

struct finds {
	unsigned count;
	size_t which[16], at[16], bytes[16];
};

static void note(void *context, size_t which, size_t at, size_t bytes)
{
	struct finds *finds = context;

	assert_in_range(finds->count, 0, 15);
	finds->which[finds->count] = which;
	finds->at[finds->count] = at;
	finds->bytes[finds->count++] = bytes;
}

static struct finds found(void)
{
	struct finds finds = { 0 };

	secrets_find(&secrets, memory, ROOM, note, &finds);
	return finds;
}

static void expect_one(size_t which, size_t at)
{
	struct finds finds = found();

	assert_int_equal(finds.count, 1);
	assert_int_equal(finds.which[0], which);
	assert_int_equal(finds.at[0], at);
	assert_int_equal(finds.bytes[0], SECRET_PIECE);
}

/* The last byte of the first, and the first of the second piece, are zero: at a border only other bytes tell. */
static int secrets_make(void **state)
{
	(void)state;
	memset(memory, 0, sizeof(memory));
	memset(&secrets, 0, sizeof(secrets));
	assert_true(secret_take(&secrets, "first=1122334455667700" "0099aabbccddeeff"));
	assert_true(secret_take(&secrets, "second=0123456789abcdef"));
	return 0;
}

static void a_piece_is_found_at_any_byte(void **state)
{
	(void)state;
	for (size_t at = 2 * PAGE - 20; at < 3 * PAGE + 20; at++) {
		for (size_t piece = 0; piece < 3; piece++) {
			const uint8_t *bytes = piece == 2 ? secrets.list[1].bytes : secrets.list[0].bytes + 8 * piece;

			memcpy(memory + at, bytes, SECRET_PIECE);
			expect_one(piece == 2 ? 1 : 0, at);
			memset(memory + at, 0, SECRET_PIECE);
		}
	}
	for (size_t at = 0; at + 8 <= ROOM; at += ROOM - 8) {
		memcpy(memory + at, secrets.list[1].bytes, SECRET_PIECE);
		expect_one(1, at);
		memset(memory + at, 0, SECRET_PIECE);
	}
	assert_int_equal(found().count, 0);
}

static void pieces_in_memory_without_zero_pages_are_found(void **state)
{
	(void)state;
	memset(memory, 0x11, sizeof(memory));
	assert_int_equal(found().count, 0);
	memcpy(memory + PAGE - 3, secrets.list[0].bytes, 16);
	memcpy(memory + 5 * PAGE + 1, secrets.list[1].bytes, 8);
	struct finds finds = found();

	assert_int_equal(finds.count, 3);
	assert_int_equal(finds.at[0], PAGE - 3);
	assert_int_equal(finds.at[1], PAGE + 5);
	assert_int_equal(finds.at[2], 5 * PAGE + 1);
}

/* FIPS 197, appendix A.3: the first two round keys of each kind, and two more. */
static const uint8_t schedule[SECRET_BYTES] = {
	0x60, 0x3d, 0xeb, 0x10, 0x15, 0xca, 0x71, 0xbe, 0x2b, 0x73, 0xae, 0xf0, 0x85, 0x7d, 0x77, 0x81,
	0x1f, 0x35, 0x2c, 0x07, 0x3b, 0x61, 0x08, 0xd7, 0x2d, 0x98, 0x10, 0xa3, 0x09, 0x14, 0xdf, 0xf4,
	0x9b, 0xa3, 0x54, 0x11, 0x8e, 0x69, 0x25, 0xaf, 0xa5, 0x1a, 0x8b, 0x5f, 0x20, 0x67, 0xfc, 0xde,
	0xa8, 0xb0, 0x9c, 0x1a, 0x93, 0xd1, 0x94, 0xcd, 0xbe, 0x49, 0x84, 0x6e, 0xb7, 0x5d, 0x5b, 0x9a,
};

static void schedules_are_found_across_pages(void **state)
{
	(void)state;
	for (size_t at = 3 * PAGE - 64; at <= 3 * PAGE; at += 4) {
		memcpy(memory + at, schedule, sizeof(schedule));
		struct finds finds = found();

		assert_int_equal(finds.count, 1);
		assert_int_equal(finds.which[0], secrets.count);
		assert_int_equal(finds.at[0], at);
		memset(memory + at, 0, sizeof(schedule));
	}
}

static void what_is_no_secret_is_not_taken(void **state)
{
	static const char *const bad[] = {
		"", "=", "name", "name=", "=0123456789abcdef", "name=0123456789abcde", "name=0123456789abcdeg",
		"name=0123456789ABCDEF", "a-name-that-is-much-longer-than-32=0123456789abcdef",
	};

	(void)state;
	for (unsigned i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_false(secret_take(&secrets, bad[i]));
	assert_int_equal(secrets.count, 2);
	while (secrets.count < SECRET_MAX)
		assert_true(secret_take(&secrets, "more=0123456789abcdef"));
	assert_false(secret_take(&secrets, "more=0123456789abcdef"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST_FROM(secrets_make, a_piece_is_found_at_any_byte),
		TEST_FROM(secrets_make, pieces_in_memory_without_zero_pages_are_found),
		TEST_FROM(secrets_make, schedules_are_found_across_pages),
		TEST_FROM(secrets_make, what_is_no_secret_is_not_taken),
	};

	return cmocka_run_group_tests_name("secret_search", tests, NULL, NULL);
}
