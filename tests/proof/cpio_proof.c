/*
 * One step of cpio_next on any archive of up to 136 bytes, all of them unknown, at any position: nothing outside is
 * read, the position goes forward and stays inside, name and data that come out are inside and the name ends there;
 * after an error the position has not moved. By induction this holds for any number of entries. Names of up to 16
 * bytes.
 * Scale: lib/cpio.c: s/^#define NAME_MAX_BYTES	1024/#define NAME_MAX_BYTES 16/
 * Unwind: 28
 * Mutant: lib/cpio.c: s/	if (end > cpio->bytes)/	if (data_at > cpio->bytes)/
 * Breaks: data is inside the archive
 * Mutant: lib/cpio.c: s/	cpio->offset = padded(end) <= cpio->bytes ? padded(end) : cpio->bytes;/	cpio->offset = padded(end);/
 * Breaks: the position stays inside the archive
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "lib/cpio.c"
#include "tests/proof/proof.h"

#define ARCHIVE_MAX	136

/* The archive ends where the array ends: one byte more is outside. */
static struct archive {
	uint8_t bytes[ARCHIVE_MAX];
} archive;
struct archive nondet_archive(void);

/* As C defines them; the names' are short. */
int memcmp(const void *a, const void *b, size_t bytes)
{
	for (size_t i = 0; i < bytes; i++) {
		if (((const uint8_t *)a)[i] != ((const uint8_t *)b)[i])
			return 1;
	}
	return 0;
}

size_t strlen(const char *s)
{
	size_t count = 0;

	while (s[count] != '\0')
		count++;
	return count;
}

int strcmp(const char *a, const char *b)
{
	for (; *a != '\0' && *a == *b; a++)
		b++;
	return (int)(uint8_t)*a - (int)(uint8_t)*b;
}

int strncmp(const char *a, const char *b, size_t bytes)
{
	for (size_t i = 0; i < bytes; i++) {
		if (a[i] != b[i] || a[i] == '\0')
			return (int)(uint8_t)a[i] - (int)(uint8_t)b[i];
	}
	return 0;
}

void proof(void)
{
	size_t bytes = nondet_u64(), offset = nondet_u64();

	ASSUME(bytes <= ARCHIVE_MAX && offset <= bytes);
	archive = nondet_archive();
	const uint8_t *base = archive.bytes + ARCHIVE_MAX - bytes;
	struct cpio cpio = cpio_open(base, bytes);

	CLAIM(cpio.offset == 0 && cpio.bytes == bytes && cpio.archive == base, "an archive is read from its start");
	cpio.offset = offset;
	struct cpio_entry entry;
	enum status status = cpio_next(&cpio, &entry);

	CLAIM(cpio.archive == base && cpio.bytes == bytes, "the archive stays what it was");
	CLAIM(cpio.offset <= bytes, "the position stays inside the archive");
	CLAIM(status == OK || cpio.offset == offset, "after an error the position has not moved");
	CLAIM(status == OK || status == ERR_NOT_FOUND || status == ERR_TRUNCATED || status == ERR_ARGS,
	      "an entry is fine, the last, truncated or malformed");
	CLAIM(status != ERR_TRUNCATED || entry.end > bytes, "what is truncated would end behind the archive");
	if (status == OK) {
		uint64_t name = (uint64_t)((const uint8_t *)entry.name - base), data = (uint64_t)(entry.data - base);
		bool is_terminated = false;

		for (unsigned i = 0; i < 17; i++)
			is_terminated |= name + i < bytes && base[name + i] == '\0';
		CLAIM(name >= offset + 110 && name < bytes && is_terminated, "a name is inside the archive and ends there");
		CLAIM(data >= name && data <= bytes && entry.bytes <= bytes - data, "data is inside the archive");
		CLAIM(cpio.offset >= offset + 112 && cpio.offset >= data + entry.bytes, "every step goes forward, past the data");
		WITNESS(entry.bytes == 20, "an entry with data");
		WITNESS(entry.bytes == 0 && name == offset + 112, "an empty file whose name begins with ./");
		WITNESS(cpio.offset < bytes, "an entry that another one follows");
	}
	WITNESS(status == ERR_NOT_FOUND, "the trailer");
	WITNESS(status == ERR_TRUNCATED && bytes - offset > 110, "data that is cut off");
}
