/*
 * Whole files in memory, and their SHA-256 digests (OpenSSL).
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <openssl/evp.h>
#include "tools/verbs.h"

static int file_failed(const char *path, int error)
{
	return refuse(TOOL_FAILED, &(struct refusal){
		.code = "file-unreadable", .object = path, .problem = strerror(error),
		.expected = "a regular file that can be read",
		.advice = "build it first ('make images'), or name another file" });
}

static int stream_read(struct file *file, FILE *stream, size_t bytes_max)
{
	struct stat info;

	if (fstat(fileno(stream), &info) != 0)
		return file_failed(file->path, errno);
	if (!S_ISREG(info.st_mode))
		return file_failed(file->path, EISDIR);
	if ((uintmax_t)info.st_size > bytes_max) {
		return refuse(TOOL_CONFIGURATION, &(struct refusal){
			.code = "file-too-large", .object = file->path,
			.problem = "the file does not fit",
			.expected = text("at most %zu bytes", bytes_max),
			.found = text("%jd bytes", (intmax_t)info.st_size),
			.advice = "make it smaller, or name the right file; its room is fixed" });
	}
	file->count = (size_t)info.st_size;
	file->bytes = malloc(file->count + 1);
	if (file->bytes == NULL)
		return file_failed(file->path, ENOMEM);
	if (fread(file->bytes, 1, file->count, stream) != file->count) {
		file_free(file);
		return file_failed(file->path, EIO);
	}
	return TOOL_DONE;
}

int file_read(struct file *file, const char *path, size_t bytes_max)
{
	FILE *stream = fopen(path, "rb");

	*file = (struct file){ .path = path };
	if (stream == NULL)
		return file_failed(path, errno);

	int result = stream_read(file, stream, bytes_max);

	(void)fclose(stream);
	return result;
}

void file_free(struct file *file)
{
	free(file->bytes);
	file->bytes = NULL;
	file->count = 0;
}

/* Written and on its way to the disk: a name must not come to stand for less than the file. */
static bool descriptor_fill(int descriptor, const void *bytes, size_t count)
{
	const uint8_t *from = bytes;

	while (count > 0) {
		ssize_t written = write(descriptor, from, count);

		if (written < 0)
			return false;
		from += written;
		count -= (size_t)written;
	}
	return fsync(descriptor) == 0;
}

int file_write(const char *path, const void *bytes, size_t count, unsigned mode)
{
	char temporary[PATH_MAX + sizeof(".new")];
	int descriptor = -1;

	(void)snprintf(temporary, sizeof(temporary), "%s.new", path);
	/* What a killed run left must not keep its mode. */
	if (unlink(temporary) == 0 || errno == ENOENT)
		descriptor = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);

	bool ok = descriptor >= 0 && descriptor_fill(descriptor, bytes, count) && rename(temporary, path) == 0;
	int error = errno;

	if (descriptor >= 0) {
		(void)close(descriptor);
		if (!ok)
			(void)unlink(temporary);
	}
	if (ok)
		return TOOL_DONE;
	return refuse(TOOL_FAILED, &(struct refusal){
		.code = "file-unwritable", .object = path, .problem = strerror(error),
		.expected = "a file that can be written", .advice = "name another file, or make its folder writable" });
}

int digest_make(const void *bytes, size_t count, uint8_t out[DIGEST_BYTES])
{
	unsigned out_bytes = 0;

	if (EVP_Digest(bytes, count, out, &out_bytes, EVP_sha256(), NULL) == 1 &&
	    out_bytes == DIGEST_BYTES)
		return TOOL_DONE;
	return refuse(TOOL_FAILED, &(struct refusal){
		.code = "no-sha256", .object = "libcrypto", .problem = "SHA-256 failed",
		.advice = "check OpenSSL: 'openssl dgst -sha256 FILE' must work" });
}

void digest_print(const uint8_t digest[DIGEST_BYTES], char out[DIGEST_TEXT_BYTES])
{
	for (size_t i = 0; i < DIGEST_BYTES; i++)
		(void)snprintf(out + 2 * i, 3, "%02x", digest[i]);
}

static int digit_value(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

bool digest_parse(const char *hex, uint8_t out[DIGEST_BYTES])
{
	if (strlen(hex) != 2 * DIGEST_BYTES)
		return false;
	for (size_t i = 0; i < DIGEST_BYTES; i++) {
		int high = digit_value(hex[2 * i]), low = digit_value(hex[2 * i + 1]);

		if (high < 0 || low < 0)
			return false;
		out[i] = (uint8_t)(high << 4 | low);
	}
	return true;
}
