/*
 * cpio: the newc reader against archives made here, byte by byte, good and broken.
 * Links: lib/cpio.c
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "tests/unit/test.h"
#include "lib/cpio.h"

/* A growing archive. */
struct archive {
	uint8_t bytes[4096];
	size_t used;
};

static void pad(struct archive *archive)
{
	while (archive->used % 4 != 0)
		archive->bytes[archive->used++] = 0;
}

static void entry_add(struct archive *archive, const char *name, uint32_t mode, const void *data, size_t bytes)
{
	char header[111];

	snprintf(header, sizeof(header), "070701%08x%08x%08x%08x%08x%08x%08x%08x%08x%08x%08x%08x%08x", 1u, mode, 0u, 0u,
		 1u, 0u, (unsigned)bytes, 0u, 0u, 0u, 0u, (unsigned)strlen(name) + 1, 0u);
	memcpy(archive->bytes + archive->used, header, 110);
	archive->used += 110;
	memcpy(archive->bytes + archive->used, name, strlen(name) + 1);
	archive->used += strlen(name) + 1;
	pad(archive);
	memcpy(archive->bytes + archive->used, data, bytes);
	archive->used += bytes;
	pad(archive);
}

static void trailer_add(struct archive *archive)
{
	entry_add(archive, "TRAILER!!!", 0, "", 0);
}

/* The archive in memory of exactly its size, so that the sanitizer sees a read past its end. */
static struct cpio open_exactly(const struct archive *archive, size_t bytes)
{
	uint8_t *copy = test_malloc(bytes + 1);

	memcpy(copy, archive->bytes, bytes);
	/* What lies behind is no NUL, and no part of the archive. */
	copy[bytes] = 'x';
	return cpio_open(copy, bytes);
}

static void close_exactly(struct cpio *cpio)
{
	test_free((void *)(uintptr_t)cpio->archive);
}

static struct archive two_files(void)
{
	struct archive archive = { .used = 0 };

	entry_add(&archive, "vm", CPIO_TYPE_DIRECTORY | 0755, "", 0);
	entry_add(&archive, "./vm/config", CPIO_TYPE_FILE | 0644, "memory_mib=16\n", 14);
	entry_add(&archive, "vm/kernel", CPIO_TYPE_FILE | 0644, "\x7f\0\xff", 3);
	trailer_add(&archive);
	return archive;
}

static void gives_each_entry_then_the_end(void **state)
{
	struct archive archive = two_files();
	struct cpio cpio = open_exactly(&archive, archive.used);
	struct cpio_entry entry;

	(void)state;
	assert_int_equal(cpio_next(&cpio, &entry), OK);
	assert_string_equal(entry.name, "vm");
	assert_int_equal(entry.mode & CPIO_TYPE_MASK, CPIO_TYPE_DIRECTORY);
	assert_int_equal(cpio_next(&cpio, &entry), OK);
	assert_string_equal(entry.name, "vm/config");
	assert_int_equal(entry.mode & CPIO_TYPE_MASK, CPIO_TYPE_FILE);
	assert_int_equal(entry.bytes, 14);
	assert_memory_equal(entry.data, "memory_mib=16\n", 14);
	assert_int_equal(cpio_next(&cpio, &entry), OK);
	assert_string_equal(entry.name, "vm/kernel");
	assert_int_equal(entry.bytes, 3);
	assert_memory_equal(entry.data, "\x7f\0\xff", 3);
	assert_int_equal(cpio_next(&cpio, &entry), ERR_NOT_FOUND);
	assert_int_equal(cpio_next(&cpio, &entry), ERR_NOT_FOUND);
	close_exactly(&cpio);
}

/* Whole entries that lie before @cut, or -1 if the reader did not say truncated. */
static int entries_before(const struct archive *archive, size_t cut)
{
	struct cpio cpio = open_exactly(archive, cut);
	struct cpio_entry entry;
	enum status status;
	int count = 0;

	while ((status = cpio_next(&cpio, &entry)) == OK)
		count++;
	if (status == ERR_TRUNCATED)
		assert_true(entry.end > cut);
	close_exactly(&cpio);
	return status == ERR_TRUNCATED ? count : -1;
}

