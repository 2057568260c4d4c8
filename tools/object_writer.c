/*
 * The four kinds of payloads. Keys of maps are in ascending order.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "tools/object_writer.h"

/* Keys that several kinds of objects have. */
enum object_key { KEY_TYPE = 1, KEY_ROLE, KEY_NAME, KEY_PUBLIC, KEY_VERSION, KEY_SERIAL_LEAST, KEY_COUNTER,
		  KEY_LOADER, KEY_COMPONENTS, KEY_OWNERS, KEY_ALLOWED, KEY_ID, KEY_MACHINE, KEY_BOX, KEY_MEASUREMENT,
		  KEY_PIECES, KEY_RECIPIENTS };
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

static void string_put(struct cbor_writer *writer, enum object_key key, const void *bytes, size_t count)
{
	cbor_uint(writer, key);
	cbor_bytes(writer, bytes, count);
}

/* Headers and labels of COSE (RFC 9052, sections 3.1 and 7.1; RFC 9053, sections 6.3 and 7.1). */
enum { HEADER_ALGORITHM = 1, HEADER_KEY_ID = 4, HEADER_EPHEMERAL = -1, KEY_TYPE_LABEL = 1, KEY_CURVE = -1, KEY_X = -2, KEY_Y = -3 };
enum { ECDH_ES_A256KW = -31, KEY_TYPE_EC2 = 2, CURVE_P384 = 2, COORDINATE_BYTES = 48 };

static void recipient_write(struct cbor_writer *writer, const struct vmimage_recipient *recipient)
{
	uint8_t header_bytes[8];
	struct cbor_writer header = { .bytes = header_bytes, .capacity = sizeof(header_bytes) };

	cbor_map(&header, 1);
	cbor_uint(&header, HEADER_ALGORITHM);
	cbor_negative(&header, ECDH_ES_A256KW);
	cbor_array(writer, 3);
	cbor_bytes(writer, header_bytes, header.count);
	cbor_map(writer, 2);
	cbor_uint(writer, HEADER_KEY_ID);
	cbor_bytes(writer, recipient->platform, sizeof(recipient->platform));
	cbor_negative(writer, HEADER_EPHEMERAL);
	cbor_map(writer, 4);
	cbor_uint(writer, KEY_TYPE_LABEL);
	cbor_uint(writer, KEY_TYPE_EC2);
	cbor_negative(writer, KEY_CURVE);
	cbor_uint(writer, CURVE_P384);
	cbor_negative(writer, KEY_X);
	cbor_bytes(writer, recipient->ephemeral + 1, COORDINATE_BYTES);
	cbor_negative(writer, KEY_Y);
	cbor_bytes(writer, recipient->ephemeral + 1 + COORDINATE_BYTES, COORDINATE_BYTES);
	cbor_bytes(writer, recipient->wrapped, sizeof(recipient->wrapped));
}

static void machine_write(struct cbor_writer *writer, const struct vmimage *image)
{
	cbor_uint(writer, KEY_MACHINE);
	cbor_array(writer, 6);
	cbor_uint(writer, image->class);
	cbor_uint(writer, image->options);
	cbor_uint(writer, image->vcpu_count);
	cbor_uint(writer, image->ram_bytes);
	cbor_uint(writer, image->entry);
	cbor_uint(writer, image->x0);
}

void image_manifest_write(struct cbor_writer *writer, const struct vmimage *image)
{
	cbor_map(writer, 10);
	number_put(writer, KEY_TYPE, SIGNED_TYPE_IMAGE);
	text_put(writer, KEY_NAME, image->name);
	number_put(writer, KEY_VERSION, image->version);
	number_put(writer, KEY_COUNTER, image->counter);
	string_put(writer, KEY_ID, image->id, sizeof(image->id));
	machine_write(writer, image);
	string_put(writer, KEY_BOX, image->box, sizeof(image->box));
	string_put(writer, KEY_MEASUREMENT, image->measurement, sizeof(image->measurement));
	cbor_uint(writer, KEY_PIECES);
	cbor_array(writer, image->piece_count);
	for (uint32_t i = 0; i < image->piece_count; i++) {
		cbor_array(writer, 4);
		cbor_uint(writer, image->pieces[i].part);
		cbor_uint(writer, image->pieces[i].address);
		cbor_uint(writer, image->pieces[i].bytes);
		cbor_bytes(writer, image->pieces[i].digest, sizeof(image->pieces[i].digest));
	}
	cbor_uint(writer, KEY_RECIPIENTS);
	cbor_array(writer, image->recipient_count);
	for (uint32_t i = 0; i < image->recipient_count; i++)
		recipient_write(writer, &image->recipients[i]);
}
