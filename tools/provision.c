/*
 * redoubt provision: a device's secure flash, as it leaves the factory: ROM, identity page, and a package in
 * slot A, a state that says so. Slot B is empty.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include "plat/memory.h"
#include "tools/boot_log.h"
#include "tools/option.h"
#include "tools/platform_key.h"

static const char usage[] =
	"usage: redoubt provision --rom FILE --package FILE --root FILE|SHA256\n"
	"                         [--lifecycle development|production] [--failures-max N]\n"
	"                         [--secret FILE] [--platform-key FILE]\n"
	"                         [--attestation-key FILE] [--json] -o FILE\n"
	"   or: redoubt provision --root FILE|SHA256 --secret FILE [--platform-key FILE] [--attestation-key FILE]\n"
	"                         [--lifecycle ...] [--json]\n"
	"Makes a 64 MiB image of secure flash for a device that takes firmware of one root key, and prints the\n"
	"digests that the ROM will print. QEMU takes it as -drive if=pflash,unit=0,format=raw,file=FILE.\n"
	"  --package    what 'redoubt pack-firmware' made; it is checked as the device will check it\n"
	"  --root       the root key: a PEM file, or its SHA-256 ('redoubt keys list')\n"
	"  --lifecycle  development (default), which the device tells at each boot, or production\n"
	"  --failures-max  bad ends in a row (default 3) after which the previous package boots; 0: power off at the first\n"
	"  --secret     keep the device's secret there, made if the file is not there: a device that is provisioned anew is\n"
	"               the same one, and opens the same images. Without it the secret is new, and only in the flash\n"
	"  --platform-key  write the device's public key for VM images there, as PEM: 'redoubt pack --platform' takes it\n"
	"  --attestation-key  write the public key of the device's attestation tokens: 'redoubt measure' puts it into references\n"
	"The second form makes no flash: it tells the keys of a device that is to be provisioned.\n"
	"  --json       print the table as JSON\n";

struct request {
	const char *rom_path, *package_path, *root, *lifecycle, *secret_path, *platform_key, *attestation_key, *output;
	struct file rom, package;
	struct trust trust;
	struct package content;
	struct identity_page identity;
	struct state state;
	uint64_t failures_max;
	struct boot_log log;
	struct public_key platform, attestation;
	bool json, help;
};

/* The second form. */
static bool is_keys_only(const struct request *request)
{
	return request->rom_path == NULL && request->package_path == NULL && request->output == NULL &&
	       request->secret_path != NULL && (request->platform_key != NULL || request->attestation_key != NULL);
}

static int options_check(const struct request *request)
{
	if (is_keys_only(request))
		return request->root == NULL ? option_missing("provision", "--root") : TOOL_DONE;

	const char *missing = request->rom_path == NULL ? "--rom" : request->package_path == NULL ? "--package" :
			      request->root == NULL ? "--root" : request->output == NULL ? "-o" : NULL;

	return missing != NULL ? option_missing("provision", missing) : TOOL_DONE;
}

static int options_parse(struct request *request, int argc, char **argv)
{
	const struct option_entry entries[] = {
		{ .name = "rom", .kind = TAKES_TEXT, .out.text = &request->rom_path },
		{ .name = "package", .kind = TAKES_TEXT, .out.text = &request->package_path },
		{ .name = "root", .kind = TAKES_TEXT, .out.text = &request->root },
		{ .name = "lifecycle", .kind = TAKES_TEXT, .out.text = &request->lifecycle },
		{ .name = "failures-max", .kind = TAKES_NUMBER, .out.number = &request->failures_max,
		  .max = DEVICE_FAILURES_MAX },
		{ .name = "secret", .kind = TAKES_TEXT, .out.text = &request->secret_path },
		{ .name = "platform-key", .kind = TAKES_TEXT, .out.text = &request->platform_key },
		{ .name = "attestation-key", .kind = TAKES_TEXT, .out.text = &request->attestation_key },
		OPTION_JSON(&request->json), OPTION_OUTPUT(&request->output), OPTION_HELP(&request->help),
	};
	int result = options_take(entries, ARRAY_COUNT(entries), argc, argv);

	if (result != TOOL_DONE || request->help)
		return result;
	return optind < argc ? option_extra("provision", argv[optind]) : options_check(request);
}

/* The private halves are made where they are needed, on the device. */
static int keys_make(struct request *request)
{
	uint8_t private[PLATFORM_KEY_BYTES];
	int result = platform_key_derive(&request->identity, PLATFORM_KEY_IMAGES, private, &request->platform);

	if (result == TOOL_DONE)
		result = platform_key_derive(&request->identity, PLATFORM_KEY_ATTESTATION, private, &request->attestation);

	explicit_bzero(private, sizeof(private));
	return result;
}

/* Who the device is: its identity page and the keys that follow from it. */
static int device_make(struct request *request)
{
	int result = identity_make(&request->identity, request->lifecycle, request->trust.root_sha256);

	if (result == TOOL_DONE)
		result = identity_complete(&request->identity, (uint32_t)request->failures_max, request->secret_path);
	return result == TOOL_DONE ? keys_make(request) : result;
}

