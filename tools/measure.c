/*
 * redoubt measure: the measurement that a box or a VM will have, from the files that it is made of.
 * Placement and device tree of a VM are lib/vmplan's, as in the lightweight kernel.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include "abi/console.h"
#include "abi/host.h"
#include "lib/vmconfig.h"
#include "lib/vmplan.h"
#include "tools/image_file.h"
#include "tools/measure_boot.h"
#include "tools/measure_image.h"
#include "tools/measurement.h"
#include "tools/option.h"
#include "tools/verbs.h"

/* More than any board here has RAM for; a larger file is a mistake. */
#define FILE_BYTES_MAX		(1ull << 30)
#define CONFIG_BYTES_MAX	0x10000
#define NAME_MAX_CHARACTERS	11

static struct request {
	const char *name;
	const char *kernel, *initrd, *box, *directory;
	/* Of a number, 0 says that it was not given. */
	struct vmconfig config;
	bool has_class;
	bool json, digest_only, help;
} request = { .config.class = HOST_CLASS_ISOLATED };

/* A domain that was measured, for printing. */
struct result {
	const char *role;
	const char *name;
	uint8_t digest[DIGEST_BYTES];
	uint64_t granule_count;
};

static const char usage[] =
	"usage: redoubt measure box FILE [--name NAME] [--digest | --json]\n"
	"       redoubt measure vm --box FILE --kernel FILE [--initrd FILE] [--args TEXT] [--raw]\n"
	"                          --vcpus N --memory MIB [--class CLASS] [--share SCHEME]\n"
	"       redoubt measure vm --box FILE --dir DIRECTORY\n"
	"       redoubt measure FILE.rvm ...  a VM's components and its reference: see 'redoubt measure image -h'\n"
	"       redoubt measure boot ...   what a boot measures: see 'redoubt measure boot -h'\n"
	"       redoubt measure log ...    what a node says that it measured: see 'redoubt measure log -h'\n"
	"Prints the measurement that the mediator will find, as ROLE:NAME=SHA256, which is what\n"
	"'redoubt pack-policy --allow' takes.\n"
	"  --name    name in the policy, 1 to 11 characters (default: the directory's, else 'box' or 'vm')\n"
	"  --raw     the kernel is a flat binary, run at RAM + 0x80000\n"
	"  --class   isolated (default) or confidential\n"
	"  --share   rsi or window: how a confidential VM shares pages\n"
	"  --dir     a VM as in the ramdisk: files config (key=value), kernel and, if there is one, initrd\n"
	"  --digest  print the 64 digits alone\n"
	"  --json    print JSON\n";

static void result_print(const struct result *result)
{
	char digest[DIGEST_TEXT_BYTES];

	digest_print(result->digest, digest);
	if (request.json)
		printf("{\"role\": \"%s\", \"name\": \"%s\", \"sha256\": \"%s\", \"granules\": %ju}\n", result->role,
		       result->name, digest, (uintmax_t)result->granule_count);
	else if (request.digest_only)
		printf("%s\n", digest);
	else
		printf("%s:%s=%s\n", result->role, result->name, digest);
}

static int box_measure(uint8_t out[DIGEST_BYTES], uint64_t *granule_count)
{
	struct measurement measurement = { .granule_count = 0 };
	struct file box;
	int result = file_read(&box, request.box, BOX_CONSOLE_PAGE - BOX_RAM_BASE);

	if (result != TOOL_DONE)
		return result;
	result = measurement_box(&box, &measurement, out);
	*granule_count = measurement.granule_count;
	file_free(&box);
	return result;
}

static int plan_refused(enum vmplan_result code, const struct vmplan_request *wanted, const struct vmplan *plan,
			const char *path)
{
	static const char *const codes[] = {
		[VMPLAN_NOT_AN_IMAGE] = "not-an-image", [VMPLAN_BIG_ENDIAN] = "big-endian",
		[VMPLAN_TRUNCATED] = "truncated", [VMPLAN_NO_ROOM] = "no-room", [VMPLAN_BAD_RAM] = "bad-memory",
		[VMPLAN_BAD_VCPUS] = "bad-vcpus", [VMPLAN_BAD_BOOTARGS] = "bad-args",
	};
	char line[256];

	vmplan_describe(code, wanted, plan, line, sizeof(line));
	return refuse(TOOL_CONFIGURATION, &(struct refusal){
		.code = codes[code], .object = path, .problem = line });
}

static int vm_chain(const struct file *kernel, const struct file *initrd, const uint8_t box[DIGEST_BYTES],
		    struct result *out)
{
	static _Alignas(8) uint8_t dtb[VMPLAN_DTB_MAX];
	const struct vmplan_request wanted = {
		.ram_bytes = (uint64_t)request.config.memory_mib << 20,
		.vcpu_count = request.config.vcpu_count,
		.raw = request.config.raw,
		.kernel = kernel->bytes,
		.kernel_bytes = kernel->count,
		.initrd_bytes = initrd->count,
		.bootargs = request.config.args,
	};
	struct vmplan plan;
	struct measurement measurement = { .granule_count = 0 };
	enum vmplan_result code = vmplan_make(&wanted, &plan, dtb);

