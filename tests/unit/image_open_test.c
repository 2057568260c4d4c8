/*
 * image_open: VM images that OpenSSL packed, opened by the anchor with the rooms' own cryptography on a device that is made
 * here; what is refused, and what a refusal leaves in memory.
 * Links: anchor/image.c anchor/image_key.c anchor/keys.c lib/vmimage.c lib/cose.c lib/cbor.c lib/signed.c mbedtls
 * Links: tests/unit/image_pack.c tests/unit/sample.c tests/unit/sample_image.c tests/unit/sample_image_write.c
 * Links: tests/unit/sample_write.c tests/unit/cbor_write.c tests/unit/signer.c lib/firmware.c tests/search/schedule.c -lcrypto
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "tests/unit/test.h"
#include "tests/unit/image_pack.h"
#include "tests/unit/sample_image.h"
#include "tests/unit/signer.h"
#include "abi/anchor.h"
#include "abi/host.h"
#include "abi/identity.h"
#include "anchor/image.h"
#include "anchor/update.h"
#include "crypto/drbg.h"
#include "crypto/hash.h"
#include "lib/addr.h"
#include "lib/check.h"
#include "lib/memory.h"
#include "plat/flash.h"
#include "plat/memory.h"
#include "tests/search/schedule.h"

#define CHUNKS	6
#define PAIR	0x100000001
#define OTHER	0x100000002

/* --- the device --- */

static struct identity_page identity;
static struct boot_info boot;
static unsigned updates_forgotten;

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

void update_forget(void)
{
	updates_forgotten++;
}

/* The file lies in the loader window at no round address; some bytes before and after it are no part of it. */
static uint8_t window[VMIMAGE_BYTES(CHUNKS) + 4096] ALIGNED(GRANULE_BYTES);
static uint8_t *const file = window + 52;
static uint64_t file_bytes;
/* Memory of domains: a granule before and one after are none. */
static uint8_t memory[(CHUNKS + 3) * GRANULE_BYTES] ALIGNED(GRANULE_BYTES);
static uint8_t *const granules = memory + GRANULE_BYTES;

bool memory_is_loader(uint64_t pa, uint64_t bytes)
{
	return range_is_inside(pa, bytes, (uintptr_t)window, sizeof(window));
}

bool memory_is_domain(uint64_t pa, uint64_t bytes)
{
	return range_is_inside(pa, bytes, (uintptr_t)granules, (CHUNKS + 1) * GRANULE_BYTES);
}

/* --- its image --- */

static struct vmimage sample;
static uint8_t content_key[VMIMAGE_KEY_BYTES], content[CHUNKS][VMIMAGE_CHUNK_BYTES];

static uint64_t address_of(uint32_t index)
{
	uint64_t first = 0;

	for (uint32_t i = 0; i < sample.piece_count; i++) {
		uint64_t chunks = (sample.pieces[i].bytes + VMIMAGE_CHUNK_BYTES - 1) / VMIMAGE_CHUNK_BYTES;

		if (index - first < chunks)
			return sample.pieces[i].address + (index - first) * VMIMAGE_CHUNK_BYTES;
		first += chunks;
	}
	fail_msg("chunk %u is in no piece", index);
	return 0;
}

static void chunk_write(uint32_t index)
{
	struct vmimage_chunk header = { .version = sample.version, .index = index, .count = CHUNKS,
					.address = address_of(index) };

	memcpy(header.id, sample.id, sizeof(header.id));
	pack_chunk(content_key, index, &header, sizeof(header), content[index], file + VMIMAGE_CHUNK_AT(index),
		   file + VMIMAGE_TAG_AT(index));
}

static void head_write(enum sample_key owner)
{
	static struct written payload, head;

	payload.count = head.count = 0;
	sample_write_image(&payload, &sample);
	sample_write_image_head(&head, &payload, owner);
	assert_true(head.count <= VMIMAGE_HEAD_BYTES);
	memset(file, 0, VMIMAGE_HEAD_BYTES);
	memcpy(file, head.bytes, head.count);
}

static void file_write(void)
{
	memset(window, 0, sizeof(window));
	file_bytes = VMIMAGE_BYTES(CHUNKS);
	head_write(KEY_VM);
	for (uint32_t i = 0; i < CHUNKS; i++)
		chunk_write(i);
}

