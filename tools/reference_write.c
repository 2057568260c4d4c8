/*
 * Writes references as JSON (jansson): what reference_json.c reads as the same.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "tools/reference.h"
#include "tools/word.h"

static json_t *hex_json(const uint8_t *bytes, size_t count)
{
	char hex[2 * POINT_BYTES + 1];

	for (size_t i = 0; i < count; i++)
		(void)snprintf(hex + 2 * i, 3, "%02x", bytes[i]);
	return json_string(hex);
}

/* Adds nothing where the reference is silent. */
static void digest_add(json_t *object, const char *member, const struct reference_digest *digest)
{
	if (digest->kind == REFERENCE_ANY)
		json_object_set_new(object, member, json_string("any"));
	else if (digest->kind == REFERENCE_IS)
		json_object_set_new(object, member, hex_json(digest->value, sizeof(digest->value)));
}

static void number_add(json_t *object, const char *member, const struct reference_number *number)
{
	if (number->kind == REFERENCE_ANY)
		json_object_set_new(object, member, json_string("any"));
	else if (number->kind == REFERENCE_IS)
		json_object_set_new(object, member, json_integer((json_int_t)number->value));
}

static void word_add(json_t *object, const char *member, const struct word *list, const struct reference_number *number)
{
	if (number->kind != REFERENCE_SILENT)
		json_object_set_new(object, member, json_string(number->kind == REFERENCE_ANY ? "any" :
								word_of(list, number->value)));
}

static json_t *device_json(const struct reference *reference)
{
	json_t *device = json_object();

	if (reference->has_key == REFERENCE_IS)
		json_object_set_new(device, "attestation_key",
				    hex_json(reference->key.point, sizeof(reference->key.point)));
	word_add(device, "lifecycle", word_lifecycles, &reference->lifecycle);
	digest_add(device, "root_sha256", &reference->root);
	return device;
}

static json_t *firmware_json(const struct reference *reference)
{
	json_t *firmware = json_object(), *entries = json_array();

	for (uint32_t i = 0; i < reference->entry_count; i++) {
		json_t *entry = json_object();

		json_object_set_new(entry, "name", json_string(reference->entries[i].name));
		json_object_set_new(entry, "sha256", hex_json(reference->entries[i].sha256, DIGEST_BYTES));
		json_array_append_new(entries, entry);
	}
	json_object_set_new(firmware, "measurements", entries);
	word_add(firmware, "slot", word_slots, &reference->slot);
	if (reference->trial.kind == REFERENCE_IS)
		json_object_set_new(firmware, "trial", json_boolean(reference->trial.value == 1));
	else
		number_add(firmware, "trial", &reference->trial);
	number_add(firmware, "version", &reference->version);
	number_add(firmware, "counter_least", &reference->counter);
	number_add(firmware, "policy_counter_least", &reference->policy_counter);
	return firmware;
}

static json_t *pieces_json(const struct reference *reference)
{
	json_t *pieces = json_array();

	for (unsigned part = 0; part < VMIMAGE_PART_END; part++) {
		const struct reference_piece *piece = &reference->pieces[part];
		json_t *object;

		if (piece->kind == REFERENCE_SILENT)
			continue;
		object = json_object();
		json_object_set_new(object, "part", json_string(word_of(word_parts, part)));
		json_object_set_new(object, "address", json_integer((json_int_t)piece->run.base));
		json_object_set_new(object, "bytes", json_integer((json_int_t)piece->bytes));
		json_object_set_new(object, "digest", hex_json((const uint8_t *)piece->run.digest, DIGEST_BYTES));
		json_array_append_new(pieces, object);
	}
	return pieces;
}

static json_t *machine_json(const struct measurement_header *header)
{
	json_t *machine = json_object();

	json_object_set_new(machine, "share", json_string(word_of(word_shares, header->options)));
	json_object_set_new(machine, "vcpus", json_integer(header->vcpu_count));
	json_object_set_new(machine, "ram_base", json_integer((json_int_t)header->ram_base));
	json_object_set_new(machine, "ram", json_integer((json_int_t)header->ram_bytes));
	json_object_set_new(machine, "entry", json_integer((json_int_t)header->entry));
	json_object_set_new(machine, "x0", json_integer((json_int_t)header->x0));
	return machine;
}

static json_t *vm_json(const struct reference *reference)
{
	json_t *vm = json_object(), *registers = json_array();

	json_object_set_new(vm, "name", json_string(reference->name));
	word_add(vm, "class", word_classes, &reference->class);
	digest_add(vm, "box", &reference->box);
	digest_add(vm, "measurement", &reference->measurement);
	digest_add(vm, "owner_id", &reference->owner);
	number_add(vm, "counter_least", &reference->image_counter);
	for (unsigned i = 0; i < TOKEN_EXTENSIBLE_COUNT; i++) {
		const struct reference_digest *value = &reference->extensible[i];

		json_array_append_new(registers, value->kind == REFERENCE_SILENT ? json_null() :
				      value->kind == REFERENCE_ANY ? json_string("any") :
				      hex_json(value->value, DIGEST_BYTES));
	}
	json_object_set_new(vm, "registers", registers);
	if (reference->has_header == REFERENCE_IS)
		json_object_set_new(vm, "machine", machine_json(&reference->header));
	json_object_set_new(vm, "pieces", pieces_json(reference));
	return vm;
}

int reference_write(const struct reference *reference, const char *path)
{
	json_t *root = json_object();
	char *bytes;
	int result;

	json_object_set_new(root, "redoubt_reference", json_integer(REFERENCE_VERSION));
	json_object_set_new(root, "device", device_json(reference));
	json_object_set_new(root, "firmware", firmware_json(reference));
	json_object_set_new(root, "vm", vm_json(reference));
	bytes = json_dumps(root, JSON_INDENT(2));
	json_decref(root);
	if (bytes == NULL)
		return refuse(TOOL_FAILED, &(struct refusal){
			.code = "no-memory", .object = path, .problem = "there is no memory for the reference" });

	size_t count = strlen(bytes);

	bytes[count] = '\n';
	result = file_write(path, bytes, count + 1, FILE_MODE_PUBLIC);
	free(bytes);
	return result;
}
