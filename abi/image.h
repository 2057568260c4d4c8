/*
 * Images: the manifest that the ROM reads from secure flash, and the header of an arm64 kernel Image.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#ifndef ABI_IMAGE_H
#define ABI_IMAGE_H

#include <assert.h>
#include <stdint.h>
#include "abi/boot.h"

/* The manifest lies at PLAT_FLASH_MANIFEST in flash0; all integers little-endian. */
#define IMAGE_MANIFEST_MAGIC		0x4654494e414d4452ull	/* "RDMANITF" */
#define IMAGE_MANIFEST_VERSION		1
#define IMAGE_MANIFEST_BYTES		4096

/* Components, in the order in which the ROM loads and verifies them. */
enum image_role {
	IMAGE_MONITOR = 0,
	IMAGE_ANCHOR,
	IMAGE_MEDIATOR,
	IMAGE_OUTER,
	IMAGE_BOX,
	IMAGE_ROLE_COUNT,
};

#define IMAGE_SIGNATURE_NONE		0	/* digests only; a signed kind is defined with verified boot */

struct image_component {
	char name[16];			/* NUL padded: monitor anchor mediator outer box */
	uint64_t flash_offset;		/* from the start of flash0 */
	uint64_t bytes;			/* of the file; the loaded range is zero before */
	uint64_t load;			/* where it is copied to, then hashed */
	uint64_t entry;
	uint8_t sha256[32];
};

struct image_manifest {
	uint64_t magic;
	uint32_t version;
	uint32_t signature_kind;	/* IMAGE_SIGNATURE_*; the signature follows at signature_offset */
	uint64_t signature_offset;
	uint64_t signature_bytes;
	struct boot_range loader;	/* loader window in DRAM */
	uint32_t component_count;	/* IMAGE_ROLE_COUNT */
	uint32_t policy_count;		/* <= BOOT_POLICY_MAX */
	struct image_component components[IMAGE_ROLE_COUNT];
	struct boot_policy_entry policy[BOOT_POLICY_MAX];
	uint8_t reserved[2456];
	uint8_t sha256[32];		/* of all bytes before it: a truncated or altered manifest is named as such */
};
_Static_assert(sizeof(struct image_component) == 80, "image_component layout");
_Static_assert(sizeof(struct image_manifest) == IMAGE_MANIFEST_BYTES, "image_manifest layout");

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