static void wrap(unsigned recipient, uint32_t lifecycle)
{
	uint8_t platform[97];
	const struct hash_piece piece = { platform, sizeof(platform) };

	pack_platform(identity.secret, lifecycle, identity.root_sha256, platform);
	assert_int_equal(hash_sha256(&piece, 1, sample.recipients[recipient].platform), OK);
	pack_wrap(platform, boot.owners[1].key, content_key, sample.recipients[recipient].ephemeral,
		  sample.recipients[recipient].wrapped);
}

static int device_make(void **state)
{
	static const uint8_t seed[DRBG_SEED_BYTES] = { 1, 2, 3 };

	(void)state;
	identity.lifecycle = IDENTITY_DEVELOPMENT;
	memset(identity.root_sha256, 0x11, sizeof(identity.root_sha256));
	memset(identity.secret, 0x22, sizeof(identity.secret));
	boot = (struct boot_info){ .owner_count = 2, .owners = { [1] = { .counter = 70000 } } };
	signer_public(KEY_STRANGER + 1, boot.owners[0].key);
	signer_public(KEY_VM, boot.owners[1].key);
	image_init(&boot);
	assert_int_equal(drbg_seed(seed), OK);
	for (size_t i = 0; i < sizeof(content); i++)
		((uint8_t *)content)[i] = (uint8_t)(i * 13 + i / 4096);
	memset(content_key, 0x77, sizeof(content_key));
	memset(memory, 0x5a, sizeof(memory));
	sample = sample_image();
	wrap(1, IDENTITY_DEVELOPMENT);
	file_write();
	return 0;
}

/* --- calls --- */

static struct call said;

static int64_t begin(void)
{
	said = (struct call){ { ANCHOR_IMAGE_BEGIN, (uintptr_t)file, file_bytes } };
	return image_begin(&said);
}

static int64_t steps(void)
{
	int64_t code;
	unsigned count = 0;

	while ((code = image_step(&said)) == ANCHOR_INCOMPLETE)
		assert_true(count++ < 5000);
	return code;
}

static uint64_t opened(void)
{
	uint64_t handle;

	assert_int_equal(begin(), ANCHOR_OK);
	handle = said.x[1];
	assert_int_equal(steps(), ANCHOR_OK);
	return handle;
}

static int64_t chunk_to(uint64_t handle, uint64_t pair, const uint8_t *granule, uint64_t address)
{
	int64_t code;

	do {
		said = (struct call){ { ANCHOR_IMAGE_CHUNK, handle, pair, (uintptr_t)granule, address } };
		code = image_chunk(&said);
	} while (code == ANCHOR_INCOMPLETE);
	return code;
}

static int64_t chunk(uint64_t handle, uint32_t index)
{
	return chunk_to(handle, PAIR, granules + index * GRANULE_BYTES, address_of(index));
}

static int64_t check(uint64_t handle, uint64_t pair, const uint8_t measurement[32])
{
	said = (struct call){ { ANCHOR_IMAGE_CHECK, handle, pair } };
	memcpy(&said.x[3], measurement, 32);
	return image_check(&said);
}

static void expect_refused(int64_t code, enum signed_problem problem)
{
	assert_int_equal(code, ANCHOR_ERR_REFUSED);
	if (said.x[1] != problem)
		fail_msg("found %s, expected %s", signed_name((enum signed_problem)said.x[1]), signed_name(problem));
	assert_int_equal(image_step(&said), ANCHOR_ERR_STATE);
}

static void expect_head_refused(enum signed_problem problem)
{
	int64_t code = begin();

	expect_refused(code == ANCHOR_OK ? steps() : code, problem);
}

/* A chunk that is not opened leaves zeros, and no other is opened after it. */
static void expect_chunk_refused(uint64_t handle, uint32_t index)
{
	static const uint8_t zeros[GRANULE_BYTES];

	expect_refused(chunk(handle, index), SIGNED_CHUNK);
	assert_memory_equal(granules + index * GRANULE_BYTES, zeros, sizeof(zeros));
	memset(granules + index * GRANULE_BYTES, 0x5a, GRANULE_BYTES);
	expect_refused(chunk(handle, index), SIGNED_CHUNK);
	assert_memory_equal(granules + index * GRANULE_BYTES, zeros, sizeof(zeros));
	assert_int_equal(said.x[2], VMIMAGE_CHUNK_AT(index));
	assert_int_equal(check(handle, PAIR, sample.measurement), ANCHOR_ERR_DENIED);
}

