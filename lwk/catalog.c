/*
 * Reads the initial ramdisk: one directory per VM. The archive is hostile input as far as the reader
 * goes (lib/cpio.h); what it says about VMs is the owner's wish.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "lwk/catalog.h"
#include "lib/cpio.h"
#include "lib/memory.h"
#include "lib/print.h"
#include "lwk/image.h"
#include "lwk/machine.h"
#include "lwk/terminal.h"
#include "lwk/vm.h"

/* "NAME/FILE" taken apart; false for anything else (the archive's directories, deeper paths). */
static bool path_split(const char *path, char *name, const char **file)
{
	unsigned used = 0;

	while (path[used] != '\0' && path[used] != '/' && used + 1 < VM_NAME_BYTES) {
		name[used] = path[used];
		used++;
	}
	name[used] = '\0';
	*file = path + used + 1;
	return used > 0 && path[used] == '/' && strlen(*file) > 0;
}

static bool name_is_good(const char *name)
{
	for (; *name != '\0'; name++) {
		if ((*name < 'a' || *name > 'z') && (*name < 'A' || *name > 'Z') && (*name < '0' || *name > '9') &&
		    *name != '-' && *name != '_' && *name != '.')
			return false;
	}
	return true;
}

static struct vm_file *file_slot(struct vm *vm, const char *file)
{
	if (strcmp(file, "config") == 0)
		return &vm->config_file;
	if (strcmp(file, "kernel") == 0)
		return &vm->kernel;
	if (strcmp(file, "image") == 0)
		return &vm->image;
	return strcmp(file, "initrd") == 0 ? &vm->initrd : NULL;
}

static struct vm *vm_of(const char *name, const char *path)
{
	struct vm *vm = vm_find(name);

	if (vm != NULL)
		return vm;
	if (!name_is_good(name)) {
		terminal_print("error: a VM's name is not usable\n"
			       "  where:    initial ramdisk, entry %.60s\n"
			       "  expected: letters, digits, '-', '_' and '.', at most %u\n"
			       "  do:       rename the directory; its VM is left out\n",
			       path, VM_NAME_BYTES - 1);
		return NULL;
	}
	vm = vm_add(name);
	if (vm == NULL)
		terminal_print("error: too many VMs\n"
			       "  where:    initial ramdisk, entry %.60s\n"
			       "  expected: at most %u directories\n"
			       "  do:       leave some out; VM %s is not defined\n",
			       path, VM_MAX, name);
	return vm;
}

static void file_add(const struct cpio_entry *entry, size_t offset)
{
	char name[VM_NAME_BYTES];
	const char *file;
	struct vm *vm;
	struct vm_file *slot;

	if ((entry->mode & CPIO_TYPE_MASK) != CPIO_TYPE_FILE || !path_split(entry->name, name, &file))
		return;
	vm = vm_of(name, entry->name);
	if (vm == NULL)
		return;
	slot = file_slot(vm, file);
	if (slot == NULL) {
		terminal_print("error: unknown file in the initial ramdisk\n"
			       "  where:    %.80s, at byte %zu\n"
			       "  expected: %s/config, %s/kernel, %s/initrd or %s/image\n"
			       "  do:       remove or rename it; it is ignored\n",
			       entry->name, offset, name, name, name, name);
	} else if (slot->data != NULL) {
		terminal_print("error: VM %s is there twice\n"
			       "  where:    initial ramdisk, second %.80s at byte %zu\n"
			       "  expected: each VM once\n"
			       "  do:       rename one; the first one counts\n",
			       name, entry->name, offset);
	} else {
		*slot = (struct vm_file){ entry->data, entry->bytes };
	}
}

static void archive_truncated(const struct cpio *cpio, const struct cpio_entry *entry)
{
	bool has_name = entry->name != NULL;

	terminal_print("error: the initial ramdisk is truncated\n"
		       "  where:    loader window, cpio entry at byte %zu%s%.60s\n"
		       "  expected: at least %zu bytes\n"
		       "  found:    %zu bytes\n"
		       "  do:       write it again; what comes before is used\n",
		       cpio->offset, has_name ? ", " : "", has_name ? entry->name : "", entry->end, cpio->bytes);
}

