/*
 * One pass over what is not zero: most of a board's memory is, and a piece begins with few of all pairs of bytes.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "tests/search/secret.h"
#include <stdlib.h>
#include <string.h>
#include "tests/search/schedule.h"

#define PAGE_BYTES	0x1000
/* So much of what is found may lie in the zero page before or behind. */
#define MARGIN		(SCHEDULE_PART_BYTES - 4)

bool secret_take(struct secrets *secrets, const char *text)
{
	size_t name = strcspn(text, "="), digits = strspn(text + name + (text[name] == '='), "0123456789abcdef");
	const char *hex = text + name + 1;

	if (secrets->count == SECRET_MAX || text[name] != '=' || name == 0 || name >= sizeof(secrets->list[0].name) ||
	    hex[digits] != '\0' || digits % (2 * SECRET_PIECE) != 0 || digits == 0 || digits > 2 * SECRET_BYTES)
		return false;
	struct secret *secret = &secrets->list[secrets->count++];

	*secret = (struct secret){ .count = digits / 2 };
	memcpy(secret->name, text, name);
	for (size_t i = 0; i < digits; i += 2) {
		char byte[3] = { hex[i], hex[i + 1], '\0' };

		secret->bytes[i / 2] = (uint8_t)strtoul(byte, NULL, 16);
	}
	return true;
}

bool secrets_read(struct secrets *secrets, FILE *in)
{
	char line[sizeof(secrets->list[0].name) + 2 * SECRET_BYTES + 3];

	while (fgets(line, sizeof(line), in) != NULL) {
		line[strcspn(line, "\n")] = '\0';
		if (!secret_take(secrets, line))
			return false;
	}
	return true;
}

static uint16_t pair_at(const uint8_t *bytes)
{
	uint16_t pair;

	memcpy(&pair, bytes, sizeof(pair));
	return pair;
}

static void pieces_find(const struct secrets *secrets, const uint8_t *memory, size_t from, size_t end, secret_found *found,
			void *context)
{
	static bool begins[1 << 16];

	memset(begins, 0, sizeof(begins));
	for (size_t i = 0; i < secrets->count; i++) {
		for (size_t piece = 0; piece < secrets->list[i].count; piece += SECRET_PIECE)
			begins[pair_at(secrets->list[i].bytes + piece)] = true;
	}
	for (size_t at = from; at + SECRET_PIECE <= end; at++) {
		if (!begins[pair_at(memory + at)])
			continue;
		for (size_t i = 0; i < secrets->count; i++) {
			const struct secret *secret = &secrets->list[i];

			for (size_t piece = 0; piece < secret->count; piece += SECRET_PIECE) {
				if (memcmp(memory + at, secret->bytes + piece, SECRET_PIECE) == 0)
					found(context, i, at, SECRET_PIECE);
			}
		}
	}
}

static void schedules_find(const uint8_t *memory, size_t from, size_t end, size_t which, secret_found *found, void *context)
{
	for (size_t at = from; (at = schedule_find(memory, end, at)) < end; at++)
		found(context, which, at, SCHEDULE_PART_BYTES);
}

static bool is_zero(const uint8_t *memory, size_t at, size_t bytes)
{
	size_t count = bytes - at < PAGE_BYTES ? bytes - at : PAGE_BYTES;

	return memory[at] == 0 && memcmp(memory + at, memory + at + 1, count - 1) == 0;
}

void secrets_find(const struct secrets *secrets, const uint8_t *memory, size_t bytes, secret_found *found, void *context)
{
	for (size_t at = 0; at < bytes;) {
		size_t end = at;

		while (end < bytes && !is_zero(memory, end, bytes))
			end += PAGE_BYTES;
		if (end > at) {
			size_t from = at > MARGIN ? at - MARGIN : 0;
			size_t to = bytes > end && bytes - end > MARGIN ? end + MARGIN : bytes;

			pieces_find(secrets, memory, from, to, found, context);
			schedules_find(memory, from, to, secrets->count, found, context);
		}
		at = end + PAGE_BYTES;
	}
}
