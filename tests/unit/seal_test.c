/*
 * seal and keys: what the anchor seals and what it opens, with the rooms' cryptography on a device that is made here:
 * its secret, its firmware, its log and its counters change at will.
 * Links: anchor/seal.c anchor/keys.c mbedtls
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "tests/unit/test.h"
#include "abi/anchor.h"
#include "abi/identity.h"
#include "abi/seal.h"
#include "anchor/random.h"
#include "anchor/room.h"
#include "anchor/seal.h"
#include "anchor/state.h"
#include "crypto/hash.h"
#include "lib/addr.h"
#include "lib/check.h"
#include "lib/memory.h"
#include "plat/flash.h"
#include "plat/memory.h"

/* --- the device --- */

static struct identity_page identity;
static struct state counters;
static uint8_t boot_log[HASH_BYTES];
static uint64_t random_state;
static bool random_fails;

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

const struct state *state_get(void)
{
	return &counters;
}

const uint8_t *log_digest(void)
{
	return boot_log;
}

enum status random_make(void *out, size_t bytes)
{
	uint8_t *at = out;

	for (size_t i = 0; i < bytes; i++) {
		random_state = random_state * 6364136223846793005ull + 1442695040888963407ull;
		at[i] = (uint8_t)(random_state >> 56);
	}
	return random_fails ? ERR_STATE : OK;
}

/* The page before and after it are no part of the loader window. */
static uint8_t memory[3 * GRANULE_BYTES] ALIGNED(GRANULE_BYTES);
static struct anchor_seal *const page = (void *)(memory + GRANULE_BYTES);

bool memory_is_loader(uint64_t pa, uint64_t bytes)
{
	return range_is_inside(pa, bytes, (uintptr_t)page, GRANULE_BYTES);
}

static int device_make(void **state)
{
	(void)state;
	memset(&identity, 0, sizeof(identity));
	identity.lifecycle = IDENTITY_DEVELOPMENT;
	memset(identity.root_sha256, 0x11, sizeof(identity.root_sha256));
	memset(identity.secret, 0x22, sizeof(identity.secret));
	memset(boot_log, 0x33, sizeof(boot_log));
	counters = (struct state){ .counters = { [3] = 7 } };
	random_fails = false;
	memset(memory, 0x5a, sizeof(memory));
	seal_init(5);
	return 0;
}

/* --- requests --- */

static const char text[] = "what nobody else may know";

static void request_make(uint32_t mode, uint32_t counter, uint64_t value)
{
	memset(page, 0x5a, GRANULE_BYTES);
	page->magic = SEAL_MAGIC;
	page->version = SEAL_VERSION;
	page->mode = mode;
	page->counter = counter;
	page->counter_value = value;
	page->bytes = sizeof(text);
	memcpy(page->label, "a label of tests", 16);
	memcpy(page->data, text, sizeof(text));
}

/* A call, and whether it touched nothing but what it may. */
static int64_t call(int64_t (*handler)(uint64_t pa, uint64_t *out), uint64_t *out)
{
	static uint8_t before[GRANULE_BYTES];

	memcpy(before, page, sizeof(before));
	*out = 0x1234;
	int64_t result = handler((uintptr_t)page, out);
	size_t same = result == ANCHOR_OK ? SEAL_BLOB_BYTES(page->bytes) : 0;

	assert_memory_equal((uint8_t *)page + same, before + same, sizeof(before) - same);
	return result;
}

static void assert_sealed(void)
{
	uint64_t bytes, data = page->bytes;

	assert_int_equal(call(seal_make, &bytes), ANCHOR_OK);
	assert_int_equal(bytes, SEAL_BLOB_BYTES(data));
}

static void assert_opens(void)
{
	uint64_t bytes;

	assert_int_equal(call(seal_open, &bytes), ANCHOR_OK);
	assert_int_equal(bytes, sizeof(text));
	assert_memory_equal(page->data, text, sizeof(text));
}

static void assert_refused(int64_t (*handler)(uint64_t pa, uint64_t *out), uint64_t expected)
{
	uint64_t reason;

	assert_int_equal(call(handler, &reason), ANCHOR_ERR_SEAL);
	assert_int_equal(reason, expected);
}

/* --- tests --- */