	if (code != VMPLAN_OK)
		return plan_refused(code, &wanted, &plan, kernel->path);

	struct measurement_header header = {
		.role = HOST_ROLE_VM, .class = request.config.class, .options = request.config.options,
		.vcpu_count = wanted.vcpu_count, .ram_base = VM_RAM_BASE, .ram_bytes = wanted.ram_bytes,
		.entry = plan.entry, .x0 = plan.x0,
	};
	int result = measurement_begin(&measurement, ANCHOR_CHAIN_TAG_VM);

	memcpy(header.box, box, sizeof(header.box));
	if (result == TOOL_DONE)
		result = measurement_extend(&measurement, plan.kernel.address, kernel->bytes, plan.kernel.bytes);
	if (result == TOOL_DONE)
		result = measurement_extend(&measurement, plan.dtb.address, dtb, plan.dtb.bytes);
	if (result == TOOL_DONE)
		result = measurement_extend(&measurement, plan.args.address, dtb + VMPLAN_ARGS_AT, plan.args.bytes);
	if (result == TOOL_DONE && plan.initrd.bytes > 0)
		result = measurement_extend(&measurement, plan.initrd.address, initrd->bytes, plan.initrd.bytes);
	out->granule_count = measurement.granule_count;
	return result == TOOL_DONE ? measurement_end(&measurement, &header, out->digest) : result;
}

static int vm_measure(struct result *out)
{
	struct file kernel, initrd = { .bytes = NULL };
	uint8_t box[DIGEST_BYTES];
	uint64_t box_granules;
	int result = box_measure(box, &box_granules);

	if (result != TOOL_DONE)
		return result;
	result = file_read(&kernel, request.kernel, FILE_BYTES_MAX);
	if (result != TOOL_DONE)
		return result;
	if (request.initrd != NULL)
		result = file_read(&initrd, request.initrd, FILE_BYTES_MAX);
	if (result == TOOL_DONE)
		result = vm_chain(&kernel, &initrd, box, out);
	file_free(&kernel);
	file_free(&initrd);
	return result;
}

/* DIRECTORY/NAME; lives as long as the program. NULL when there is no memory for it. */
static const char *path_join(const char *directory, const char *name)
{
	char *path = NULL;

	return asprintf(&path, "%s/%s", directory, name) < 0 ? NULL : path;
}

/* The last part of a path, without slashes at its end. */
static const char *base_name(const char *path)
{
	size_t end = strlen(path), start;

	while (end > 1 && path[end - 1] == '/')
		end--;
	for (start = end; start > 0 && path[start - 1] != '/'; start--)
		;
	return text("%.*s", (int)(end - start), path + start);
}

static int directory_read(void)
{
	const char *config_path = path_join(request.directory, "config");
	struct vmconfig_error error;
	struct file config;

	request.kernel = path_join(request.directory, "kernel");
	request.initrd = path_join(request.directory, "initrd");
	if (config_path == NULL || request.kernel == NULL || request.initrd == NULL)
		return refuse(TOOL_FAILED, &(struct refusal){
			.code = "no-memory", .object = request.directory, .problem = strerror(ENOMEM) });
	if (access(request.initrd, F_OK) != 0)
		request.initrd = NULL;

	int result = file_read(&config, config_path, CONFIG_BYTES_MAX);

	if (result != TOOL_DONE)
		return result;
	if (vmconfig_parse((const char *)config.bytes, config.count, &request.config, &error) != OK)
		result = refuse(TOOL_CONFIGURATION, &(struct refusal){
			.code = "bad-config", .object = text("%s:%u", config_path, error.line),
			.problem = "the VM's description is wrong", .expected = text("%s", error.expected),
			.found = text("'%s'", error.found) });
	file_free(&config);
	return result;
}

static int args_take(const char *value)
{
	if (strlen(value) < sizeof(request.config.args)) {
		(void)snprintf(request.config.args, sizeof(request.config.args), "%s", value);
		return TOOL_DONE;
	}
	return refuse(TOOL_CONFIGURATION, &(struct refusal){
		.code = "bad-args", .object = "--args", .problem = "the command line is too long",
		.expected = text("at most %zu bytes", sizeof(request.config.args) - 1),
		.found = text("%zu bytes", strlen(value)), .advice = "shorten it" });
}

static int word_refused(const char *option, const char *value, const char *expected)
{
	return refuse(TOOL_USAGE, &(struct refusal){
		.code = "not-a-word", .object = option, .problem = "the value is none of the words that there are",
		.expected = expected, .found = text("'%s'", value) });
}

static int class_take(const char *value)
{
	request.has_class = true;
	return vmconfig_class_read(value, strlen(value), &request.config.class) ? TOOL_DONE :
	       word_refused("--class", value, "isolated or confidential");
}

static int share_take(const char *value)
{
	request.has_class = true;
	return vmconfig_share_read(value, strlen(value), &request.config.options) ? TOOL_DONE :
	       word_refused("--share", value, "rsi or window");
}

