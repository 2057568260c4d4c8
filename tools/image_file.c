/*
 * Reads heads of VM images. The verifier is written over crypto/signature.h, as the trusted rooms have it.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "tools/image_file.h"
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include "crypto/signature.h"

/* The first byte of a head: an array of two. No text begins with it. */
#define HEAD_FIRST	0x82

static enum signed_problem owner_find(const struct image_trust *trust, const uint8_t key[SIGNED_KEY_BYTES], const char **name,
				      uint32_t *counter)
{
	if (trust->owner != NULL && memcmp(trust->owner->point, key, SIGNED_KEY_BYTES) != 0)
		return SIGNED_OWNER;
	for (uint32_t i = 0; trust->policy != NULL && i < trust->policy->owner_count; i++) {
		const struct policy_owner *owner = &trust->policy->owners[i];

		if (memcmp(owner->key, key, sizeof(owner->key)) == 0) {
			*name = owner->name;
			*counter = owner->counter;
			return SIGNED_OK;
		}
	}
	return trust->policy == NULL ? SIGNED_OK : SIGNED_OWNER;
}

static void signature_check(struct cbor *c, const struct vmimage_head *head)
{
	const struct hash_piece pieces[] = {
		{ cose_signed_start, COSE_SIGNED_START_BYTES },
		{ head->object.signed_rest.data, head->object.signed_rest.count },
	};

	cose_check_algorithm(c, &head->object);
	if (c->problem == SIGNED_OK &&
	    signature_verify(head->owner.data, pieces, ARRAY_COUNT(pieces), head->object.signature.data) != OK)
		cbor_fail(c, head->object.signature.data, SIGNED_SIGNATURE);
}

enum signed_problem image_head_verify(struct cbor *c, const struct image_trust *trust, struct image_file *out)
{
	struct vmimage_head head;
	uint32_t least = 0;

	if (vmimage_split(c, &head) != SIGNED_OK)
		return c->problem;
	memcpy(out->owner.point, head.owner.data, sizeof(out->owner.point));
	out->owner_name = NULL;
	cbor_fail(c, head.owner.data, owner_find(trust, head.owner.data, &out->owner_name, &least));
	signature_check(c, &head);
	if (c->problem != SIGNED_OK)
		return c->problem;

	struct cbor payload = cbor_open(head.object.payload.data, head.object.payload.count);

	if (vmimage_read(&payload, &out->image) == SIGNED_OK && out->image.counter < least)
		cbor_fail(&payload, head.object.payload.data, SIGNED_ROLLED_BACK);
	cbor_fail(c, payload.at, payload.problem);
	return c->problem;
}

enum signed_problem image_size_problem(const struct vmimage *image, uint64_t bytes)
{
	uint64_t wanted = VMIMAGE_BYTES(image->chunk_count);

	return bytes < wanted ? SIGNED_TRUNCATED : bytes > wanted ? SIGNED_TRAILING : SIGNED_OK;
}

enum signed_problem image_filling_problem(const struct vmimage *image, const uint8_t tags[VMIMAGE_CHUNK_BYTES])
{
	uint32_t last = (image->chunk_count - 1) % VMIMAGE_GROUP_CHUNKS;

	for (size_t i = (last + 1) * VMIMAGE_TAG_BYTES; i < VMIMAGE_CHUNK_BYTES; i++) {
		if (tags[i] != 0)
			return SIGNED_TRAILING;
	}
	return SIGNED_OK;
}

static int problem_exit(enum signed_problem problem)
{
	switch (problem) {
	case SIGNED_OK:
		return TOOL_DONE;
	case SIGNED_ALGORITHM:
	case SIGNED_SIGNATURE:
		return TOOL_SIGNATURE;
	case SIGNED_OWNER:
		return TOOL_POLICY;
	case SIGNED_ROLLED_BACK:
		return TOOL_ROLLBACK;
	default:
		return TOOL_CONFIGURATION;
	}
}

static const char *advice(enum signed_problem problem)
{
	switch (problem) {
	case SIGNED_OWNER:
		return "name the owner in the policy ('redoubt pack-policy --owner'), or do not take the image";
	case SIGNED_ROLLED_BACK:
		return "take a newer image, or pack it with a higher counter";
	case SIGNED_TRUNCATED:
		return "copy the file again; if its origin has it so, pack it again";
	default:
		return "do not take the image: it is not what its owner packed";
	}
}

static int refused(const char *path, enum signed_problem problem, const char *found)
{
	if (problem == SIGNED_OK)
		return TOOL_DONE;
	return refuse(problem_exit(problem), &(struct refusal){
		.code = signed_name(problem), .object = path, .problem = text("the file %s", signed_text(problem)),
		.expected = signed_expected(problem), .found = found, .advice = advice(problem) });
}

static int unreadable(const char *path)
{
	return refuse(TOOL_FAILED, &(struct refusal){
		.code = "file-unreadable", .object = path, .problem = strerror(errno), .expected = "a file that can be read",
		.found = "none", .advice = "name another file" });
}

/* Some bytes of the file; fewer if it ends there. */
static bool part_read(FILE *stream, uint64_t offset, uint8_t *bytes, size_t *count)
{
	if (fseeko(stream, (off_t)offset, SEEK_SET) != 0)
		return false;
	*count = fread(bytes, 1, *count, stream);
	return ferror(stream) == 0;
}

/* What is behind the head of a file whose head holds. */
static int rest_check(const struct image_file *file, const char *path, FILE *stream)
{
	static uint8_t tags[VMIMAGE_CHUNK_BYTES];
	size_t count = sizeof(tags);
	enum signed_problem problem = image_size_problem(&file->image, file->bytes);

	if (problem != SIGNED_OK)
		return refused(path, problem, text("%ju bytes of %ju", (uintmax_t)file->bytes,
						   (uintmax_t)VMIMAGE_BYTES(file->image.chunk_count)));
	if (!part_read(stream, VMIMAGE_GROUP_AT(file->image.chunk_count - 1), tags, &count) || count != sizeof(tags))
		return unreadable(path);
	return refused(path, image_filling_problem(&file->image, tags), "something else in the last page of tags");
}

static int stream_check(struct image_file *out, const char *path, FILE *stream, const struct image_trust *trust)
{
	static uint8_t head[VMIMAGE_HEAD_BYTES];
	size_t count = sizeof(head);
	struct stat status;

	if (fstat(fileno(stream), &status) != 0 || !part_read(stream, 0, head, &count))
		return unreadable(path);
	out->bytes = (uint64_t)status.st_size;

	struct cbor c = cbor_open(head, count);
	enum signed_problem problem = image_head_verify(&c, trust, out);

	if (problem != SIGNED_OK)
		return refused(path, problem, text("something else at byte %zu", (size_t)(c.at - head)));
	return rest_check(out, path, stream);
}

int image_file_check(struct image_file *out, const char *path, const struct image_trust *trust)
{
	FILE *stream = fopen(path, "rb");
	int result = stream != NULL ? stream_check(out, path, stream, trust) : unreadable(path);

	if (stream != NULL)
		(void)fclose(stream);
	return result;
}

bool image_file_is_one(const char *path)
{
	FILE *stream = fopen(path, "rb");
	int first = stream != NULL ? fgetc(stream) : EOF;

	if (stream != NULL)
		(void)fclose(stream);
	return first == HEAD_FIRST;
}
