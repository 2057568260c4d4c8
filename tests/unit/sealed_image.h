/*
 * Whole images for tests: packed from a content that is made up, by the host tool's encryption and the tests' own writer
 * and signer, and opened as a platform opens them. The opener has its own cryptography, from docs/formats.md.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#ifndef TESTS_UNIT_SEALED_IMAGE_H
#define TESTS_UNIT_SEALED_IMAGE_H

#include "tests/unit/sample_image.h"
#include "tools/image_file.h"

/* Numbers of platforms' keys (signer.h). */
enum { PLATFORM_A = 10, PLATFORM_B, PLATFORM_STRANGER };

/* What an image is made of; a test may spoil each part before it is written. */
struct sealed_image {
	struct vmimage image;
	uint8_t key[VMIMAGE_KEY_BYTES];
	uint8_t content[6 * VMIMAGE_CHUNK_BYTES];	/* plain */
	uint8_t chunks[6 * VMIMAGE_CHUNK_BYTES], tags[6 * VMIMAGE_TAG_BYTES];
};

/* A good one for platforms A and B, encrypted. @number tells packings apart: content, key and id come from it. */
void sealed_image_make(struct sealed_image *out, unsigned number);

/* The address of a chunk in the VM. */
uint64_t sealed_image_address(const struct vmimage *image, uint32_t index);

/* The file, its manifest signed with @key as it is now. */
void sealed_image_write(struct written *out, const struct sealed_image *sealed, enum sample_key key);

/**
 * sealed_image_open - as a platform would: all that docs/formats.md lists, in its order, then digests and measurement.
 *
 * @content  room for six chunks; what was decrypted
 *
 * Returns SIGNED_OK or the first problem; SIGNED_DIGEST if content and machine have another digest or measurement.
 */
enum signed_problem sealed_image_open(const struct written *file, const struct image_trust *trust, unsigned platform,
				      uint8_t *content);

#endif
