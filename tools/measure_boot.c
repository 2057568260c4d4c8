/*
 * redoubt measure boot: the entries that the anchor's log will have on a device, from the files that it boots.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include <getopt.h>
#include <stdio.h>
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
	const char *rom, *package, *root, *lifecycle;
	uint64_t cpu_count, memory_mib;
	bool json, help;
};

enum option_id {
	OPTION_ROM = 256, OPTION_PACKAGE, OPTION_ROOT, OPTION_LIFECYCLE, OPTION_CPUS, OPTION_MEMORY, OPTION_JSON,
};

static int option_take(struct request *request, int option, const char *value)
{
	switch (option) {
	case OPTION_ROM:
		request->rom = value;
		return TOOL_DONE;
	case OPTION_PACKAGE:
		request->package = value;
		return TOOL_DONE;
	case OPTION_ROOT:
		request->root = value;
		return TOOL_DONE;
	case OPTION_LIFECYCLE:
		request->lifecycle = value;
		return TOOL_DONE;
	case OPTION_CPUS:
		return option_number("--cpus", value, 1, PLAT_CPU_MAX, &request->cpu_count);
	case OPTION_MEMORY:
		return option_number("--memory", value, 1, UINT32_MAX, &request->memory_mib);
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

	const char *missing = request->rom == NULL ? "--rom" : request->package == NULL ? "--package" :
			      request->root == NULL ? "--root" : request->cpu_count == 0 ? "--cpus" :
			      request->memory_mib == 0 ? "--memory" : NULL;

	return missing != NULL ? option_missing("measure boot", missing) : TOOL_DONE;
}

static int files_measure(const struct request *request, const struct file *rom, const struct file *file)
{
	static struct package package;
	struct trust trust = { 0 };
	struct identity_page identity;
	struct boot_log log;
	int result = trust_take_root(&trust, request->root);

	if (result == TOOL_DONE)
		result = package_file_check(file, &trust, &package);
	if (result == TOOL_DONE)
		result = identity_make(&identity, request->lifecycle, trust.root_sha256);
	if (result == TOOL_DONE)
		result = boot_log_make(&log, rom, &identity, file, &package);
	if (result == TOOL_DONE)
		result = boot_log_add_platform(&log, request->cpu_count, request->memory_mib);
	if (result != TOOL_DONE)
		return result;
	return boot_log_print_whole(&log, request->json);
}

int measure_boot(int argc, char **argv)
{
	struct request request = { .lifecycle = "development" };
	struct file rom, package;
	int result = options_parse(&request, argc, argv);

	if (request.help) {
		fputs(usage, stdout);
		return TOOL_DONE;
	}
	if (result == TOOL_DONE)
		result = file_read(&rom, request.rom, PLAT_ROM_BYTES);
	if (result != TOOL_DONE)
		return result;
	result = file_read(&package, request.package, PLAT_FLASH_SLOT_BYTES);
	if (result == TOOL_DONE) {
		result = files_measure(&request, &rom, &package);
		file_free(&package);
	}
	file_free(&rom);
	return result;
}
