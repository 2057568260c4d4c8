/*
 * Decides what a new reference demands of the device: exactly the package that was named, in either slot, confirmed, with
 * security counters that are not below its own.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "tools/measure_reference.h"
#include <stdio.h>
#include <string.h>
#include "tools/word.h"

static struct reference_number number_of(uint64_t value)
{
	return (struct reference_number){ REFERENCE_IS, value };
}

static int device_take(struct reference *reference, const struct boot_files *files)
{
	static struct boot_prediction prediction;
	int result = boot_files_measure(files, &prediction);

	if (result != TOOL_DONE)
		return result;
	_Static_assert(BOOT_MEASUREMENT_MAX <= REFERENCE_ENTRIES_MAX, "a reference has room for all entries");
	for (size_t i = 0; i < prediction.log.count; i++) {
		struct reference_entry *entry = &reference->entries[reference->entry_count++];

		(void)snprintf(entry->name, sizeof(entry->name), "%.15s", prediction.log.entries[i].name);
		memcpy(entry->sha256, prediction.log.entries[i].sha256, sizeof(entry->sha256));
	}
	reference->root.kind = REFERENCE_IS;
	memcpy(reference->root.value, prediction.root_sha256, sizeof(reference->root.value));
	/* Another word was refused while the identity page was predicted. */
	reference->lifecycle = number_of(word_find(word_lifecycles, files->lifecycle)->value);
	reference->slot.kind = REFERENCE_ANY;
	reference->trial = number_of(0);
	reference->version = number_of(prediction.package.firmware.version);
	reference->counter = number_of(prediction.package.firmware.counter);
	reference->policy_counter = number_of(prediction.package.policy.counter);
	return TOOL_DONE;
}

int reference_make(const struct vmimage *image, const struct public_key *owner, const struct reference_device *device,
		   const char *path)
{
	static struct reference reference;
	int result = reference_take_image(&reference, image, owner);

	if (result == TOOL_DONE && device->key != NULL) {
		reference.has_key = REFERENCE_IS;
		result = public_key_read(&reference.key, device->key);
	}
	if (result == TOOL_DONE && device->files.package != NULL)
		result = device_take(&reference, &device->files);
	return result == TOOL_DONE ? reference_write(&reference, path) : result;
}
