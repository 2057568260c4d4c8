/*
 * The short file that describes a VM image (libconfig): what `redoubt pack` makes an image of. Every problem in it is
 * found and told with its line; what is unknown is refused.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#ifndef TOOLS_IMAGE_CONF_H
#define TOOLS_IMAGE_CONF_H

#include <limits.h>
#include "lib/vmconfig.h"
#include "lib/vmimage.h"
#include "tools/verbs.h"

/* Properties, in the order of docs/operating.md. */
enum image_property {
	PROPERTY_NAME, PROPERTY_VERSION, PROPERTY_COUNTER, PROPERTY_KERNEL, PROPERTY_INITRD, PROPERTY_ARGS, PROPERTY_MEMORY,
	PROPERTY_VCPUS, PROPERTY_CLASS, PROPERTY_SHARE, PROPERTY_RAW, PROPERTY_BOX, PROPERTY_SECRET, PROPERTY_COUNT,
};

struct image_conf {
	const char *path;
	unsigned lines[PROPERTY_COUNT];		/* where each stands, 0 for none */
	char name[VMIMAGE_NAME_BYTES];
	uint32_t version, counter;
	char kernel[PATH_MAX], initrd[PATH_MAX];	/* relative to the file's folder; initrd "" for none */
	struct vmconfig machine;		/* memory, vCPUs, class, share scheme, command line, raw */
	char secret[PATH_MAX];			/* the stub that asks for it (abi/keyed.h); "" for none */
	char box_path[PATH_MAX];		/* "": its measurement is given */
	uint8_t box[DIGEST_BYTES];		/* measurement of the box */
	unsigned bad;				/* a bit for each property whose value was refused */
	unsigned large_line;			/* of the last number that is too large for libconfig */
	bool has_include;
	unsigned problem_count;
};

/**
 * image_conf_read - read the file and measure the box; tell all problems.
 *
 * Returns TOOL_DONE; TOOL_CONFIGURATION if there is a problem; what file_read returns. They were printed then.
 */
MUST_CHECK int image_conf_read(struct image_conf *conf, const char *path);

/* image_conf_parse - the same of a text in memory that ends in NUL, without a look at any file that it names. */
MUST_CHECK int image_conf_parse(struct image_conf *conf, const char *path, const char *text_of_file);

/* image_conf_place - "web.conf:7", where a property stands; "web.conf" if it does not. Lives as long as text(). */
const char *image_conf_place(const struct image_conf *conf, enum image_property property);

/* image_conf_warn - tell what may be meant, but most likely is not: a command line without a usable console. */
void image_conf_warn(const struct image_conf *conf);

#endif
