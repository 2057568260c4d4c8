/*
 * Decides what a good token says; the form is that of docs/formats.md.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "tests/unit/attestation_draft.h"
#include "tests/unit/signer.h"
#include <openssl/evp.h>
#include <stdlib.h>
#include <string.h>

/* Room for what a test adds. */
#define SPARE	4

const char *const draft_components[DRAFT_COMPONENTS] = {
	"rom", "identity", "package", "monitor", "anchor", "mediator", "outer", "box", "policy", "platform",
};

static void must(bool done)
{
	if (!done)
		abort();
}

void draft_digest(const char *name, uint8_t out[32])
{
	must(EVP_Digest(name, strlen(name), out, NULL, EVP_sha256(), NULL) == 1);
}

cbor_item_t *draft_integer(int64_t number)
{
	uint64_t value = number < 0 ? (uint64_t)(-1 - number) : (uint64_t)number;
	cbor_item_t *item = value <= UINT8_MAX ? cbor_build_uint8((uint8_t)value) :
			    value <= UINT16_MAX ? cbor_build_uint16((uint16_t)value) :
			    value <= UINT32_MAX ? cbor_build_uint32((uint32_t)value) : cbor_build_uint64(value);

	if (number < 0)
		cbor_mark_negint(item);
	return item;
}

cbor_item_t *draft_bytes(const void *bytes, size_t count)
{
	return cbor_build_bytestring(bytes, count);
}

static cbor_item_t *digest_item(const char *name)
{
	uint8_t digest[32];

	draft_digest(name, digest);
	return draft_bytes(digest, sizeof(digest));
}

cbor_item_t *draft_encoded(cbor_item_t *item)
{
	unsigned char *bytes;
	size_t room, count = cbor_serialize_alloc(item, &bytes, &room);
	cbor_item_t *string = draft_bytes(bytes, count);

	must(count > 0);
	free(bytes);
	cbor_decref(&item);
	return string;
}

void draft_add(cbor_item_t *map, int64_t key, cbor_item_t *value)
{
	must(cbor_map_add(map, (struct cbor_pair){ cbor_move(draft_integer(key)), cbor_move(value) }));
}

static bool key_is(const cbor_item_t *item, int64_t key)
{
	uint64_t value = key < 0 ? (uint64_t)(-1 - key) : (uint64_t)key;

	return cbor_is_int(item) && cbor_isa_negint(item) == (key < 0) && cbor_get_int(item) == value;
}

cbor_item_t **draft_claim(cbor_item_t *map, int64_t key)
{
	for (size_t i = 0; i < cbor_map_size(map); i++) {
		if (key_is(cbor_map_handle(map)[i].key, key))
			return &cbor_map_handle(map)[i].value;
	}
	return NULL;
}

void draft_set(cbor_item_t *map, int64_t key, cbor_item_t *value)
{
	cbor_item_t **place = draft_claim(map, key);

	must(place != NULL);
	cbor_decref(place);
	*place = value;
}

void draft_drop(cbor_item_t *map, int64_t key)
{
	struct cbor_pair *pairs = cbor_map_handle(map);
	size_t at = 0, count = cbor_map_size(map);

	while (at < count && !key_is(pairs[at].key, key))
		at++;
	must(at < count);
	cbor_decref(&pairs[at].key);
	cbor_decref(&pairs[at].value);
	memmove(&pairs[at], &pairs[at + 1], (count - at - 1) * sizeof(*pairs));
	map->metadata.map_metadata.end_ptr--;
}

cbor_item_t *draft_cose_key(int64_t curve, const uint8_t *x, const uint8_t *y, size_t bytes)
{
	cbor_item_t *map = cbor_new_definite_map(4 + SPARE);

	draft_add(map, 1, draft_integer(2));
	draft_add(map, -1, draft_integer(curve));
	draft_add(map, -2, draft_bytes(x, bytes));
	draft_add(map, -3, draft_bytes(y, bytes));
	return map;
}

static cbor_item_t *components_make(void)
{
	cbor_item_t *array = cbor_new_definite_array(DRAFT_COMPONENTS + SPARE);

	for (unsigned i = 0; i < DRAFT_COMPONENTS; i++) {
		cbor_item_t *map = cbor_new_definite_map(3 + SPARE);

		draft_add(map, 1, cbor_build_string(draft_components[i]));
		draft_add(map, 2, digest_item(draft_components[i]));
		draft_add(map, 5, digest_item("root"));
		must(cbor_array_push(array, cbor_move(map)));
	}
	return array;
}

static cbor_item_t *platform_make(void)
{
	static const char implementation[32] = "redoubt on QEMU virt";
	cbor_item_t *map = cbor_new_definite_map(8 + SPARE), *config = cbor_new_definite_map(5 + SPARE);
	uint8_t instance[33] = { 1 }, point[97];

	signer_public(DRAFT_DEVICE, point);
	must(EVP_Digest(point, sizeof(point), instance + 1, NULL, EVP_sha256(), NULL) == 1);
	draft_add(map, 10, digest_item("another key"));
	draft_add(map, 256, draft_bytes(instance, sizeof(instance)));
	draft_add(map, 265, cbor_build_string("tag:redoubt.invalid,2026:platform#1"));
	draft_add(map, 2395, draft_integer(0x3000));
	draft_add(map, 2396, draft_bytes(implementation, sizeof(implementation)));
	draft_add(map, 2399, components_make());
	draft_add(config, 1, draft_integer('A'));
	draft_add(config, 2, draft_integer(0));
	draft_add(config, 3, draft_integer(7));
	draft_add(config, 4, draft_integer(300));
	draft_add(config, 5, draft_integer(70000));
	draft_add(map, 2401, draft_encoded(config));
	draft_add(map, 2402, cbor_build_string("sha-256"));
	return map;
}

