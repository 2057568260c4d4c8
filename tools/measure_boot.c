/*
 * redoubt measure boot: the entries that the anchor's log will have on a device, from the files that it boots.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include <getopt.h>
#include <stdio.h>
#include <string.h>
#include "plat/memory.h"
#include "tools/boot_log.h"
#include "tools/measure_boot.h"
#include "tools/option.h"

static const char usage[] =
	"usage: redoubt measure boot --rom FILE --package FILE --root FILE|SHA256\n"
	"                            [--lifecycle development|production] --cpus N --memory MIB [--json]\n"
	"Prints the measurements that the anchor will report, in their order; 'info' at the control prompt shows\n"
	"them. The last line is the digest of the log.\n"
	"  --root       the root key of the device: a PEM file, or its SHA-256 ('redoubt keys list')\n"
	"  --lifecycle  of the device (default development)\n"
	"  --cpus, --memory  of the board\n"
	"  --json       print JSON\n";

struct request {
	struct boot_files files;
	bool json, help;
};

static int options_parse(struct request *request, int argc, char **argv)
{
	const struct option_entry entries[] = {
		{ .name = "rom", .kind = TAKES_TEXT, .out.text = &request->files.rom },
		{ .name = "package", .kind = TAKES_TEXT, .out.text = &request->files.package },
		{ .name = "root", .kind = TAKES_TEXT, .out.text = &request->files.root },
		{ .name = "lifecycle", .kind = TAKES_TEXT, .out.text = &request->files.lifecycle },
		{ .name = "cpus", .kind = TAKES_NUMBER, .out.number = &request->files.cpu_count, .min = 1,
		  .max = PLAT_CPU_MAX },
		{ .name = "memory", .kind = TAKES_NUMBER, .out.number = &request->files.memory_mib, .min = 1,
		  .max = UINT32_MAX },
		OPTION_JSON(&request->json), OPTION_HELP(&request->help),
	};
	int result = options_take(entries, ARRAY_COUNT(entries), argc, argv);

	if (result != TOOL_DONE || request->help)
		return result;
	if (optind < argc)
		return option_extra("measure boot", argv[optind]);

	const char *missing = boot_files_missing(&request->files);

	return missing != NULL ? option_missing("measure boot", missing) : TOOL_DONE;
}

const char *boot_files_missing(const struct boot_files *files)
{
	return files->rom == NULL ? "--rom" : files->package == NULL ? "--package" : files->root == NULL ? "--root" :
	       files->cpu_count == 0 ? "--cpus" : files->memory_mib == 0 ? "--memory" : NULL;
}

static int contents_measure(const struct boot_files *files, const struct file *rom, const struct file *file,
			    struct boot_prediction *out)
{
	struct trust trust = { 0 };
	struct identity_page identity;
	int result = trust_take_root(&trust, files->root);

	if (result == TOOL_DONE)
		result = package_file_check(file, &trust, &out->package);
	if (result == TOOL_DONE)
		result = identity_make(&identity, files->lifecycle, trust.root_sha256);
	if (result == TOOL_DONE)
		result = boot_log_make(&out->log, rom, &identity, file, &out->package);
	memcpy(out->root_sha256, trust.root_sha256, sizeof(out->root_sha256));
	return result == TOOL_DONE ? boot_log_add_platform(&out->log, files->cpu_count, files->memory_mib) : result;
}

int boot_files_measure(const struct boot_files *files, struct boot_prediction *out)
{
	struct file rom, package;
	int result = file_read(&rom, files->rom, PLAT_ROM_BYTES);

	if (result != TOOL_DONE)
		return result;
	result = file_read(&package, files->package, PLAT_FLASH_SLOT_BYTES);
	if (result == TOOL_DONE) {
		result = contents_measure(files, &rom, &package, out);
		file_free(&package);
	}
	file_free(&rom);
	return result;
}

int measure_boot(int argc, char **argv)
{
	struct request request = { .files.lifecycle = "development" };
	static struct boot_prediction prediction;
	int result = options_parse(&request, argc, argv);

	if (request.help) {
		fputs(usage, stdout);
		return TOOL_DONE;
	}
	if (result == TOOL_DONE)
		result = boot_files_measure(&request.files, &prediction);
	return result == TOOL_DONE ? boot_log_print_whole(&prediction.log, request.json) : result;
}
