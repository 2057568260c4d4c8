/*
 * Any text as the description of a VM image. What holds has every property in its range; a refusal says where, what was
 * expected and found. Files that it names are looked for in an empty folder of the fuzzer's own.
 * Covers: tools/image_conf.c tools/image_conf_text.c
 * Links: tools/spelling.c tools/file.c tools/measurement.c lib/vmconfig.c lib/vmplan.c lib/vmplan_tree.c lib/fdt.c
 * Links: lib/print.c
 * Links: lib/cbor.c lib/signed.c -lconfig -lcrypto
 * Fuzzer: -detect_leaks=0
 * (libconfig keeps a string that does not end, and the fuzzer would look for leaks after each such input, a process each
 * time; it looks once, at the end.)
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "tests/fuzz/target.h"
#include "tools/image_conf.h"
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static unsigned refusal_count;

static void must(bool holds)
{
	if (!holds)
		abort();
}

/* libconfig keeps a string that does not end, and what it was read into; the tool ends after one description. */
const char *__lsan_default_suppressions(void);
const char *__lsan_default_suppressions(void)
{
	return "leak:libconfig";
}

/* In the place of tools/refuse.c: nothing is printed, and each refusal is looked at. */
int refuse(int exit_code, const struct refusal *refusal)
{
	must(refusal->code[0] != '\0' && refusal->object[0] != '\0' && refusal->problem[0] != '\0');
	must(refusal->expected[0] != '\0' && refusal->found != NULL && refusal->advice[0] != '\0');
	refusal_count++;
	return exit_code;
}

const char *text(const char *format, ...)
{
	static char texts[8][512];
	static unsigned next;
	char *out = texts[next++ % 8];
	va_list args;

	va_start(args, format);
	must(vsnprintf(out, 512, format, args) >= 0);
	va_end(args);
	return out;
}

static void conf_check(const struct image_conf *conf)
{
	size_t length = strlen(conf->name);

	must(length > 0 && length < sizeof(conf->name) && conf->version > 0 && conf->counter > 0);
	must(conf->kernel[0] != '\0' && (conf->box_path[0] != '\0' || conf->lines[PROPERTY_BOX] != 0));
	must(conf->machine.memory_mib >= 2 && conf->machine.memory_mib % 2 == 0 && conf->machine.memory_mib <= 32768);
	must(conf->machine.vcpu_count >= 1 && conf->machine.vcpu_count <= VMPLAN_VCPU_MAX);
	must(vmconfig_class_check(&conf->machine) == NULL && strlen(conf->machine.args) < sizeof(conf->machine.args));
}

/* In memory where there is such a place: a disk would be written to for each input. */
static char folder[] = "/dev/shm/imageconf-XXXXXX";
static char conf_path[64];

static void folder_remove(void)
{
	static const char *const names[] = { "k", "e", "conf" };

	for (unsigned i = 0; i < ARRAY_COUNT(names); i++) {
		char path[64];

		(void)snprintf(path, sizeof(path), "%s/%s", folder, names[i]);
		(void)unlink(path);
	}
	(void)rmdir(folder);
}

static void file_put(const char *name, const void *data, size_t count)
{
	char path[64];
	FILE *file;

	(void)snprintf(path, sizeof(path), "%s/%s", folder, name);
	file = fopen(path, "wb");
	must(file != NULL && fwrite(data, 1, count, file) == count && fclose(file) == 0);
}

/* A folder with a file that may be a kernel or a box in it, and an empty one. */
static void folder_make(void)
{
	if (conf_path[0] != '\0')
		return;
	if (access("/dev/shm", W_OK) != 0)
		(void)snprintf(folder, sizeof(folder), "/tmp/imageconf-XXXXXX");
	must(mkdtemp(folder) != NULL && atexit(folder_remove) == 0);
	(void)snprintf(conf_path, sizeof(conf_path), "%s/conf", folder);
	file_put("k", "kernel", 6);
	file_put("e", "", 0);
}

/* By way of a file, as the tool does it: only where no other folder can be named. */
static void file_try(const uint8_t *data, size_t count)
{
	static struct image_conf conf;
	int result;

	memset(&conf, 0, sizeof(conf));
	file_put("conf", data, count);
	refusal_count = 0;
	result = image_conf_read(&conf, conf_path);
	must((result == TOOL_DONE) == (refusal_count == 0));
	if (result != TOOL_DONE)
		return;
	conf_check(&conf);
	must(strncmp(image_conf_place(&conf, PROPERTY_NAME), conf_path, strlen(conf_path)) == 0);
	image_conf_warn(&conf);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t count)
{
	static struct image_conf conf;
	char *copy = malloc(count + 1);
	int result;

	must(copy != NULL);
	memcpy(copy, count > 0 ? data : (const uint8_t *)"", count);
	copy[count] = '\0';
	folder_make();
	refusal_count = 0;
	result = image_conf_parse(&conf, "conf", copy);
	must((result == TOOL_DONE) == (refusal_count == 0));
	if (result == TOOL_DONE)
		conf_check(&conf);
	if (strchr(copy, '/') == NULL && strchr(copy, '\\') == NULL && count > 0)
		file_try(data, count);
	free(copy);
	return 0;
}