static int options_parse(int argc, char **argv)
{
	const struct option_entry entries[] = {
		{ .name = "name", .kind = TAKES_NAME, .out.text = &request.name, .max = NAME_MAX_CHARACTERS },
		{ .name = "kernel", .kind = TAKES_TEXT, .out.text = &request.kernel },
		{ .name = "initrd", .kind = TAKES_TEXT, .out.text = &request.initrd },
		{ .name = "args", .kind = TAKES_EACH, .out.each = args_take },
		{ .name = "vcpus", .kind = TAKES_NUMBER32, .out.number32 = &request.config.vcpu_count, .min = 1,
		  .max = UINT32_MAX },
		{ .name = "memory", .kind = TAKES_NUMBER32, .out.number32 = &request.config.memory_mib, .min = 1,
		  .max = UINT32_MAX },
		{ .name = "raw", .kind = TAKES_NOTHING, .out.flag = &request.config.raw },
		{ .name = "class", .kind = TAKES_EACH, .out.each = class_take },
		{ .name = "share", .kind = TAKES_EACH, .out.each = share_take },
		{ .name = "box", .kind = TAKES_TEXT, .out.text = &request.box },
		{ .name = "dir", .kind = TAKES_TEXT, .out.text = &request.directory },
		{ .name = "digest", .kind = TAKES_NOTHING, .out.flag = &request.digest_only },
		OPTION_JSON(&request.json), OPTION_HELP(&request.help),
	};

	return options_take(entries, ARRAY_COUNT(entries), argc, argv);
}

static int usage_refused(const char *object, const char *problem)
{
	return refuse(TOOL_USAGE, &(struct refusal){
		.code = "bad-usage", .object = object, .problem = problem,
		.advice = "'redoubt measure -h' explains it" });
}

static int class_refused(const struct vmconfig *config)
{
	return refuse(TOOL_USAGE, &(struct refusal){
		.code = "bad-class", .object = "--class, --share", .problem = "class and share do not go together",
		.expected = vmconfig_class_check(config),
		.found = text("class=%s share=%s", vmconfig_class_name(config->class),
			      vmconfig_share_name(config->options)) });
}

static int vm_run(void)
{
	struct result result = { .role = "vm", .name = request.name };
	int code = TOOL_DONE;

	if (request.box == NULL)
		return usage_refused("--box", "this option is needed: a VM's measurement covers its box");
	if (request.directory != NULL) {
		if (request.kernel != NULL || request.initrd != NULL || request.config.memory_mib != 0 ||
		    request.config.vcpu_count != 0 || request.has_class || request.config.raw || request.config.args[0] != '\0')
			return usage_refused("--dir", "the directory says all that the other options say");
		code = directory_read();
	} else if (request.kernel == NULL || request.config.vcpu_count == 0 || request.config.memory_mib == 0) {
		return usage_refused("--kernel, --vcpus, --memory", "these options are needed, or --dir");
	} else if (vmconfig_class_check(&request.config) != NULL) {
		return class_refused(&request.config);
	}
	if (result.name == NULL)
		result.name = request.directory != NULL ? base_name(request.directory) : "vm";
	if (code == TOOL_DONE)
		code = option_name("--name", result.name, NAME_MAX_CHARACTERS);
	if (code == TOOL_DONE)
		code = vm_measure(&result);
	if (code == TOOL_DONE)
		result_print(&result);
	return code;
}

static int box_run(const char *path)
{
	struct result result = { .role = "box", .name = request.name != NULL ? request.name : "box" };
	int code;

	request.box = path;
	code = box_measure(result.digest, &result.granule_count);
	if (code == TOOL_DONE)
		result_print(&result);
	return code;
}

/* A VM's image or description, by its content or the end of its name: 'image' need not be said then. */
static bool is_image(const char *argument)
{
	const char *end = strrchr(argument, '.');

	if (argument[0] == '-' || strcmp(argument, "box") == 0 || strcmp(argument, "vm") == 0)
		return false;
	return (end != NULL && (strcmp(end, ".rvm") == 0 || strcmp(end, ".conf") == 0)) || image_file_is_one(argument);
}

int verb_measure(int argc, char **argv)
{
	if (argc > 1 && strcmp(argv[1], "boot") == 0)
		return measure_boot(argc - 1, argv + 1);
	if (argc > 1 && strcmp(argv[1], "log") == 0)
		return measure_log(argc - 1, argv + 1);
	if (argc > 1 && strcmp(argv[1], "image") == 0)
		return measure_image(argc - 1, argv + 1);
	if (argc > 1 && is_image(argv[1]))
		return measure_image(argc, argv);

	int result = options_parse(argc, argv);

	if (request.help) {
		fputs(usage, stdout);
		return TOOL_DONE;
	}
	if (result != TOOL_DONE)
		return result;
	if (optind + 2 == argc && strcmp(argv[optind], "box") == 0)
		return box_run(argv[optind + 1]);
	if (optind + 1 == argc && strcmp(argv[optind], "vm") == 0)
		return vm_run();
	return usage_refused("measure", "expected 'box FILE', or 'vm' and its options");
}
