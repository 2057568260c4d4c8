/*
 * attestation_decoder: libcbor and OpenSSL read attestation tokens independently of our reader, and both agree: on good
 * ones, and on every one of a changed byte whose form our reader accepts.
 * Links: lib/cose.c lib/cbor.c lib/signed.c tests/unit/attestation_draft.c tests/unit/attestation_write.c
 * Links: tests/unit/cbor_write.c tests/unit/signer.c tools/attestation_token.c
 * Links: openssl -lcbor
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "tests/unit/test.h"
#include "crypto/signature.h"
#include "tests/unit/attestation_draft.h"
#include "tests/unit/attestation_write.h"
#include "tests/unit/signer.h"

static cbor_item_t *load(const uint8_t *bytes, size_t count)
{
	struct cbor_load_result result;
	cbor_item_t *item = cbor_load(bytes, count, &result);

	assert_non_null(item);
	assert_int_equal(result.read, count);
	return item;
}

static cbor_item_t *load_string(const cbor_item_t *string)
{
	assert_true(cbor_isa_bytestring(string));
	return load(cbor_bytestring_handle(string), cbor_bytestring_length(string));
}

static cbor_item_t *claim(cbor_item_t *map, int64_t key)
{
	cbor_item_t **place = draft_claim(map, key);

	assert_non_null(place);
	return *place;
}

static void assert_bytes(const cbor_item_t *item, const void *bytes, size_t count)
{
	assert_true(cbor_isa_bytestring(item));
	assert_int_equal(cbor_bytestring_length(item), count);
	assert_memory_equal(cbor_bytestring_handle(item), bytes, count);
}

static void assert_number(const cbor_item_t *item, uint64_t number)
{
	assert_true(cbor_isa_uint(item));
	assert_true(cbor_get_int(item) == number);
}

static void assert_text(const cbor_item_t *item, const char *text)
{
	assert_true(cbor_isa_string(item));
	assert_int_equal(cbor_string_length(item), strlen(text));
	assert_memory_equal(cbor_string_handle(item), text, strlen(text));
}

static void platform_agree(cbor_item_t *map, const struct attestation_token *token)
{
	const uint32_t numbers[] = { token->slot, token->trial, token->version, token->counter, token->policy_counter };
	cbor_item_t *components = claim(map, 2399), *config = load_string(claim(map, 2401));

	assert_int_equal(cbor_map_size(map), 8);
	assert_bytes(claim(map, 10), token->binding, 32);
	assert_bytes(claim(map, 256), token->instance, 33);
	assert_text(claim(map, 265), "tag:redoubt.invalid,2026:platform#1");
	assert_number(claim(map, 2395), token->lifecycle);
	assert_bytes(claim(map, 2396), token->implementation, 32);
	assert_int_equal(cbor_array_size(components), token->component_count);
	for (uint32_t i = 0; i < token->component_count; i++) {
		cbor_item_t *component = cbor_array_handle(components)[i];

		assert_int_equal(cbor_map_size(component), 3);
		assert_text(claim(component, 1), token->components[i].name);
		assert_bytes(claim(component, 2), token->components[i].sha256, 32);
		assert_bytes(claim(component, 5), token->components[i].signer, 32);
	}
	assert_int_equal(cbor_map_size(config), 5);
	for (int64_t i = 0; i < 5; i++)
		assert_number(claim(config, i + 1), numbers[i]);
	assert_text(claim(map, 2402), "sha-256");
	cbor_decref(&config);
}

static void realm_agree(cbor_item_t *map, const struct attestation_token *token)
{
	static const uint8_t zeros[64];
	cbor_item_t *key = load_string(claim(map, 44237)), *registers = claim(map, 44239);

	assert_int_equal(cbor_map_size(map), token->has_owner ? 12 : 10);
	assert_bytes(claim(map, 10), token->challenge, 64);
	assert_text(claim(map, 265), "tag:redoubt.invalid,2026:realm#1");
	assert_bytes(claim(map, 44235), zeros, 64);
	assert_text(claim(map, 44236), "sha-256");
	assert_text(claim(map, 44240), "sha-256");
	assert_int_equal(cbor_map_size(key), 4);
	assert_number(claim(key, 1), 2);
	assert_number(claim(key, -1), 2);
	assert_bytes(claim(key, -2), token->realm_key.point + 1, 48);
	assert_bytes(claim(key, -3), token->realm_key.point + 49, 48);
	assert_bytes(claim(map, 44238), token->measurement, 32);
	assert_int_equal(cbor_array_size(registers), 4);
	for (unsigned i = 0; i < 4; i++)
		assert_bytes(cbor_array_handle(registers)[i], token->extensible[i], 32);
	assert_bytes(claim(map, -70001), token->box, 32);
	assert_number(claim(map, -70002), token->class);
	if (token->has_owner) {
		assert_bytes(claim(map, -70003), token->owner, 32);
		assert_number(claim(map, -70004), token->image_counter);
	}
	cbor_decref(&key);
}

/* Payload of a part. Tags are taken off by hand: libcbor before 0.9 takes small ones for malformed. */
static cbor_item_t *part_take(const cbor_item_t *string, const struct attestation_part *part, const uint8_t *key)
{
	const uint8_t *tagged = cbor_bytestring_handle(string);
	cbor_item_t *parts = load(tagged + 1, cbor_bytestring_length(string) - 1), *structure = cbor_new_definite_array(4);
	cbor_item_t **handle = cbor_array_handle(parts), *header = load_string(handle[0]), *payload = load_string(handle[2]);
	struct hash_piece piece = { NULL, 0 };
	unsigned char *encoded;
	size_t room;

	assert_int_equal(tagged[0], 0xd2);
	assert_int_equal(cbor_array_size(parts), 4);
	assert_int_equal(cbor_map_size(header), 1);
	assert_true(cbor_isa_negint(claim(header, 1)) && cbor_get_int(claim(header, 1)) == 34);
	assert_int_equal(cbor_map_size(handle[1]), 0);
	assert_bytes(handle[2], part->payload.data, part->payload.count);
	assert_bytes(handle[3], part->signature, 96);
	assert_true(cbor_array_push(structure, cbor_move(cbor_build_string("Signature1"))) &&
		    cbor_array_push(structure, handle[0]) && cbor_array_push(structure, cbor_move(draft_bytes("", 0))) &&
		    cbor_array_push(structure, handle[2]));
	piece.bytes = cbor_serialize_alloc(structure, &encoded, &room);
	piece.data = encoded;
	if (key != NULL)
		assert_int_equal(signature_verify(key, &piece, 1, cbor_bytestring_handle(handle[3])), OK);
	free(encoded);
	cbor_decref(&structure);
	cbor_decref(&header);
	cbor_decref(&parts);
	return payload;
}

