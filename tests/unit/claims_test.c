/*
 * claims: what the parts of attestation tokens say, read by libcbor; the largest there can be, and what is signed.
 * Links: anchor/claims.c lib/cbor_writer.c lib/cose.c lib/cbor.c lib/signed.c mbedtls
 * Links: tests/unit/token_decode.c tests/unit/signer.c -lcbor -lcrypto
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "tests/unit/test.h"
#include "abi/host.h"
#include "abi/identity.h"
#include "anchor/claims.h"
#include "anchor/room.h"
#include "lib/addr.h"
#include "lib/check.h"
#include "lib/memory.h"
#include "plat/flash.h"
#include "plat/memory.h"
#include "tests/unit/signer.h"
#include "tests/unit/token_decode.h"

#define REALM_KEY	6
#define PLATFORM_KEY	7

static struct identity_page identity;
static struct boot_info boot;
static struct boot_measurement entries[BOOT_MEASUREMENT_MAX + 1];
static unsigned entry_count;
static struct claims_keys keys;
static struct token_request request;

void check_failed(const char *file, int line)
{
	fail_msg("CHECK failed at %s:%d", file, line);
	abort();
}

void memory_wipe(void *dst, size_t bytes)
{
	memset(dst, 0, bytes);
}

void flash_read(uint64_t offset, void *out, size_t bytes)
{
	assert_true(range_is_inside(offset, bytes, PLAT_FLASH_IDENTITY, sizeof(identity)));
	memcpy(out, (const uint8_t *)&identity + (offset - PLAT_FLASH_IDENTITY), bytes);
}

enum status log_read(uint64_t index, struct boot_measurement *out)
{
	if (index >= entry_count)
		return ERR_NOT_FOUND;
	*out = entries[index];
	return OK;
}

static void fill(void *out, size_t bytes, unsigned first)
{
	for (size_t i = 0; i < bytes; i++)
		((uint8_t *)out)[i] = (uint8_t)(first + i);
}

static int device_make(void **state)
{
	static const char *const names[] = { "rom", "identity", "package", "monitor" };

	(void)state;
	fill(identity.root_sha256, sizeof(identity.root_sha256), 0x11);
	boot = (struct boot_info){ .slot = 1, .is_trial = 1, .firmware_version = 23, .firmware_counter = 24,
				   .policy_counter = 70000, .lifecycle = IDENTITY_DEVELOPMENT };
	entry_count = ARRAY_COUNT(names);
	memset(entries, 0, sizeof(entries));
	for (unsigned i = 0; i < entry_count; i++) {
		memcpy(entries[i].name, names[i], strlen(names[i]));
		fill(entries[i].sha256, sizeof(entries[i].sha256), 0x20 * i);
	}
	signer_public(REALM_KEY, keys.realm);
	signer_public(PLATFORM_KEY, keys.platform);
	fill(&request, sizeof(request), 0x31);
	request.counter = 9;
	request.class = HOST_CLASS_CONFIDENTIAL;
	return 0;
}

static uint8_t room[CLAIMS_PLATFORM_MAX];

static struct cbor_writer platform(void)
{
	struct cbor_writer part = { .bytes = room, .capacity = sizeof(room) };

	assert_int_equal(claims_platform(&part, &boot, &keys), OK);
	assert_true(cbor_is_whole(&part));
	return part;
}

static struct cbor_writer realm(void)
{
	struct cbor_writer part = { .bytes = room, .capacity = CLAIMS_REALM_MAX };

	claims_realm(&part, &request, &keys);
	assert_true(cbor_is_whole(&part));
	return part;
}

/* --- the platform --- */

static void expect_entry(const struct decoded_component *found, unsigned index)
{
	assert_memory_equal(found->name, entries[index].name, sizeof(entries[index].name));
	assert_memory_equal(found->digest, entries[index].sha256, 32);
	assert_memory_equal(found->signer, identity.root_sha256, 32);
}

static void the_platform_says_what_booted(void **state)
{
	struct cbor_writer part = platform();
	struct decoded_platform found;
	struct decoded_part object;

	(void)state;
	token_decode_platform(part.bytes, part.count, &found, &object);
	assert_string_equal(found.profile, "tag:redoubt.invalid,2026:platform#1");
	assert_string_equal((const char *)found.implementation, "redoubt on QEMU virt");
	assert_string_equal(found.hash, "sha-256");
	assert_int_equal(found.lifecycle, 0x4000);
	assert_int_equal(found.count, 4);
	for (unsigned i = 0; i < found.count; i++)
		expect_entry(&found.components[i], i);
	assert_int_equal(found.slot, 1);
	assert_int_equal(found.trial, 1);
	assert_int_equal(found.version, 23);
	assert_int_equal(found.counter, 24);
	assert_int_equal(found.policy_counter, 70000);
	for (size_t i = strlen(TOKEN_IMPLEMENTATION_ID); i < sizeof(found.implementation); i++)
		assert_int_equal(found.implementation[i], 0);
}

static void a_device_in_production_says_so(void **state)
{
	struct decoded_platform found;
	struct decoded_part object;

	(void)state;
	boot.lifecycle = IDENTITY_PRODUCTION;
	struct cbor_writer part = platform();

	token_decode_platform(part.bytes, part.count, &found, &object);
	assert_int_equal(found.lifecycle, 0x3000);
}

