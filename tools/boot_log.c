/*
 * Decides what is hashed for each entry, as rom/ and anchor/log.c do.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "tools/boot_log.h"
#include <stdio.h>
#include <string.h>
#include "lib/addr.h"
#include "lib/chain.h"
#include "plat/memory.h"

static struct boot_measurement *entry_add(struct boot_log *log, const char *name)
{
	struct boot_measurement *entry = &log->entries[log->count++];

	*entry = (struct boot_measurement){ .name = "" };
	(void)snprintf(entry->name, sizeof(entry->name), "%s", name);
	return entry;
}

/* Payloads of endorsement and firmware object; both are there, for the package holds. */
static int head_measure(const struct file *file, uint8_t out[DIGEST_BYTES])
{
	struct cbor c = cbor_open(file->bytes, FIRMWARE_PAGE_BYTES);
	struct chain chain;

	if (chain_split(&c, &chain) == SIGNED_OK) {
		const struct digest_piece pieces[] = {
			{ chain.endorsement.payload.data, chain.endorsement.payload.count },
			{ chain.object.payload.data, chain.object.payload.count },
		};

		if (digest_pieces(DIGEST_SHA256, pieces, ARRAY_COUNT(pieces), out))
			return TOOL_DONE;
	}
	return refuse(TOOL_FAILED, &(struct refusal){
		.code = "no-digest", .object = file->path, .problem = "the head of the package cannot be hashed" });
}

int boot_log_make(struct boot_log *log, const struct file *rom, const struct identity_page *identity,
		  const struct file *file, const struct package *package)
{
	int result;

	_Static_assert(FIRMWARE_PART_COUNT + 4 <= BOOT_MEASUREMENT_MAX, "the log has room for all entries");
	log->count = 0;
	result = digest_make(rom->bytes, rom->count, entry_add(log, "rom")->sha256);
	if (result == TOOL_DONE)
		result = digest_make(identity, IDENTITY_PUBLIC_BYTES, entry_add(log, "identity")->sha256);
	if (result == TOOL_DONE)
		result = head_measure(file, entry_add(log, "package")->sha256);
	for (unsigned part = 0; part < FIRMWARE_PART_COUNT && result == TOOL_DONE; part++)
		memcpy(entry_add(log, firmware_part_name((enum firmware_part)part))->sha256,
		       package->firmware.components[part].sha256, DIGEST_BYTES);
	return result;
}

int boot_log_add_platform(struct boot_log *log, uint64_t cpu_count, uint64_t memory_mib)
{
	uint64_t ram_bytes = memory_mib << 20;
	struct boot_platform platform = {
		.cpu_count = cpu_count,
		.ram_base = PLAT_RAM_BASE,
		.ram_bytes = align_down(ram_bytes < PLAT_RAM_MAX ? ram_bytes : PLAT_RAM_MAX, BLOCK_BYTES),
	};

	return digest_make(&platform, sizeof(platform), entry_add(log, BOOT_PLATFORM_NAME)->sha256);
}

void boot_log_print(const struct boot_log *log, bool json)
{
	if (json)
		printf("  \"measurements\": [\n");
	for (size_t i = 0; i < log->count; i++) {
		char digest[DIGEST_TEXT_BYTES];

		digest_print(log->entries[i].sha256, digest);
		if (json)
			printf("    {\"name\": \"%s\", \"sha256\": \"%s\"}%s\n", log->entries[i].name, digest,
			       i + 1 < log->count ? "," : "");
		else
			printf("measured  %-9s %s\n", log->entries[i].name, digest);
	}
	if (json)
		printf("  ]");
}

int boot_log_print_whole(const struct boot_log *log, bool json)
{
	uint8_t sha256[DIGEST_BYTES];
	char digest[DIGEST_TEXT_BYTES];
	int result = digest_make(log->entries, log->count * sizeof(log->entries[0]), sha256);

	if (result != TOOL_DONE)
		return result;
	digest_print(sha256, digest);
	printf("%s", json ? "{\n" : "");
	boot_log_print(log, json);
	printf(json ? ",\n  \"log_sha256\": \"%s\"\n}\n" : "log       %s\n", digest);
	return TOOL_DONE;
}
