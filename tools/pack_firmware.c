/*
 * redoubt pack-firmware: puts all that boots into one signed file. Where each component runs is plat/memory.h's.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "lib/addr.h"
#include "plat/memory.h"
#include "tools/object_writer.h"
#include "tools/package_file.h"
#include "tools/signed_object.h"

#define LOADER_BYTES_DEFAULT	0x08000000ull	/* 128 MiB */

/* Where a component runs, and how much room it has there, in whole pages. */
static const struct place {
	uint64_t load;
	uint64_t bytes_max;
} places[FIRMWARE_PART_COUNT] = {
	[FIRMWARE_MONITOR] = { PLAT_MONITOR_BASE, PLAT_MONITOR_BYTES },
	[FIRMWARE_ANCHOR] = { PLAT_ANCHOR_BASE, PLAT_ANCHOR_BYTES },
	[FIRMWARE_MEDIATOR] = { PLAT_MEDIATOR_BASE, PLAT_MEDIATOR_BOOT_INFO - PLAT_MEDIATOR_BASE },
	[FIRMWARE_OUTER] = { PLAT_OUTER_BASE, PLAT_OUTER_BYTES },
	[FIRMWARE_BOX] = { PLAT_BOX_BASE, PLAT_BOX_BYTES },
	[FIRMWARE_POLICY] = { 0, FIRMWARE_POLICY_MAX },
};

_Static_assert(PLAT_MONITOR_BYTES + PLAT_ANCHOR_BYTES + PLAT_MEDIATOR_IMAGE_BYTES + PLAT_OUTER_BYTES + PLAT_BOX_BYTES +
	       FIRMWARE_POLICY_MAX + FIRMWARE_PAGE_BYTES <= PLAT_FLASH_SLOT_BYTES, "a slot has room for any package");
_Static_assert(CHAIN_BYTES_MAX <= FIRMWARE_POLICY_MAX && FIRMWARE_POLICY_MAX % FIRMWARE_PAGE_BYTES == 0,
	       "a policy component has room for any policy");

static const char usage[] =
	"usage: redoubt pack-firmware --monitor FILE --anchor FILE --mediator FILE --outer FILE --box FILE\n"
	"                             --policy FILE --name NAME --version N --counter N\n"
	"                             [--loader-base N] [--loader-bytes N] [--key NAME] [--endorsement FILE]\n"
	"                             [--json] [TOKEN] -o FILE\n"
	"Makes a signed package of all that boots, and prints the digests that the device will print.\n"
	"  --policy        what 'redoubt pack-policy' made\n"
	"  --version       for people; --counter: the security counter, which never falls on a device\n"
	"  --loader-base   address of the loader window (default 0x49000000), a multiple of 2 MiB\n"
	"  --loader-bytes  its size (default 128 MiB), a multiple of 2 MiB\n"
	"  --key           key to sign with (default firmware)\n"
	"  --endorsement   its endorsement (default: NAME.endorsement in the development token's directory)\n"
	"  --json          print the table as JSON\n"
	TOKEN_USAGE;

struct request {
	struct object_request object;
	const char *paths[FIRMWARE_PART_COUNT];
	struct file files[FIRMWARE_PART_COUNT];
	struct firmware firmware;
};

static int options_check(const struct request *request)
{
	for (unsigned i = 0; i < FIRMWARE_PART_COUNT; i++) {
		if (request->paths[i] == NULL)
			return option_missing("pack-firmware", text("--%s", firmware_part_name((enum firmware_part)i)));
	}
	return object_request_check(&request->object, "pack-firmware");
}

