/*
 * Parallel flash with Intel's command set (CFI 0x0001), as QEMU's board has it: two devices of 16 bits side by side, so
 * each command and each status is there twice in a word of 32 bits. Decides nothing about what is written where.
 * Source: Intel StrataFlash P30 datasheet, "Device Command Codes", "Status Register"; JEDEC JESD68.01 (CFI).
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "plat/flash.h"
#include "arch/cpu.h"
#include "plat/memory.h"

#define COMMAND(code)		((code) << 16 | (code))
#define COMMAND_ERASE		COMMAND(0x20u)
#define COMMAND_CLEAR		COMMAND(0x50u)
#define COMMAND_CONFIRM		COMMAND(0xd0u)
#define COMMAND_BUFFER		COMMAND(0xe8u)
#define COMMAND_READ_ARRAY	COMMAND(0xffu)
#define STATUS_READY		COMMAND(0x80u)
/* Erase, program, voltage, locked block. */
#define STATUS_ERRORS		COMMAND(0x3au)

/* What one command programs: the write buffers of both devices (CFI: 2^11 bytes at most). */
#define BUFFER_BYTES		2048
#define POLL_MAX		10000000
#define ERASED_WORD		UINT64_MAX

/* Where words of 64 bits lie, whatever type the caller has there. */
typedef uint64_t flash_word __attribute__((may_alias));

static void command(uint64_t offset, uint32_t code)
{
	mmio_write32(PLAT_FLASH_BASE + offset, code);
}

/* Wait for both devices; false if they do not come, or say that something went wrong. */
static bool is_done(uint64_t offset)
{
	for (unsigned polls = 0; polls < POLL_MAX; polls++) {
		uint32_t status = mmio_read32(PLAT_FLASH_BASE + offset);

		if ((status & STATUS_READY) == STATUS_READY)
			return (status & STATUS_ERRORS) == 0;
	}
	return false;
}

/* Errors stay in the status until they are cleared; the array can be read again. */
static void command_begin(uint64_t offset)
{
	command(offset, COMMAND_CLEAR);
}

static void command_end(uint64_t offset)
{
	command(offset, COMMAND_READ_ARRAY);
	dsb_sy();
}

void flash_read(uint64_t offset, void *out, size_t bytes)
{
	uintptr_t at = PLAT_FLASH_BASE + offset;
	uint8_t *to = out;

	if (is_aligned(at | (uintptr_t)to, sizeof(flash_word))) {
		for (; bytes >= sizeof(flash_word); bytes -= sizeof(flash_word)) {
			*(flash_word *)(void *)to = mmio_read64(at);
			to += sizeof(flash_word);
			at += sizeof(flash_word);
		}
	}
	while (bytes-- > 0)
		*to++ = mmio_read8(at++);
}

static bool block_is_erased(uint64_t offset)
{
	uintptr_t begin = PLAT_FLASH_BASE + offset;
	uint64_t all = ERASED_WORD;

	for (uintptr_t at = begin; at < begin + PLAT_FLASH_BLOCK_BYTES; at += 4 * sizeof(all))
		all &= mmio_read64(at) & mmio_read64(at + 8) & mmio_read64(at + 16) & mmio_read64(at + 24);
	return all == ERASED_WORD;
}

enum status flash_erase(uint64_t offset)
{
	bool is_erased;

	command_begin(offset);
	command(offset, COMMAND_ERASE);
	command(offset, COMMAND_CONFIRM);
	is_erased = is_done(offset);
	command_end(offset);
	return is_erased && block_is_erased(offset) ? OK : ERR_STATE;
}

/* Program words that one buffer takes. */
static bool buffer_program(uint64_t offset, const uint32_t *words, size_t count)
{
	command(offset, COMMAND_BUFFER);
	if (!is_done(offset))
		return false;
	command(offset, COMMAND((uint32_t)count - 1));
	for (size_t i = 0; i < count; i++)
		mmio_write32(PLAT_FLASH_BASE + offset + i * sizeof(*words), words[i]);
	command(offset, COMMAND_CONFIRM);
	return is_done(offset);
}

static bool reads_back(uint64_t offset, const uint32_t *words, size_t count)
{
	uint32_t difference = 0;

	for (size_t i = 0; i < count; i++)
		difference |= mmio_read32(PLAT_FLASH_BASE + offset + i * sizeof(*words)) ^ words[i];
	return difference == 0;
}

enum status flash_program(uint64_t offset, const void *data, size_t bytes)
{
	const uint32_t *words = data;
	size_t count = bytes / sizeof(*words);
	bool is_programmed = true;

	command_begin(offset);
	for (size_t i = 0; i < count && is_programmed;) {
		uint64_t at = offset + i * sizeof(*words);
		/* A buffer does not go over a multiple of its size. */
		size_t room = (BUFFER_BYTES - at % BUFFER_BYTES) / sizeof(*words);
		size_t piece = count - i < room ? count - i : room;

		is_programmed = buffer_program(at, words + i, piece);
		i += piece;
	}
	command_end(offset);
	return is_programmed && reads_back(offset, words, count) ? OK : ERR_STATE;
}
