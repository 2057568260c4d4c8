/*
 * Reads references from JSON (jansson). Decides which members there are and what each may be.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include <jansson.h>
#include <stdio.h>
#include <string.h>
#include "abi/host.h"
#include "tools/reference.h"
#include "tools/spelling.h"
#include "tools/word.h"

#define REFERENCE_BYTES_MAX	0x40000

/* What is being read: where, and whether anything was refused. */
struct reading {
	const char *path;
	int result;
};

static void refused(struct reading *reading, const char *member, const char *expected, const char *found)
{
	if (reading->result != TOOL_DONE)
		return;
	reading->result = refuse(TOOL_CONFIGURATION, &(struct refusal){
		.code = "bad-reference", .object = reading->path, .problem = text("the member '%s' cannot be", member),
		.expected = expected, .found = found,
		.advice = "make the reference again ('redoubt measure FILE.rvm -o FILE'), or correct it" });
}

/* A value in few characters. */
static const char *value_text(const json_t *value)
{
	char found[128];
	size_t count = json_dumpb(value, found, sizeof(found) - 1, JSON_ENCODE_ANY | JSON_COMPACT);

	if (count > sizeof(found) - 1)
		return "something longer";
	found[count] = '\0';
	return text("%s", found);
}

static bool is_any(const json_t *value)
{
	return json_is_string(value) && strcmp(json_string_value(value), "any") == 0;
}

/* Digits as @count bytes. */
static bool hex_take(const json_t *value, uint8_t *out, size_t count)
{
	const char *hex = json_string_value(value);

	if (hex == NULL || strlen(hex) != 2 * count || strspn(hex, "0123456789abcdef") != 2 * count)
		return false;
	for (size_t i = 0; i < count; i++)
		(void)sscanf(hex + 2 * i, "%2hhx", &out[i]);
	return true;
}

static void digest_take(struct reading *reading, const json_t *object, const char *member, bool may_be_any,
			struct reference_digest *out)
{
	const json_t *value = json_object_get(object, member);

	if (value == NULL || json_is_null(value))
		return;
	if (may_be_any && is_any(value))
		out->kind = REFERENCE_ANY;
	else if (hex_take(value, out->value, sizeof(out->value)))
		out->kind = REFERENCE_IS;
	else
		refused(reading, member, may_be_any ? "64 hexadecimal digits, or \"any\"" : "64 hexadecimal digits",
			value_text(value));
}

static void number_take(struct reading *reading, const json_t *object, const char *member, uint64_t max,
			struct reference_number *out)
{
	const json_t *value = json_object_get(object, member);

	if (value == NULL || json_is_null(value))
		return;
	if (is_any(value)) {
		out->kind = REFERENCE_ANY;
	} else if (json_is_integer(value) && json_integer_value(value) >= 0 && (uint64_t)json_integer_value(value) <= max) {
		out->kind = REFERENCE_IS;
		out->value = (uint64_t)json_integer_value(value);
	} else {
		refused(reading, member, text("a number up to %ju, or \"any\"", (uintmax_t)max), value_text(value));
	}
}

static void word_take(struct reading *reading, const json_t *object, const char *member, const struct word *list,
		      struct reference_number *out)
{
	const json_t *value = json_object_get(object, member);
	const struct word *word = word_find(list, json_string_value(value));

	if (value == NULL || json_is_null(value))
		return;
	if (word != NULL)
		*out = (struct reference_number){ REFERENCE_IS, word->value };
	else if (is_any(value))
		out->kind = REFERENCE_ANY;
	else
		refused(reading, member, text("a word of docs/attestation.md, such as \"%s\"", list->word),
			value_text(value));
}

/* Is there anything but these members? @members ends with NULL. */
static void members_check(struct reading *reading, const json_t *object, const char *where, const char *const *members)
{
	size_t count = 0;
	const char *key;
	json_t *value;

	while (members[count] != NULL)
		count++;
	json_object_foreach((json_t *)(uintptr_t)object, key, value) {
		size_t i = 0;

		while (i < count && strcmp(members[i], key) != 0)
			i++;
		if (i == count) {
			const char *nearest = spelling_nearest(key, members, count);

			refused(reading, text("%.40s of '%s'", key, where),
				nearest != NULL ? text("'%s', if that is meant", nearest) : "no such member",
				"an unknown name");
		}
	}
}

/* The object that is a member; an empty one if it is missing. */
static const json_t *object_of(struct reading *reading, const json_t *object, const char *member,
			       const char *const *members)
{
	const json_t *value = json_object_get(object, member);

	if (value == NULL || json_is_null(value))
		return NULL;
	if (!json_is_object(value)) {
		refused(reading, member, "an object", value_text(value));
		return NULL;
	}
	members_check(reading, value, member, members);
	return value;
}

