/*
 * cpio newc: a 110-byte header of hex digits, the name, the data; name and data padded to 4 bytes.
 *
 *   offset  0  6     14    22   30   38    46     54        62 ..      94        102    110
 *           |  magic ino   mode uid  gid  nlink  mtime filesize devices namesize  check  name...
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "lib/cpio.h"
#include "lib/memory.h"

#define HEADER_BYTES	110
#define AT_MODE		14
#define AT_FILE_BYTES	54
#define AT_NAME_BYTES	94
#define NAME_MAX_BYTES	1024
#define TRAILER		"TRAILER!!!"

/* Eight hex digits; false if one is not. */
static bool hex_read(const uint8_t *digits, uint32_t *out)
{
	uint32_t value = 0;

	for (unsigned i = 0; i < 8; i++) {
		uint8_t c = digits[i];
		uint32_t digit;

		if (c >= '0' && c <= '9')
			digit = (uint32_t)(c - '0');
		else if ((c | 0x20) >= 'a' && (c | 0x20) <= 'f')
			digit = (uint32_t)((c | 0x20) - 'a' + 10);
		else
			return false;
		value = value << 4 | digit;
	}
	*out = value;
	return true;
}

static bool magic_is_newc(const uint8_t *header)
{
	return memcmp(header, "070701", 6) == 0 || memcmp(header, "070702", 6) == 0;
}

/* All sums are of 32-bit numbers in 64 bits: none can wrap. */
static uint64_t padded(uint64_t offset)
{
	return (offset + 3) & ~3ull;
}

static enum status name_check(const char *name, uint32_t bytes, struct cpio_entry *out)
{
	if (bytes < 2 || bytes > NAME_MAX_BYTES || strlen(name) != bytes - 1)
		return ERR_ARGS;
	if (strncmp(name, "./", 2) == 0)
		name += 2;
	out->name = name;
	return OK;
}

enum status cpio_next(struct cpio *cpio, struct cpio_entry *out)
{
	const uint8_t *header = cpio->archive + cpio->offset;
	uint32_t file_bytes, name_bytes;

	*out = (struct cpio_entry){ .end = cpio->offset + HEADER_BYTES };
	if (cpio->bytes - cpio->offset < HEADER_BYTES)
		return ERR_TRUNCATED;
	if (!magic_is_newc(header) || !hex_read(header + AT_MODE, &out->mode) ||
	    !hex_read(header + AT_FILE_BYTES, &file_bytes) || !hex_read(header + AT_NAME_BYTES, &name_bytes))
		return ERR_ARGS;

	uint64_t name_at = cpio->offset + HEADER_BYTES;
	uint64_t data_at = padded(name_at + name_bytes);
	uint64_t end = data_at + file_bytes;

	out->end = end;
	if (name_at + name_bytes > cpio->bytes)
		return ERR_TRUNCATED;
	/* The last byte of the name is in the archive: if it is NUL, looking for the first NUL stays inside. */
	if (name_bytes == 0 || cpio->archive[name_at + name_bytes - 1] != '\0')
		return ERR_ARGS;
	enum status status = name_check((const char *)cpio->archive + name_at, name_bytes, out);

	if (status != OK)
		return status;
	if (strcmp(out->name, TRAILER) == 0)
		return ERR_NOT_FOUND;
	if (end > cpio->bytes)
		return ERR_TRUNCATED;
	out->data = cpio->archive + data_at;
	out->bytes = file_bytes;
	cpio->offset = padded(end) <= cpio->bytes ? padded(end) : cpio->bytes;
	return OK;
}