/* --- tests --- */

static void a_good_image_is_opened_whole(void **state)
{
	uint64_t handle = opened();
	uint8_t identity_sha256[HASH_BYTES], owner[97];
	const struct hash_piece who[] = { { owner, sizeof(owner) }, { sample.name, sizeof(sample.name) } };

	(void)state;
	for (uint32_t i = 0; i < CHUNKS; i++)
		assert_int_equal(chunk(handle, i), ANCHOR_OK);
	assert_memory_equal(granules, content, sizeof(content));
	assert_int_equal(memory[GRANULE_BYTES - 1], 0x5a);
	assert_int_equal(granules[CHUNKS * GRANULE_BYTES], 0x5a);
	assert_int_equal(check(handle, PAIR, sample.measurement), ANCHOR_OK);
	signer_public(KEY_VM, owner);
	assert_int_equal(hash_sha256(who, 2, identity_sha256), OK);
	assert_memory_equal(&said.x[1], identity_sha256, sizeof(identity_sha256));
	assert_int_equal(said.x[5], 70000);
	/* It is closed. */
	assert_int_equal(check(handle, PAIR, sample.measurement), ANCHOR_ERR_NOT_FOUND);
}

static void only_owners_may_sign(void **state)
{
	(void)state;
	head_write(KEY_STRANGER);
	expect_head_refused(SIGNED_OWNER);
	head_write(KEY_POLICY);
	expect_head_refused(SIGNED_OWNER);
	head_write(KEY_VM);
	boot.owner_count = 1;
	expect_head_refused(SIGNED_OWNER);
}

static void every_byte_of_a_head_is_signed(void **state)
{
	unsigned refused = 0;

	(void)state;
	for (size_t at = 0; at < VMIMAGE_HEAD_BYTES; at += at < 1800 ? 61 : 1777) {
		file[at] ^= 4;
		if (begin() != ANCHOR_OK || steps() != ANCHOR_OK)
			refused++;
		else
			fail_msg("a head with another byte %zu is taken", at);
		file[at] ^= 4;
	}
	assert_true(refused > 30);
	(void)opened();
}

static void what_is_older_than_the_policy_asks_for_is_refused(void **state)
{
	(void)state;
	sample.counter = 69999;
	head_write(KEY_VM);
	expect_head_refused(SIGNED_ROLLED_BACK);
}

static void a_file_of_another_size_is_refused(void **state)
{
	(void)state;
	file_bytes--;
	expect_head_refused(SIGNED_TRUNCATED);
	file_bytes = VMIMAGE_HEAD_BYTES;
	expect_head_refused(SIGNED_TRUNCATED);
	file_bytes = 100;
	expect_head_refused(SIGNED_TRUNCATED);
	file_bytes = VMIMAGE_BYTES(CHUNKS) + 1;
	expect_head_refused(SIGNED_TRAILING);
}

static void another_platform_cannot_open_it(void **state)
{
	(void)state;
	/* Of another lifecycle it is another one. */
	wrap(1, IDENTITY_PRODUCTION);
	head_write(KEY_VM);
	expect_head_refused(SIGNED_PLATFORM);
	wrap(1, IDENTITY_DEVELOPMENT);
	sample.recipients[1].wrapped[17] ^= 1;
	head_write(KEY_VM);
	expect_head_refused(SIGNED_WRAP);
	/* What was wrapped to somebody else, under this platform's name. */
	wrap(1, IDENTITY_DEVELOPMENT);
	signer_public(3, sample.recipients[1].ephemeral);
	head_write(KEY_VM);
	expect_head_refused(SIGNED_WRAP);
	/* No point of the curve. */
	sample.recipients[1].ephemeral[96] ^= 1;
	head_write(KEY_VM);
	expect_head_refused(SIGNED_WRAP);
}

