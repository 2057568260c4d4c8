/*
 * Decides what is an expanded AES-256 key.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "tests/search/schedule.h"
#include <stdbool.h>
#include <string.h>

#define KEY_WORDS	8
#define WORD_BYTES	4

static uint8_t sbox[256];

static uint8_t times_two(uint8_t a)
{
	return (uint8_t)(a << 1 ^ (a & 0x80 ? 0x1b : 0));
}

static uint8_t turned(uint8_t a, unsigned bits)
{
	return (uint8_t)(a << bits | a >> (8 - bits));
}

/* FIPS 197, section 5.1.1: the inverse in GF(2^8), then the affine map. The powers of 3 are the whole group. */
static void sbox_make(void)
{
	uint8_t power = 1, inverse = 1;

	do {
		power ^= times_two(power);
		/* Divided by 3, which is multiplied by 0xf6. */
		inverse ^= (uint8_t)(inverse << 1);
		inverse ^= (uint8_t)(inverse << 2);
		inverse ^= (uint8_t)(inverse << 4);
		inverse ^= inverse & 0x80 ? 0x09 : 0;
		sbox[power] = (uint8_t)(inverse ^ turned(inverse, 1) ^ turned(inverse, 2) ^ turned(inverse, 3) ^
					turned(inverse, 4) ^ 0x63);
	} while (power != 1);
	sbox[0] = 0x63;
}

/* Words have the first byte of FIPS 197 lowest. */
static uint32_t substituted(uint32_t word)
{
	return (uint32_t)sbox[word & 0xff] | (uint32_t)sbox[word >> 8 & 0xff] << 8 |
	       (uint32_t)sbox[word >> 16 & 0xff] << 16 | (uint32_t)sbox[word >> 24] << 24;
}

static uint32_t rotated(uint32_t word)
{
	return word >> 8 | word << 24;
}

/* Do eight words follow from the eight before them, with whichever of the seven round constants? */
static bool is_part(const uint32_t w[2 * KEY_WORDS])
{
	uint32_t constant = w[8] ^ w[0] ^ substituted(rotated(w[7]));

	if (constant == 0 || constant > 0x40 || (constant & (constant - 1)) != 0)
		return false;
	for (unsigned i = 9; i < 2 * KEY_WORDS; i++) {
		if (w[i] != (w[i - 8] ^ (i == 12 ? substituted(w[11]) : w[i - 1])))
			return false;
	}
	return true;
}

static bool is_part_at(const uint8_t *memory)
{
	uint32_t words[2 * KEY_WORDS], reversed[2 * KEY_WORDS];

	memcpy(words, memory, sizeof(words));
	for (unsigned i = 0; i < 2 * KEY_WORDS; i++)
		reversed[i] = __builtin_bswap32(words[i]);
	return is_part(words) || is_part(reversed);
}

size_t schedule_find(const uint8_t *memory, size_t bytes, size_t from)
{
	if (sbox[0] == 0)
		sbox_make();
	for (size_t at = (from + WORD_BYTES - 1) & ~(size_t)(WORD_BYTES - 1); at + SCHEDULE_PART_BYTES <= bytes;
	     at += WORD_BYTES) {
		if (is_part_at(memory + at))
			return at;
	}
	return bytes;
}