static void what_is_sealed_opens_again(void **state)
{
	(void)state;
	for (uint32_t mode = SEAL_MODE_SIGNER; mode <= SEAL_MODE_EXACT; mode++) {
		request_make(mode, SEAL_COUNTER_NONE, 0);
		assert_sealed();
		assert_memory_not_equal(page->data, text, sizeof(text));
		assert_opens();
		assert_memory_equal(page->label, "a label of tests", 16);
	}
}

static void every_size_is_sealed_up_to_the_largest(void **state)
{
	static const uint32_t sizes[] = { 0, 1, 15, 16, 17, 1024, SEAL_DATA_MAX - 1, SEAL_DATA_MAX };
	uint64_t bytes;

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(sizes); i++) {
		request_make(SEAL_MODE_SIGNER, SEAL_COUNTER_NONE, 0);
		page->bytes = sizes[i];
		assert_sealed();
		assert_int_equal(call(seal_open, &bytes), ANCHOR_OK);
		assert_int_equal(bytes, sizes[i]);
		assert_int_equal(page->data[SEAL_DATA_MAX - 1], 0x5a);
	}
	page->bytes = SEAL_DATA_MAX + 1;
	assert_refused(seal_make, ANCHOR_SEAL_TOO_LARGE);
	assert_refused(seal_open, ANCHOR_SEAL_TOO_LARGE);
	page->bytes = UINT32_MAX;
	assert_refused(seal_open, ANCHOR_SEAL_TOO_LARGE);
}

static void no_changed_bit_opens(void **state)
{
	(void)state;
	for (uint32_t mode = SEAL_MODE_SIGNER; mode <= SEAL_MODE_EXACT; mode++) {
		request_make(mode, 3, 7);
		assert_sealed();
		for (size_t bit = 0; bit < 8 * SEAL_BLOB_BYTES(sizeof(text)); bit++) {
			uint64_t out;

			((uint8_t *)page)[bit / 8] ^= (uint8_t)(1u << bit % 8);
			assert_int_equal(call(seal_open, &out), ANCHOR_ERR_SEAL);
			((uint8_t *)page)[bit / 8] ^= (uint8_t)(1u << bit % 8);
		}
		assert_opens();
	}
}

static void a_changed_byte_of_label_nonce_tag_or_data_is_called_altered(void **state)
{
	static const size_t places[] = {
		offsetof(struct anchor_seal, label), offsetof(struct anchor_seal, nonce),
		offsetof(struct anchor_seal, tag), offsetof(struct anchor_seal, data),
		offsetof(struct anchor_seal, data) + sizeof(text) - 1,
	};

	(void)state;
	request_make(SEAL_MODE_SIGNER, SEAL_COUNTER_NONE, 0);
	assert_sealed();
	for (size_t i = 0; i < ARRAY_COUNT(places); i++) {
		((uint8_t *)page)[places[i]] ^= 0x80;
		assert_refused(seal_open, ANCHOR_SEAL_ALTERED);
		((uint8_t *)page)[places[i]] ^= 0x80;
	}
	assert_opens();
}

/* Each field of one blob in the place of the other's: none fits, whichever it is. */
static void parts_of_two_blobs_make_no_third(void **state)
{
	static const struct { size_t at, bytes; } parts[] = {
		{ offsetof(struct anchor_seal, mode), 4 }, { offsetof(struct anchor_seal, counter), 4 },
		{ offsetof(struct anchor_seal, counter_value), 8 }, { offsetof(struct anchor_seal, label), 16 },
		{ offsetof(struct anchor_seal, security_counter), 4 }, { offsetof(struct anchor_seal, nonce), 12 },
		{ offsetof(struct anchor_seal, measurement), 32 }, { offsetof(struct anchor_seal, tag), 16 },
		{ offsetof(struct anchor_seal, data), sizeof(text) },
	};
	static uint8_t first[SEAL_BLOB_BYTES(sizeof(text))], second[sizeof(first)];

	(void)state;
	request_make(SEAL_MODE_SIGNER, 3, 7);
	assert_sealed();
	memcpy(first, page, sizeof(first));
	seal_init(6);
	request_make(SEAL_MODE_EXACT, 4, 0);
	page->label[0] = 'b';
	assert_sealed();
	memcpy(second, page, sizeof(second));
	for (size_t i = 0; i < ARRAY_COUNT(parts); i++) {
		uint64_t out;

		memcpy(page, first, sizeof(first));
		memcpy((uint8_t *)page + parts[i].at, second + parts[i].at, parts[i].bytes);
		assert_int_equal(call(seal_open, &out), ANCHOR_ERR_SEAL);
		memcpy(page, second, sizeof(second));
		memcpy((uint8_t *)page + parts[i].at, first + parts[i].at, parts[i].bytes);
		assert_int_equal(call(seal_open, &out), ANCHOR_ERR_SEAL);
	}
}

