/*
 * Loading: a component is copied first and its copy is hashed, so that what was verified is what
 * runs.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "rom/room.h"
#include "arch/cpu.h"
#include "lib/check.h"
#include "lib/memory.h"
#include "lib/print.h"
#include "plat/memory.h"
#include "plat/secure_console.h"

/* The ROM's own image in flash, from the linker script. */
extern const char rom_image_start[], rom_image_end[];

void digest_print(const uint8_t sha256[HASH_BYTES], size_t bytes, char *out)
{
	for (size_t i = 0; i < bytes; i++)
		print_string(out + 2 * i, 3, "%02x", sha256[i]);
}

void load_record(struct boot_info *info, const char *name, const uint8_t sha256[HASH_BYTES],
		 uint64_t bytes, const char *verdict)
{
	char digits[17];

	CHECK(info->measurement_count < BOOT_MEASUREMENT_MAX);

	struct boot_measurement *measurement = &info->measurements[info->measurement_count++];

	print_string(measurement->name, sizeof(measurement->name), "%s", name);
	memcpy(measurement->sha256, sha256, HASH_BYTES);
	digest_print(sha256, 8, digits);
	secure_print("rom: %-9s sha256 %s %5lu KiB %s", name, digits, (bytes + 1023) >> 10,
		     verdict);
}

void memory_hash(const void *data, uint64_t bytes, uint8_t sha256[HASH_BYTES])
{
	struct hash_piece piece = { data, bytes };
	enum status status = hash_sha256(&piece, 1, sha256);

	CHECK(status == OK);
}

void load_measure_rom(struct boot_info *info)
{
	uint8_t sha256[HASH_BYTES];
	uint64_t bytes = (uintptr_t)rom_image_end - (uintptr_t)rom_image_start;

	memory_hash(rom_image_start, bytes, sha256);
	load_record(info, "rom", sha256, bytes, "measured");
}

void load_component(struct boot_info *info, const char *name, uint64_t flash, void *copy,
		    const struct firmware_component *component)
{
	uint8_t sha256[HASH_BYTES];

	memcpy(copy, (const void *)(uintptr_t)(PLAT_FLASH_BASE + flash), component->bytes);
	memory_hash(copy, component->bytes, sha256);
	if (!hash_is_equal(sha256, component->sha256)) {
		char expected[2 * HASH_BYTES + 1], found[2 * HASH_BYTES + 1];

		digest_print(component->sha256, HASH_BYTES, expected);
		digest_print(sha256, HASH_BYTES, found);
		rom_stop("stage %s: %s: SHA-256 does not match the package: expected %s, found %s; " WRITE_FRESH, name,
			 signed_name(SIGNED_DIGEST), expected, found);
	}
	/* The next stage starts with its MMU off and reads memory, not our caches. */
	cache_clean_invalidate(copy, component->bytes);
	load_record(info, name, sha256, component->bytes, "verified");
}
