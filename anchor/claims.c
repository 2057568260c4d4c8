/*
 * Parts of attestation tokens: decides what a token says, and in which order. Keys of maps ascend by their encoded bytes.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "anchor/claims.h"
#include "abi/identity.h"
#include "anchor/room.h"
#include "lib/cose.h"
#include "lib/memory.h"
#include "plat/flash.h"
#include "plat/memory.h"

/* Labels that the platform's claims and the realm's have in common (RFC 9711, sections 4.1 and 4.3.2). */
#define CLAIM_NONCE	10
#define CLAIM_PROFILE	265

#define TAG_COSE_SIGN1		18
#define IMPLEMENTATION_BYTES	32
#define INSTANCE_BYTES		33
#define INSTANCE_TYPE		1	/* RAND, of a universal entity id (RFC 9711, section 4.2.1) */
#define COORDINATE_BYTES	48
#define KEY_BYTES		128	/* more than a COSE_Key has */
#define CONFIG_BYTES		32	/* more than the configuration has */

/* The claims of the part that is being written. */
static uint8_t payload[CLAIMS_PLATFORM_MAX];

/* COSE_Key (RFC 9053, section 7.1.1): a point of two coordinates on P-384. */
static void key_write(struct cbor_writer *out, const uint8_t point[SIGNED_KEY_BYTES])
{
	cbor_map(out, 4);
	cbor_uint(out, 1);
	cbor_uint(out, 2);
	cbor_negative(out, -1);
	cbor_uint(out, 2);
	cbor_negative(out, -2);
	cbor_bytes(out, point + 1, COORDINATE_BYTES);
	cbor_negative(out, -3);
	cbor_bytes(out, point + 1 + COORDINATE_BYTES, COORDINATE_BYTES);
}

/* What binds the realm's key to the platform part. */
static enum status realm_key_digest(const struct claims_keys *keys, uint8_t out[HASH_BYTES])
{
	uint8_t bytes[KEY_BYTES];
	struct cbor_writer key = { .bytes = bytes, .capacity = sizeof(bytes) };

	key_write(&key, keys->realm);

	const struct hash_piece piece = { bytes, key.count };

	return hash_sha256(&piece, 1, out);
}

static void text_claim(struct cbor_writer *out, uint64_t label, const char *text)
{
	cbor_uint(out, label);
	cbor_text(out, text);
}

static void bytes_claim(struct cbor_writer *out, uint64_t label, const void *bytes, size_t count)
{
	cbor_uint(out, label);
	cbor_bytes(out, bytes, count);
}

static void uint_claim(struct cbor_writer *out, uint64_t label, uint64_t value)
{
	cbor_uint(out, label);
	cbor_uint(out, value);
}

/* The log, entry by entry; all of it hangs on the root key. */
static void components_claim(struct cbor_writer *out)
{
	struct boot_measurement entry;
	uint8_t root[HASH_BYTES];
	uint64_t count = 0;

	while (log_read(count, &entry) == OK)
		count++;
	flash_read(PLAT_FLASH_IDENTITY + offsetof(struct identity_page, root_sha256), root, sizeof(root));
	cbor_uint(out, TOKEN_COMPONENTS);
	cbor_array(out, count);
	for (uint64_t i = 0; log_read(i, &entry) == OK; i++) {
		char name[sizeof(entry.name) + 1] = { 0 };

		memcpy(name, entry.name, sizeof(entry.name));
		cbor_map(out, 3);
		text_claim(out, TOKEN_COMPONENT_NAME, name);
		bytes_claim(out, TOKEN_COMPONENT_DIGEST, entry.sha256, sizeof(entry.sha256));
		bytes_claim(out, TOKEN_COMPONENT_SIGNER, root, sizeof(root));
	}
}

static void config_claim(struct cbor_writer *out, const struct boot_info *boot)
{
	uint8_t bytes[CONFIG_BYTES];
	struct cbor_writer config = { .bytes = bytes, .capacity = sizeof(bytes) };

	cbor_map(&config, 5);
	uint_claim(&config, TOKEN_CONFIG_SLOT, boot->slot);
	uint_claim(&config, TOKEN_CONFIG_TRIAL, boot->is_trial);
	uint_claim(&config, TOKEN_CONFIG_VERSION, boot->firmware_version);
	uint_claim(&config, TOKEN_CONFIG_COUNTER, boot->firmware_counter);
	uint_claim(&config, TOKEN_CONFIG_POLICY_COUNTER, boot->policy_counter);
	bytes_claim(out, TOKEN_CONFIG, bytes, config.count);
}

/* A COSE_Sign1 that is not signed yet. Claims that did not fit make one that does not fit either. */
static void object_write(struct cbor_writer *out, const struct cbor_writer *claims)
{
	static const uint8_t es384[] = { 0xa1, 0x01, 0x38, 0x22 };	/* { 1: -35 } */
	static const uint8_t no_signature[SIGNED_SIGNATURE_BYTES];

	cbor_tag(out, TAG_COSE_SIGN1);
	cbor_array(out, 4);
	cbor_bytes(out, es384, sizeof(es384));
	cbor_map(out, 0);
	cbor_bytes(out, claims->bytes, claims->count);
	cbor_bytes(out, no_signature, sizeof(no_signature));
}