static int files_read(struct request *request)
{
	int result = trust_take_root(&request->trust, request->root);

	if (result != TOOL_DONE || is_keys_only(request))
		return result == TOOL_DONE ? device_make(request) : result;
	result = file_read(&request->rom, request->rom_path, PLAT_ROM_BYTES);
	if (result == TOOL_DONE && request->rom.count == 0)
		result = refuse(TOOL_CONFIGURATION, &(struct refusal){
			.code = "file-empty", .object = request->rom_path, .problem = "the file is empty",
			.expected = "the image of rom", .found = "0 bytes" });
	if (result == TOOL_DONE)
		result = file_read(&request->package, request->package_path, PLAT_FLASH_SLOT_BYTES);
	if (result == TOOL_DONE)
		result = package_file_check(&request->package, &request->trust, &request->content);
	if (result == TOOL_DONE)
		result = device_make(request);
	if (result == TOOL_DONE)
		result = device_state_make(&request->state, &request->content);
	if (result == TOOL_DONE)
		result = boot_log_make(&request->log, &request->rom, &request->identity, &request->package,
				       &request->content);
	return result;
}

static bool part_write(FILE *stream, uint64_t offset, const void *bytes, size_t count)
{
	return fseeko(stream, (off_t)offset, SEEK_SET) == 0 && fwrite(bytes, 1, count, stream) == count;
}

/* The state's blocks as an erase leaves them, but for the first snapshot. */
static bool state_write(const struct request *request, FILE *stream)
{
	static uint8_t blocks[PLAT_FLASH_STATE_BLOCKS * PLAT_FLASH_BLOCK_BYTES];

	memset(blocks, 0xff, sizeof(blocks));
	memcpy(blocks, &request->state, sizeof(request->state));
	return part_write(stream, PLAT_FLASH_STATE, blocks, sizeof(blocks));
}

static bool flash_fill(const struct request *request, FILE *stream)
{
	return part_write(stream, PLAT_ROM_BASE, request->rom.bytes, request->rom.count) &&
	       part_write(stream, PLAT_FLASH_IDENTITY, &request->identity, sizeof(request->identity)) &&
	       state_write(request, stream) &&
	       part_write(stream, PLAT_FLASH_SLOT_A, request->package.bytes, request->package.count) &&
	       fflush(stream) == 0 && ftruncate(fileno(stream), PLAT_FLASH_BYTES) == 0;
}

/*
 * The image appears under its name only when it is whole, and is its owner's alone: the device's secret is in it. It is
 * mostly a hole: a slot is erased before it is written.
 */
static int flash_write(const struct request *request)
{
	char temporary[PATH_MAX + sizeof(".new")];
	FILE *stream;
	int descriptor;

	(void)snprintf(temporary, sizeof(temporary), "%s.new", request->output);
	descriptor = open(temporary, O_WRONLY | O_CREAT | O_TRUNC, FILE_MODE_PRIVATE);
	stream = descriptor < 0 ? NULL : fdopen(descriptor, "wb");

	bool ok = stream != NULL && flash_fill(request, stream);
	int error = errno;

	if (stream != NULL && fclose(stream) != 0 && ok) {
		error = errno;
		ok = false;
	}
	if (ok && rename(temporary, request->output) == 0)
		return TOOL_DONE;
	if (ok)
		error = errno;
	if (stream != NULL)
		(void)unlink(temporary);
	return refuse(TOOL_FAILED, &(struct refusal){
		.code = "file-unwritable", .object = request->output, .problem = strerror(error),
		.expected = "a file that can be written, and 64 MiB (mostly a hole) of room",
		.advice = "name another file with -o" });
}

static int table_print(const struct request *request)
{
	char root[DIGEST_TEXT_BYTES], platform[DIGEST_TEXT_BYTES], attestation[DIGEST_TEXT_BYTES];
	uint8_t digest[DIGEST_BYTES];
	int result = public_key_digest(&request->platform, digest);

	digest_print(digest, platform);
	if (result == TOOL_DONE)
		result = public_key_digest(&request->attestation, digest);
	if (result != TOOL_DONE)
		return result;
	digest_print(digest, attestation);
	digest_print(request->trust.root_sha256, root);
	printf(request->json ? "{\n  \"lifecycle\": \"%s\",\n  \"root_sha256\": \"%s\",\n"
			     : "device    lifecycle %s, root key %s\n", request->lifecycle, root);
	printf(request->json ? "  \"platform_key_sha256\": \"%s\",\n" : "platform  key for VM images %s\n", platform);
	printf(request->json ? "  \"attestation_key_sha256\": \"%s\"" : "          key of attestation tokens %s\n", attestation);
	if (is_keys_only(request)) {
		printf("%s", request->json ? "\n}\n" : "");
		return TOOL_DONE;
	}
	printf("%s", request->json ? ",\n" : "");
	if (request->json)
		printf("  \"slot_a\": {\"flash_offset\": %d, \"bytes\": %zu},\n", PLAT_FLASH_SLOT_A,
		       request->package.count);
	else
		printf("slot A    flash %08x      %8zu bytes\n", PLAT_FLASH_SLOT_A, request->package.count);
	boot_log_print(&request->log, request->json);
	printf("%s", request->json ? ",\n" : "");
	package_print(&request->content, request->json);
	printf("%s", request->json ? "}\n" : "");
	return TOOL_DONE;
}

int verb_provision(int argc, char **argv)
{
	static struct request request = { .lifecycle = "development", .failures_max = 3 };
	int result = options_parse(&request, argc, argv);

	if (request.help) {
		fputs(usage, stdout);
		return TOOL_DONE;
	}
	if (result == TOOL_DONE)
		result = files_read(&request);
	if (result == TOOL_DONE && !is_keys_only(&request))
		result = flash_write(&request);
	if (result == TOOL_DONE && request.platform_key != NULL)
		result = public_key_write(&request.platform, request.platform_key);
	if (result == TOOL_DONE && request.attestation_key != NULL)
		result = public_key_write(&request.attestation, request.attestation_key);
	if (result == TOOL_DONE)
		result = table_print(&request);
	file_free(&request.package);
	file_free(&request.rom);
	return result;
}