static int options_parse(struct request *request, int argc, char **argv)
{
	const struct option_entry entries[] = {
		{ .name = "monitor", .kind = TAKES_TEXT, .out.text = &request->paths[FIRMWARE_MONITOR] },
		{ .name = "anchor", .kind = TAKES_TEXT, .out.text = &request->paths[FIRMWARE_ANCHOR] },
		{ .name = "mediator", .kind = TAKES_TEXT, .out.text = &request->paths[FIRMWARE_MEDIATOR] },
		{ .name = "outer", .kind = TAKES_TEXT, .out.text = &request->paths[FIRMWARE_OUTER] },
		{ .name = "box", .kind = TAKES_TEXT, .out.text = &request->paths[FIRMWARE_BOX] },
		{ .name = "policy", .kind = TAKES_TEXT, .out.text = &request->paths[FIRMWARE_POLICY] },
		{ .name = "loader-base", .kind = TAKES_NUMBER, .out.number = &request->firmware.loader_base, .max = UINT64_MAX },
		{ .name = "loader-bytes", .kind = TAKES_NUMBER, .out.number = &request->firmware.loader_bytes,
		  .max = UINT64_MAX },
		OBJECT_ENTRIES(&request->object),
	};
	int result = options_take(entries, ARRAY_COUNT(entries), argc, argv);

	if (result != TOOL_DONE || request->object.help)
		return result;
	return optind < argc ? option_extra("pack-firmware", argv[optind]) : options_check(request);
}

static int loader_refused(const struct firmware *firmware, const char *problem, const char *expected)
{
	return refuse(TOOL_CONFIGURATION, &(struct refusal){
		.code = "bad-loader-window", .object = "loader window", .problem = problem, .expected = expected,
		.found = text("0x%jx, %ju bytes", (uintmax_t)firmware->loader_base, (uintmax_t)firmware->loader_bytes),
		.advice = "change --loader-base or --loader-bytes" });
}

/* The ROM repeats these checks against the RAM that it finds. */
static int loader_check(const struct firmware *firmware)
{
	if (!is_aligned(firmware->loader_base | firmware->loader_bytes, BLOCK_BYTES) || firmware->loader_bytes == 0)
		return loader_refused(firmware, "it is not aligned", "a base and a size that are multiples of 2 MiB");
	if (!range_is_inside(firmware->loader_base, firmware->loader_bytes, PLAT_RAM_BASE, PLAT_RAM_MAX))
		return loader_refused(firmware, "it is not in DRAM",
				      text("inside 0x%jx .. 0x%jx", (uintmax_t)PLAT_RAM_BASE,
					   (uintmax_t)(PLAT_RAM_BASE + PLAT_RAM_MAX)));
	if (firmware->loader_base < PLAT_BOX_BASE + PLAT_BOX_BYTES)
		return loader_refused(firmware, "it overlaps firmware or images",
				      text("at 0x%jx or above", (uintmax_t)(PLAT_BOX_BASE + PLAT_BOX_BYTES)));
	return TOOL_DONE;
}

static int files_read(struct request *request)
{
	for (unsigned i = 0; i < FIRMWARE_PART_COUNT; i++) {
		struct file *file = &request->files[i];
		int result = file_read(file, request->paths[i], places[i].bytes_max);

		if (result != TOOL_DONE)
			return result;
		if (file->count == 0)
			return refuse(TOOL_CONFIGURATION, &(struct refusal){
				.code = "file-empty", .object = file->path, .problem = "the file is empty",
				.expected = text("the component %s", firmware_part_name((enum firmware_part)i)),
				.found = "0 bytes" });
		request->firmware.components[i] = (struct firmware_component){
			.bytes = (file->count + FIRMWARE_PAGE_BYTES - 1) & ~(uint64_t)(FIRMWARE_PAGE_BYTES - 1),
			.load = places[i].load, .entry = places[i].load,
		};
	}
	return TOOL_DONE;
}