static void platform_write(struct cbor_writer *out, const struct boot_info *boot, const uint8_t realm_key[HASH_BYTES],
			   const uint8_t instance[INSTANCE_BYTES])
{
	static const char implementation[IMPLEMENTATION_BYTES] = TOKEN_IMPLEMENTATION_ID;

	cbor_map(out, 8);
	bytes_claim(out, CLAIM_NONCE, realm_key, HASH_BYTES);
	bytes_claim(out, TOKEN_INSTANCE, instance, INSTANCE_BYTES);
	text_claim(out, CLAIM_PROFILE, TOKEN_PROFILE_PLATFORM);
	uint_claim(out, TOKEN_LIFECYCLE,
		   boot->lifecycle == IDENTITY_PRODUCTION ? TOKEN_LIFECYCLE_SECURED : TOKEN_LIFECYCLE_DEBUG);
	bytes_claim(out, TOKEN_IMPLEMENTATION, implementation, sizeof(implementation));
	components_claim(out);
	config_claim(out, boot);
	text_claim(out, TOKEN_HASH, TOKEN_HASH_NAME);
}

enum status claims_platform(struct cbor_writer *out, const struct boot_info *boot, const struct claims_keys *keys)
{
	const struct hash_piece key = { keys->platform, sizeof(keys->platform) };
	uint8_t realm_key[HASH_BYTES], instance[INSTANCE_BYTES] = { INSTANCE_TYPE };
	struct cbor_writer claims = { .bytes = payload, .capacity = sizeof(payload) };
	enum status status = realm_key_digest(keys, realm_key);

	if (status == OK)
		status = hash_sha256(&key, 1, instance + 1);
	if (status != OK)
		return status;
	platform_write(&claims, boot, realm_key, instance);
	object_write(out, &claims);
	return OK;
}

/* What the layout has no claims for. Who a VM is has only one that is from an image. */
static void private_claims(struct cbor_writer *out, const struct token_request *request, bool is_owned)
{
	cbor_negative(out, TOKEN_BOX);
	cbor_bytes(out, request->box, sizeof(request->box));
	cbor_negative(out, TOKEN_CLASS);
	cbor_uint(out, request->class);
	if (!is_owned)
		return;
	cbor_negative(out, TOKEN_OWNER);
	cbor_bytes(out, request->owner, sizeof(request->owner));
	cbor_negative(out, TOKEN_COUNTER);
	cbor_uint(out, request->counter);
}

static void realm_write(struct cbor_writer *out, const struct token_request *request, const struct claims_keys *keys)
{
	static const uint8_t zeros[64];
	bool is_owned = memcmp(request->owner, zeros, sizeof(request->owner)) != 0;
	uint8_t bytes[KEY_BYTES];
	struct cbor_writer key = { .bytes = bytes, .capacity = sizeof(bytes) };

	key_write(&key, keys->realm);
	cbor_map(out, is_owned ? 12 : 10);
	bytes_claim(out, CLAIM_NONCE, request->challenge, sizeof(request->challenge));
	text_claim(out, CLAIM_PROFILE, TOKEN_PROFILE_REALM);
	bytes_claim(out, TOKEN_PERSONALIZATION, zeros, sizeof(zeros));
	text_claim(out, TOKEN_REALM_HASH, TOKEN_HASH_NAME);
	bytes_claim(out, TOKEN_REALM_KEY, bytes, key.count);
	bytes_claim(out, TOKEN_MEASUREMENT, request->measurement, sizeof(request->measurement));
	cbor_uint(out, TOKEN_EXTENSIBLE);
	cbor_array(out, TOKEN_EXTENSIBLE_COUNT);
	for (unsigned i = 0; i < TOKEN_EXTENSIBLE_COUNT; i++)
		cbor_bytes(out, request->extensible[i], sizeof(request->extensible[i]));
	text_claim(out, TOKEN_REALM_KEY_HASH, TOKEN_HASH_NAME);
	private_claims(out, request, is_owned);
}

void claims_realm(struct cbor_writer *out, const struct token_request *request, const struct claims_keys *keys)
{
	struct cbor_writer claims = { .bytes = payload, .capacity = sizeof(payload) };

	realm_write(&claims, request, keys);
	object_write(out, &claims);
}

enum status claims_digest(const struct cbor_writer *part, uint8_t out[HASH_SHA384_BYTES])
{
	struct cbor c = cbor_open(part->bytes, part->count);
	struct cose object;

	if (!cbor_is_whole(part))
		return ERR_NO_MEMORY;
	cose_take(&c, &object);
	cose_check_algorithm(&c, &object);
	if (cbor_end(&c) != SIGNED_OK)
		return ERR_AUTH;

	const struct hash_piece pieces[] = {
		{ cose_signed_start, COSE_SIGNED_START_BYTES }, { object.signed_rest.data, object.signed_rest.count },
	};

	return hash_sha384(pieces, ARRAY_COUNT(pieces), out);
}

/* It is the last thing that was written. */
void claims_sign(struct cbor_writer *part, const uint8_t signature[SIGNED_SIGNATURE_BYTES])
{
	memcpy(part->bytes + part->count - SIGNED_SIGNATURE_BYTES, signature, SIGNED_SIGNATURE_BYTES);
}

void claims_token(struct cbor_writer *out, const struct cbor_writer *platform, const struct cbor_writer *realm)
{
	cbor_tag(out, TOKEN_TAG);
	cbor_map(out, 2);
	bytes_claim(out, TOKEN_PLATFORM, platform->bytes, platform->count);
	bytes_claim(out, TOKEN_REALM, realm->bytes, realm->count);
}
