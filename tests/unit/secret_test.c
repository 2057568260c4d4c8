/*
 * secret: what the secrets of VMs depend on, with the rooms' cryptography on a device that is made here.
 * Links: anchor/secret.c anchor/keys.c mbedtls
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "tests/unit/test.h"
#include "abi/anchor.h"
#include "abi/identity.h"
#include "anchor/keys.h"
#include "anchor/room.h"
#include "lib/addr.h"
#include "lib/check.h"
#include "lib/memory.h"
#include "plat/flash.h"
#include "plat/memory.h"

#define COUNTER	7

static struct identity_page identity;
static uint8_t owner[32];

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

static int device_make(void **state)
{
	(void)state;
	memset(&identity, 0, sizeof(identity));
	identity.lifecycle = IDENTITY_DEVELOPMENT;
	memset(identity.root_sha256, 0x11, sizeof(identity.root_sha256));
	memset(identity.secret, 0x22, sizeof(identity.secret));
	memset(owner, 0x33, sizeof(owner));
	return 0;
}

static int64_t call(uint64_t version, uint64_t counter, uint64_t secret[4])
{
	struct call call = { { ANCHOR_SECRET } };

	memcpy(&call.x[1], owner, sizeof(owner));
	call.x[5] = version;
	call.x[6] = counter;

	int64_t code = secret_call(&call);

	memcpy(secret, &call.x[1], 32);
	return code;
}

static void secret_get(uint64_t version, uint64_t secret[4])
{
	assert_int_equal(call(version, COUNTER, secret), ANCHOR_OK);
	assert_memory_not_equal(secret, owner, sizeof(owner));
}

static void expect_another(const uint64_t than[4])
{
	uint64_t secret[4];

	secret_get(COUNTER, secret);
	for (unsigned i = 0; i < 4; i++)
		assert_true(secret[i] != than[i]);
}

static void a_secret_is_the_same_each_time(void **state)
{
	uint64_t first[4], second[4];

	(void)state;
	secret_get(2, first);
	secret_get(2, second);
	assert_memory_equal(first, second, sizeof(first));
}

static void an_update_has_what_older_versions_had(void **state)
{
	uint64_t old[4], updated[4];

	(void)state;
	for (uint32_t version = 1; version <= COUNTER; version++) {
		assert_int_equal(call(version, version, old), ANCHOR_OK);
		secret_get(version, updated);
		assert_memory_equal(old, updated, sizeof(old));
	}
}

static void no_version_above_the_images_counter_is_given_out(void **state)
{
	static const uint64_t bad[][2] = {
		{ COUNTER + 1, COUNTER }, { 0, COUNTER }, { 0, 0 }, { 1, 0 }, { BIT(32) + 1, COUNTER },
		{ BIT(32) + 1, BIT(32) + 1 }, { ~0ull, COUNTER }, { 2, BIT(32) + 1 },
	};
	uint64_t secret[4];

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(bad); i++) {
		assert_int_equal(call(bad[i][0], bad[i][1], secret), ANCHOR_ERR_DENIED);
		/* The registers are as they came. */
		assert_memory_equal(secret, owner, sizeof(owner));
	}
	assert_int_equal(call(UINT32_MAX, UINT32_MAX, secret), ANCHOR_OK);
}

static void each_version_is_another_secret(void **state)
{
	uint64_t last[4], version[4];

	(void)state;
	secret_get(COUNTER, last);
	for (uint32_t i = 1; i < COUNTER; i++) {
		secret_get(i, version);
		assert_memory_not_equal(version, last, sizeof(last));
	}
}

static void every_byte_of_who_the_vm_is_counts(void **state)
{
	uint64_t secret[4];

	(void)state;
	secret_get(COUNTER, secret);
	for (size_t i = 0; i < sizeof(owner); i++) {
		owner[i] ^= 0x80;
		expect_another(secret);
		owner[i] ^= 0x80;
	}
}

static void another_device_has_other_secrets(void **state)
{
	uint64_t secret[4];

	(void)state;
	secret_get(COUNTER, secret);
	identity.secret[31] ^= 1;
	expect_another(secret);
	device_make(NULL);
	identity.lifecycle = IDENTITY_PRODUCTION;
	expect_another(secret);
	device_make(NULL);
	identity.root_sha256[0] ^= 1;
	expect_another(secret);
}

/* Nothing that the outer OS can have derived is the same key. */
static void a_secret_is_no_key_of_another_use(void **state)
{
	uint64_t secret[4], seed[AGREEMENT_SEED_BYTES / 8];
	uint8_t key[KEYS_BYTES];

	(void)state;
	secret_get(COUNTER, secret);
	assert_int_equal(keys_seal(SEAL_MODE_SIGNER, COUNTER, NULL, key), OK);
	assert_memory_not_equal(secret, key, sizeof(key));
	assert_int_equal(keys_seal(SEAL_MODE_EXACT, 0, owner, key), OK);
	assert_memory_not_equal(secret, key, sizeof(key));
	assert_int_equal(keys_platform((uint8_t *)seed), OK);
	assert_memory_not_equal(secret, seed, sizeof(secret));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST_FROM(device_make, a_secret_is_the_same_each_time),
		TEST_FROM(device_make, an_update_has_what_older_versions_had),
		TEST_FROM(device_make, no_version_above_the_images_counter_is_given_out),
		TEST_FROM(device_make, each_version_is_another_secret),
		TEST_FROM(device_make, every_byte_of_who_the_vm_is_counts),
		TEST_FROM(device_make, another_device_has_other_secrets),
		TEST_FROM(device_make, a_secret_is_no_key_of_another_use),
	};

	return cmocka_run_group_tests_name("secret", tests, NULL, NULL);
}
