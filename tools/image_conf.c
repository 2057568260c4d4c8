/*
 * Reads descriptions of VM images by libconfig. Decides what each property may be; never stops at the first problem.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "tools/image_conf.h"
#include <errno.h>
#include <libconfig.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include "abi/console.h"
#include "tools/image_conf_text.h"
#include "tools/measurement.h"
#include "tools/spelling.h"

#define CONF_BYTES_MAX		0x10000
#define MEMORY_MIB_MAX		32768

/* libconfig's type of a property, whether it must be there, what it is for people. */
static const struct property {
	const char *name;
	int type;
	bool is_needed;
	const char *expected;
} properties[PROPERTY_COUNT] = {
	[PROPERTY_NAME] = { "name", CONFIG_TYPE_STRING, true, "1 to 11 characters of a-z, 0-9, '.', '_' and '-', in quotes" },
	[PROPERTY_VERSION] = { "version", CONFIG_TYPE_INT64, true, "a number, 1 to 4294967295" },
	[PROPERTY_COUNTER] = { "counter", CONFIG_TYPE_INT64, true, "a number, 1 to 4294967295" },
	[PROPERTY_KERNEL] = { "kernel", CONFIG_TYPE_STRING, true, "the name of a file, in quotes" },
	[PROPERTY_INITRD] = { "initrd", CONFIG_TYPE_STRING, false, "the name of a file, in quotes" },
	[PROPERTY_ARGS] = { "args", CONFIG_TYPE_STRING, false, "at most 2047 printable characters, in quotes" },
	[PROPERTY_MEMORY] = { "memory", CONFIG_TYPE_INT64, true, "an even number of MiB, 2 to 32768" },
	[PROPERTY_VCPUS] = { "vcpus", CONFIG_TYPE_INT64, false, "a number, 1 to 8" },
	[PROPERTY_CLASS] = { "class", CONFIG_TYPE_STRING, false, "\"isolated\" or \"confidential\"" },
	[PROPERTY_SHARE] = { "share", CONFIG_TYPE_STRING, false, "\"rsi\" or \"window\"" },
	[PROPERTY_RAW] = { "raw", CONFIG_TYPE_BOOL, false, "true or false" },
	[PROPERTY_BOX] = { "box", CONFIG_TYPE_STRING, true, "the name of a box's image, or its measurement in 64 digits, in quotes" },
	[PROPERTY_SECRET] = { "secret", CONFIG_TYPE_STRING, false, "the name of the stub that asks for it, in quotes" },
};
_Static_assert(VMIMAGE_NAME_BYTES == 12 && VMPLAN_BOOTARGS_MAX == 2048 && VMPLAN_VCPU_MAX == 8, "the texts name the limits");

const char *image_conf_place(const struct image_conf *conf, enum image_property property)
{
	return conf->lines[property] != 0 ? text("%s:%u", conf->path, conf->lines[property]) : conf->path;
}

void image_conf_problem(struct image_conf *conf, const struct refusal *refusal)
{
	conf->problem_count++;
	(void)refuse(TOOL_CONFIGURATION, refusal);
}

static void value_refused(struct image_conf *conf, enum image_property property, const char *found)
{
	conf->bad |= 1u << property;
	/* It is told already, and what libconfig made of it would confuse. */
	if (conf->lines[property] == conf->large_line)
		return;
	image_conf_problem(conf, &(struct refusal){
		.code = "bad-value", .object = image_conf_place(conf, property),
		.problem = text("the value of '%s' cannot be", properties[property].name),
		.expected = properties[property].expected, .found = found, .advice = text("correct it in %s", conf->path) });
}

/* Of numbers all are 64-bit, of values one line is shown. */
static const char *value_text(const config_setting_t *setting)
{
	switch (config_setting_type(setting)) {
	case CONFIG_TYPE_INT:
	case CONFIG_TYPE_INT64:
		return text("%lld", config_setting_get_int64(setting));
	case CONFIG_TYPE_STRING:
		return text("\"%.200s\"", config_setting_get_string(setting));
	case CONFIG_TYPE_BOOL:
		return config_setting_get_bool(setting) ? "true" : "false";
	case CONFIG_TYPE_FLOAT:
		return text("%g", config_setting_get_float(setting));
	default:
		return "a list or group";
	}
}

static bool number_take(const config_setting_t *setting, uint32_t min, uint32_t max, uint32_t *out)
{
	long long number = config_setting_get_int64(setting);

	*out = (uint32_t)number;
	return number >= min && number <= max;
}

static bool name_take(const char *value, char out[VMIMAGE_NAME_BYTES])
{
	size_t length = strlen(value);

	(void)snprintf(out, VMIMAGE_NAME_BYTES, "%s", value);
	return length > 0 && length < VMIMAGE_NAME_BYTES && strspn(value, "abcdefghijklmnopqrstuvwxyz0123456789._-") == length;
}

