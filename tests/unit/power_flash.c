/*
 * A write may be torn at any byte: what is before it is new, what is behind it old or anything.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "tests/unit/test.h"
#include "tests/unit/power_flash.h"
#include "plat/flash.h"

uint8_t power_flash[PLAT_FLASH_BYTES];
unsigned power_flash_writes;
jmp_buf power_flash_gone;

static unsigned cut_at, broken_at;
static uint32_t noise;

void power_flash_cut(unsigned write, uint32_t seed)
{
	cut_at = write == 0 ? 0 : power_flash_writes + write;
	noise = seed * 2654435761u + 1;
}

void power_flash_break(unsigned write)
{
	broken_at = power_flash_writes + write;
}

static uint32_t next(void)
{
	noise ^= noise << 13;
	noise ^= noise >> 17;
	noise ^= noise << 5;
	return noise;
}

/* All new bytes of @wanted up to a cut, then old ones, with noise between them or all over. */
static void tear(uint8_t *at, const uint8_t *wanted, size_t bytes)
{
	size_t whole = next() % (bytes + 1), noisy = next() % 4 == 0 ? bytes : next() % 64;

	for (size_t i = 0; i < bytes; i++) {
		if (i < whole)
			at[i] = wanted == NULL ? 0xff : wanted[i];
		else if (i - whole < noisy)
			at[i] = (uint8_t)next();
	}
}

/* Is this write the one that does not end well? */
static enum status write_count(uint8_t *at, const uint8_t *wanted, size_t bytes)
{
	power_flash_writes++;
	if (power_flash_writes != cut_at && power_flash_writes != broken_at)
		return OK;
	tear(at, wanted, bytes);
	if (power_flash_writes == cut_at) {
		cut_at = 0;
		longjmp(power_flash_gone, 1);
	}
	broken_at = 0;
	return ERR_STATE;
}

void flash_read(uint64_t offset, void *out, size_t bytes)
{
	assert_true(offset <= PLAT_FLASH_BYTES && bytes <= PLAT_FLASH_BYTES - offset);
	memcpy(out, power_flash + offset, bytes);
}

enum status flash_erase(uint64_t offset)
{
	assert_int_equal(offset % PLAT_FLASH_BLOCK_BYTES, 0);
	assert_true(offset >= PLAT_FLASH_STATE && offset < PLAT_FLASH_BYTES);
	if (write_count(power_flash + offset, NULL, PLAT_FLASH_BLOCK_BYTES) != OK)
		return ERR_STATE;
	memset(power_flash + offset, 0xff, PLAT_FLASH_BLOCK_BYTES);
	return OK;
}

static bool is_erased(const uint8_t *at, size_t bytes)
{
	uint8_t all = 0xff;

	for (size_t i = 0; i < bytes; i++)
		all &= at[i];
	return all == 0xff;
}

enum status flash_program(uint64_t offset, const void *data, size_t bytes)
{
	assert_true(offset >= PLAT_FLASH_STATE && offset < PLAT_FLASH_BYTES && offset % 4 == 0 && bytes % 4 == 0);
	assert_true(offset / PLAT_FLASH_BLOCK_BYTES == (offset + bytes - 1) / PLAT_FLASH_BLOCK_BYTES);
	assert_true(is_erased(power_flash + offset, bytes));
	if (write_count(power_flash + offset, data, bytes) != OK)
		return ERR_STATE;
	memcpy(power_flash + offset, data, bytes);
	return OK;
}
