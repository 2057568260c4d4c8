/*
 * redoubt provision: puts ROM, manifest and components into a secure flash image. Decides where
 * each component lies and refuses what the ROM would refuse; the memory map is plat/memory.h's.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "abi/host.h"
#include "abi/image.h"
#include "lib/addr.h"
#include "plat/memory.h"
#include "tools/provision_package.h"
#include "tools/verbs.h"

#define LOADER_BYTES_DEFAULT	0x08000000ull	/* 128 MiB */
#define COMPONENT_ALIGN		4096ull
#define ROM_INDEX		IMAGE_ROLE_COUNT

/* Where a component runs, and how much room its file has there. */
struct place {
	const char *name;
	uint64_t load;
	uint64_t bytes_max;
};

static const struct place places[IMAGE_ROLE_COUNT + 1] = {
	[IMAGE_MONITOR] = { "monitor", PLAT_MONITOR_BASE, PLAT_MONITOR_BYTES },
	[IMAGE_ANCHOR] = { "anchor", PLAT_ANCHOR_BASE, PLAT_ANCHOR_BYTES },
	[IMAGE_MEDIATOR] = { "mediator", PLAT_MEDIATOR_BASE,
			     PLAT_MEDIATOR_BOOT_INFO - PLAT_MEDIATOR_BASE },
	[IMAGE_OUTER] = { "outer", PLAT_OUTER_BASE, PLAT_OUTER_BYTES },
	[IMAGE_BOX] = { "box", PLAT_BOX_BASE, PLAT_BOX_BYTES },
	[ROM_INDEX] = { "rom", PLAT_ROM_BASE, PLAT_ROM_BYTES },
};

struct request {
	const char *paths[IMAGE_ROLE_COUNT + 1];
	struct file files[IMAGE_ROLE_COUNT + 1];
	const char *output;
	bool json;
	struct image_manifest manifest;
	uint8_t rom_sha256[DIGEST_BYTES];
};

static const char usage[] =
	"usage: redoubt provision --rom FILE --monitor FILE --anchor FILE --mediator FILE\n"
	"                         --outer FILE --box FILE [--loader-base HEX] [--loader-bytes N]\n"
	"                         [--allow box|vm:NAME=SHA256]... [--json] -o FILE\n"
	"Makes a 64 MiB image of secure flash and prints the digests that the ROM will print and\n"
	"the anchor will report. QEMU takes it as -drive if=pflash,unit=0,format=raw,file=FILE.\n"
	"  --loader-base   address of the loader window (default 0x49000000), 2 MiB aligned\n"
	"  --loader-bytes  its size (default 128 MiB), a multiple of 2 MiB\n"
	"  --allow         measurement that a box or VM may have ('redoubt measure' prints it)\n"
	"  --json          print the table as JSON\n"
	"For a device that boots signed packages: redoubt provision --package=FILE -h.\n";

static int number_parse(const char *option, const char *value, int base, uint64_t *out)
{
	char *end;

	errno = 0;
	*out = strtoull(value, &end, base);
	if (errno == 0 && end != value && *end == '\0' && value[0] != '-')
		return TOOL_DONE;
	return refuse(TOOL_USAGE, &(struct refusal){
		.code = "not-a-number", .object = option, .problem = "the value is not a number",
		.expected = base == 16 ? "hexadecimal digits, e.g. 0x49000000"
				       : "a number, e.g. 134217728 or 0x8000000",
		.found = text("'%s'", value) });
}

static int allow_malformed(const char *value, const char *problem)
{
	return refuse(TOOL_USAGE, &(struct refusal){
		.code = "bad-allow", .object = "--allow", .problem = problem,
		.expected = "box:NAME=SHA256 or vm:NAME=SHA256, NAME of 1 to 11 characters",
		.found = text("'%s'", value),
		.advice = "'redoubt measure' prints a measurement in this form" });
}