/* The realm's key is the one that the platform's challenge names; the device is named by its own. */
static void the_parts_are_bound_by_their_keys(void **state)
{
	struct cbor_writer part = platform();
	struct decoded_platform found;
	struct decoded_realm found_realm;
	struct decoded_part object;
	const struct hash_piece key = { keys.platform, sizeof(keys.platform) };
	uint8_t digest[32];

	(void)state;
	token_decode_platform(part.bytes, part.count, &found, &object);
	part = realm();
	token_decode_realm(part.bytes, part.count, &found_realm, &object);
	assert_memory_equal(found.realm_key_sha256, found_realm.key_sha256, 32);
	assert_memory_equal(found_realm.key, keys.realm, sizeof(keys.realm));
	assert_int_equal(hash_sha256(&key, 1, digest), OK);
	assert_int_equal(found.instance[0], 1);
	assert_memory_equal(found.instance + 1, digest, 32);
}

/* Names of all 16 characters, numbers of all 32 bits. */
static void the_fullest_log_fits(void **state)
{
	struct decoded_platform found;
	struct decoded_part object;

	(void)state;
	boot.slot = boot.firmware_version = boot.firmware_counter = boot.policy_counter = UINT32_MAX;
	entry_count = ARRAY_COUNT(entries);
	for (unsigned i = 0; i < entry_count; i++)
		memcpy(entries[i].name, "0123456789abcdef", sizeof(entries[i].name));
	struct cbor_writer part = platform();

	token_decode_platform(part.bytes, part.count, &found, &object);
	assert_int_equal(found.count, 13);
	expect_entry(&found.components[12], 12);
	assert_int_equal(found.policy_counter, UINT32_MAX);
}

/* --- the realm --- */

static void the_realm_says_what_was_asked(void **state)
{
	struct cbor_writer part = realm();
	static const uint8_t zeros[64];
	struct decoded_realm found;
	struct decoded_part object;

	(void)state;
	token_decode_realm(part.bytes, part.count, &found, &object);
	assert_string_equal(found.profile, "tag:redoubt.invalid,2026:realm#1");
	assert_string_equal(found.hash, "sha-256");
	assert_string_equal(found.key_hash, "sha-256");
	assert_memory_equal(found.challenge, request.challenge, 64);
	assert_memory_equal(found.personalization, zeros, 64);
	assert_memory_equal(found.measurement, request.measurement, 32);
	assert_memory_equal(found.extensible, request.extensible, sizeof(request.extensible));
	assert_memory_equal(found.box, request.box, 32);
	assert_int_equal(found.class, HOST_CLASS_CONFIDENTIAL);
	assert_true(found.is_owned);
	assert_memory_equal(found.owner, request.owner, 32);
	assert_int_equal(found.counter, 9);
}

static void a_vm_of_no_image_has_no_owner(void **state)
{
	struct decoded_realm found;
	struct decoded_part object;

	(void)state;
	memset(request.owner, 0, sizeof(request.owner));
	request.counter = 0;
	struct cbor_writer part = realm();

	token_decode_realm(part.bytes, part.count, &found, &object);
	assert_false(found.is_owned);
	/* One byte is enough to be somebody. */
	request.owner[31] = 1;
	part = realm();
	token_decode_realm(part.bytes, part.count, &found, &object);
	assert_true(found.is_owned);
}

static void the_largest_realm_part_fits(void **state)
{
	(void)state;
	request.counter = request.class = UINT32_MAX;
	assert_true(realm().count > 600);
}

/* --- what is signed --- */

static void a_signature_of_the_digest_holds_for_the_object(void **state)
{
	struct cbor_writer part = realm();
	struct decoded_realm found;
	struct decoded_part object;
	uint8_t digest[HASH_SHA384_BYTES], again[HASH_SHA384_BYTES], signature[96];

	(void)state;
	assert_int_equal(claims_digest(&part, digest), OK);
	token_decode_realm(part.bytes, part.count, &found, &object);

	const struct hash_piece piece = { object.structure, object.count };

	assert_int_equal(hash_sha384(&piece, 1, again), OK);
	assert_memory_equal(digest, again, sizeof(digest));
	signer_sign(REALM_KEY, object.structure, object.count, signature);
	claims_sign(&part, signature);
	token_decode_realm(part.bytes, part.count, &found, &object);
	assert_true(token_decode_holds(&object, found.key));
	object.structure[object.count - 1] ^= 1;
	assert_false(token_decode_holds(&object, found.key));
	/* The signature is no part of what is signed. */
	assert_int_equal(claims_digest(&part, again), OK);
	assert_memory_equal(digest, again, sizeof(digest));
}

static void what_did_not_fit_is_not_signed(void **state)
{
	struct cbor_writer part = realm();
	uint8_t digest[HASH_SHA384_BYTES];

	(void)state;
	for (size_t capacity = 0; capacity < part.count; capacity += 13) {
		struct cbor_writer small = { .bytes = room, .capacity = capacity };

		memset(room, 0xee, sizeof(room));
		claims_realm(&small, &request, &keys);
		assert_int_equal(room[capacity], 0xee);
		assert_int_equal(claims_digest(&small, digest), ERR_NO_MEMORY);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST_FROM(device_make, the_platform_says_what_booted),
		TEST_FROM(device_make, a_device_in_production_says_so),
		TEST_FROM(device_make, the_parts_are_bound_by_their_keys),
		TEST_FROM(device_make, the_fullest_log_fits),
		TEST_FROM(device_make, the_realm_says_what_was_asked),
		TEST_FROM(device_make, a_vm_of_no_image_has_no_owner),
		TEST_FROM(device_make, the_largest_realm_part_fits),
		TEST_FROM(device_make, a_signature_of_the_digest_holds_for_the_object),
		TEST_FROM(device_make, what_did_not_fit_is_not_signed),
	};

	return cmocka_run_group_tests_name("claims", tests, NULL, NULL);
}