static cbor_item_t *realm_make(void)
{
	static const uint8_t zeros[64];
	cbor_item_t *map = cbor_new_definite_map(12 + SPARE), *registers = cbor_new_definite_array(4);
	uint8_t challenge[64], point[97];

	signer_public(DRAFT_REALM, point);
	draft_digest("nonce", challenge);
	draft_digest("more", challenge + 32);
	for (unsigned i = 0; i < 4; i++)
		must(cbor_array_push(registers, cbor_move(draft_bytes(zeros, 32))));
	draft_add(map, 10, draft_bytes(challenge, sizeof(challenge)));
	draft_add(map, 265, cbor_build_string("tag:redoubt.invalid,2026:realm#1"));
	draft_add(map, 44235, draft_bytes(zeros, sizeof(zeros)));
	draft_add(map, 44236, cbor_build_string("sha-256"));
	draft_add(map, 44237, draft_encoded(draft_cose_key(2, point + 1, point + 49, 48)));
	draft_add(map, 44238, digest_item("VM measurement"));
	draft_add(map, 44239, registers);
	draft_add(map, 44240, cbor_build_string("sha-256"));
	draft_add(map, -70001, digest_item("box measurement"));
	draft_add(map, -70002, draft_integer(2));
	draft_add(map, -70003, digest_item("owner"));
	draft_add(map, -70004, draft_integer(5));
	return map;
}

struct draft draft_make(void)
{
	return (struct draft){
		.platform = platform_make(), .realm = realm_make(), .platform_key = DRAFT_DEVICE, .realm_key = DRAFT_REALM,
		.algorithm = -35, .unprotected = cbor_new_definite_map(1),
	};
}

void draft_free(struct draft *draft)
{
	cbor_decref(&draft->platform);
	cbor_decref(&draft->realm);
	cbor_decref(&draft->unprotected);
}

static void item_write(struct written *out, const cbor_item_t *item)
{
	unsigned char *bytes;
	size_t room, count = cbor_serialize_alloc(item, &bytes, &room);

	must(count > 0);
	write_raw(out, bytes, count);
	free(bytes);
}

/* Sig_structure, then the object with its tag; a byte string of a claim. */
static cbor_item_t *part_make(const struct draft *draft, bool is_platform)
{
	static struct written payload, message;
	cbor_item_t *header = cbor_new_definite_map(1), *structure = cbor_new_definite_array(4);
	cbor_item_t *object = cbor_new_definite_array(4), *protected, *content;
	uint8_t signature[96];

	payload.count = message.count = 0;
	item_write(&payload, is_platform ? draft->platform : draft->realm);
	if (draft->payload_change != NULL)
		draft->payload_change(is_platform, &payload);
	draft_add(header, 1, draft_integer(draft->algorithm));
	protected = draft_encoded(header);
	content = draft_bytes(payload.bytes, payload.count);
	must(cbor_array_push(structure, cbor_move(cbor_build_string("Signature1"))) &&
	     cbor_array_push(structure, protected) && cbor_array_push(structure, cbor_move(draft_bytes("", 0))) &&
	     cbor_array_push(structure, content));
	item_write(&message, structure);
	signer_sign(is_platform ? draft->platform_key : draft->realm_key, message.bytes, message.count, signature);
	must(cbor_array_push(object, protected) && cbor_array_push(object, draft->unprotected));
	must(cbor_array_push(object, content) &&
	     cbor_array_push(object, cbor_move(draft_bytes(signature, sizeof(signature)))));
	cbor_decref(&structure);
	cbor_decref(&protected);
	cbor_decref(&content);

	cbor_item_t *tag = cbor_build_tag(18, cbor_move(object));

	return draft_encoded(tag);
}

void draft_write(struct written *out, const struct draft *draft)
{
	cbor_item_t *both = cbor_new_definite_map(2), **key = draft_claim(draft->realm, 44237);
	uint8_t digest[32];

	if (!draft->is_unbound && key != NULL && cbor_isa_bytestring(*key) &&
	    draft_claim(draft->platform, 10) != NULL) {
		must(EVP_Digest(cbor_bytestring_handle(*key), cbor_bytestring_length(*key), digest, NULL, EVP_sha256(),
				NULL) == 1);
		draft_set(draft->platform, 10, draft_bytes(digest, sizeof(digest)));
	}
	draft_add(both, 44234, part_make(draft, true));
	draft_add(both, 44241, part_make(draft, false));

	cbor_item_t *tag = cbor_build_tag(399, cbor_move(both));

	out->count = 0;
	item_write(out, tag);
	cbor_decref(&tag);
}
