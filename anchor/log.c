/*
 * Measurement log: what ran on the way here, in order, and the platform record. Decides nothing.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "anchor/room.h"
#include "crypto/hash.h"
#include "lib/memory.h"

/* The ROM's entries and one of our own. */
static struct boot_measurement entries[BOOT_MEASUREMENT_MAX + 1];
static uint32_t entry_count;
static uint8_t entries_sha256[HASH_BYTES];

enum status log_fill(const struct boot_info *boot_info)
{
	const struct boot_platform platform = {
		.cpu_count = boot_info->cpu_count,
		.ram_base = boot_info->ram.base,
		.ram_bytes = boot_info->ram.bytes,
	};
	struct hash_piece piece = { &platform, sizeof(platform) };
	struct boot_measurement *own;
	enum status status;

	if (boot_info->measurement_count > BOOT_MEASUREMENT_MAX)
		return ERR_ARGS;
	memcpy(entries, boot_info->measurements, boot_info->measurement_count * sizeof(entries[0]));
	own = &entries[boot_info->measurement_count];
	memcpy(own->name, BOOT_PLATFORM_NAME, sizeof(BOOT_PLATFORM_NAME));
	status = hash_sha256(&piece, 1, own->sha256);
	if (status != OK)
		return status;
	entry_count = boot_info->measurement_count + 1;
	piece = (struct hash_piece){ entries, entry_count * sizeof(entries[0]) };
	return hash_sha256(&piece, 1, entries_sha256);
}

enum status log_read(uint64_t index, struct boot_measurement *out)
{
	if (index >= entry_count)
		return ERR_NOT_FOUND;
	*out = entries[index];
	return OK;
}

const uint8_t *log_digest(void)
{
	return entries_sha256;
}