/* All but the first page: components in their order, each filled up with zeros. Frees with the package. */
static int components_join(struct request *request, struct file *package)
{
	struct firmware *firmware = &request->firmware;

	package->path = request->object.output;
	package->count = firmware_part_offset(firmware, FIRMWARE_PART_COUNT);
	package->bytes = calloc(1, package->count);
	if (package->bytes == NULL)
		return refuse(TOOL_FAILED, &(struct refusal){
			.code = "no-memory", .object = request->object.output, .problem = "there is no memory for it" });
	for (unsigned i = 0; i < FIRMWARE_PART_COUNT; i++) {
		uint8_t *at = package->bytes + firmware_part_offset(firmware, (enum firmware_part)i);
		int result;

		memcpy(at, request->files[i].bytes, request->files[i].count);
		result = digest_make(at, firmware->components[i].bytes, firmware->components[i].sha256);
		if (result != TOOL_DONE)
			return result;
	}
	return TOOL_DONE;
}

/* A policy that a device would refuse is told by its own file's name, and nothing is signed. */
static int policy_check(const struct request *request, const struct signer *signer)
{
	static struct policy policy;
	struct trust trust = { 0 };
	int result = public_key_digest(&signer->endorsement.root, trust.root_sha256);

	return result == TOOL_DONE ? policy_file_check(&request->files[FIRMWARE_POLICY], &trust, &policy) : result;
}

static int head_sign(struct request *request, struct signer *signer, struct file *package)
{
	static uint8_t payload_bytes[SIGNED_PAYLOAD_MAX];
	struct cbor_writer payload = { .bytes = payload_bytes, .capacity = sizeof(payload_bytes) };
	struct cbor_writer head = { .bytes = package->bytes, .capacity = FIRMWARE_PAGE_BYTES };
	struct firmware *firmware = &request->firmware;
	int result;

	(void)snprintf(firmware->name, sizeof(firmware->name), "%s", request->object.name);
	firmware->version = request->object.version;
	firmware->counter = request->object.counter;
	firmware_write(&payload, firmware);
	result = signer_open(signer, &request->object, SIGNED_ROLE_FIRMWARE);
	if (result == TOOL_DONE)
		result = policy_check(request, signer);
	return result == TOOL_DONE ? signer_chain_write(signer, &payload, &head) : result;
}

/* What was packed must be what a device takes; only then is it a file. */
static int package_keep(const struct request *request, const struct signer *signer, const struct file *package)
{
	static struct package read;
	struct trust trust = { 0 };
	int result = public_key_digest(&signer->endorsement.root, trust.root_sha256);

	if (result == TOOL_DONE)
		result = package_file_check(package, &trust, &read);
	if (result == TOOL_DONE)
		result = file_write(request->object.output, package->bytes, package->count, FILE_MODE_PUBLIC);
	if (result != TOOL_DONE)
		return result;
	if (request->object.json)
		printf("{\n");
	package_print(&read, request->object.json);
	if (request->object.json)
		printf("}\n");
	return TOOL_DONE;
}

static int firmware_pack(struct request *request)
{
	static struct signer signer;
	struct file package = { .bytes = NULL };
	int result = loader_check(&request->firmware);

	if (result == TOOL_DONE)
		result = files_read(request);
	if (result == TOOL_DONE)
		result = components_join(request, &package);
	if (result == TOOL_DONE)
		result = head_sign(request, &signer, &package);
	if (result == TOOL_DONE)
		result = package_keep(request, &signer, &package);
	signer_close(&signer);
	file_free(&package);
	for (unsigned i = 0; i < FIRMWARE_PART_COUNT; i++)
		file_free(&request->files[i]);
	return result;
}

int verb_pack_firmware(int argc, char **argv)
{
	static struct request request = {
		.object.key = "firmware",
		.firmware = { .loader_base = PLAT_LOADER_BASE, .loader_bytes = LOADER_BYTES_DEFAULT },
	};
	int result = options_parse(&request, argc, argv);

	if (request.object.help) {
		fputs(usage, stdout);
		return TOOL_DONE;
	}
	return result == TOOL_DONE ? firmware_pack(&request) : result;
}
