/*
 * Writes CBOR (RFC 8949, section 3).
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "tests/unit/cbor_write.h"
#include <stdlib.h>
#include <string.h>

void write_raw(struct written *out, const void *bytes, size_t count)
{
	if (count > sizeof(out->bytes) - out->count)
		abort();
	memcpy(out->bytes + out->count, bytes, count);
	out->count += count;
}

void write_head_long(struct written *out, enum write_kind kind, uint64_t number, unsigned count)
{
	uint8_t head[9] = { (uint8_t)(kind << 5 | (count == 1 ? 24 : count == 2 ? 25 : count == 4 ? 26 : 27)) };

	for (unsigned i = 0; i < count; i++)
		head[1 + i] = (uint8_t)(number >> 8 * (count - 1 - i));
	write_raw(out, head, 1 + count);
}

void write_head(struct written *out, enum write_kind kind, uint64_t number)
{
	uint8_t head = (uint8_t)(kind << 5 | number);

	if (number < 24)
		write_raw(out, &head, 1);
	else
		write_head_long(out, kind, number,
				number <= UINT8_MAX ? 1 : number <= UINT16_MAX ? 2 : number <= UINT32_MAX ? 4 : 8);
}

void write_bytes(struct written *out, const void *bytes, size_t count)
{
	write_head(out, WRITE_BYTES, count);
	write_raw(out, bytes, count);
}

void write_text(struct written *out, const char *text)
{
	write_head(out, WRITE_TEXT, strlen(text));
	write_raw(out, text, strlen(text));
}

void write_zeros(struct written *out, size_t until)
{
	while (out->count < until)
		write_raw(out, "", 1);
}
