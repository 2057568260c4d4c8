/*
 * VM images as files: heads held against who may have signed them, in the order of docs/formats.md, and how their
 * refusals are told to people. Chunks need the content key, which only the platforms have.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#ifndef TOOLS_IMAGE_FILE_H
#define TOOLS_IMAGE_FILE_H

#include "lib/policy.h"
#include "lib/vmimage.h"
#include "tools/public_key.h"

/* Who may have signed. Both NULL: whoever did. */
struct image_trust {
	const struct public_key *owner;
	const struct policy *policy;
};

struct image_file {
	struct vmimage image;
	struct public_key owner;	/* whose signature holds */
	const char *owner_name;		/* in the policy, NULL without one */
	uint64_t bytes;
};

/**
 * image_head_verify - does the head of an image hold?
 *
 * @c    over the first VMIMAGE_HEAD_BYTES of a file
 * @out  image, owner and its name are complete only on SIGNED_OK
 *
 * Returns SIGNED_OK; what vmimage_split says; SIGNED_OWNER; SIGNED_ALGORITHM; SIGNED_SIGNATURE; what vmimage_read says;
 * SIGNED_ROLLED_BACK. After a problem c->at is what it was found in.
 */
MUST_CHECK enum signed_problem image_head_verify(struct cbor *c, const struct image_trust *trust, struct image_file *out);

/* image_size_problem - SIGNED_TRUNCATED or SIGNED_TRAILING unless a file of @bytes has all chunks and no more. */
enum signed_problem image_size_problem(const struct vmimage *image, uint64_t bytes);

/* image_filling_problem - SIGNED_TRAILING unless the last page of tags, @tags, is filled up with zeros. */
enum signed_problem image_filling_problem(const struct vmimage *image, const uint8_t tags[VMIMAGE_CHUNK_BYTES]);

/**
 * image_file_check - the same of a file, and of its size.
 *
 * Returns TOOL_DONE, or after printing why: TOOL_SIGNATURE, TOOL_ROLLBACK, TOOL_POLICY for an owner that is not named,
 * TOOL_CONFIGURATION for what is no image, TOOL_FAILED.
 */
MUST_CHECK int image_file_check(struct image_file *out, const char *path, const struct image_trust *trust);

/* image_file_is_one - does the file begin as an image does? A description is text, and never does. */
MUST_CHECK bool image_file_is_one(const char *path);

/* image_print - what is in it, for people; @json: members of a JSON object, without its braces. */
void image_print(const struct vmimage *image, bool json);

/* image_measurement_print - likewise, but only what a measurement is made of. */
void image_measurement_print(const struct vmimage *image, bool json);

#endif