/* No header where one should be: the file before it may have been cut. The window is zero after its content. */
static void archive_broken(const struct cpio *cpio, const struct cpio_entry *before)
{
	static const uint8_t zeros[6];
	const uint8_t *at = cpio->archive + cpio->offset;
	bool is_cut = before->name != NULL && memcmp(at, zeros, sizeof(zeros)) == 0;

	terminal_print("error: the initial ramdisk is %s\n"
		       "  where:    loader window, byte %zu%s%.60s\n"
		       "  expected: 070701 (30 37 30 37 30 31) and hex digits\n"
		       "  found:    %02x %02x %02x %02x %02x %02x\n"
		       "  do:       %s; what comes before is used%s%.60s\n",
		       is_cut ? "truncated" : "not a cpio archive in newc format", cpio->offset,
		       before->name != NULL ? ", after " : "", before->name != NULL ? before->name : "", at[0], at[1],
		       at[2], at[3], at[4], at[5], is_cut ? "write it again" : "pack it with `cpio -o -H newc`",
		       before->name != NULL ? ", without " : "", before->name != NULL ? before->name : "");
}

static void archive_read(const struct machine_range *where)
{
	struct cpio cpio = cpio_open((const void *)(uintptr_t)where->base, where->bytes);
	struct cpio_entry entry, before = { 0 };
	size_t before_at = 0;

	for (;;) {
		size_t at = cpio.offset;
		enum status status = cpio_next(&cpio, &entry);

		if (status == ERR_ARGS) {
			archive_broken(&cpio, &before);
			return;
		}
		/* Another header follows where it should: the file is whole. */
		if (before.name != NULL)
			file_add(&before, before_at);
		if (status == ERR_TRUNCATED)
			archive_truncated(&cpio, &entry);
		if (status != OK)
			return;
		before = entry;
		before_at = at;
	}
}

static enum status config_parse(struct vm *vm, struct vmconfig_error *error)
{
	const char *text = (const char *)vm->config_file.data;

	if (vm->image.data == NULL)
		return vmconfig_parse(text, vm->config_file.bytes, &vm->config, error);
	return vmconfig_parse_image(text, vm->config_file.bytes, &vm->config, error);
}

static bool config_read(struct vm *vm)
{
	struct vmconfig_error error;

	if (config_parse(vm, &error) == OK)
		return true;
	terminal_print("error: VM %s is not configured correctly\n"
		       "  where:    %s/config, line %u\n"
		       "  expected: %s\n"
		       "  found:    %s\n"
		       "  do:       correct it; this VM is left out\n",
		       vm->name, vm->name, error.line, error.expected, error.found);
	return false;
}

static bool image_complete(struct vm *vm)
{
	if (vm->kernel.data == NULL && vm->initrd.data == NULL)
		return image_describe(vm) && (vm->config_file.data == NULL || config_read(vm));
	terminal_print("error: VM %s has an image, and a kernel or initrd beside it\n"
		       "  where:    initial ramdisk, directory %s\n"
		       "  expected: one or the other\n"
		       "  do:       remove one; this VM is left out\n",
		       vm->name, vm->name);
	return false;
}

static bool vm_complete(struct vm *vm)
{
	if (vm->image.data != NULL)
		return image_complete(vm);

	const char *missing = vm->config_file.data == NULL ? "config" : vm->kernel.data == NULL ? "kernel" : NULL;

	if (missing == NULL)
		return config_read(vm);
	terminal_print("error: VM %s is incomplete\n"
		       "  where:    initial ramdisk, directory %s\n"
		       "  expected: a file %s/%s\n"
		       "  found:    none\n"
		       "  do:       add it; this VM is left out\n",
		       vm->name, vm->name, vm->name, missing);
	return false;
}

void catalog_read(void)
{
	if (machine.initrd.bytes == 0) {
		terminal_print("error: there is no initial ramdisk, so no VM is defined\n"
			       "  where:    device tree, /chosen linux,initrd-start and linux,initrd-end\n"
			       "  do:       put a cpio archive into the loader window\n");
		return;
	}
	archive_read(&machine.initrd);
	for (unsigned i = 0; i < VM_MAX; i++) {
		if (atomic_load(&vms[i].state) == VM_FREE)
			continue;
		if (!vm_complete(&vms[i])) {
			vm_remove(&vms[i]);
		} else if (!vm_launch(&vms[i])) {
			terminal_print("error: no thread left for VM %s\n"
				       "  need:     1\n  have:     0 of %u\n"
				       "  do:       define fewer VMs; this one is left out\n",
				       vms[i].name, THREAD_MAX);
			vm_remove(&vms[i]);
		}
	}
}

const uint8_t *catalog_file(const char *name, size_t *bytes)
{
	struct cpio cpio = cpio_open((const void *)(uintptr_t)machine.initrd.base, machine.initrd.bytes);
	struct cpio_entry entry;

	while (machine.initrd.bytes != 0 && cpio_next(&cpio, &entry) == OK) {
		if ((entry.mode & CPIO_TYPE_MASK) == CPIO_TYPE_FILE && strcmp(entry.name, name) == 0) {
			*bytes = entry.bytes;
			return entry.data;
		}
	}
	return NULL;
}
