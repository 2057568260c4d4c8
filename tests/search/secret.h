/*
 * Secrets that must not be in memory: byte strings that the search is told, and expanded AES-256 keys, whosever
 * (schedule.h). A secret is looked for in pieces, so that one that is half overwritten is found.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#ifndef TESTS_SEARCH_SECRET_H
#define TESTS_SEARCH_SECRET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#define SECRET_MAX	16
#define SECRET_PIECE	8
#define SECRET_BYTES	64

struct secret {
	char name[32];
	uint8_t bytes[SECRET_BYTES];
	size_t count;
};

struct secrets {
	struct secret list[SECRET_MAX];
	size_t count;
};

/* secret_take - NAME=HEX, 8, 16 ... 64 bytes, becomes one more of @secrets; false if it is none, or one too many. */
bool secret_take(struct secrets *secrets, const char *text);

/* secrets_read - such lines, to the end of @in. A command line can be read by others: what must stay secret comes here. */
bool secrets_read(struct secrets *secrets, FILE *in);

/* What is called for each find: @bytes at offset @at are a piece of a secret, by its place in the list, or, with the
 * number of secrets, a part of a key schedule. */
typedef void secret_found(void *context, size_t which, size_t at, size_t bytes);

/**
 * secrets_find - each piece of each secret, at any byte, and each part of a key schedule, at each multiple of 4.
 *
 * @memory  @bytes of it. Pages that are zero are passed over: a piece may begin or end in one, and must not be zero itself
 * @found   called with @context in ascending order of addresses, a stretch without zero pages at a time: first pieces,
 *          then parts of schedules
 */
void secrets_find(const struct secrets *secrets, const uint8_t *memory, size_t bytes, secret_found *found, void *context);

#endif
