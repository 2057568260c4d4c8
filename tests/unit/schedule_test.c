/*
 * schedule: what the search for keys takes for an expanded AES-256 key: the one of FIPS 197, those of the rooms' Mbed
 * TLS, parts of them, and nothing else.
 * Links: tests/search/schedule.c mbedtls
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "tests/unit/test.h"
#include <mbedtls/aes.h>
#include "lib/memory.h"
#include "tests/search/schedule.h"

#define SCHEDULE_BYTES	240
#define PARTS		((SCHEDULE_BYTES - SCHEDULE_PART_BYTES) / 32 + 1)
#define ROOM		4096

void memory_wipe(void *dst, size_t bytes)
{
	memset(dst, 0, bytes);
}

/* FIPS 197, appendix A.3. */
static const uint32_t published[] = {
	0x603deb10, 0x15ca71be, 0x2b73aef0, 0x857d7781, 0x1f352c07, 0x3b6108d7, 0x2d9810a3, 0x0914dff4,
	0x9ba35411, 0x8e6925af, 0xa51a8b5f, 0x2067fcde, 0xa8b09c1a, 0x93d194cd, 0xbe49846e, 0xb75d5b9a,
	0xd59aecb8, 0x5bf3c917, 0xfee94248, 0xde8ebe96, 0xb5a9328a, 0x2678a647, 0x98312229, 0x2f6c79b3,
	0x812c81ad, 0xdadf48ba, 0x24360af2, 0xfab8b464, 0x98c5bfc9, 0xbebd198e, 0x268c3ba7, 0x09e04214,
	0x68007bac, 0xb2df3316, 0x96e939e4, 0x6c518d80, 0xc814e204, 0x76a9fb8a, 0x5025c02d, 0x59c58239,
	0xde136967, 0x6ccc5a71, 0xfa256395, 0x9674ee15, 0x5886ca5d, 0x2e2f31d7, 0x7e0af1fa, 0x27cf73c3,
	0x749c47ab, 0x18501dda, 0xe2757e4f, 0x7401905a, 0xcafaaae3, 0xe4d59b34, 0x9adf6ace, 0xbd10190d,
	0xfe4890d1, 0xe6188d0b, 0x046df344, 0x706c631e,
};
_Static_assert(sizeof(published) == SCHEDULE_BYTES, "15 round keys");

static uint8_t memory[ROOM];

/* Memory full of what is no schedule, the same each time. */
static void memory_fill(void)
{
	uint32_t word = 12345;

	for (size_t i = 0; i < ROOM; i++) {
		word = word * 1664525u + 1013904223u;
		memory[i] = (uint8_t)(word >> 24);
	}
}

static unsigned parts_count(size_t first)
{
	unsigned count = 0;

	for (size_t at = 0; (at = schedule_find(memory, ROOM, at)) < ROOM; at++) {
		assert_int_equal((at - first) % 32, 0);
		count++;
	}
	return count;
}

static void the_published_schedule_is_found_in_either_byte_order(void **state)
{
	(void)state;
	for (unsigned is_reversed = 0; is_reversed < 2; is_reversed++) {
		memory_fill();
		for (unsigned i = 0; i < 60; i++) {
			uint32_t word = is_reversed ? published[i] : __builtin_bswap32(published[i]);

			memcpy(memory + 1236 + 4 * i, &word, 4);
		}
		assert_int_equal(schedule_find(memory, ROOM, 0), 1236);
		assert_int_equal(parts_count(1236), PARTS);
	}
}

static void every_schedule_of_the_rooms_library_is_found(void **state)
{
	mbedtls_aes_context context;

	(void)state;
	for (unsigned i = 0; i < 200; i++) {
		memory_fill();
		mbedtls_aes_init(&context);
		assert_int_equal(mbedtls_aes_setkey_enc(&context, memory + 7 * i, 256), 0);
		memcpy(memory + 16 * i, context.MBEDTLS_PRIVATE(buf), SCHEDULE_BYTES);
		assert_int_equal(schedule_find(memory, ROOM, 0), 16 * i);
		assert_int_equal(parts_count(16 * i), PARTS);
		mbedtls_aes_free(&context);
	}
}

static void a_part_is_enough_and_less_is_not(void **state)
{
	mbedtls_aes_context context;

	(void)state;
	mbedtls_aes_init(&context);
	assert_int_equal(mbedtls_aes_setkey_enc(&context, (const uint8_t *)"a key of exactly 32 bytes, so it", 256), 0);
	for (size_t from = 0; from + SCHEDULE_PART_BYTES <= SCHEDULE_BYTES; from += 32) {
		memory_fill();
		memcpy(memory + 100, (const uint8_t *)context.MBEDTLS_PRIVATE(buf) + from, SCHEDULE_PART_BYTES);
		assert_int_equal(schedule_find(memory, ROOM, 0), 100);
		/* The end of memory is the end of the search. */
		assert_int_equal(schedule_find(memory, 100 + SCHEDULE_PART_BYTES, 0), 100);
		assert_int_equal(schedule_find(memory, 99 + SCHEDULE_PART_BYTES, 0), 99 + SCHEDULE_PART_BYTES);
		for (size_t byte = 0; byte < SCHEDULE_PART_BYTES; byte++) {
			memory[100 + byte] ^= 0x10;
			assert_int_equal(schedule_find(memory, ROOM, 0), ROOM);
			memory[100 + byte] ^= 0x10;
		}
	}
	mbedtls_aes_free(&context);
}

static void other_memory_has_none(void **state)
{
	(void)state;
	memory_fill();
	assert_int_equal(schedule_find(memory, ROOM, 0), ROOM);
	for (unsigned byte = 0; byte < 256; byte++) {
		memset(memory, (int)byte, ROOM);
		assert_int_equal(schedule_find(memory, ROOM, 0), ROOM);
	}
	assert_int_equal(schedule_find(memory, 0, 0), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(the_published_schedule_is_found_in_either_byte_order),
		TEST(every_schedule_of_the_rooms_library_is_found),
		TEST(a_part_is_enough_and_less_is_not),
		TEST(other_memory_has_none),
	};

	return cmocka_run_group_tests_name("schedule", tests, NULL, NULL);
}
