/*
 * decoder: libcbor and OpenSSL read our objects independently of our readers, and all agree: on good chains, and on
 * every payload of one changed byte that our readers accept.
 * Links: lib/chain.c lib/cose.c lib/endorsement.c lib/firmware.c lib/policy.c lib/signed.c lib/cbor.c
 * Links: tests/unit/cbor_write.c tests/unit/sample.c tests/unit/sample_write.c tests/unit/signer.c
 * Links: openssl -lcbor
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "tests/unit/test.h"
#include "crypto/signature.h"
#include "lib/chain.h"
#include "tests/unit/sample.h"
#include <cbor.h>

static cbor_item_t *load(const uint8_t *bytes, size_t count)
{
	struct cbor_load_result result;
	cbor_item_t *item = cbor_load(bytes, count, &result);

	assert_non_null(item);
	assert_int_equal(result.read, count);
	return item;
}

static cbor_item_t *element(const cbor_item_t *array, size_t index, size_t count)
{
	assert_true(cbor_isa_array(array) && cbor_array_size(array) == count);
	return cbor_array_handle(array)[index];
}

/* The value of a key, and where in the map it stands. */
static cbor_item_t *value(const cbor_item_t *map, uint64_t key, size_t index)
{
	assert_true(cbor_isa_map(map) && index < cbor_map_size(map));
	struct cbor_pair pair = cbor_map_handle(map)[index];

	assert_true(cbor_isa_uint(pair.key));
	assert_int_equal(cbor_get_int(pair.key), key);
	return pair.value;
}

static uint64_t number(const cbor_item_t *item)
{
	assert_true(cbor_isa_uint(item));
	return cbor_get_int(item);
}

static void text(const cbor_item_t *item, char *out, size_t bytes)
{
	assert_true(cbor_isa_string(item) && cbor_string_length(item) < bytes);
	memset(out, 0, bytes);
	memcpy(out, cbor_string_handle(item), cbor_string_length(item));
}

static void string(const cbor_item_t *item, uint8_t *out, size_t bytes)
{
	assert_true(cbor_isa_bytestring(item));
	assert_int_equal(cbor_bytestring_length(item), bytes);
	memcpy(out, cbor_bytestring_handle(item), bytes);
}

static void endorsement_decode(const cbor_item_t *map, struct endorsement *out)
{
	assert_int_equal(cbor_map_size(map), 6);
	assert_int_equal(number(value(map, 1, 0)), 1);
	out->role = (enum signed_role)number(value(map, 2, 1));
	text(value(map, 3, 2), out->name, sizeof(out->name));
	string(value(map, 4, 3), out->key, sizeof(out->key));
	out->serial = (uint32_t)number(value(map, 5, 4));
	out->serial_least = (uint32_t)number(value(map, 6, 5));
}

static void firmware_decode(const cbor_item_t *map, struct firmware *out)
{
	char name[SIGNED_NAME_BYTES];

	assert_int_equal(cbor_map_size(map), 6);
	assert_int_equal(number(value(map, 1, 0)), 2);
	text(value(map, 3, 1), out->name, sizeof(out->name));
	out->version = (uint32_t)number(value(map, 5, 2));
	out->counter = (uint32_t)number(value(map, 7, 3));
	out->loader_base = number(element(value(map, 8, 4), 0, 2));
	out->loader_bytes = number(element(value(map, 8, 4), 1, 2));
	for (unsigned part = 0; part < FIRMWARE_PART_COUNT; part++) {
		const cbor_item_t *component = element(value(map, 9, 5), part, FIRMWARE_PART_COUNT);

		text(element(component, 0, 5), name, sizeof(name));
		assert_non_null(strstr("monitor anchor mediator outer box policy", name));
		out->components[part].bytes = number(element(component, 1, 5));
		out->components[part].load = number(element(component, 2, 5));
		out->components[part].entry = number(element(component, 3, 5));
		string(element(component, 4, 5), out->components[part].sha256, 32);
	}
}

