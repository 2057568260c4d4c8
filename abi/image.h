/*
 * Header of an arm64 kernel Image.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#ifndef ABI_IMAGE_H
#define ABI_IMAGE_H

#include <assert.h>
#include <stdint.h>

/* Header of an arm64 Linux Image (Linux: Documentation/arch/arm64/booting.rst, "Call the kernel image"). */
#define ARM64_IMAGE_MAGIC		0x644d5241	/* "ARM\x64" at offset 56 */
#define ARM64_IMAGE_FLAG_BE		0x1

struct arm64_image_header {
	uint32_t code0, code1;
	uint64_t text_offset;		/* from a 2 MiB aligned base */
	uint64_t image_size;		/* memory needed, bss included */
	uint64_t flags;
	uint64_t res2, res3, res4;
	uint32_t magic;
	uint32_t res5;
};
_Static_assert(sizeof(struct arm64_image_header) == 64, "arm64_image_header layout");

#endif
