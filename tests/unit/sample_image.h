/*
 * VM images for tests: a good manifest, whose fields a test may spoil before it is written, and its head.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#ifndef TESTS_UNIT_SAMPLE_IMAGE_H
#define TESTS_UNIT_SAMPLE_IMAGE_H

#include "lib/vmimage.h"
#include "tests/unit/sample.h"

/* A confidential VM of four pieces and six chunks, for two platforms. Its digests and wrapped keys are made up. */
struct vmimage sample_image(void);

/* The payload that holds a content, without the reader. */
void sample_write_image(struct written *out, const struct vmimage *image);

/* Owner's key and signed payload, unfilled; signed with @key, which is the owner's. */
void sample_write_image_head(struct written *out, const struct written *payload, enum sample_key key);

#endif