/* @is_good: signatures hold as well. */
static void agree(const struct written *bytes, const struct attestation_token *token, bool is_good)
{
	uint8_t device[97];
	cbor_item_t *both = load(bytes->bytes + 3, bytes->count - 3), *platform, *realm;

	signer_public(DRAFT_DEVICE, device);
	assert_memory_equal(bytes->bytes, "\xd9\x01\x8f", 3);
	assert_int_equal(cbor_map_size(both), 2);
	platform = part_take(claim(both, 44234), &token->platform, is_good ? device : NULL);
	realm = part_take(claim(both, 44241), &token->realm, is_good ? token->realm_key.point : NULL);
	platform_agree(platform, token);
	realm_agree(realm, token);
	cbor_decref(&platform);
	cbor_decref(&realm);
	cbor_decref(&both);
}

static bool is_read(const struct written *bytes, struct attestation_token *token)
{
	struct attestation_refusal refusal;

	return attestation_read(bytes->bytes, bytes->count, token, &refusal) == ATTESTATION_OK;
}

static void agrees_on_good_tokens(void **state)
{
	static struct written bytes, again;
	static struct attestation_token token;
	struct draft draft = draft_make();

	(void)state;
	for (unsigned i = 0; i < 2; i++) {
		draft_write(&bytes, &draft);
		assert_true(is_read(&bytes, &token));
		agree(&bytes, &token, true);
		attestation_write(&again, &token);
		assert_int_equal(again.count, bytes.count);
		assert_memory_equal(again.bytes, bytes.bytes, bytes.count);
		if (i == 0) {
			draft_drop(draft.realm, -70003);
			draft_drop(draft.realm, -70004);
		}
	}
	draft_free(&draft);
}

static void agrees_on_every_changed_byte_that_is_accepted(void **state)
{
	static struct written bytes, again;
	static struct attestation_token token;
	struct draft draft = draft_make();
	unsigned accepted = 0;

	(void)state;
	draft_write(&bytes, &draft);
	for (size_t at = 0; at < bytes.count; at++) {
		uint8_t before = bytes.bytes[at];

		for (unsigned step = 1; step < 256; step += 50) {
			bytes.bytes[at] = (uint8_t)(before + step);
			if (!is_read(&bytes, &token))
				continue;
			agree(&bytes, &token, false);
			attestation_write(&again, &token);
			assert_int_equal(again.count, bytes.count);
			assert_memory_equal(again.bytes, bytes.bytes, bytes.count);
			accepted++;
		}
		bytes.bytes[at] = before;
	}
	draft_free(&draft);
	/* Digests and numbers may be any; that they are signed is another matter. */
	assert_true(accepted > 1000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(agrees_on_good_tokens),
		TEST(agrees_on_every_changed_byte_that_is_accepted),
	};

	return cmocka_run_group_tests_name("attestation_decoder", tests, NULL, NULL);
}
