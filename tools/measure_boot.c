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

enum option_id {
	OPTION_ROM = 256, OPTION_PACKAGE, OPTION_ROOT, OPTION_LIFECYCLE, OPTION_CPUS, OPTION_MEMORY, OPTION_JSON,
};

static int option_take(struct request *request, int option, const char *value)
{
	switch (option) {
	case OPTION_ROM:
		request->files.rom = value;
		return TOOL_DONE;
	case OPTION_PACKAGE:
		request->files.package = value;
		return TOOL_DONE;
	case OPTION_ROOT:
		request->files.root = value;
		return TOOL_DONE;
	case OPTION_LIFECYCLE:
		request->files.lifecycle = value;
		return TOOL_DONE;
	case OPTION_CPUS:
		return option_number("--cpus", value, 1, PLAT_CPU_MAX, &request->files.cpu_count);
	case OPTION_MEMORY:
		return option_number("--memory", value, 1, UINT32_MAX, &request->files.memory_mib);
	case OPTION_JSON:
		request->json = true;
		return TOOL_DONE;
	case 'h':
		request->help = true;
		return TOOL_DONE;
	default:
		return TOOL_USAGE;
	}
}

static int options_parse(struct request *request, int argc, char **argv)
{
	static const struct option options[] = {
		{ "rom", required_argument, NULL, OPTION_ROM }, { "package", required_argument, NULL, OPTION_PACKAGE },
		{ "root", required_argument, NULL, OPTION_ROOT },
		{ "lifecycle", required_argument, NULL, OPTION_LIFECYCLE },
		{ "cpus", required_argument, NULL, OPTION_CPUS }, { "memory", required_argument, NULL, OPTION_MEMORY },
		{ "json", no_argument, NULL, OPTION_JSON }, { "help", no_argument, NULL, 'h' }, { NULL, 0, NULL, 0 },
	};
	int option, result = TOOL_DONE;

	while (result == TOOL_DONE && (option = getopt_long(argc, argv, "h", options, NULL)) != -1)
		result = option_take(request, option, optarg);
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