static void policy_decode(const cbor_item_t *map, struct policy *out)
{
	assert_int_equal(cbor_map_size(map), 6);
	assert_int_equal(number(value(map, 1, 0)), 3);
	text(value(map, 3, 1), out->name, sizeof(out->name));
	out->version = (uint32_t)number(value(map, 5, 2));
	out->counter = (uint32_t)number(value(map, 7, 3));

	const cbor_item_t *owners = value(map, 10, 4), *allowed = value(map, 11, 5);

	out->owner_count = (uint32_t)cbor_array_size(owners);
	for (unsigned i = 0; i < out->owner_count; i++) {
		text(element(cbor_array_handle(owners)[i], 0, 3), out->owners[i].name, sizeof(out->owners[i].name));
		string(element(cbor_array_handle(owners)[i], 1, 3), out->owners[i].key, 97);
		out->owners[i].counter = (uint32_t)number(element(cbor_array_handle(owners)[i], 2, 3));
	}
	out->allowed_count = (uint32_t)cbor_array_size(allowed);
	for (unsigned i = 0; i < out->allowed_count; i++) {
		const cbor_item_t *entry = cbor_array_handle(allowed)[i];

		out->allowed[i].role = (uint32_t)number(element(entry, 0, 3));
		text(element(entry, 1, 3), out->allowed[i].name, sizeof(out->allowed[i].name));
		string(element(entry, 2, 3), out->allowed[i].sha256, 32);
	}
}

/* What both say of a payload; they agree if it is written as the same bytes. */
static void agree(enum signed_type type, const uint8_t *bytes, size_t count)
{
	static struct written ours, theirs;
	static union { struct endorsement endorsement; struct firmware firmware; struct policy policy; } found, decoded;
	struct cbor c = cbor_open(bytes, count);
	cbor_item_t *map = load(bytes, count);

	ours.count = theirs.count = 0;
	if (type == SIGNED_TYPE_ENDORSEMENT) {
		assert_int_equal(endorsement_read(&c, &found.endorsement), SIGNED_OK);
		sample_write_endorsement(&ours, &found.endorsement);
		endorsement_decode(map, &decoded.endorsement);
		sample_write_endorsement(&theirs, &decoded.endorsement);
	} else if (type == SIGNED_TYPE_FIRMWARE) {
		assert_int_equal(firmware_read(&c, &found.firmware), SIGNED_OK);
		sample_write_firmware(&ours, &found.firmware);
		firmware_decode(map, &decoded.firmware);
		sample_write_firmware(&theirs, &decoded.firmware);
	} else {
		assert_int_equal(policy_read(&c, &found.policy), SIGNED_OK);
		sample_write_policy(&ours, &found.policy);
		policy_decode(map, &decoded.policy);
		sample_write_policy(&theirs, &decoded.policy);
	}
	cbor_decref(&map);
	assert_int_equal(ours.count, theirs.count);
	assert_memory_equal(ours.bytes, theirs.bytes, ours.count);
}

/* Takes a COSE_Sign1 apart by libcbor, makes its Sig_structure by libcbor, and checks the signature with a key. */
static void signed_decode(const cbor_item_t *bytes, const uint8_t *key, struct written *payload)
{
	const uint8_t *tagged = cbor_bytestring_handle(bytes);

	/* Tag 18. libcbor before 0.9 takes tags of this size for malformed; what is tagged is left to it. */
	assert_int_equal(tagged[0], 0xd2);
	cbor_item_t *parts = load(tagged + 1, cbor_bytestring_length(bytes) - 1);
	cbor_item_t *protected = element(parts, 0, 4), *message = element(parts, 2, 4);
	cbor_item_t *header = load(cbor_bytestring_handle(protected), cbor_bytestring_length(protected));

	assert_int_equal(cbor_map_size(header), 1);
	/* -1 - 34: ES384. */
	assert_true(cbor_isa_negint(value(header, 1, 0)) && cbor_get_int(value(header, 1, 0)) == 34);
	assert_int_equal(cbor_map_size(element(parts, 1, 4)), 0);

	cbor_item_t *structure = cbor_new_definite_array(4);
	unsigned char *encoded;
	size_t room;

	assert_true(cbor_array_push(structure, cbor_move(cbor_build_string("Signature1"))));
	assert_true(cbor_array_push(structure, protected));
	assert_true(cbor_array_push(structure, cbor_move(cbor_build_bytestring((const uint8_t *)"", 0))));
	assert_true(cbor_array_push(structure, message));

	struct hash_piece piece = { NULL, cbor_serialize_alloc(structure, &encoded, &room) };

	piece.data = encoded;
	assert_int_equal(cbor_bytestring_length(element(parts, 3, 4)), 96);
	assert_int_equal(signature_verify(key, &piece, 1, cbor_bytestring_handle(element(parts, 3, 4))), OK);
	payload->count = 0;
	write_raw(payload, cbor_bytestring_handle(message), cbor_bytestring_length(message));
	free(encoded);
	cbor_decref(&structure);
	cbor_decref(&header);
	cbor_decref(&parts);
}