/* --allow box|vm:NAME=SHA256 */
static int allow_parse(struct image_manifest *manifest, const char *value)
{
	const char *colon = strchr(value, ':');
	const char *equals = colon != NULL ? strchr(colon, '=') : NULL;
	struct boot_policy_entry entry = { 0 };

	if (manifest->policy_count == BOOT_POLICY_MAX) {
		return refuse(TOOL_CONFIGURATION, &(struct refusal){
			.code = "policy-full", .object = "--allow",
			.problem = "the manifest has no room for it",
			.expected = text("at most %d measurements", BOOT_POLICY_MAX),
			.found = text("one more: '%s'", value),
			.advice = "leave out what is not run" });
	}
	if (equals == NULL)
		return allow_malformed(value, "':' or '=' is missing");
	if (strncmp(value, "box:", 4) != 0 && strncmp(value, "vm:", 3) != 0)
		return allow_malformed(value, "the role is unknown");

	size_t name_bytes = (size_t)(equals - colon - 1);

	if (name_bytes == 0 || name_bytes >= sizeof(entry.name))
		return allow_malformed(value, "the name is empty or too long");
	if (!digest_parse(equals + 1, entry.sha256))
		return allow_malformed(value, "the digest is not 64 hexadecimal digits");
	memcpy(entry.name, colon + 1, name_bytes);
	entry.role = value[0] == 'b' ? HOST_ROLE_BOX : HOST_ROLE_VM;
	manifest->policy[manifest->policy_count++] = entry;
	return TOOL_DONE;
}

enum long_option { OPTION_LOADER_BASE = 256, OPTION_LOADER_BYTES, OPTION_ALLOW, OPTION_JSON };

/* One option; components have their index in places[] as value. */
static int option_take(struct request *request, int option, const char *value)
{
	switch (option) {
	case OPTION_LOADER_BASE:
		return number_parse("--loader-base", value, 16, &request->manifest.loader.base);
	case OPTION_LOADER_BYTES:
		return number_parse("--loader-bytes", value, 0, &request->manifest.loader.bytes);
	case OPTION_ALLOW:
		return allow_parse(&request->manifest, value);
	case OPTION_JSON:
		request->json = true;
		return TOOL_DONE;
	case 'o':
		request->output = value;
		return TOOL_DONE;
	case 'h':
		return TOOL_DONE;
	default:
		if (option < 0 || option > ROM_INDEX)
			return TOOL_USAGE;
		request->paths[option] = value;
		return TOOL_DONE;
	}
}

static int missing(const char *option)
{
	return refuse(TOOL_USAGE, &(struct refusal){
		.code = "option-missing", .object = option, .problem = "this option is needed",
		.advice = "'redoubt provision -h' explains it" });
}

static int options_parse(struct request *request, int argc, char **argv, bool *help)
{
	static const struct option options[] = {
		{ "monitor", required_argument, NULL, IMAGE_MONITOR },
		{ "anchor", required_argument, NULL, IMAGE_ANCHOR },
		{ "mediator", required_argument, NULL, IMAGE_MEDIATOR },
		{ "outer", required_argument, NULL, IMAGE_OUTER },
		{ "box", required_argument, NULL, IMAGE_BOX },
		{ "rom", required_argument, NULL, ROM_INDEX },
		{ "loader-base", required_argument, NULL, OPTION_LOADER_BASE },
		{ "loader-bytes", required_argument, NULL, OPTION_LOADER_BYTES },
		{ "allow", required_argument, NULL, OPTION_ALLOW },
		{ "json", no_argument, NULL, OPTION_JSON },
		{ "output", required_argument, NULL, 'o' },
		{ "help", no_argument, NULL, 'h' },
		{ NULL, 0, NULL, 0 },
	};
	int option;

	while ((option = getopt_long(argc, argv, "o:h", options, NULL)) != -1) {
		int result = option_take(request, option, optarg);

		if (result != TOOL_DONE)
			return result;
		*help |= option == 'h';
	}
	if (*help)
		return TOOL_DONE;
	for (size_t i = 0; i <= ROM_INDEX; i++) {
		if (request->paths[i] == NULL)
			return missing(text("--%s", places[i].name));
	}
	if (request->output == NULL)
		return missing("-o");
	if (optind < argc)
		return refuse(TOOL_USAGE, &(struct refusal){
			.code = "extra-argument", .object = argv[optind],
			.problem = "nothing takes this argument" });
	return TOOL_DONE;
}

static int loader_refused(const struct boot_range *loader, const char *problem,
			  const char *expected)
{
	return refuse(TOOL_CONFIGURATION, &(struct refusal){
		.code = "bad-loader-window", .object = "loader window", .problem = problem,
		.expected = expected,
		.found = text("0x%jx, %ju bytes", (uintmax_t)loader->base,
			      (uintmax_t)loader->bytes),
		.advice = "change --loader-base or --loader-bytes" });
}

