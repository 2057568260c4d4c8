/*
 * Writes CBOR (RFC 8949) in its core deterministic encoding, of the items that docs/formats.md names. The caller gives
 * the keys of a map in ascending order.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#ifndef LIB_CBOR_WRITER_H
#define LIB_CBOR_WRITER_H

#include <stddef.h>
#include <stdint.h>
#include "lib/compiler.h"

/* Writes into memory of the caller. What does not fit is only counted: @count may pass @capacity. */
struct cbor_writer {
	uint8_t *bytes;
	size_t capacity;
	size_t count;
};

/* cbor_is_whole - did all that was written fit? */
static inline bool cbor_is_whole(const struct cbor_writer *writer)
{
	return writer->count <= writer->capacity;
}

void cbor_uint(struct cbor_writer *writer, uint64_t value);
/* cbor_negative - @value is below zero. */
void cbor_negative(struct cbor_writer *writer, int64_t value);
void cbor_bytes(struct cbor_writer *writer, const void *bytes, size_t count);
/* cbor_text - without the NUL at its end. */
void cbor_text(struct cbor_writer *writer, const char *text);
/* cbor_array, cbor_map, cbor_tag - the head; @count items, @count pairs or one item must follow. */
void cbor_array(struct cbor_writer *writer, uint64_t count);
void cbor_map(struct cbor_writer *writer, uint64_t count);
void cbor_tag(struct cbor_writer *writer, uint64_t tag);

#endif