static bool args_take(const char *value, char out[VMPLAN_BOOTARGS_MAX])
{
	(void)snprintf(out, VMPLAN_BOOTARGS_MAX, "%s", value);
	for (const char *at = value; *at != '\0'; at++) {
		if ((unsigned char)*at < ' ' || *at == 0x7f)
			return false;
	}
	return strlen(value) < VMPLAN_BOOTARGS_MAX;
}

/* A file's name as it is from here: relative ones begin where the description is. */
static bool path_take(const struct image_conf *conf, const char *value, char out[PATH_MAX])
{
	const char *slash = strrchr(conf->path, '/');
	int folder = value[0] == '/' || slash == NULL ? 0 : (int)(slash - conf->path) + 1;
	int length = snprintf(out, PATH_MAX, "%.*s%s", folder, conf->path, value);

	return value[0] != '\0' && length < PATH_MAX;
}

static bool box_take(struct image_conf *conf, const char *value)
{
	if (digest_parse(value, conf->box))
		return true;
	return path_take(conf, value, conf->box_path);
}

static bool value_take(struct image_conf *conf, enum image_property property, const config_setting_t *setting)
{
	const char *string = config_setting_get_string(setting);

	switch (property) {
	case PROPERTY_NAME:
		return name_take(string, conf->name);
	case PROPERTY_VERSION:
		return number_take(setting, 1, UINT32_MAX, &conf->version);
	case PROPERTY_COUNTER:
		return number_take(setting, 1, UINT32_MAX, &conf->counter);
	case PROPERTY_KERNEL:
		return path_take(conf, string, conf->kernel);
	case PROPERTY_INITRD:
		return path_take(conf, string, conf->initrd);
	case PROPERTY_ARGS:
		return args_take(string, conf->machine.args);
	case PROPERTY_MEMORY:
		return number_take(setting, 2, MEMORY_MIB_MAX, &conf->machine.memory_mib) && conf->machine.memory_mib % 2 == 0;
	case PROPERTY_VCPUS:
		return number_take(setting, 1, VMPLAN_VCPU_MAX, &conf->machine.vcpu_count);
	case PROPERTY_CLASS:
		return vmconfig_class_read(string, strlen(string), &conf->machine.class);
	case PROPERTY_SHARE:
		return vmconfig_share_read(string, strlen(string), &conf->machine.options);
	case PROPERTY_RAW:
		conf->machine.raw = config_setting_get_bool(setting);
		return true;
	case PROPERTY_SECRET:
		return path_take(conf, string, conf->secret);
	default:
		return box_take(conf, string);
	}
}

static void unknown_refused(struct image_conf *conf, const char *name, unsigned line)
{
	const char *words[PROPERTY_COUNT], *nearest;

	for (unsigned i = 0; i < PROPERTY_COUNT; i++)
		words[i] = properties[i].name;
	nearest = spelling_nearest(name, words, PROPERTY_COUNT);
	image_conf_problem(conf, &(struct refusal){
		.code = "unknown-property", .object = text("%s:%u", conf->path, line), .problem = "there is no such property",
		.expected = "name version counter kernel initrd args memory vcpus class share raw box secret",
		.found = text("'%.200s'", name),
		.advice = nearest != NULL ? text("did you mean '%s'?", nearest) : "leave it out, or see redoubt(1)" });
}

static void setting_take(struct image_conf *conf, const config_setting_t *setting)
{
	const char *name = config_setting_name(setting);
	unsigned line = config_setting_source_line(setting), property = 0;
	int type = config_setting_type(setting);

	while (property < PROPERTY_COUNT && strcmp(properties[property].name, name) != 0)
		property++;
	if (property == PROPERTY_COUNT) {
		unknown_refused(conf, name, line);
		return;
	}
	conf->lines[property] = line;
	if ((type == CONFIG_TYPE_INT ? CONFIG_TYPE_INT64 : type) != properties[property].type ||
	    !value_take(conf, (enum image_property)property, setting))
		value_refused(conf, (enum image_property)property, value_text(setting));
}

/* What no single property can tell. */
static void whole_check(struct image_conf *conf)
{
	const char *expected = vmconfig_class_check(&conf->machine);

	for (unsigned i = 0; i < PROPERTY_COUNT; i++) {
		if (properties[i].is_needed && conf->lines[i] == 0)
			image_conf_problem(conf, &(struct refusal){
				.code = "missing-property", .object = conf->path,
				.problem = text("'%s' is missing", properties[i].name), .expected = properties[i].expected,
				.found = "nothing", .advice = text("add a line '%s = ...;'", properties[i].name) });
	}
	if (expected != NULL && (conf->bad & (1u << PROPERTY_CLASS | 1u << PROPERTY_SHARE)) == 0)
		image_conf_problem(conf, &(struct refusal){
			.code = "bad-class",
			.object = image_conf_place(conf, conf->lines[PROPERTY_SHARE] != 0 ? PROPERTY_SHARE : PROPERTY_CLASS),
			.problem = "class and share do not go together", .expected = expected,
			.found = text("class=%s share=%s", vmconfig_class_name(conf->machine.class),
				      vmconfig_share_name(conf->machine.options)),
			.advice = text("correct it in %s", conf->path) });
	if (conf->secret[0] != '\0' && (conf->bad & 1u << PROPERTY_CLASS) == 0 &&
	    (conf->machine.class != HOST_CLASS_CONFIDENTIAL || conf->machine.raw))
		image_conf_problem(conf, &(struct refusal){
			.code = "no-secret", .object = image_conf_place(conf, PROPERTY_SECRET),
			.problem = "such a VM has no secret", .expected = "class=confidential, and a kernel that is no flat binary",
			.found = text("class=%s%s", vmconfig_class_name(conf->machine.class), conf->machine.raw ? " raw" : ""),
			.advice = "leave 'secret' out, or change the class" });
}