static void device_take(struct reading *reading, const json_t *root, struct reference *out)
{
	static const char *const members[] = { "attestation_key", "lifecycle", "root_sha256", NULL };
	const json_t *device = object_of(reading, root, "device", members);
	const json_t *key = json_object_get(device, "attestation_key");

	word_take(reading, device, "lifecycle", word_lifecycles, &out->lifecycle);
	digest_take(reading, device, "root_sha256", false, &out->root);
	if (key == NULL || json_is_null(key))
		return;
	if (hex_take(key, out->key.point, sizeof(out->key.point)) && public_key_is_valid(&out->key))
		out->has_key = REFERENCE_IS;
	else
		refused(reading, "attestation_key", "194 hexadecimal digits: an uncompressed point of P-384",
			"something else");
}

static void entry_take(struct reading *reading, const json_t *value, struct reference *out)
{
	static const char *const members[] = { "name", "sha256", NULL };
	const char *name = json_string_value(json_object_get(value, "name"));
	struct reference_entry *entry = &out->entries[out->entry_count];

	if (!json_is_object(value) || name == NULL || strlen(name) >= sizeof(entry->name) || name[0] == '\0' ||
	    !hex_take(json_object_get(value, "sha256"), entry->sha256, sizeof(entry->sha256))) {
		refused(reading, "measurements", "objects with a name and a sha256 of 64 digits", value_text(value));
		return;
	}
	members_check(reading, value, "measurements", members);
	(void)snprintf(entry->name, sizeof(entry->name), "%s", name);
	for (uint32_t i = 0; i < out->entry_count; i++) {
		if (strcmp(out->entries[i].name, name) == 0)
			refused(reading, "measurements", "each name once", text("'%.31s' twice", name));
	}
	out->entry_count++;
}

static void firmware_take(struct reading *reading, const json_t *root, struct reference *out)
{
	static const char *const members[] = { "measurements", "slot", "trial", "version", "counter_least",
					       "policy_counter_least", NULL };
	const json_t *firmware = object_of(reading, root, "firmware", members);
	const json_t *entries = json_object_get(firmware, "measurements"), *trial = json_object_get(firmware, "trial");

	word_take(reading, firmware, "slot", word_slots, &out->slot);
	number_take(reading, firmware, "version", UINT32_MAX, &out->version);
	number_take(reading, firmware, "counter_least", UINT32_MAX, &out->counter);
	number_take(reading, firmware, "policy_counter_least", UINT32_MAX, &out->policy_counter);
	if (json_is_boolean(trial))
		out->trial = (struct reference_number){ REFERENCE_IS, json_is_true(trial) ? 1 : 0 };
	else if (is_any(trial))
		out->trial.kind = REFERENCE_ANY;
	else if (trial != NULL && !json_is_null(trial))
		refused(reading, "trial", "true, false or \"any\"", value_text(trial));
	if (entries != NULL && (!json_is_array(entries) || json_array_size(entries) > REFERENCE_ENTRIES_MAX))
		refused(reading, "measurements", text("an array of at most %u", REFERENCE_ENTRIES_MAX), "something else");
	for (size_t i = 0; i < json_array_size(entries) && reading->result == TOOL_DONE; i++)
		entry_take(reading, json_array_get(entries, i), out);
}

static void machine_take(struct reading *reading, const json_t *vm, struct reference *out)
{
	static const char *const members[] = { "share", "vcpus", "ram", "ram_base", "entry", "x0", NULL };
	const json_t *machine = object_of(reading, vm, "machine", members);
	struct reference_number share = { 0 }, vcpus = { 0 }, ram = { 0 }, base = { 0 }, entry = { 0 }, x0 = { 0 };

	if (machine == NULL)
		return;
	word_take(reading, machine, "share", word_shares, &share);
	number_take(reading, machine, "vcpus", UINT32_MAX, &vcpus);
	number_take(reading, machine, "ram", INT64_MAX, &ram);
	number_take(reading, machine, "ram_base", INT64_MAX, &base);
	number_take(reading, machine, "entry", INT64_MAX, &entry);
	number_take(reading, machine, "x0", INT64_MAX, &x0);
	if (out->class.kind != REFERENCE_IS || share.kind != REFERENCE_IS || vcpus.kind != REFERENCE_IS ||
	    ram.kind != REFERENCE_IS || base.kind != REFERENCE_IS || entry.kind != REFERENCE_IS || x0.kind != REFERENCE_IS)
		refused(reading, "machine", "class, share, vcpus, ram, ram_base, entry and x0, none of them \"any\"",
			"less");
	out->has_header = REFERENCE_IS;
	out->header = (struct measurement_header){
		.role = HOST_ROLE_VM, .class = (uint32_t)out->class.value, .options = share.value,
		.vcpu_count = (uint32_t)vcpus.value, .ram_base = base.value, .ram_bytes = ram.value, .entry = entry.value,
		.x0 = x0.value,
	};
}