/* The ROM repeats these checks against the RAM that it finds. */
static int loader_check(const struct boot_range *loader)
{
	if (!is_aligned(loader->base | loader->bytes, BLOCK_BYTES) || loader->bytes == 0)
		return loader_refused(loader, "it is not aligned",
				      "a base and a size that are multiples of 2 MiB");
	if (!range_is_inside(loader->base, loader->bytes, PLAT_RAM_BASE, PLAT_RAM_MAX))
		return loader_refused(loader, "it is not in DRAM",
				      text("inside 0x%jx .. 0x%jx", (uintmax_t)PLAT_RAM_BASE,
					   (uintmax_t)(PLAT_RAM_BASE + PLAT_RAM_MAX)));
	if (loader->base < PLAT_BOX_BASE + PLAT_BOX_BYTES)
		return loader_refused(loader, "it overlaps firmware or images",
				      text("at 0x%jx or above",
					   (uintmax_t)(PLAT_BOX_BASE + PLAT_BOX_BYTES)));
	return TOOL_DONE;
}

static int component_add(struct request *request, size_t index, uint64_t *flash)
{
	const struct place *place = &places[index];
	struct image_component *component = &request->manifest.components[index];
	const struct file *file = &request->files[index];

	if (file->count > PLAT_FLASH_BYTES - *flash) {
		return refuse(TOOL_CONFIGURATION, &(struct refusal){
			.code = "flash-full", .object = file->path,
			.problem = "the flash has no room left for it",
			.expected = text("at most %ju bytes",
					 (uintmax_t)(PLAT_FLASH_BYTES - *flash)),
			.found = text("%zu bytes", file->count) });
	}
	(void)snprintf(component->name, sizeof(component->name), "%s", place->name);
	component->flash_offset = *flash;
	component->bytes = file->count;
	component->load = place->load;
	component->entry = place->load;
	*flash = (*flash + file->count + COMPONENT_ALIGN - 1) & ~(COMPONENT_ALIGN - 1);
	return digest_make(file->bytes, file->count, component->sha256);
}

static int files_read(struct request *request)
{
	for (size_t i = 0; i <= ROM_INDEX; i++) {
		int result = file_read(&request->files[i], request->paths[i], places[i].bytes_max);

		if (result != TOOL_DONE)
			return result;
		if (request->files[i].count == 0) {
			return refuse(TOOL_CONFIGURATION, &(struct refusal){
				.code = "file-empty", .object = request->paths[i],
				.problem = "the file is empty",
				.expected = text("the image of %s", places[i].name),
				.found = "0 bytes" });
		}
	}
	return TOOL_DONE;
}

static int manifest_make(struct request *request)
{
	struct image_manifest *manifest = &request->manifest;
	uint64_t flash = PLAT_FLASH_COMPONENTS;

	manifest->magic = IMAGE_MANIFEST_MAGIC;
	manifest->version = IMAGE_MANIFEST_VERSION;
	manifest->signature_kind = IMAGE_SIGNATURE_NONE;
	manifest->component_count = IMAGE_ROLE_COUNT;
	for (size_t i = 0; i < IMAGE_ROLE_COUNT; i++) {
		int result = component_add(request, i, &flash);

		if (result != TOOL_DONE)
			return result;
	}

	const struct file *rom = &request->files[ROM_INDEX];
	int result = digest_make(rom->bytes, rom->count, request->rom_sha256);

	if (result != TOOL_DONE)
		return result;
	return digest_make(manifest, offsetof(struct image_manifest, sha256), manifest->sha256);
}

static bool part_write(FILE *stream, uint64_t offset, const void *bytes, size_t count)
{
	return fseeko(stream, (off_t)offset, SEEK_SET) == 0 &&
	       fwrite(bytes, 1, count, stream) == count;
}

static bool flash_fill(const struct request *request, FILE *stream)
{
	const struct file *rom = &request->files[ROM_INDEX];

	if (!part_write(stream, PLAT_ROM_BASE, rom->bytes, rom->count) ||
	    !part_write(stream, PLAT_FLASH_MANIFEST, &request->manifest, sizeof(request->manifest)))
		return false;
	for (size_t i = 0; i < IMAGE_ROLE_COUNT; i++) {
		if (!part_write(stream, request->manifest.components[i].flash_offset,
				request->files[i].bytes, request->files[i].count))
			return false;
	}
	return fflush(stream) == 0 && ftruncate(fileno(stream), PLAT_FLASH_BYTES) == 0;
}

