/*
 * Tokens as text. Decides which kind of text a file is: hexadecimal digits first, for they are base64 as well.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include <ctype.h>
#include <string.h>
#include "tools/attestation_token.h"

/* A token begins with the head of its tag, which no text does. */
#define TOKEN_FIRST	0xd9

/* The value of a digit of base64, in either alphabet; -1 for another character. */
static int base64_value(uint8_t character)
{
	static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	const char *at = character != '\0' ? strchr(digits, character) : NULL;

	return at != NULL ? (int)(at - digits) : character == '-' ? 62 : character == '_' ? 63 : -1;
}

static int hex_value(uint8_t character)
{
	static const char digits[] = "0123456789abcdef";
	const char *at = character != '\0' ? strchr(digits, tolower(character)) : NULL;

	return at != NULL ? (int)(at - digits) : -1;
}

/* Writes over what was read: digits are more than the bytes that they make. Bits that are left over must be zero. */
static bool digits_decode(const uint8_t *text, size_t count, unsigned bits, int (*value)(uint8_t), uint8_t *out,
			  size_t *made)
{
	unsigned held = 0, held_bits = 0;

	*made = 0;
	for (size_t i = 0; i < count; i++) {
		int digit = value(text[i]);

		if (digit < 0)
			return false;
		held = held << bits | (unsigned)digit;
		held_bits += bits;
		if (held_bits >= 8) {
			held_bits -= 8;
			out[(*made)++] = (uint8_t)(held >> held_bits);
			held &= (1u << held_bits) - 1;
		}
	}
	return held == 0 && held_bits < bits && *made > 0;
}

static const uint8_t *words_find(const uint8_t *at, const uint8_t *stop, const char *words)
{
	for (size_t count = strlen(words); (size_t)(stop - at) >= count; at++) {
		if (memcmp(at, words, count) == 0)
			return at;
	}
	return NULL;
}

/* In what a console showed, the text between the last pair of marks that is whole; else all of it. */
static struct cbor_bytes marked_find(const struct file *file)
{
	struct cbor_bytes found = { file->bytes, file->count };
	const uint8_t *at = file->bytes, *stop = file->bytes + file->count, *last;

	while ((at = words_find(at, stop, ATTESTATION_TEXT_BEGIN)) != NULL) {
		at += strlen(ATTESTATION_TEXT_BEGIN);
		last = words_find(at, stop, ATTESTATION_TEXT_END);
		if (last != NULL)
			found = (struct cbor_bytes){ at, (size_t)(last - at) };
	}
	return found;
}

/* The characters of a text that are no white space; the padding of base64 at its end goes too. */
static size_t text_squeeze(const uint8_t *text, size_t count, uint8_t *out)
{
	size_t kept = 0, padding = 0;

	for (size_t i = 0; i < count; i++) {
		if (!isspace(text[i]))
			out[kept++] = text[i];
	}
	while (padding < 2 && kept > 0 && out[kept - 1] == '=') {
		kept--;
		padding++;
	}
	return kept;
}

bool attestation_decode(struct file *file)
{
	uint8_t squeezed[4 * TOKEN_BYTES_MAX], made[4 * TOKEN_BYTES_MAX];
	struct cbor_bytes found;
	size_t count, bytes;

	if (file->count > 0 && file->bytes[0] == TOKEN_FIRST)
		return true;
	found = marked_find(file);
	if (found.count == 0 || found.count > sizeof(squeezed))
		return false;
	count = text_squeeze(found.data, found.count, squeezed);
	if (!digits_decode(squeezed, count, 4, hex_value, made, &bytes) &&
	    !digits_decode(squeezed, count, 6, base64_value, made, &bytes))
		return false;
	memcpy(file->bytes, made, bytes);
	file->count = bytes;
	return true;
}
