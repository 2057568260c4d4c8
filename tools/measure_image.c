/*
 * redoubt measure image: the digests of a VM's components and its measurement, from its image or its description; and
 * the reference that follows from them.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include <getopt.h>
#include <stdio.h>
#include "plat/memory.h"
#include "tools/image_file.h"
#include "tools/image_source.h"
#include "tools/measure_image.h"
#include "tools/measure_reference.h"
#include "tools/option.h"

static const char usage[] =
	"usage: redoubt measure [image] FILE.rvm|FILE.conf [--digest | --json]\n"
	"       redoubt measure [image] FILE.rvm|FILE.conf -o FILE [--attestation-key FILE] [--owner FILE]\n"
	"                       [--rom FILE --package FILE --root FILE|SHA256 --cpus N --memory MIB [--lifecycle WORD]]\n"
	"Prints the digest of each component of a VM, and its measurement as 'redoubt pack-policy --allow' takes it.\n"
	"An image says what it was packed of, and needs no key; a description is measured anew: both agree.\n"
	"With -o it makes the reference that 'redoubt verify' holds tokens of this VM against.\n"
	"  --digest           print the 64 digits of the measurement alone\n"
	"  --json             print JSON\n"
	"  --attestation-key  public key of the device: a PEM file ('redoubt provision --attestation-key' writes it)\n"
	"  --owner            of a description: public key of who will sign its image; without it the VM is from no image\n"
	"  --rom ... --lifecycle  what the device boots, as for 'redoubt measure boot'; without it that stays unknown\n";

static struct request {
	const char *output, *owner;
	struct reference_device device;
	bool digest, json, help;
} request = { .device.files.lifecycle = "development" };

static void table_print(const struct vmimage *image)
{
	char hex[DIGEST_TEXT_BYTES];

	digest_print(image->measurement, hex);
	if (request.digest) {
		printf("%s\n", hex);
		return;
	}
	printf("%s", request.json ? "{\n" : "");
	image_measurement_print(image, request.json);
	if (request.json)
		printf("  \"measurement\": \"%s\"\n}\n", hex);
	else
		printf("vm:%s=%s\n", image->name, hex);
}

/* @owner: whose image it is, or NULL. */
static int result_give(const struct vmimage *image, const struct public_key *owner)
{
	table_print(image);
	return request.output == NULL ? TOOL_DONE : reference_make(image, owner, &request.device, request.output);
}

static int conf_measure(const char *path)
{
	struct public_key owner;
	static struct image_conf conf;
	static struct image_source source;
	int result = image_conf_read(&conf, path);

	if (result != TOOL_DONE)
		return result;
	result = image_source_open(&source, &conf);
	if (result == TOOL_DONE)
		result = image_source_walk(&source, NULL, NULL);
	image_source_close(&source);
	if (result == TOOL_DONE && request.owner != NULL)
		result = public_key_read(&owner, request.owner);
	return result == TOOL_DONE ? result_give(&source.image, request.owner != NULL ? &owner : NULL) : result;
}

static int options_parse(int argc, char **argv)
{
	struct boot_files *files = &request.device.files;
	const struct option_entry entries[] = {
		{ .name = "digest", .kind = TAKES_NOTHING, .out.flag = &request.digest },
		{ .name = "attestation-key", .kind = TAKES_TEXT, .out.text = &request.device.key },
		{ .name = "owner", .kind = TAKES_TEXT, .out.text = &request.owner },
		{ .name = "rom", .kind = TAKES_TEXT, .out.text = &files->rom },
		{ .name = "package", .kind = TAKES_TEXT, .out.text = &files->package },
		{ .name = "root", .kind = TAKES_TEXT, .out.text = &files->root },
		{ .name = "lifecycle", .kind = TAKES_TEXT, .out.text = &files->lifecycle },
		{ .name = "cpus", .kind = TAKES_NUMBER, .out.number = &files->cpu_count, .min = 1, .max = PLAT_CPU_MAX },
		{ .name = "memory", .kind = TAKES_NUMBER, .out.number = &files->memory_mib, .min = 1, .max = UINT32_MAX },
		OPTION_OUTPUT(&request.output), OPTION_JSON(&request.json), OPTION_HELP(&request.help),
	};
	int result = options_take(entries, ARRAY_COUNT(entries), argc, argv);
	bool has_files = files->rom != NULL || files->package != NULL || files->root != NULL || files->cpu_count != 0 ||
			 files->memory_mib != 0;

	if (result != TOOL_DONE || request.help)
		return result;
	if (optind == argc)
		return option_missing("measure image", "FILE");
	if (optind + 1 < argc)
		return option_extra("measure image", argv[optind + 1]);
	if ((has_files || request.device.key != NULL || request.owner != NULL) && request.output == NULL)
		return option_missing("measure image", "-o");
	if (has_files && boot_files_missing(files) != NULL)
		return option_missing("measure image", boot_files_missing(files));
	return TOOL_DONE;
}

int measure_image(int argc, char **argv)
{
	static struct image_file file;
	int result = options_parse(argc, argv);

	if (request.help) {
		fputs(usage, stdout);
		return TOOL_DONE;
	}
	if (result != TOOL_DONE)
		return result;
	if (!image_file_is_one(argv[optind]))
		return conf_measure(argv[optind]);
	if (request.owner != NULL)
		return option_extra("measure image", "--owner");
	result = image_file_check(&file, argv[optind], &(struct image_trust){ .owner = NULL });
	return result == TOOL_DONE ? result_give(&file.image, &file.owner) : result;
}