static void says_truncated_wherever_it_is_cut(void **state)
{
	struct archive archive = two_files();
	size_t trailer = archive.used - 124;

	(void)state;
	assert_memory_equal(archive.bytes + trailer + 110, "TRAILER!!!", 11);
	/* The trailer's name is complete 3 bytes before the padded end. */
	for (size_t cut = 0; cut < archive.used - 3; cut++) {
		int count = entries_before(&archive, cut);

		assert_in_range(count, 0, 3);
		if (cut < 110 + 3)
			assert_int_equal(count, 0);
		if (cut >= trailer)
			assert_int_equal(count, 3);
	}
}

static void refuses_a_header_without_magic(void **state)
{
	struct archive archive = two_files();
	struct cpio_entry entry;

	(void)state;
	archive.bytes[5] = '0';
	struct cpio cpio = open_exactly(&archive, archive.used);

	assert_int_equal(cpio_next(&cpio, &entry), ERR_ARGS);
	assert_int_equal(cpio.offset, 0);
	close_exactly(&cpio);
}

/* The first entry with one header field replaced. */
static enum status next_with(size_t at, const char *digits)
{
	struct archive archive = two_files();
	struct cpio_entry entry;

	memcpy(archive.bytes + at, digits, 8);
	struct cpio cpio = open_exactly(&archive, archive.used);
	enum status status = cpio_next(&cpio, &entry);

	if (status != OK)
		assert_int_equal(cpio.offset, 0);
	close_exactly(&cpio);
	return status;
}

static void refuses_fields_that_lie(void **state)
{
	(void)state;
	assert_int_equal(next_with(14, "000041ed"), OK);
	assert_int_equal(next_with(14, "000041g0"), ERR_ARGS);
	/* File size: as large as 32 bits hold, and nearly so that padding would wrap. */
	assert_int_equal(next_with(54, "ffffffff"), ERR_TRUNCATED);
	assert_int_equal(next_with(54, "fffffffd"), ERR_TRUNCATED);
	assert_int_equal(next_with(54, "-0000001"), ERR_ARGS);
	/* Name size: none, without its NUL, past its NUL, past the archive. */
	assert_int_equal(next_with(94, "00000000"), ERR_ARGS);
	assert_int_equal(next_with(94, "00000001"), ERR_ARGS);
	assert_int_equal(next_with(94, "00000002"), ERR_ARGS);
	assert_int_equal(next_with(94, "00000004"), ERR_ARGS);
	assert_int_equal(next_with(94, "ffffffff"), ERR_TRUNCATED);
}

/* The archive ends right behind a name that has no NUL: looking for one would leave it. */
static void refuses_a_name_without_end(void **state)
{
	struct archive archive = { .used = 0 };
	struct cpio_entry entry;

	(void)state;
	entry_add(&archive, "abcd", CPIO_TYPE_FILE, "", 0);
	memcpy(archive.bytes + 94, "00000004", 8);
	struct cpio cpio = open_exactly(&archive, 114);

	assert_int_equal(cpio_next(&cpio, &entry), ERR_ARGS);
	assert_null(entry.name);
	close_exactly(&cpio);
}

/* Every byte of the archive, with every value that may matter: never a read outside, always an end. */
static void survives_any_changed_byte(void **state)
{
	static const uint8_t values[] = { 0, 0xff, '0', '7', 'f', '.', '/' };
	struct archive archive = two_files();

	(void)state;
	for (size_t at = 0; at < archive.used; at++) {
		uint8_t before = archive.bytes[at];

		for (size_t v = 0; v < sizeof(values); v++) {
			struct cpio_entry entry;
			unsigned steps = 0;

			archive.bytes[at] = values[v];
			struct cpio cpio = open_exactly(&archive, archive.used);

			while (cpio_next(&cpio, &entry) == OK) {
				assert_true(entry.bytes <= archive.used);
				assert_true(strlen(entry.name) < archive.used);
				assert_true(++steps <= 4);
			}
			close_exactly(&cpio);
		}
		archive.bytes[at] = before;
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(gives_each_entry_then_the_end),
		TEST(says_truncated_wherever_it_is_cut),
		TEST(refuses_a_header_without_magic),
		TEST(refuses_fields_that_lie),
		TEST(refuses_a_name_without_end),
		TEST(survives_any_changed_byte),
	};

	return cmocka_run_group_tests_name("cpio", tests, NULL, NULL);
}