static void chain_agree(enum signed_type type, const struct written *bytes)
{
	static struct written payload;
	struct cbor c = cbor_open(bytes->bytes, bytes->count);
	cbor_item_t *item = load(bytes->bytes, bytes->count);
	struct endorsement endorsement;
	struct chain chain;

	assert_int_equal(chain_split(&c, &chain), SIGNED_OK);
	signed_decode(element(item, 1, 3), cbor_bytestring_handle(element(item, 0, 3)), &payload);
	assert_int_equal(payload.count, chain.endorsement.payload.count);
	assert_memory_equal(payload.bytes, chain.endorsement.payload.data, payload.count);
	agree(SIGNED_TYPE_ENDORSEMENT, payload.bytes, payload.count);

	cbor_item_t *map = load(payload.bytes, payload.count);

	endorsement_decode(map, &endorsement);
	cbor_decref(&map);
	signed_decode(element(item, 2, 3), endorsement.key, &payload);
	assert_int_equal(payload.count, chain.object.payload.count);
	assert_memory_equal(payload.bytes, chain.object.payload.data, payload.count);
	agree(type, payload.bytes, payload.count);
	cbor_decref(&item);
}

static void agrees_on_good_chains(void **state)
{
	static struct written bytes;
	struct firmware firmware = sample_firmware();
	struct policy policy = sample_policy();

	(void)state;
	bytes.count = 0;
	sample_write_firmware_chain(&bytes, &firmware);
	chain_agree(SIGNED_TYPE_FIRMWARE, &bytes);
	bytes.count = 0;
	sample_write_policy_chain(&bytes, &policy);
	chain_agree(SIGNED_TYPE_POLICY, &bytes);
	policy.owner_count = policy.allowed_count = 0;
	bytes.count = 0;
	sample_write_policy_chain(&bytes, &policy);
	chain_agree(SIGNED_TYPE_POLICY, &bytes);
}

static bool is_accepted(enum signed_type type, const struct written *bytes)
{
	static union { struct endorsement endorsement; struct firmware firmware; struct policy policy; } found;
	struct cbor c = cbor_open(bytes->bytes, bytes->count);

	return (type == SIGNED_TYPE_ENDORSEMENT ? endorsement_read(&c, &found.endorsement) :
		type == SIGNED_TYPE_FIRMWARE ? firmware_read(&c, &found.firmware) :
		policy_read(&c, &found.policy)) == SIGNED_OK;
}

static void agrees_on_every_changed_byte_that_is_accepted(void **state)
{
	static struct written payloads[SIGNED_TYPE_POLICY + 1];
	struct endorsement endorsement = sample_endorsement(SIGNED_ROLE_VM);
	struct firmware firmware = sample_firmware();
	struct policy policy = sample_policy();

	(void)state;
	sample_write_endorsement(&payloads[SIGNED_TYPE_ENDORSEMENT], &endorsement);
	sample_write_firmware(&payloads[SIGNED_TYPE_FIRMWARE], &firmware);
	sample_write_policy(&payloads[SIGNED_TYPE_POLICY], &policy);
	for (unsigned type = SIGNED_TYPE_ENDORSEMENT; type <= SIGNED_TYPE_POLICY; type++) {
		struct written *bytes = &payloads[type];
		unsigned accepted = 0;

		for (size_t at = 0; at < bytes->count; at++) {
			uint8_t before = bytes->bytes[at];

			for (unsigned step = 1; step < 256; step++) {
				bytes->bytes[at] = (uint8_t)(before + step);
				if (!is_accepted((enum signed_type)type, bytes))
					continue;
				agree((enum signed_type)type, bytes->bytes, bytes->count);
				accepted++;
			}
			bytes->bytes[at] = before;
		}
		/* Other names, numbers and digests are no less good. */
		assert_true(accepted > 1000);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(agrees_on_good_chains),
		TEST(agrees_on_every_changed_byte_that_is_accepted),
	};

	return cmocka_run_group_tests_name("decoder", tests, NULL, NULL);
}
