/*
 * Makes the file of a VM image: encrypts what a source gives, then signs what it was.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#ifndef TOOLS_IMAGE_WRITER_H
#define TOOLS_IMAGE_WRITER_H

#include "tools/image_file.h"
#include "tools/image_source.h"
#include "tools/token.h"

/**
 * image_write - encrypt all chunks, sign the manifest, and let the file appear.
 *
 * @path      appears whole or not at all
 * @platform  1 .. VMIMAGE_RECIPIENTS_MAX keys, of who may open it
 * @key       the owner's, in an open token
 * @out       what was written, as a reader of the file finds it; complete only on TOOL_DONE
 *
 * Returns TOOL_DONE; what image_source_walk, signed_object_write and image_file_check return; TOOL_FAILED. A refusal was
 * printed then.
 */
MUST_CHECK int image_write(const char *path, struct image_source *source, const struct public_key *platforms, size_t count,
			   struct token *token, const struct token_key *key, struct image_file *out);

#endif
