/*
 * redoubt update install --initrd: decides whether a package may go into a node's ramdisk, and says what was not
 * checked.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "tools/update.h"
#include <stdio.h>
#include <string.h>
#include "lib/chain.h"
#include "plat/memory.h"
#include "tools/package_file.h"
#include "tools/ramdisk.h"

#define BY_HAND		"update.by-hand"
#define NAME_MAX_CHARACTERS	64
/* At the end of the loader window, the outer OS's own. */
#define WINDOW_KEPT_BYTES	4096

/* It is a word at the control prompt, and no VM's directory. */
int update_name_check(const char *option, const char *name)
{
	size_t length = strspn(name, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-");

	if (name[length] == '\0' && length > 0 && length <= NAME_MAX_CHARACTERS && name[0] != '-' && name[0] != '.' &&
	    strcmp(name, BY_HAND) != 0)
		return TOOL_DONE;
	return refuse(TOOL_USAGE, &(struct refusal){
		.code = "bad-name", .object = option, .problem = "this cannot be the name of a package in a ramdisk",
		.expected = text("1 to %d letters, digits, '.', '_' and '-', the first a letter or digit; not %s",
				 NAME_MAX_CHARACTERS, BY_HAND),
		.found = text("'%s'", name) });
}

/* Without the device's root key the file's own is taken: then all but whose it is can be checked. */
static int root_take(struct update_request *request, const struct file *file)
{
	struct cbor c = cbor_open(file->bytes, file->count < FIRMWARE_PAGE_BYTES ? file->count : FIRMWARE_PAGE_BYTES);
	struct chain chain;

	if (request->root != NULL)
		return trust_take_root(&request->trust, request->root);
	/* What is no chain is refused with the rest. */
	if (chain_split(&c, &chain) != SIGNED_OK)
		return TOOL_DONE;
	return digest_make(chain.root.data, chain.root.count, request->trust.root_sha256);
}

static int package_check(struct update_request *request, const struct file *file, struct package *package)
{
	int result = root_take(request, file);

	if (result == TOOL_DONE)
		result = package_file_check(file, &request->trust, package);
	return result;
}

static void package_tell(const struct update_request *request, const struct package *package)
{
	char root[DIGEST_TEXT_BYTES];

	package_print(package, false);
	digest_print(request->trust.root_sha256, root);
	if (request->root != NULL)
		printf("good: a device with this root key and these counters takes it\n");
	else
		printf("not checked: whether the root key of the device is %s (--root), and its counters\n", root);
}

static int name_taken(const struct ramdisk *ramdisk, const char *name, const char *found, const char *advice)
{
	return refuse(TOOL_CONFIGURATION, &(struct refusal){
		.code = "name-taken", .object = ramdisk->file->path,
		.problem = text("the ramdisk has '%s' already", name),
		.expected = text("no entry '%s'", name), .found = found, .advice = advice });
}

static int names_are_free(const struct update_request *request, const struct ramdisk *ramdisk)
{
	bool is_file;

	if (ramdisk_has(ramdisk, request->name, &is_file) && !is_file)
		return name_taken(ramdisk, request->name, "one that is no file", "choose another name with --name");
	if (ramdisk_has(ramdisk, request->name, &is_file) && !request->replace)
		return name_taken(ramdisk, request->name, "a file",
				  "choose another name with --name, or replace it with --replace");
	if (request->by_hand && ramdisk_has(ramdisk, BY_HAND, &is_file) && !is_file)
		return name_taken(ramdisk, BY_HAND, "one that is no file", "remove it");
	return TOOL_DONE;
}

/* What is beyond the window is not there for the node: some VM's file would be cut. */
static int size_check(const struct ramdisk *ramdisk, size_t bytes, const struct firmware *firmware)
{
	if (bytes <= firmware->loader_bytes - WINDOW_KEPT_BYTES)
		return TOOL_DONE;
	return refuse(TOOL_NO_RESOURCES, &(struct refusal){
		.code = "ramdisk-too-large", .object = ramdisk->file->path,
		.problem = "with the package the ramdisk does not fit into the package's loader window",
		.expected = text("at most %ju bytes", (uintmax_t)firmware->loader_bytes - WINDOW_KEPT_BYTES),
		.found = text("%zu bytes", bytes),
		.advice = "leave VMs out while the node is updated, or pack with a larger --loader-bytes" });
}

static void next_tell(const struct update_request *request, const struct ramdisk *ramdisk, size_t bytes)
{
	bool is_file, by_hand = request->by_hand || ramdisk_has(ramdisk, BY_HAND, &is_file);

	printf("%s has %s now, %zu bytes in all\n", ramdisk->file->path, request->name, bytes);
	if (by_hand)
		printf("it has %s too: no try confirms itself, 'update confirm' does\n", BY_HAND);
	printf("next: boot the node with it, then 'update install %s' at its control prompt, or here\n"
	       "      redoubt update install %s --console PATH\n",
	       request->name, request->name);
}

static int package_put(struct update_request *request, const struct ramdisk *ramdisk, const struct file *file,
		       const struct package *package)
{
	const struct ramdisk_member members[] = {
		{ request->name, file->bytes, file->count }, { BY_HAND, NULL, 0 },
	};
	size_t count = request->by_hand ? 2 : 1, bytes = ramdisk_bytes(ramdisk, members, count);
	int result = names_are_free(request, ramdisk);

	if (result == TOOL_DONE)
		result = size_check(ramdisk, bytes, &package->firmware);
	if (result == TOOL_DONE)
		result = ramdisk_write(ramdisk, members, count);
	if (result == TOOL_DONE) {
		package_tell(request, package);
		next_tell(request, ramdisk, bytes);
	}
	return result;
}

int update_into_ramdisk(struct update_request *request, const char *path)
{
	static struct package package;
	struct file file = { .bytes = NULL }, archive = { .bytes = NULL };
	struct ramdisk ramdisk;
	int result = update_name_check("--name", request->name);

	if (result == TOOL_DONE)
		result = file_read(&file, path, PLAT_FLASH_SLOT_BYTES);
	if (result == TOOL_DONE)
		result = package_check(request, &file, &package);
	if (result == TOOL_DONE)
		result = file_read(&archive, request->initrd, PLAT_RAM_MAX);
	if (result == TOOL_DONE)
		result = ramdisk_open(&ramdisk, &archive);
	if (result == TOOL_DONE)
		result = package_put(request, &ramdisk, &file, &package);
	file_free(&archive);
	file_free(&file);
	return result;
}