/* The image appears under its name only when it is whole. */
static int flash_write(const struct request *request)
{
	const char *temporary = text("%s.new", request->output);
	FILE *stream = fopen(temporary, "wb");
	bool ok = stream != NULL && flash_fill(request, stream);
	int error = errno;

	if (stream != NULL && fclose(stream) != 0 && ok) {
		error = errno;
		ok = false;
	}
	if (ok && rename(temporary, request->output) != 0) {
		error = errno;
		ok = false;
	}
	if (ok)
		return TOOL_DONE;
	if (stream != NULL)
		(void)unlink(temporary);
	return refuse(TOOL_FAILED, &(struct refusal){
		.code = "file-unwritable", .object = request->output, .problem = strerror(error),
		.expected = "a file that can be written, and 64 MiB (mostly a hole) of room",
		.advice = "name another file with -o" });
}

static void row_print(bool json, bool last, const char *name, uint64_t flash, uint64_t bytes,
		      uint64_t load, const uint8_t sha256[DIGEST_BYTES])
{
	char digest[DIGEST_TEXT_BYTES];

	digest_print(sha256, digest);
	if (json) {
		printf("    {\"name\": \"%s\", \"flash_offset\": %ju, \"bytes\": %ju, "
		       "\"load\": %ju, \"sha256\": \"%s\"}%s\n", name, (uintmax_t)flash, (uintmax_t)bytes,
		       (uintmax_t)load, digest, last ? "" : ",");
	} else {
		printf("%-9s flash %08jx  load %09jx  %8ju bytes  %s\n", name, (uintmax_t)flash,
		       (uintmax_t)load, (uintmax_t)bytes, digest);
	}
}

static void policy_print(const struct request *request)
{
	const struct image_manifest *manifest = &request->manifest;

	for (uint32_t i = 0; i < manifest->policy_count; i++) {
		const struct boot_policy_entry *entry = &manifest->policy[i];
		const char *role = entry->role == HOST_ROLE_BOX ? "box" : "vm";
		char digest[DIGEST_TEXT_BYTES];

		digest_print(entry->sha256, digest);
		if (request->json) {
			printf("    {\"role\": \"%s\", \"name\": ", role);
			json_string_print(entry->name);
			printf(", \"sha256\": \"%s\"}%s\n", digest,
			       i + 1 < manifest->policy_count ? "," : "");
		} else {
			printf("allow     %-3s %-40s  %s\n", role, entry->name, digest);
		}
	}
}

static void table_print(const struct request *request)
{
	const struct image_manifest *manifest = &request->manifest;

	if (request->json)
		printf("{\n  \"loader\": {\"base\": %ju, \"bytes\": %ju},\n  \"stages\": [\n",
		       (uintmax_t)manifest->loader.base, (uintmax_t)manifest->loader.bytes);
	row_print(request->json, false, "rom", PLAT_ROM_BASE, request->files[ROM_INDEX].count,
		  PLAT_ROM_BASE, request->rom_sha256);
	row_print(request->json, false, "manifest", PLAT_FLASH_MANIFEST, sizeof(*manifest),
		  PLAT_FLASH_MANIFEST, manifest->sha256);
	for (size_t i = 0; i < IMAGE_ROLE_COUNT; i++) {
		const struct image_component *component = &manifest->components[i];

		row_print(request->json, i + 1 == IMAGE_ROLE_COUNT, component->name,
			  component->flash_offset, component->bytes, component->load,
			  component->sha256);
	}
	if (request->json)
		printf("  ],\n  \"policy\": [\n");
	policy_print(request);
	if (request->json)
		printf("  ]\n}\n");
}

static int provision(struct request *request)
{
	int result = loader_check(&request->manifest.loader);

	if (result == TOOL_DONE)
		result = files_read(request);
	if (result == TOOL_DONE)
		result = manifest_make(request);
	if (result == TOOL_DONE)
		result = flash_write(request);
	if (result == TOOL_DONE)
		table_print(request);
	for (size_t i = 0; i <= ROM_INDEX; i++)
		file_free(&request->files[i]);
	return result;
}

static bool is_for_package(int argc, char **argv)
{
	for (int i = 1; i < argc; i++) {
		if (strncmp(argv[i], "--package", strlen("--package")) == 0)
			return true;
	}
	return false;
}

int verb_provision(int argc, char **argv)
{
	if (is_for_package(argc, argv))
		return provision_package(argc, argv);

	struct request request = {
		.manifest.loader = { PLAT_LOADER_BASE, LOADER_BYTES_DEFAULT },
	};
	bool help = false;
	int result = options_parse(&request, argc, argv, &help);

	if (help) {
		fputs(usage, stdout);
		return TOOL_DONE;
	}
	return result == TOOL_DONE ? provision(&request) : result;
}
