/*
 * Half of the alterations fall into the first 1024 bytes, where the signatures are; the rest anywhere.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "tests/unit/alter.h"
#include <stdio.h>
#include <string.h>

#define HEAD_BYTES	1024

/* xorshift64*: any seed but zero. */
static uint64_t next(struct alter *alter)
{
	alter->seed ^= alter->seed >> 12;
	alter->seed ^= alter->seed << 25;
	alter->seed ^= alter->seed >> 27;
	return alter->seed * 0x2545f4914f6cdd1d;
}

static size_t below(struct alter *alter, size_t end)
{
	return (size_t)((next(alter) >> 11) % end);
}

static size_t place(struct alter *alter, const struct written *out)
{
	size_t end = below(alter, 2) == 0 && out->count > HEAD_BYTES ? HEAD_BYTES : out->count;

	return below(alter, end);
}

/* How many bytes from @at: mostly few. */
static size_t length(struct alter *alter, const struct written *out, size_t at)
{
	size_t count = 1 + below(alter, below(alter, 4) == 0 ? 4096 : 100);

	return count < out->count - at ? count : out->count - at;
}

static void insert(struct written *out, size_t at, const uint8_t *from, size_t count)
{
	memmove(out->bytes + at + count, out->bytes + at, out->count - at);
	memcpy(out->bytes + at, from, count);
	out->count += count;
}

static void remove_at(struct written *out, size_t at, size_t count)
{
	memmove(out->bytes + at, out->bytes + at + count, out->count - at - count);
	out->count -= count;
}

static const char *one(struct alter *alter, const struct written *good, const struct written *other,
		       struct written *out, size_t at)
{
	static uint8_t piece[4096];
	size_t count = length(alter, out, at);
	uint8_t value = (uint8_t)next(alter);

	switch (below(alter, 10)) {
	case 0:
		out->bytes[at] ^= (uint8_t)(1u << value % 8);
		return "bit flipped";
	case 1:
		out->bytes[at] = value;
		return "byte set";
	case 2:
		out->bytes[at] = (uint8_t)(out->bytes[at] + (value % 2 == 0 ? 1 : -1));
		return "byte one up or down";
	case 3:
		insert(out, at, &value, 1);
		return "byte inserted";
	case 4:
		remove_at(out, at, count);
		return "range removed";
	case 5:
		out->count = at;
		return "cut";
	case 6:
		memset(out->bytes + at, value % 2 == 0 ? 0 : 0xff, count);
		return "range cleared";
	case 7:
		if (other->count < at + count)
			return "nothing";
		memcpy(out->bytes + at, other->bytes + at, count);
		return "range of another version";
	case 8:
		memcpy(piece, out->bytes + at, count);
		insert(out, at, piece, count);
		return "range doubled";
	default:
		insert(out, out->count, good->bytes + at % good->count, count < good->count - at % good->count ? count : 1);
		return "range of its own behind the end";
	}
}

const char *alter_make(struct alter *alter, const struct written *good, const struct written *other,
		       struct written *out)
{
	do {
		size_t used = 0;

		*out = *good;
		for (size_t count = 1 + below(alter, 3); count > 0 && out->count > 0; count--) {
			size_t at = place(alter, out);

			used += (size_t)snprintf(alter->text + used, sizeof(alter->text) - used, "%s at %zu; ",
						 one(alter, good, other, out, at), at);
		}
	} while (out->count == good->count && memcmp(out->bytes, good->bytes, good->count) == 0);
	return alter->text;
}
