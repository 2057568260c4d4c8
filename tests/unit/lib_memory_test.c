/*
 * lib/memory.c against the C library: all small sizes and alignments, and not a byte beyond. It is included, under
 * other names, because the host program has a memcpy already.
 * Links:
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "tests/unit/test.h"

#define memcpy		redoubt_memcpy
#define memmove		redoubt_memmove
#define memset		redoubt_memset
#define memcmp		redoubt_memcmp
#define strlen		redoubt_strlen
#define strcmp		redoubt_strcmp
#define strncmp		redoubt_strncmp
#include "lib/memory.c"
#undef memcpy
#undef memmove
#undef memset
#undef memcmp
#undef strlen
#undef strcmp
#undef strncmp

#define ROOM 96

static uint8_t ours[ROOM], theirs[ROOM], source[ROOM];

static void fill(void)
{
	for (unsigned i = 0; i < ROOM; i++) {
		ours[i] = theirs[i] = (uint8_t)(0x80 + i);
		source[i] = (uint8_t)(i * 7 + 1);
	}
}

static void copies_are_exact_at_every_size_and_alignment(void **state)
{
	(void)state;
	for (unsigned to = 0; to < 17; to++) {
		for (unsigned from = 0; from < 17; from++) {
			for (unsigned bytes = 0; bytes < 64; bytes++) {
				fill();
				assert_ptr_equal(redoubt_memcpy(ours + to, source + from, bytes), ours + to);
				memcpy(theirs + to, source + from, bytes);
				assert_memory_equal(ours, theirs, ROOM);
			}
		}
	}
}

static void moves_are_exact_when_they_overlap(void **state)
{
	(void)state;
	for (unsigned to = 0; to < 40; to++) {
		for (unsigned from = 0; from < 40; from++) {
			for (unsigned bytes = 0; bytes < 50; bytes += 7) {
				fill();
				assert_ptr_equal(redoubt_memmove(ours + to, ours + from, bytes), ours + to);
				memmove(theirs + to, theirs + from, bytes);
				assert_memory_equal(ours, theirs, ROOM);
			}
		}
	}
}

static void sets_are_exact_at_every_size_and_alignment(void **state)
{
	static const int values[] = { 0, 1, 0x7f, 0x80, 0xff, 0x1a5, -1 };

	(void)state;
	for (size_t v = 0; v < sizeof(values) / sizeof(values[0]); v++) {
		for (unsigned to = 0; to < 17; to++) {
			for (unsigned bytes = 0; bytes < 70; bytes++) {
				fill();
				assert_ptr_equal(redoubt_memset(ours + to, values[v], bytes), ours + to);
				memset(theirs + to, values[v], bytes);
				assert_memory_equal(ours, theirs, ROOM);
			}
		}
	}
}

static void wiped_memory_is_zero(void **state)
{
	(void)state;
	fill();
	memory_wipe(ours + 3, 41);
	memset(theirs + 3, 0, 41);
	assert_memory_equal(ours, theirs, ROOM);
}

static int sign(int n)
{
	return (n > 0) - (n < 0);
}

static void comparisons_have_the_library_s_sign(void **state)
{
	static const char *const texts[] = { "", "a", "b", "ab", "abc", "abd", "\xff", "a\xff", "\x7f", "ABC" };
	const size_t count = sizeof(texts) / sizeof(texts[0]);

	(void)state;
	for (size_t i = 0; i < count; i++) {
		assert_int_equal(redoubt_strlen(texts[i]), strlen(texts[i]));
		for (size_t j = 0; j < count; j++) {
			assert_int_equal(sign(redoubt_strcmp(texts[i], texts[j])), sign(strcmp(texts[i], texts[j])));
			for (size_t n = 0; n < 5; n++)
				assert_int_equal(sign(redoubt_strncmp(texts[i], texts[j], n)),
						 sign(strncmp(texts[i], texts[j], n)));
			size_t shorter = strlen(texts[i]) < strlen(texts[j]) ? strlen(texts[i]) : strlen(texts[j]);

			assert_int_equal(sign(redoubt_memcmp(texts[i], texts[j], shorter)),
					 sign(memcmp(texts[i], texts[j], shorter)));
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(copies_are_exact_at_every_size_and_alignment),
		TEST(moves_are_exact_when_they_overlap),
		TEST(sets_are_exact_at_every_size_and_alignment),
		TEST(wiped_memory_is_zero),
		TEST(comparisons_have_the_library_s_sign),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