static void an_altered_chunk_leaves_zeros(void **state)
{
	static const size_t at[] = { 0, 2047, 2048, 4095 };

	(void)state;
	for (unsigned i = 0; i < ARRAY_COUNT(at); i++) {
		uint64_t handle = opened();

		assert_int_equal(chunk(handle, 0), ANCHOR_OK);
		file[VMIMAGE_CHUNK_AT(1) + at[i]] ^= 0x80;
		expect_chunk_refused(handle, 1);
		file[VMIMAGE_CHUNK_AT(1) + at[i]] ^= 0x80;
		/* Nothing is tried out: the right one comes too late. */
		expect_chunk_refused(handle, 1);
	}
	file[VMIMAGE_TAG_AT(0) + 15] ^= 1;
	expect_chunk_refused(opened(), 0);
}

static void chunks_have_one_order_and_one_place(void **state)
{
	uint8_t swap[VMIMAGE_CHUNK_BYTES], tag[VMIMAGE_TAG_BYTES];
	uint64_t handle;

	(void)state;
	/* At another address. */
	expect_refused(chunk_to(opened(), PAIR, granules, address_of(1)), SIGNED_CHUNK);
	/* Two that changed places, tags too. */
	memcpy(swap, file + VMIMAGE_CHUNK_AT(0), sizeof(swap));
	memcpy(tag, file + VMIMAGE_TAG_AT(0), sizeof(tag));
	memcpy(file + VMIMAGE_CHUNK_AT(0), file + VMIMAGE_CHUNK_AT(1), sizeof(swap));
	memcpy(file + VMIMAGE_TAG_AT(0), file + VMIMAGE_TAG_AT(1), sizeof(tag));
	memcpy(file + VMIMAGE_CHUNK_AT(1), swap, sizeof(swap));
	memcpy(file + VMIMAGE_TAG_AT(1), tag, sizeof(tag));
	expect_chunk_refused(opened(), 0);
	/* Of another version, or of another packing with the same key. */
	file_write();
	sample.version++;
	chunk_write(0);
	sample.version--;
	expect_chunk_refused(opened(), 0);
	sample.id[3] ^= 1;
	chunk_write(0);
	sample.id[3] ^= 1;
	expect_chunk_refused(opened(), 0);
	/* One too many. */
	chunk_write(0);
	handle = opened();
	for (uint32_t i = 0; i < CHUNKS; i++)
		assert_int_equal(chunk(handle, i), ANCHOR_OK);
	expect_refused(chunk_to(handle, PAIR, granules + CHUNKS * GRANULE_BYTES, address_of(5)), SIGNED_CHUNK);
}

static void an_image_that_is_not_whole_may_not_run(void **state)
{
	uint64_t handle = opened();
	uint8_t other[32];

	(void)state;
	for (uint32_t i = 0; i < CHUNKS; i++) {
		assert_int_equal(check(handle, PAIR, sample.measurement), ANCHOR_ERR_DENIED);
		assert_int_equal(chunk(handle, i), ANCHOR_OK);
	}
	memcpy(other, sample.measurement, sizeof(other));
	other[31] ^= 1;
	assert_int_equal(check(handle, PAIR, other), ANCHOR_ERR_DENIED);
	assert_int_equal(check(handle, PAIR, sample.measurement), ANCHOR_OK);
}

static void an_image_is_one_pairs(void **state)
{
	uint64_t handle = opened();

	(void)state;
	assert_int_equal(chunk(handle, 0), ANCHOR_OK);
	assert_int_equal(chunk_to(handle, OTHER, granules + GRANULE_BYTES, address_of(1)), ANCHOR_ERR_NOT_FOUND);
	assert_int_equal(granules[GRANULE_BYTES], 0x5a);
	for (uint32_t i = 1; i < CHUNKS; i++)
		assert_int_equal(chunk(handle, i), ANCHOR_OK);
	assert_int_equal(check(handle, OTHER, sample.measurement), ANCHOR_ERR_NOT_FOUND);
	assert_int_equal(check(0, PAIR, sample.measurement), ANCHOR_ERR_NOT_FOUND);
	assert_int_equal(check(handle, PAIR, sample.measurement), ANCHOR_OK);
}

