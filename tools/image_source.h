/*
 * The content of a VM image as its files have it: placed by lib/vmplan, given out chunk by chunk, and measured on the
 * way. No file is held in memory as a whole.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#ifndef TOOLS_IMAGE_SOURCE_H
#define TOOLS_IMAGE_SOURCE_H

#include <stdio.h>
#include "abi/keyed.h"
#include "tools/image_conf.h"

struct image_source {
	struct image_conf *conf;
	FILE *kernel, *initrd;		/* initrd NULL for none */
	uint64_t stub_bytes;		/* before the kernel; 0 for none */
	_Alignas(8) uint8_t stub[KEYED_BYTES];
	_Alignas(8) uint8_t tree[VMPLAN_DTB_MAX];
	struct vmimage image;		/* recipients and id apart; digests and measurement once all chunks were given */
};

/**
 * image_source_open - open the files of a description and place them; tell all problems.
 *
 * @conf  read without a problem; must outlive @source
 *
 * Returns TOOL_DONE; TOOL_CONFIGURATION if the files make no VM; TOOL_FAILED. They were printed then. Close it in any case.
 */
MUST_CHECK int image_source_open(struct image_source *source, struct image_conf *conf);
void image_source_close(struct image_source *source);

/* What a chunk is given to: @content has VMIMAGE_CHUNK_BYTES and may be changed. */
typedef int image_chunk_use(void *context, uint32_t index, uint64_t address, uint8_t *content);

/**
 * image_source_walk - measure all chunks in their order, each before it is given to @use, which may be NULL.
 *
 * Returns TOOL_DONE, and source->image has digests and measurement; TOOL_FAILED if a file ends early; what @use returned.
 */
MUST_CHECK int image_source_walk(struct image_source *source, image_chunk_use *use, void *context);

#endif
