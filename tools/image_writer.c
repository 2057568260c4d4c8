/*
 * Decides where the parts of an image go in its file. Content comes first and the head last: the manifest says what the
 * chunks were when they were read, so nothing is read twice.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "tools/image_writer.h"
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>
#include "tools/content_key.h"
#include "tools/object_writer.h"
#include "tools/progress.h"
#include "tools/random.h"
#include "tools/signed_object.h"

struct writer {
	const char *path;
	char temporary[PATH_MAX + sizeof(".new")];
	FILE *stream;
	struct vmimage *image;
	struct chunk_cipher *cipher;
	struct progress progress;
	uint8_t tags[VMIMAGE_GROUP_CHUNKS * VMIMAGE_TAG_BYTES];	/* of the group that is written */
};
_Static_assert(sizeof(((struct writer *)NULL)->tags) == VMIMAGE_CHUNK_BYTES, "tags of a group fill a page");

static int unwritable(const struct writer *writer)
{
	return refuse(TOOL_FAILED, &(struct refusal){
		.code = "file-unwritable", .object = writer->path, .problem = strerror(errno),
		.expected = text("a file that can be written, and %ju bytes of room",
				 (uintmax_t)VMIMAGE_BYTES(writer->image->chunk_count)),
		.found = "neither", .advice = "name another file with -o" });
}

static bool part_write(struct writer *writer, uint64_t offset, const void *bytes, size_t count)
{
	return fseeko(writer->stream, (off_t)offset, SEEK_SET) == 0 && fwrite(bytes, 1, count, writer->stream) == count;
}

/* An image_chunk_use: encrypts a chunk where it lies, keeps its tag for the page before its group. */
static int chunk_write(void *context, uint32_t index, uint64_t address, uint8_t *content)
{
	struct writer *writer = context;
	const struct vmimage *image = writer->image;
	struct vmimage_chunk head = { .version = image->version, .index = index, .count = image->chunk_count,
				      .address = address };
	uint32_t in_group = index % VMIMAGE_GROUP_CHUNKS;
	bool is_last = in_group + 1 == VMIMAGE_GROUP_CHUNKS || index + 1 == image->chunk_count;

	memcpy(head.id, image->id, sizeof(head.id));
	if (!chunk_encrypt(writer->cipher, &head, content, writer->tags + in_group * VMIMAGE_TAG_BYTES))
		return refuse(TOOL_FAILED, &(struct refusal){
			.code = "no-encryption", .object = "libcrypto", .problem = "AES-256-GCM failed",
			.expected = "a chunk encrypted", .found = "an error", .advice = "check OpenSSL: 'openssl version'" });
	if (!part_write(writer, VMIMAGE_CHUNK_AT(index), content, VMIMAGE_CHUNK_BYTES))
		return unwritable(writer);
	if (is_last) {
		memset(writer->tags + (in_group + 1) * VMIMAGE_TAG_BYTES, 0,
		       sizeof(writer->tags) - (in_group + 1) * VMIMAGE_TAG_BYTES);
		if (!part_write(writer, VMIMAGE_GROUP_AT(index), writer->tags, sizeof(writer->tags)))
			return unwritable(writer);
	}
	progress_show(&writer->progress, index + 1);
	return TOOL_DONE;
}

/* A new content key, for all platforms; it lives only here. */
static int content_write(struct writer *writer, struct image_source *source, const struct public_key *platforms, size_t count,
			 const struct public_key *owner)
{
	struct vmimage *image = &source->image;
	uint8_t key[VMIMAGE_KEY_BYTES];
	int result = random_make(key, sizeof(key));

	if (result == TOOL_DONE)
		result = random_make(image->id, sizeof(image->id));
	for (size_t i = 0; i < count && result == TOOL_DONE; i++)
		result = content_key_wrap(key, &platforms[i], owner, &image->recipients[i]);
	image->recipient_count = (uint32_t)count;
	writer->cipher = result == TOOL_DONE ? chunk_cipher_make(key) : NULL;
	explicit_bzero(key, sizeof(key));
	if (writer->cipher == NULL)
		return TOOL_FAILED;
	result = image_source_walk(source, chunk_write, writer);
	progress_end(&writer->progress);
	chunk_cipher_free(writer->cipher);
	return result;
}

static int head_write(struct writer *writer, struct token *token, const struct token_key *key)
{
	static uint8_t payload_bytes[SIGNED_PAYLOAD_MAX], object_bytes[SIGNED_OBJECT_BYTES_MAX], head_bytes[VMIMAGE_HEAD_BYTES];
	struct cbor_writer payload = { .bytes = payload_bytes, .capacity = sizeof(payload_bytes) };
	struct cbor_writer object = { .bytes = object_bytes, .capacity = sizeof(object_bytes) };
	struct cbor_writer head = { .bytes = head_bytes, .capacity = sizeof(head_bytes) };
	int result;

	_Static_assert(SIGNED_OBJECT_BYTES_MAX + SIGNED_KEY_BYTES + 16 <= VMIMAGE_HEAD_BYTES, "a head has room for any manifest");
	image_manifest_write(&payload, writer->image);
	result = signed_object_write(token, key, &payload, &object);
	if (result != TOOL_DONE)
		return result;
	memset(head_bytes, 0, sizeof(head_bytes));
	cbor_array(&head, 2);
	cbor_bytes(&head, key->public.point, sizeof(key->public.point));
	cbor_bytes(&head, object_bytes, object.count);
	return part_write(writer, 0, head_bytes, sizeof(head_bytes)) ? TOOL_DONE : unwritable(writer);
}

static bool stream_open(struct writer *writer)
{
	int descriptor = -1;

	(void)snprintf(writer->temporary, sizeof(writer->temporary), "%s.new", writer->path);
	/* What a killed run left must not keep its mode. */
	if (unlink(writer->temporary) == 0 || errno == ENOENT)
		descriptor = open(writer->temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, FILE_MODE_PUBLIC);
	writer->stream = descriptor >= 0 ? fdopen(descriptor, "wb") : NULL;
	return writer->stream != NULL;
}

/* On its way to the disk: a name must not come to stand for less than the file. */
static int stream_end(struct writer *writer, int result)
{
	bool ok = fflush(writer->stream) == 0 && fsync(fileno(writer->stream)) == 0;

	ok = fclose(writer->stream) == 0 && ok;
	return result == TOOL_DONE && !ok ? unwritable(writer) : result;
}

int image_write(const char *path, struct image_source *source, const struct public_key *platforms, size_t count,
		struct token *token, const struct token_key *key, struct image_file *out)
{
	struct writer writer = { .path = path, .image = &source->image,
				 .progress = { .name = path, .all = source->image.chunk_count } };
	const struct image_trust trust = { .owner = &key->public };
	int result;

	if (!stream_open(&writer))
		return unwritable(&writer);
	result = content_write(&writer, source, platforms, count, &key->public);
	if (result == TOOL_DONE)
		result = head_write(&writer, token, key);
	result = stream_end(&writer, result);
	/* What was signed must be what a device reads; only then is it a file. */
	if (result == TOOL_DONE)
		result = image_file_check(out, writer.temporary, &trust);
	if (result == TOOL_DONE && rename(writer.temporary, path) != 0)
		result = unwritable(&writer);
	if (result != TOOL_DONE)
		(void)unlink(writer.temporary);
	return result;
}