/* The one more closes the oldest; those between go on where they were. */
static void images_are_open_side_by_side(void **state)
{
	uint64_t handles[ANCHOR_IMAGES_MAX + 1];

	(void)state;
	for (unsigned i = 0; i < ANCHOR_IMAGES_MAX; i++)
		handles[i] = opened();
	for (unsigned i = 0; i < ANCHOR_IMAGES_MAX; i++) {
		said = (struct call){ { ANCHOR_IMAGE_CHUNK, handles[i], PAIR + i,
					(uintptr_t)granules + i * GRANULE_BYTES, address_of(0) } };
		assert_int_equal(image_chunk(&said), ANCHOR_INCOMPLETE);
	}
	handles[ANCHOR_IMAGES_MAX] = opened();
	assert_int_equal(chunk_to(handles[0], PAIR, granules, address_of(0)), ANCHOR_ERR_NOT_FOUND);
	for (unsigned i = 1; i < ANCHOR_IMAGES_MAX; i++) {
		uint8_t *granule = granules + i * GRANULE_BYTES;

		assert_int_equal(chunk_to(handles[i], PAIR + i, granule, address_of(0)), ANCHOR_OK);
		assert_memory_equal(granule, content[0], sizeof(content[0]));
	}
}

/* Half of a chunk is in one granule: no other gets the rest. */
static void a_chunk_fills_one_granule(void **state)
{
	uint64_t handle = opened();

	(void)state;
	said = (struct call){ { ANCHOR_IMAGE_CHUNK, handle, PAIR, (uintptr_t)granules, address_of(0) } };
	assert_int_equal(image_chunk(&said), ANCHOR_INCOMPLETE);
	expect_refused(chunk_to(handle, PAIR, granules + GRANULE_BYTES, address_of(0)), SIGNED_CHUNK);
}

static void ranges_that_are_not_theirs_are_refused(void **state)
{
	uint64_t handle = opened(), base = (uintptr_t)granules;
	const uint64_t bad[] = { base - GRANULE_BYTES, base + 8, base + (CHUNKS + 1) * GRANULE_BYTES, (uintptr_t)window, 0 };

	(void)state;
	for (unsigned i = 0; i < ARRAY_COUNT(bad); i++) {
		said = (struct call){ { ANCHOR_IMAGE_CHUNK, handle, PAIR, bad[i], address_of(0) } };
		assert_int_equal(image_chunk(&said), ANCHOR_ERR_ARGS);
	}
	assert_int_equal(memory[0], 0x5a);
	said = (struct call){ { ANCHOR_IMAGE_BEGIN, (uintptr_t)file, 0 } };
	assert_int_equal(image_begin(&said), ANCHOR_ERR_ARGS);
	said = (struct call){ { ANCHOR_IMAGE_BEGIN, (uintptr_t)window - 1, 4096 } };
	assert_int_equal(image_begin(&said), ANCHOR_ERR_ARGS);
	said = (struct call){ { ANCHOR_IMAGE_BEGIN, (uintptr_t)window, sizeof(window) + 1 } };
	assert_int_equal(image_begin(&said), ANCHOR_ERR_ARGS);
}

static void what_was_begun_is_forgotten(void **state)
{
	unsigned before = updates_forgotten;

	(void)state;
	assert_int_equal(image_step(&said), ANCHOR_ERR_STATE);
	assert_int_equal(begin(), ANCHOR_OK);
	assert_int_equal(updates_forgotten, before + 1);
	assert_int_equal(image_step(&said), ANCHOR_INCOMPLETE);
	image_forget();
	assert_int_equal(image_step(&said), ANCHOR_ERR_STATE);
	(void)opened();
}

/* The window is the outer OS's: what is looked at is a copy. */
static void a_head_that_changes_under_way_is_the_one_that_was_begun(void **state)
{
	uint64_t handle;

	(void)state;
	assert_int_equal(begin(), ANCHOR_OK);
	handle = said.x[1];
	memset(file, 0xa5, VMIMAGE_HEAD_BYTES);
	assert_int_equal(steps(), ANCHOR_OK);
	assert_int_equal(chunk(handle, 0), ANCHOR_OK);
}

/*
 * Another owner of the policy's copies what is public of this one's image (recipients, id, version, digests, chunks) into a
 * manifest of his own, where the same content is an isolated VM's: his box would read what was packed for no box.
 */
static void what_one_owner_packed_no_other_opens(void **state)
{
	(void)state;
	sample.class = HOST_CLASS_ISOLATED;
	sample.options = 0;
	head_write(KEY_STRANGER + 1);
	expect_head_refused(SIGNED_WRAP);
}