int image_conf_parse(struct image_conf *conf, const char *path, const char *text_of_file)
{
	config_t config;

	*conf = (struct image_conf){ .path = path, .machine = { .vcpu_count = 1, .class = HOST_CLASS_ISOLATED } };
	image_conf_text_check(conf, text_of_file);
	if (conf->has_include)
		return TOOL_CONFIGURATION;
	config_init(&config);
	if (config_read_string(&config, text_of_file) != CONFIG_TRUE) {
		image_conf_problem(conf, &(struct refusal){
			.code = "syntax", .object = text("%s:%d", path, config_error_line(&config)),
			.problem = "the text is none that libconfig reads", .expected = "lines of NAME = VALUE;",
			.found = config_error_text(&config), .advice = "look at this line and the one before" });
	} else {
		const config_setting_t *root = config_root_setting(&config);

		for (int i = 0; i < config_setting_length(root); i++)
			setting_take(conf, config_setting_get_elem(root, (unsigned)i));
		whole_check(conf);
	}
	config_destroy(&config);
	return conf->problem_count == 0 ? TOOL_DONE : TOOL_CONFIGURATION;
}

static bool file_check(struct image_conf *conf, enum image_property property, const char *path)
{
	struct stat status;
	FILE *stream;
	const char *found;

	if (path[0] == '\0')
		return false;
	stream = fopen(path, "rb");
	found = stream == NULL || fstat(fileno(stream), &status) != 0 ? strerror(errno) :
		!S_ISREG(status.st_mode) ? "something else" : status.st_size == 0 ? "an empty file" : NULL;
	if (stream != NULL)
		(void)fclose(stream);
	if (found == NULL)
		return true;
	image_conf_problem(conf, &(struct refusal){
		.code = "bad-file", .object = image_conf_place(conf, property),
		.problem = text("'%s' cannot be used as %s", path, properties[property].name),
		.expected = "a file that can be read and is not empty", .found = found,
		.advice = "paths begin where this file is: correct the path, or make the file" });
	return false;
}

static int box_measure(struct image_conf *conf)
{
	struct measurement measurement;
	struct file box;
	int result = file_read(&box, conf->box_path, BOX_CONSOLE_PAGE - BOX_RAM_BASE);

	if (result != TOOL_DONE) {
		conf->problem_count++;
		return result;
	}
	result = measurement_box(&box, &measurement, conf->box);
	file_free(&box);
	return result;
}

int image_conf_read(struct image_conf *conf, const char *path)
{
	struct file file;
	int result = file_read(&file, path, CONF_BYTES_MAX);
	char *string;

	if (result != TOOL_DONE)
		return result;
	string = strndup(file.count > 0 ? (const char *)file.bytes : "", file.count);
	if (string == NULL || strlen(string) != file.count)
		result = refuse(TOOL_CONFIGURATION, &(struct refusal){
			.code = "syntax", .object = path, .problem = "the file is no text", .expected = "text without NULs",
			.found = "a NUL, or no memory", .advice = "name the description of a VM" });
	else
		result = image_conf_parse(conf, path, string);
	free(string);
	file_free(&file);
	/* Files are looked at also when other properties are wrong: all problems at once. */
	if (string == NULL || conf->path != path)
		return result;
	(void)file_check(conf, PROPERTY_KERNEL, conf->kernel);
	(void)file_check(conf, PROPERTY_INITRD, conf->initrd);
	(void)file_check(conf, PROPERTY_SECRET, conf->secret);
	if (file_check(conf, PROPERTY_BOX, conf->box_path))
		result = box_measure(conf);
	return conf->problem_count == 0 ? result : TOOL_CONFIGURATION;
}

void image_conf_warn(const struct image_conf *conf)
{
	const char *consoles[] = { "console=ttyAMA0", "console=hvc0" };

	for (unsigned i = 0; i < ARRAY_COUNT(consoles); i++) {
		const char *at = strstr(conf->machine.args, consoles[i]);
		char after = at != NULL ? at[strlen(consoles[i])] : 'x';

		if (after == '\0' || after == ' ' || after == ',')
			return;
	}
	if (conf->machine.raw)
		return;
	fprintf(stderr, "redoubt: warning: no-console: %s: the command line names no console that a VM has\n"
		"  expected: console=ttyAMA0, or console=hvc0\n  found:    '%s'\n  do:       add it to args, or see nothing\n",
		image_conf_place(conf, PROPERTY_ARGS), conf->machine.args);
}
