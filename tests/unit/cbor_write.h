/*
 * A writer of CBOR for tests, independent of the readers: deterministic encoding, or whatever a test wants.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#ifndef TESTS_UNIT_CBOR_WRITE_H
#define TESTS_UNIT_CBOR_WRITE_H

#include <stddef.h>
#include <stdint.h>

enum write_kind { WRITE_UINT, WRITE_NEGATIVE, WRITE_BYTES, WRITE_TEXT, WRITE_ARRAY, WRITE_MAP, WRITE_TAG };

/* What is written so far. Running out of room ends the program: a test's own mistake. */
struct written {
	uint8_t bytes[65536];
	size_t count;
};

void write_raw(struct written *out, const void *bytes, size_t count);
/* The shortest head of an item: kind, and value, length or count. */
void write_head(struct written *out, enum write_kind kind, uint64_t number);
/* A head whose number follows in @count bytes (1, 2, 4, 8), needed or not. */
void write_head_long(struct written *out, enum write_kind kind, uint64_t number, unsigned count);
void write_bytes(struct written *out, const void *bytes, size_t count);
void write_text(struct written *out, const char *text);
void write_zeros(struct written *out, size_t until);

#endif