static void piece_take(struct reading *reading, const json_t *value, struct reference *out)
{
	static const char *const members[] = { "part", "address", "bytes", "digest", NULL };
	struct reference_number part = { 0 }, address = { 0 }, bytes = { 0 };
	struct reference_digest digest = { 0 };

	if (!json_is_object(value)) {
		refused(reading, "pieces", "objects", value_text(value));
		return;
	}
	members_check(reading, value, "pieces", members);
	word_take(reading, value, "part", word_parts, &part);
	number_take(reading, value, "address", INT64_MAX, &address);
	number_take(reading, value, "bytes", UINT32_MAX, &bytes);
	digest_take(reading, value, "digest", false, &digest);
	if (part.kind != REFERENCE_IS || address.kind != REFERENCE_IS || bytes.kind != REFERENCE_IS ||
	    digest.kind != REFERENCE_IS || bytes.value == 0) {
		refused(reading, "pieces", "part, address, bytes and digest of each", value_text(value));
		return;
	}
	if (out->pieces[part.value].kind != REFERENCE_SILENT)
		refused(reading, "pieces", "each part once", value_text(value));
	out->pieces[part.value] = (struct reference_piece){
		.kind = REFERENCE_IS, .bytes = bytes.value,
		.run.base = address.value,
		.run.bytes = (bytes.value + VMIMAGE_CHUNK_BYTES - 1) & ~(VMIMAGE_CHUNK_BYTES - 1ull),
	};
	memcpy(out->pieces[part.value].run.digest, digest.value, sizeof(digest.value));
}

static void registers_take(struct reading *reading, const json_t *vm, struct reference *out)
{
	const json_t *registers = json_object_get(vm, "registers");

	if (registers == NULL || json_is_null(registers))
		return;
	if (!json_is_array(registers) || json_array_size(registers) != TOKEN_EXTENSIBLE_COUNT) {
		refused(reading, "registers", text("an array of %u", TOKEN_EXTENSIBLE_COUNT), value_text(registers));
		return;
	}
	for (size_t i = 0; i < TOKEN_EXTENSIBLE_COUNT; i++) {
		const json_t *value = json_array_get(registers, i);

		if (is_any(value))
			out->extensible[i].kind = REFERENCE_ANY;
		else if (hex_take(value, out->extensible[i].value, DIGEST_BYTES))
			out->extensible[i].kind = REFERENCE_IS;
		else if (!json_is_null(value))
			refused(reading, "registers", "64 hexadecimal digits, \"any\" or null each", value_text(value));
	}
}

static void vm_take(struct reading *reading, const json_t *root, struct reference *out)
{
	static const char *const members[] = { "name", "class", "box", "measurement", "owner_id", "counter_least",
					       "registers", "machine", "pieces", NULL };
	const json_t *vm = object_of(reading, root, "vm", members), *pieces = json_object_get(vm, "pieces");
	const json_t *name = json_object_get(vm, "name");

	if (name != NULL && (!json_is_string(name) || json_string_length(name) >= sizeof(out->name)))
		refused(reading, "name", "at most 11 characters", value_text(name));
	else if (name != NULL)
		(void)snprintf(out->name, sizeof(out->name), "%s", json_string_value(name));
	word_take(reading, vm, "class", word_classes, &out->class);
	digest_take(reading, vm, "box", false, &out->box);
	digest_take(reading, vm, "measurement", false, &out->measurement);
	digest_take(reading, vm, "owner_id", true, &out->owner);
	number_take(reading, vm, "counter_least", UINT32_MAX, &out->image_counter);
	registers_take(reading, vm, out);
	machine_take(reading, vm, out);
	if (pieces != NULL && !json_is_array(pieces))
		refused(reading, "pieces", "an array", value_text(pieces));
	for (size_t i = 0; i < json_array_size(pieces) && reading->result == TOOL_DONE; i++)
		piece_take(reading, json_array_get(pieces, i), out);
}

int reference_parse(struct reference *reference, const char *path, const char *bytes, size_t count)
{
	static const char *const members[] = { "redoubt_reference", "device", "firmware", "vm", NULL };
	struct reading reading = { .path = path, .result = TOOL_DONE };
	struct reference_number version = { 0 };
	json_error_t error;
	json_t *root = json_loadb(bytes, count, JSON_REJECT_DUPLICATES, &error);

	*reference = (struct reference){ .entry_count = 0 };
	if (!json_is_object(root)) {
		json_decref(root);
		return refuse(TOOL_CONFIGURATION, &(struct refusal){
			.code = "bad-reference", .object = root == NULL ? text("%s:%d", path, error.line) : path,
			.problem = "the file is no reference", .expected = "JSON, an object",
			.found = root == NULL ? text("%s", error.text) : "something else",
			.advice = "'redoubt measure FILE.rvm -o FILE' makes one" });
	}
	members_check(&reading, root, "the reference", members);
	number_take(&reading, root, "redoubt_reference", UINT32_MAX, &version);
	if (version.kind != REFERENCE_IS || version.value != REFERENCE_VERSION)
		refused(&reading, "redoubt_reference", text("%u", REFERENCE_VERSION),
			version.kind == REFERENCE_IS ? text("%ju", (uintmax_t)version.value) : "none");
	device_take(&reading, root, reference);
	firmware_take(&reading, root, reference);
	vm_take(&reading, root, reference);
	json_decref(root);
	return reading.result;
}

int reference_read(struct reference *reference, const char *path)
{
	struct file file;
	int result = file_read(&file, path, REFERENCE_BYTES_MAX);

	if (result != TOOL_DONE)
		return result;
	result = reference_parse(reference, path, (const char *)file.bytes, file.count);
	file_free(&file);
	return result;
}
