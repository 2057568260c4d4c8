/*
 * Reads attestation tokens; see token_decode.h.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "tests/unit/test.h"
#include "tests/unit/token_decode.h"
#include "tests/unit/signer.h"
#include <cbor.h>
#include <openssl/evp.h>

static cbor_item_t *load(const uint8_t *bytes, size_t count)
{
	struct cbor_load_result result;
	cbor_item_t *item = cbor_load(bytes, count, &result);
	unsigned char *again;
	size_t room;

	assert_non_null(item);
	assert_int_equal(result.read, count);
	/* As short as it can be. */
	assert_int_equal(cbor_serialize_alloc(item, &again, &room), count);
	assert_memory_equal(again, bytes, count);
	free(again);
	return item;
}

/* The value of the next key of a map; a key of a private claim is below zero. */
static cbor_item_t *next(const cbor_item_t *map, size_t *index, int64_t key)
{
	assert_true(cbor_isa_map(map) && *index < cbor_map_size(map));
	struct cbor_pair pair = cbor_map_handle(map)[(*index)++];

	assert_true(key < 0 ? cbor_isa_negint(pair.key) : cbor_isa_uint(pair.key));
	assert_int_equal(cbor_get_int(pair.key), key < 0 ? -1 - key : key);
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

/* What a byte string has encoded in it. */
static cbor_item_t *inner(const cbor_item_t *item)
{
	assert_true(cbor_isa_bytestring(item));
	return load(cbor_bytestring_handle(item), cbor_bytestring_length(item));
}

static void config_decode(const cbor_item_t *item, struct decoded_platform *out)
{
	cbor_item_t *map = inner(item);
	size_t index = 0;

	assert_int_equal(cbor_map_size(map), 5);
	out->slot = number(next(map, &index, 1));
	out->trial = number(next(map, &index, 2));
	out->version = number(next(map, &index, 3));
	out->counter = number(next(map, &index, 4));
	out->policy_counter = number(next(map, &index, 5));
	cbor_decref(&map);
}

static void components_decode(const cbor_item_t *list, struct decoded_platform *out)
{
	assert_true(cbor_isa_array(list) && cbor_array_size(list) >= 1 && cbor_array_size(list) <= 13);
	out->count = cbor_array_size(list);
	for (size_t i = 0; i < out->count; i++) {
		const cbor_item_t *map = cbor_array_handle(list)[i];
		size_t index = 0;

		text(next(map, &index, 1), out->components[i].name, sizeof(out->components[i].name));
		string(next(map, &index, 2), out->components[i].digest, 32);
		string(next(map, &index, 5), out->components[i].signer, 32);
		assert_int_equal(cbor_map_size(map), index);
	}
}

static void platform_decode(const cbor_item_t *map, struct decoded_platform *out)
{
	size_t index = 0;

	string(next(map, &index, 10), out->realm_key_sha256, 32);
	string(next(map, &index, 256), out->instance, 33);
	text(next(map, &index, 265), out->profile, sizeof(out->profile));
	out->lifecycle = number(next(map, &index, 2395));
	string(next(map, &index, 2396), out->implementation, 32);
	components_decode(next(map, &index, 2399), out);
	config_decode(next(map, &index, 2401), out);
	text(next(map, &index, 2402), out->hash, sizeof(out->hash));
	assert_int_equal(cbor_map_size(map), index);
}

static void key_decode(const cbor_item_t *item, struct decoded_realm *out)
{
	cbor_item_t *map = inner(item);
	size_t index = 0;

	assert_int_equal(EVP_Digest(cbor_bytestring_handle(item), cbor_bytestring_length(item), out->key_sha256, NULL,
				    EVP_sha256(), NULL), 1);
	/* EC2, P-384, two coordinates (RFC 9053, section 7.1.1). */
	assert_int_equal(number(next(map, &index, 1)), 2);
	assert_int_equal(number(next(map, &index, -1)), 2);
	out->key[0] = 4;
	string(next(map, &index, -2), out->key + 1, 48);
	string(next(map, &index, -3), out->key + 49, 48);
	assert_int_equal(cbor_map_size(map), index);
	cbor_decref(&map);
}

static void realm_decode(const cbor_item_t *map, struct decoded_realm *out)
{
	size_t index = 0;

	string(next(map, &index, 10), out->challenge, 64);
	text(next(map, &index, 265), out->profile, sizeof(out->profile));
	string(next(map, &index, 44235), out->personalization, 64);
	text(next(map, &index, 44236), out->hash, sizeof(out->hash));
	key_decode(next(map, &index, 44237), out);
	string(next(map, &index, 44238), out->measurement, 32);

	const cbor_item_t *list = next(map, &index, 44239);

	assert_true(cbor_isa_array(list) && cbor_array_size(list) == 4);
	for (unsigned i = 0; i < 4; i++)
		string(cbor_array_handle(list)[i], out->extensible[i], 32);
	text(next(map, &index, 44240), out->key_hash, sizeof(out->key_hash));
	string(next(map, &index, -70001), out->box, 32);
	out->class = number(next(map, &index, -70002));
	out->is_owned = index < cbor_map_size(map);
	if (out->is_owned) {
		string(next(map, &index, -70003), out->owner, 32);
		out->counter = number(next(map, &index, -70004));
	}
	assert_int_equal(cbor_map_size(map), index);
}

/* Takes a COSE_Sign1 apart, and makes its Sig_structure. Returns its claims. */
static cbor_item_t *part_decode(const uint8_t *bytes, size_t count, struct decoded_part *part)
{
	static const uint8_t es384[] = { 0xa1, 0x01, 0x38, 0x22 };
	cbor_item_t *structure = cbor_new_definite_array(4), *object, **parts;
	uint8_t protected[sizeof(es384)];

	/* Tag 18. libcbor before 0.9 takes tags of this size for malformed; what is tagged is left to it. */
	assert_true(count > 1 && bytes[0] == 0xd2);
	object = load(bytes + 1, count - 1);
	assert_true(cbor_isa_array(object) && cbor_array_size(object) == 4);
	parts = cbor_array_handle(object);
	string(parts[0], protected, sizeof(protected));
	assert_memory_equal(protected, es384, sizeof(es384));
	assert_true(cbor_isa_map(parts[1]) && cbor_map_size(parts[1]) == 0);
	string(parts[3], part->signature, 96);
	assert_true(cbor_array_push(structure, cbor_move(cbor_build_string("Signature1"))));
	assert_true(cbor_array_push(structure, parts[0]));
	assert_true(cbor_array_push(structure, cbor_move(cbor_build_bytestring((const uint8_t *)"", 0))));
	assert_true(cbor_array_push(structure, parts[2]));
	part->count = cbor_serialize(structure, part->structure, sizeof(part->structure));
	assert_true(part->count > 0);

	cbor_item_t *claims = inner(parts[2]);

	cbor_decref(&structure);
	cbor_decref(&object);
	return claims;
}

void token_decode_platform(const uint8_t *bytes, size_t count, struct decoded_platform *out, struct decoded_part *part)
{
	cbor_item_t *claims = part_decode(bytes, count, part);

	memset(out, 0, sizeof(*out));
	platform_decode(claims, out);
	cbor_decref(&claims);
}

void token_decode_realm(const uint8_t *bytes, size_t count, struct decoded_realm *out, struct decoded_part *part)
{
	cbor_item_t *claims = part_decode(bytes, count, part);

	memset(out, 0, sizeof(*out));
	realm_decode(claims, out);
	cbor_decref(&claims);
}

void token_decode(const uint8_t *bytes, size_t count, struct decoded_token *out)
{
	static const uint8_t tag[] = { 0xd9, 0x01, 0x8f };	/* 399 */
	size_t index = 0;

	assert_true(count > sizeof(tag));
	assert_memory_equal(bytes, tag, sizeof(tag));

	cbor_item_t *map = load(bytes + sizeof(tag), count - sizeof(tag));
	const cbor_item_t *platform = next(map, &index, 44234), *realm = next(map, &index, 44241);

	assert_int_equal(cbor_map_size(map), index);
	assert_true(cbor_isa_bytestring(platform) && cbor_isa_bytestring(realm));
	token_decode_platform(cbor_bytestring_handle(platform), cbor_bytestring_length(platform), &out->platform,
			      &out->platform_part);
	token_decode_realm(cbor_bytestring_handle(realm), cbor_bytestring_length(realm), &out->realm, &out->realm_part);
	cbor_decref(&map);
}

bool token_decode_holds(const struct decoded_part *part, const uint8_t key[97])
{
	uint8_t digest[48];

	signer_sha384(part->structure, part->count, digest);
	return signer_holds(key, digest, part->signature);
}
