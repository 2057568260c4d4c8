/*
 * Archives in newc format: decides which are taken, and how a file is put into one. A record that is written depends on
 * name and content alone, as those of newc.py do: no date, owner or inode of the host shows.
 * Source: Linux Documentation/driver-api/early-userspace/buffer-format.rst.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "tools/ramdisk.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include "lib/cpio.h"

#define HEADER_BYTES	110
#define MAGIC_BYTES	6
#define TRAILER		"TRAILER!!!"
#define MODE_MEMBER	(CPIO_TYPE_FILE | 0644)

/* An archive that is being written; without bytes it is only measured. */
struct writer {
	uint8_t *bytes;
	size_t count;
};

static int truncated(const struct file *file, const char *last, size_t expected)
{
	return refuse(TOOL_CONFIGURATION, &(struct refusal){
		.code = "truncated", .object = file->path, .problem = "the ramdisk ends before its own lengths say so",
		.expected = text("at least %zu bytes, the last of them a record %s", expected, TRAILER),
		.found = text("%zu bytes; the last name is '%.60s'", file->count, last),
		.advice = "write it again; it was not changed" });
}

/* No header where one should be. Zeros there are the rest of a file that was cut before it was filled up. */
static int broken(const struct file *file, size_t offset, const char *last)
{
	static const uint8_t zeros[MAGIC_BYTES];
	const uint8_t *at = file->bytes + offset;

	if (offset > 0 && memcmp(at, zeros, sizeof(zeros)) == 0)
		return truncated(file, last, offset + HEADER_BYTES);
	return refuse(TOOL_CONFIGURATION, &(struct refusal){
		.code = "not-newc", .object = file->path, .problem = "the ramdisk is no cpio archive in newc format",
		.expected = text("070701 (30 37 30 37 30 31), hex digits and a name at byte %zu", offset),
		.found = text("%02x %02x %02x %02x %02x %02x", at[0], at[1], at[2], at[3], at[4], at[5]),
		.advice = "unpack it if it is compressed, or pack it with 'cpio -o -H newc'" });
}

/* The node reads nothing behind the trailer; here it would be lost. */
static int end_check(const struct file *file, size_t end)
{
	size_t at = end;

	while (at < file->count && file->bytes[at] == 0)
		at++;
	if (at >= file->count)
		return TOOL_DONE;
	return refuse(TOOL_CONFIGURATION, &(struct refusal){
		.code = "trailing", .object = file->path, .problem = "the ramdisk goes on after its trailer",
		.expected = text("only zeros from byte %zu on", end),
		.found = text("%02x at byte %zu", file->bytes[at], at),
		.advice = "use one archive: a node reads the first one only" });
}

int ramdisk_open(struct ramdisk *out, const struct file *file)
{
	struct cpio cpio = cpio_open(file->bytes, file->count);
	struct cpio_entry entry;
	const char *last = "";
	enum status status;

	*out = (struct ramdisk){ .file = file };
	while ((status = cpio_next(&cpio, &entry)) == OK) {
		last = entry.name;
		out->entry_count++;
	}
	out->trailer = cpio.offset;
	/* Too short for a header, but long enough to see that it is none. */
	if (status == ERR_TRUNCATED && cpio.offset == 0 && file->count >= MAGIC_BYTES &&
	    memcmp(file->bytes, "07070", MAGIC_BYTES - 1) != 0)
		return broken(file, 0, last);
	if (status == ERR_TRUNCATED)
		return truncated(file, last, entry.end);
	return status == ERR_NOT_FOUND ? end_check(file, entry.end) : broken(file, cpio.offset, last);
}

bool ramdisk_has(const struct ramdisk *ramdisk, const char *name, bool *is_file)
{
	struct cpio cpio = cpio_open(ramdisk->file->bytes, ramdisk->file->count);
	struct cpio_entry entry;
	bool found = false;

	*is_file = true;
	while (cpio_next(&cpio, &entry) == OK) {
		if (strcmp(entry.name, name) != 0)
			continue;
		found = true;
		*is_file = *is_file && (entry.mode & CPIO_TYPE_MASK) == CPIO_TYPE_FILE;
	}
	return found;
}

static void put(struct writer *writer, const void *bytes, size_t count)
{
	if (writer->bytes != NULL && count > 0)
		memcpy(writer->bytes + writer->count, bytes, count);
	writer->count += count;
}

static void fill_up(struct writer *writer)
{
	static const uint8_t zeros[3];

	put(writer, zeros, -writer->count & 3);
}

/* Magic; inode, mode, owner, group, links, date, bytes, four numbers of devices, bytes of the name, checksum. */
static void record_put(struct writer *writer, size_t number, unsigned mode, const struct ramdisk_member *member)
{
	char header[HEADER_BYTES + 1];

	(void)snprintf(header, sizeof(header), "070701%08X%08X%08X%08X%08X%08X%08X%08X%08X%08X%08X%08X%08X",
		       (unsigned)number, mode, 0u, 0u, 1u, 0u, (unsigned)member->count, 0u, 0u, 0u, 0u,
		       (unsigned)strlen(member->name) + 1, 0u);
	put(writer, header, HEADER_BYTES);
	put(writer, member->name, strlen(member->name) + 1);
	fill_up(writer);
	put(writer, member->bytes, member->count);
	fill_up(writer);
}

static bool is_member(const char *name, const struct ramdisk_member *members, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (strcmp(members[i].name, name) == 0)
			return true;
	}
	return false;
}

static void archive_put(struct writer *writer, const struct ramdisk *ramdisk, const struct ramdisk_member *members,
			size_t count)
{
	const struct ramdisk_member trailer = { .name = TRAILER };
	struct cpio cpio = cpio_open(ramdisk->file->bytes, ramdisk->file->count);
	struct cpio_entry entry;
	size_t at = 0, number = 0;

	while (cpio_next(&cpio, &entry) == OK) {
		if (!is_member(entry.name, members, count)) {
			put(writer, ramdisk->file->bytes + at, cpio.offset - at);
			number++;
		}
		at = cpio.offset;
	}
	for (size_t i = 0; i < count; i++)
		record_put(writer, ++number, MODE_MEMBER, &members[i]);
	record_put(writer, 0, 0, &trailer);
}

size_t ramdisk_bytes(const struct ramdisk *ramdisk, const struct ramdisk_member *members, size_t count)
{
	struct writer writer = { .bytes = NULL };

	archive_put(&writer, ramdisk, members, count);
	return writer.count;
}

/* A link stays one: the file that it names is replaced. */
static int archive_replace(const char *path, const struct writer *writer)
{
	char *target = realpath(path, NULL);
	struct stat info;
	int result;

	if (target == NULL || stat(target, &info) != 0)
		result = refuse(TOOL_FAILED, &(struct refusal){
			.code = "file-unreadable", .object = path, .problem = strerror(errno),
			.expected = "the ramdisk that was read", .advice = "leave it alone meanwhile" });
	else
		result = file_write(target, writer->bytes, writer->count, info.st_mode & 0777);
	free(target);
	return result;
}

int ramdisk_write(const struct ramdisk *ramdisk, const struct ramdisk_member *members, size_t count)
{
	struct writer writer = { .bytes = malloc(ramdisk_bytes(ramdisk, members, count)) };
	int result;

	if (writer.bytes == NULL)
		return refuse(TOOL_FAILED, &(struct refusal){
			.code = "no-memory", .object = ramdisk->file->path, .problem = strerror(ENOMEM) });
	archive_put(&writer, ramdisk, members, count);
	result = archive_replace(ramdisk->file->path, &writer);
	free(writer.bytes);
	return result;
}
