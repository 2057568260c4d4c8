/*
 * Deterministic CBOR: each head as short as its number lets it be (RFC 8949, section 4.2.1).
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "lib/cbor_writer.h"
#include "lib/memory.h"

/* RFC 8949, section 3.1. */
enum major { MAJOR_UINT, MAJOR_NEGATIVE, MAJOR_BYTES, MAJOR_TEXT, MAJOR_ARRAY, MAJOR_MAP, MAJOR_TAG };

static void put(struct cbor_writer *writer, const void *bytes, size_t count)
{
	if (count > 0 && writer->count <= writer->capacity && count <= writer->capacity - writer->count)
		memcpy(writer->bytes + writer->count, bytes, count);
	writer->count += count;
}

/* How many bytes follow the first one of a head: 0 for small numbers, which lie in it. */
static unsigned argument_bytes(uint64_t argument)
{
	if (argument < 24)
		return 0;
	if (argument <= UINT8_MAX)
		return 1;
	if (argument <= UINT16_MAX)
		return 2;
	return argument <= UINT32_MAX ? 4 : 8;
}

static void head_put(struct cbor_writer *writer, enum major major, uint64_t argument)
{
	/* What the low bits of the first byte are, by the bytes that follow. */
	static const uint8_t information[] = { [1] = 24, [2] = 25, [4] = 26, [8] = 27 };
	unsigned count = argument_bytes(argument);
	uint8_t head[9];

	head[0] = (uint8_t)((unsigned)major << 5 | (count == 0 ? (unsigned)argument : information[count]));
	for (unsigned i = 0; i < count; i++)
		head[1 + i] = (uint8_t)(argument >> 8 * (count - 1 - i));
	put(writer, head, 1 + count);
}

void cbor_uint(struct cbor_writer *writer, uint64_t value)
{
	head_put(writer, MAJOR_UINT, value);
}

void cbor_negative(struct cbor_writer *writer, int64_t value)
{
	head_put(writer, MAJOR_NEGATIVE, (uint64_t)(-1 - value));
}

void cbor_bytes(struct cbor_writer *writer, const void *bytes, size_t count)
{
	head_put(writer, MAJOR_BYTES, count);
	put(writer, bytes, count);
}

void cbor_text(struct cbor_writer *writer, const char *text)
{
	head_put(writer, MAJOR_TEXT, strlen(text));
	put(writer, text, strlen(text));
}

void cbor_array(struct cbor_writer *writer, uint64_t count)
{
	head_put(writer, MAJOR_ARRAY, count);
}

void cbor_map(struct cbor_writer *writer, uint64_t count)
{
	head_put(writer, MAJOR_MAP, count);
}

void cbor_tag(struct cbor_writer *writer, uint64_t tag)
{
	head_put(writer, MAJOR_TAG, tag);
}