static void another_device_does_not_open(void **state)
{
	uint8_t *const parts[] = { identity.secret, identity.root_sha256, (uint8_t *)&identity.lifecycle };

	(void)state;
	request_make(SEAL_MODE_SIGNER, SEAL_COUNTER_NONE, 0);
	assert_sealed();
	for (size_t i = 0; i < ARRAY_COUNT(parts); i++) {
		*parts[i] ^= 1;
		assert_refused(seal_open, ANCHOR_SEAL_ALTERED);
		*parts[i] ^= 1;
	}
	assert_opens();
	request_make(SEAL_MODE_EXACT, SEAL_COUNTER_NONE, 0);
	assert_sealed();
	identity.secret[31] ^= 1;
	assert_refused(seal_open, ANCHOR_SEAL_ALTERED);
}

static void newer_firmware_opens_what_older_sealed_and_never_the_reverse(void **state)
{
	(void)state;
	request_make(SEAL_MODE_SIGNER, SEAL_COUNTER_NONE, 0);
	assert_sealed();
	assert_int_equal(page->security_counter, 5);
	seal_init(4);
	assert_refused(seal_open, ANCHOR_SEAL_VERSION);
	/* What the blob says of itself is what its key is made of. */
	page->security_counter = 4;
	assert_refused(seal_open, ANCHOR_SEAL_ALTERED);
	page->security_counter = 5;
	seal_init(UINT32_MAX);
	assert_opens();
}

static void an_exact_blob_needs_the_same_measurements(void **state)
{
	(void)state;
	request_make(SEAL_MODE_EXACT, SEAL_COUNTER_NONE, 0);
	assert_sealed();
	assert_memory_equal(page->measurement, boot_log, sizeof(boot_log));
	boot_log[31] ^= 1;
	assert_refused(seal_open, ANCHOR_SEAL_MEASUREMENT);
	page->measurement[31] ^= 1;
	assert_refused(seal_open, ANCHOR_SEAL_ALTERED);
	page->measurement[31] ^= 1;
	boot_log[31] ^= 1;
	assert_opens();
	/* A signer's blob does not. */
	request_make(SEAL_MODE_SIGNER, SEAL_COUNTER_NONE, 0);
	assert_sealed();
	boot_log[0] ^= 1;
	assert_opens();
}

static void a_blob_opens_while_its_counter_is_where_it_says(void **state)
{
	static uint8_t old[SEAL_BLOB_BYTES(sizeof(text))];

	(void)state;
	request_make(SEAL_MODE_SIGNER, 3, 7);
	assert_sealed();
	memcpy(old, page, sizeof(old));
	assert_opens();
	/* The next one is sealed before the counter is raised, so that there is no moment without one that opens. */
	request_make(SEAL_MODE_SIGNER, 3, 8);
	assert_sealed();
	assert_refused(seal_open, ANCHOR_SEAL_EARLY);
	counters.counters[3] = 8;
	assert_opens();
	memcpy(page, old, sizeof(old));
	assert_refused(seal_open, ANCHOR_SEAL_REPLAYED);
	page->counter_value = 8;
	assert_refused(seal_open, ANCHOR_SEAL_ALTERED);
	page->counter = SEAL_COUNTER_NONE;
	assert_refused(seal_open, ANCHOR_SEAL_ALTERED);
	request_make(SEAL_MODE_SIGNER, 3, 7);
	assert_refused(seal_make, ANCHOR_SEAL_REPLAYED);
}