/* Of the program: what the anchor keeps is between these. */
extern uint8_t __data_start[], _end[];

/* What surrounds objects is watched, and is looked at too. */
__attribute__((no_sanitize_address)) static uint8_t *kept_copy(size_t bytes)
{
	uint8_t *copy = malloc(bytes);
	const volatile uint8_t *from = __data_start;

	for (size_t i = 0; copy != NULL && i < bytes; i++)
		copy[i] = from[i];
	return copy;
}

/* Parts of key schedules that the anchor keeps. */
static unsigned schedules_kept(void)
{
	size_t bytes = (size_t)(_end - __data_start);
	uint8_t *copy = kept_copy(bytes);
	unsigned count = 0;

	assert_non_null(copy);
	for (size_t at = 0; (at = schedule_find(copy, bytes, at)) < bytes; at++)
		count++;
	free(copy);
	return count;
}

static void a_closed_image_leaves_no_key(void **state)
{
	uint64_t handle;
	unsigned before;

	(void)state;
	for (unsigned i = 0; i < ANCHOR_IMAGES_MAX; i++)
		assert_int_equal(check(opened(), PAIR, sample.measurement), ANCHOR_ERR_DENIED);
	before = schedules_kept();
	/* Six parts of each, at least: the search sees them. */
	assert_true(before >= 6 * ANCHOR_IMAGES_MAX && before % ANCHOR_IMAGES_MAX == 0);
	/* One more closes the oldest. */
	handle = opened();
	assert_int_equal(schedules_kept(), before);
	for (uint32_t i = 0; i < CHUNKS; i++)
		assert_int_equal(chunk(handle, i), ANCHOR_OK);
	assert_int_equal(schedules_kept(), before);
	assert_int_equal(check(handle, PAIR, sample.measurement), ANCHOR_OK);
	assert_int_equal(schedules_kept(), before - before / ANCHOR_IMAGES_MAX);
	/* The image before it is refused. */
	file[VMIMAGE_CHUNK_AT(0)] ^= 1;
	expect_chunk_refused(handle - 1, 0);
	assert_int_equal(schedules_kept(), before - 2 * (before / ANCHOR_IMAGES_MAX));
	/* The pair of the one before that ends; another's end is nothing to it. */
	said = (struct call){ { ANCHOR_IMAGE_CLOSE, handle - 2, PAIR + 1 } };
	assert_int_equal(image_end(&said), ANCHOR_OK);
	assert_int_equal(schedules_kept(), before - 2 * (before / ANCHOR_IMAGES_MAX));
	said = (struct call){ { ANCHOR_IMAGE_CLOSE, handle - 2, PAIR } };
	assert_int_equal(image_end(&said), ANCHOR_OK);
	assert_int_equal(schedules_kept(), before - 3 * (before / ANCHOR_IMAGES_MAX));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST_FROM(device_make, a_good_image_is_opened_whole),
		TEST_FROM(device_make, only_owners_may_sign),
		TEST_FROM(device_make, what_one_owner_packed_no_other_opens),
		TEST_FROM(device_make, every_byte_of_a_head_is_signed),
		TEST_FROM(device_make, what_is_older_than_the_policy_asks_for_is_refused),
		TEST_FROM(device_make, a_file_of_another_size_is_refused),
		TEST_FROM(device_make, another_platform_cannot_open_it),
		TEST_FROM(device_make, an_altered_chunk_leaves_zeros),
		TEST_FROM(device_make, chunks_have_one_order_and_one_place),
		TEST_FROM(device_make, an_image_that_is_not_whole_may_not_run),
		TEST_FROM(device_make, an_image_is_one_pairs),
		TEST_FROM(device_make, images_are_open_side_by_side),
		TEST_FROM(device_make, a_chunk_fills_one_granule),
		TEST_FROM(device_make, ranges_that_are_not_theirs_are_refused),
		TEST_FROM(device_make, what_was_begun_is_forgotten),
		TEST_FROM(device_make, a_head_that_changes_under_way_is_the_one_that_was_begun),
		TEST_FROM(device_make, a_closed_image_leaves_no_key),
	};

	return cmocka_run_group_tests_name("image_open", tests, NULL, NULL);
}
