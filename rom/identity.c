/*
 * The identity page: decides whether it is as it was written, and says aloud whose keys this device takes.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "rom/room.h"
#include "lib/memory.h"
#include "plat/memory.h"
#include "plat/secure_console.h"

static void header_check(const struct identity_page *page)
{
	if (page->magic != IDENTITY_MAGIC || page->version != IDENTITY_VERSION)
		rom_stop("stage identity: no identity page at flash offset 0x%x: expected magic 0x%lx and "
			 "version %d, found 0x%lx and %u; " WRITE_FRESH,
			 PLAT_FLASH_IDENTITY, (uint64_t)IDENTITY_MAGIC, IDENTITY_VERSION, page->magic, page->version);
}

static void digest_check(const struct identity_page *page)
{
	uint8_t sha256[HASH_BYTES];

	memory_hash(page, offsetof(struct identity_page, sha256), sha256);
	if (!hash_is_equal(sha256, page->sha256))
		rom_stop("stage identity: SHA-256 does not match: the page is truncated or altered; " WRITE_FRESH);
}

static void lifecycle_announce(const struct identity_page *page)
{
	switch (page->lifecycle) {
	case IDENTITY_DEVELOPMENT:
		secure_print("rom: *** DEVELOPMENT keys: whoever has them decides what runs here ***");
		return;
	case IDENTITY_PRODUCTION:
		return;
	default:
		rom_stop("stage identity: expected lifecycle 0x%x (development) or 0x%x (production), found "
			 "0x%x; " WRITE_FRESH,
			 (unsigned)IDENTITY_DEVELOPMENT, (unsigned)IDENTITY_PRODUCTION, page->lifecycle);
	}
}

void identity_read(struct identity_page *page)
{
	memcpy(page, (const void *)(PLAT_FLASH_BASE + PLAT_FLASH_IDENTITY), sizeof(*page));
	header_check(page);
	digest_check(page);
	lifecycle_announce(page);
}

void identity_measure(struct boot_info *info, const struct identity_page *page)
{
	uint8_t sha256[HASH_BYTES];

	memory_hash(page, IDENTITY_PUBLIC_BYTES, sha256);
	load_record(info, "identity", sha256, IDENTITY_PUBLIC_BYTES, "measured");
}
