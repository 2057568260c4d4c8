/*
 * The three kinds of payloads. Keys of maps are in ascending order.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "tools/object_writer.h"

/* Keys that several kinds of objects have. */
enum object_key { KEY_TYPE = 1, KEY_ROLE, KEY_NAME, KEY_PUBLIC, KEY_VERSION, KEY_SERIAL_LEAST, KEY_COUNTER,
		  KEY_LOADER, KEY_COMPONENTS, KEY_OWNERS, KEY_ALLOWED };
#define KEY_SERIAL	KEY_VERSION

static void number_put(struct cbor_writer *writer, enum object_key key, uint64_t value)
{
	cbor_uint(writer, key);
	cbor_uint(writer, value);
}

static void text_put(struct cbor_writer *writer, enum object_key key, const char *value)
{
	cbor_uint(writer, key);
	cbor_text(writer, value);
}

void endorsement_write(struct cbor_writer *writer, const struct endorsement *endorsement)
{
	cbor_map(writer, 6);
	number_put(writer, KEY_TYPE, SIGNED_TYPE_ENDORSEMENT);
	number_put(writer, KEY_ROLE, endorsement->role);
	text_put(writer, KEY_NAME, endorsement->name);
	cbor_uint(writer, KEY_PUBLIC);
	cbor_bytes(writer, endorsement->key, sizeof(endorsement->key));
	number_put(writer, KEY_SERIAL, endorsement->serial);
	number_put(writer, KEY_SERIAL_LEAST, endorsement->serial_least);
}

static void component_write(struct cbor_writer *writer, const char *name, const struct firmware_component *component)
{
	cbor_array(writer, 5);
	cbor_text(writer, name);
	cbor_uint(writer, component->bytes);
	cbor_uint(writer, component->load);
	cbor_uint(writer, component->entry);
	cbor_bytes(writer, component->sha256, sizeof(component->sha256));
}

void firmware_write(struct cbor_writer *writer, const struct firmware *firmware)
{
	cbor_map(writer, 6);
	number_put(writer, KEY_TYPE, SIGNED_TYPE_FIRMWARE);
	text_put(writer, KEY_NAME, firmware->name);
	number_put(writer, KEY_VERSION, firmware->version);
	number_put(writer, KEY_COUNTER, firmware->counter);
	cbor_uint(writer, KEY_LOADER);
	cbor_array(writer, 2);
	cbor_uint(writer, firmware->loader_base);
	cbor_uint(writer, firmware->loader_bytes);
	cbor_uint(writer, KEY_COMPONENTS);
	cbor_array(writer, FIRMWARE_PART_COUNT);
	for (unsigned i = 0; i < FIRMWARE_PART_COUNT; i++)
		component_write(writer, firmware_part_name((enum firmware_part)i), &firmware->components[i]);
}

void policy_write(struct cbor_writer *writer, const struct policy *policy)
{
	cbor_map(writer, 6);
	number_put(writer, KEY_TYPE, SIGNED_TYPE_POLICY);
	text_put(writer, KEY_NAME, policy->name);
	number_put(writer, KEY_VERSION, policy->version);
	number_put(writer, KEY_COUNTER, policy->counter);
	cbor_uint(writer, KEY_OWNERS);
	cbor_array(writer, policy->owner_count);
	for (uint32_t i = 0; i < policy->owner_count; i++) {
		cbor_array(writer, 3);
		cbor_text(writer, policy->owners[i].name);
		cbor_bytes(writer, policy->owners[i].key, sizeof(policy->owners[i].key));
		cbor_uint(writer, policy->owners[i].counter);
	}
	cbor_uint(writer, KEY_ALLOWED);
	cbor_array(writer, policy->allowed_count);
	for (uint32_t i = 0; i < policy->allowed_count; i++) {
		cbor_array(writer, 3);
		cbor_uint(writer, policy->allowed[i].role);
		cbor_text(writer, policy->allowed[i].name);
		cbor_bytes(writer, policy->allowed[i].sha256, sizeof(policy->allowed[i].sha256));
	}
}