static void what_is_no_request_is_called_malformed(void **state)
{
	(void)state;
	for (unsigned i = 0; i < 7; i++) {
		request_make(SEAL_MODE_SIGNER, SEAL_COUNTER_NONE, 0);
		if (i == 0)
			page->magic++;
		else if (i == 1)
			page->version = 0;
		else if (i == 2)
			page->version = SEAL_VERSION + 1;
		else if (i == 3)
			page->mode = 0;
		else if (i == 4)
			page->mode = SEAL_MODE_EXACT + 1;
		else
			page->counter = i == 5 ? STATE_COUNTER_MAX : SEAL_COUNTER_NONE - 1;
		assert_refused(seal_make, ANCHOR_SEAL_MALFORMED);
		assert_refused(seal_open, ANCHOR_SEAL_MALFORMED);
	}
	memset(page, 0, GRANULE_BYTES);
	assert_refused(seal_open, ANCHOR_SEAL_MALFORMED);
	memset(page, 0xff, GRANULE_BYTES);
	assert_refused(seal_open, ANCHOR_SEAL_MALFORMED);
}

static void only_a_page_of_the_loader_window_is_touched(void **state)
{
	const uint64_t bad[] = {
		(uintptr_t)page + 8, (uintptr_t)page - GRANULE_BYTES, (uintptr_t)page + GRANULE_BYTES, 0, ~0ull,
		~0ull << GRANULE_SHIFT, 0x0e200000, PLAT_FLASH_IDENTITY,
	};
	static uint8_t before[sizeof(memory)];

	(void)state;
	request_make(SEAL_MODE_SIGNER, SEAL_COUNTER_NONE, 0);
	memcpy(before, memory, sizeof(before));
	for (size_t i = 0; i < ARRAY_COUNT(bad); i++) {
		uint64_t out = 0x1234;

		assert_int_equal(seal_make(bad[i], &out), ANCHOR_ERR_ARGS);
		assert_int_equal(seal_open(bad[i], &out), ANCHOR_ERR_ARGS);
		assert_int_equal(out, 0x1234);
	}
	assert_memory_equal(memory, before, sizeof(before));
}

static void without_random_numbers_nothing_is_sealed(void **state)
{
	uint64_t out;

	(void)state;
	request_make(SEAL_MODE_SIGNER, SEAL_COUNTER_NONE, 0);
	random_fails = true;
	assert_int_equal(call(seal_make, &out), ANCHOR_ERR_STATE);
	assert_int_equal(out, 0x1234);
}

#define ROUNDS 10000

static int nonce_compare(const void *a, const void *b)
{
	return memcmp(a, b, sizeof(page->nonce));
}

static void no_nonce_comes_twice(void **state)
{
	static uint8_t nonces[ROUNDS][sizeof(page->nonce)];

	(void)state;
	for (unsigned i = 0; i < ROUNDS; i++) {
		request_make(SEAL_MODE_SIGNER, SEAL_COUNTER_NONE, 0);
		page->bytes = 0;
		assert_sealed();
		memcpy(nonces[i], page->nonce, sizeof(nonces[i]));
	}
	qsort(nonces, ROUNDS, sizeof(nonces[0]), nonce_compare);
	for (unsigned i = 1; i < ROUNDS; i++)
		assert_memory_not_equal(nonces[i - 1], nonces[i], sizeof(nonces[0]));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST_FROM(device_make, what_is_sealed_opens_again),
		TEST_FROM(device_make, every_size_is_sealed_up_to_the_largest),
		TEST_FROM(device_make, no_changed_bit_opens),
		TEST_FROM(device_make, a_changed_byte_of_label_nonce_tag_or_data_is_called_altered),
		TEST_FROM(device_make, parts_of_two_blobs_make_no_third),
		TEST_FROM(device_make, another_device_does_not_open),
		TEST_FROM(device_make, newer_firmware_opens_what_older_sealed_and_never_the_reverse),
		TEST_FROM(device_make, an_exact_blob_needs_the_same_measurements),
		TEST_FROM(device_make, a_blob_opens_while_its_counter_is_where_it_says),
		TEST_FROM(device_make, what_is_no_request_is_called_malformed),
		TEST_FROM(device_make, only_a_page_of_the_loader_window_is_touched),
		TEST_FROM(device_make, without_random_numbers_nothing_is_sealed),
		TEST_FROM(device_make, no_nonce_comes_twice),
	};

	return cmocka_run_group_tests_name("seal", tests, NULL, NULL);
}
