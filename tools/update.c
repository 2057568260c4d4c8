/*
 * redoubt update: what a device would say of a package, on the host, by the same sources.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include <getopt.h>
#include <stdio.h>
#include <string.h>
#include "plat/memory.h"
#include "tools/option.h"
#include "tools/package_file.h"

static const char usage[] =
	"usage: redoubt update check FILE --root FILE|SHA256 [--counter N] [--policy-counter N] [--serial N]\n"
	"                            [--policy-serial N] [--json]\n"
	"Says whether a device takes a package, and what is in it. Needs no token.\n"
	"  --root            the root key of the device: a PEM file, or its SHA-256 ('redoubt keys list')\n"
	"  --counter         security counter of the device: a smaller one is rolled back (default 0)\n"
	"  --policy-counter  the same of its policy\n"
	"  --serial          firmware keys of a smaller serial are revoked on the device (default 0: none)\n"
	"  --policy-serial   the same of policy keys\n"
	"  --json            print the table as JSON\n";

struct request {
	struct trust trust;
	const char *root;
	bool json, help;
};

enum option_id {
	OPTION_ROOT = 256, OPTION_COUNTER, OPTION_POLICY_COUNTER, OPTION_SERIAL, OPTION_POLICY_SERIAL, OPTION_JSON,
};

static int least_take(const char *option, const char *value, uint32_t *out)
{
	uint64_t number;
	int result = option_number(option, value, 0, UINT32_MAX, &number);

	if (result == TOOL_DONE)
		*out = (uint32_t)number;
	return result;
}

static int option_take(struct request *request, int option, const char *value)
{
	struct trust *trust = &request->trust;

	switch (option) {
	case OPTION_ROOT:
		request->root = value;
		return TOOL_DONE;
	case OPTION_COUNTER:
		return least_take("--counter", value, &trust->least[SIGNED_ROLE_FIRMWARE].counter);
	case OPTION_POLICY_COUNTER:
		return least_take("--policy-counter", value, &trust->least[SIGNED_ROLE_POLICY].counter);
	case OPTION_SERIAL:
		return least_take("--serial", value, &trust->least[SIGNED_ROLE_FIRMWARE].serial);
	case OPTION_POLICY_SERIAL:
		return least_take("--policy-serial", value, &trust->least[SIGNED_ROLE_POLICY].serial);
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
		{ "root", required_argument, NULL, OPTION_ROOT },
		{ "counter", required_argument, NULL, OPTION_COUNTER },
		{ "policy-counter", required_argument, NULL, OPTION_POLICY_COUNTER },
		{ "serial", required_argument, NULL, OPTION_SERIAL },
		{ "policy-serial", required_argument, NULL, OPTION_POLICY_SERIAL },
		{ "json", no_argument, NULL, OPTION_JSON },
		{ "help", no_argument, NULL, 'h' }, { NULL, 0, NULL, 0 },
	};
	int option, result = TOOL_DONE;

	while (result == TOOL_DONE && (option = getopt_long(argc, argv, "h", options, NULL)) != -1)
		result = option_take(request, option, optarg);
	return result;
}

static int check(struct request *request, const char *path)
{
	static struct package package;
	struct file file;
	int result = trust_take_root(&request->trust, request->root);

	if (result == TOOL_DONE)
		result = file_read(&file, path, PLAT_FLASH_SLOT_BYTES);
	if (result != TOOL_DONE)
		return result;
	result = package_file_check(&file, &request->trust, &package);
	file_free(&file);
	if (result != TOOL_DONE)
		return result;
	if (request->json) {
		printf("{\n  \"file\": ");
		json_string_print(path);
		printf(",\n");
	}
	package_print(&package, request->json);
	printf("%s\n", request->json ? "}" : "good: a device with this root key and these counters takes it");
	return TOOL_DONE;
}

int verb_update(int argc, char **argv)
{
	struct request request = { .root = NULL };
	int result = options_parse(&request, argc, argv);

	if (request.help) {
		fputs(usage, stdout);
		return TOOL_DONE;
	}
	if (result != TOOL_DONE)
		return result;
	if (optind == argc)
		return option_missing("update", "check");
	if (strcmp(argv[optind], "check") != 0)
		return option_extra("update", argv[optind]);
	if (optind + 1 == argc || request.root == NULL)
		return option_missing("update", optind + 1 == argc ? "FILE" : "--root");
	return optind + 2 == argc ? check(&request, argv[optind + 1]) : option_extra("update", argv[optind + 2]);
}
