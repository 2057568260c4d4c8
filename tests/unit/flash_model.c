/*
 * Flash of the host's: what a cut leaves behind.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "tests/unit/test.h"
#include "tests/unit/flash_model.h"

#define PAGE_BYTES	4096

struct flash_model flash_model;

uint64_t flash_model_random(void)
{
	uint64_t x = flash_model.random;

	x ^= x << 13;
	x ^= x >> 7;
	x ^= x << 17;
	return flash_model.random = x;
}

void flash_model_reset(void)
{
	flash_model = (struct flash_model){ .cut_at = FLASH_MODEL_NEVER, .random = 88172645463325252ull };
	memset(flash_model.bytes, 0xff, sizeof(flash_model.bytes));
}

static uint8_t *at(uint64_t offset, size_t bytes)
{
	if (offset < PLAT_FLASH_STATE || offset + bytes > PLAT_FLASH_STATE + FLASH_MODEL_BYTES)
		fail_msg("flash 0x%llx and %zu bytes: not the state log's", (unsigned long long)offset, bytes);
	return &flash_model.bytes[offset - PLAT_FLASH_STATE];
}

/* One primitive; true if power goes while it is done. */
static bool primitive(void)
{
	return flash_model.primitives++ == flash_model.cut_at;
}

static void power_goes(void)
{
	flash_model.cut_at = FLASH_MODEL_NEVER;
	longjmp(*flash_model.cut, 1);
}

/* A word that was being programmed: as it was, as it should become, or any bits. */
static void word_tear(uint8_t *word, const uint8_t *wanted)
{
	uint64_t random = flash_model_random();

	if (random % 4 == 0)
		return;
	memcpy(word, random % 4 == 1 ? wanted : (const uint8_t *)&random, 4);
}

/* A block that was being erased: each page as it was, erased, or anything. */
static void block_tear(uint8_t *block)
{
	for (size_t page = 0; page < PLAT_FLASH_BLOCK_BYTES; page += PAGE_BYTES) {
		uint64_t random = flash_model_random();
		size_t bytes = random % 3 == 0 ? 0 : random % 3 == 1 ? PAGE_BYTES : random % PAGE_BYTES;

		memset(block + page, random % 5 == 0 ? (uint8_t)(random >> 32) : 0xff, bytes);
	}
}

void flash_read(uint64_t offset, void *out, size_t bytes)
{
	memcpy(out, at(offset, bytes), bytes);
}

enum status flash_erase(uint64_t offset)
{
	uint8_t *block = at(offset, PLAT_FLASH_BLOCK_BYTES);

	assert_true(offset % PLAT_FLASH_BLOCK_BYTES == 0);
	if (primitive()) {
		block_tear(block);
		power_goes();
	}
	memset(block, 0xff, PLAT_FLASH_BLOCK_BYTES);
	if (flash_model.bad_erase)
		block[flash_model_random() % PLAT_FLASH_BLOCK_BYTES] = 0;
	return flash_model.bad_erase ? ERR_STATE : OK;
}

enum status flash_program(uint64_t offset, const void *data, size_t bytes)
{
	uint8_t *to = at(offset, bytes);
	const uint8_t *from = data;
	uint64_t place = offset - PLAT_FLASH_STATE;
	bool is_bad = place < flash_model.bad_end && place + bytes > flash_model.bad_from;

	assert_true(offset % 4 == 0 && bytes % 4 == 0 && (uintptr_t)data % 4 == 0);
	assert_true(place / PLAT_FLASH_BLOCK_BYTES == (place + bytes - 1) / PLAT_FLASH_BLOCK_BYTES);
	for (size_t i = 0; i < bytes; i += 4) {
		static const uint8_t erased[4] = { 0xff, 0xff, 0xff, 0xff };

		if (memcmp(to + i, erased, 4) != 0)
			fail_msg("flash 0x%llx is programmed but not erased", (unsigned long long)offset + i);
		if (primitive()) {
			word_tear(to + i, from + i);
			power_goes();
		}
		memcpy(to + i, from + i, 4);
	}
	if (is_bad && !flash_model.is_lying)
		to[flash_model_random() % bytes] ^= 1;
	return is_bad ? ERR_STATE : OK;
}
