/*
 * Manifests of VM images, written from docs/formats.md without the reader.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "tests/unit/sample_image.h"

static void write_key(struct written *out, uint64_t key)
{
	write_head(out, WRITE_UINT, key);
}

static void write_number(struct written *out, uint64_t key, uint64_t value)
{
	write_key(out, key);
	write_head(out, WRITE_UINT, value);
}

static void write_string(struct written *out, uint64_t key, const uint8_t *bytes, size_t count)
{
	write_key(out, key);
	write_bytes(out, bytes, count);
}

static void write_machine(struct written *out, const struct vmimage *image)
{
	const uint64_t values[] = { image->class, image->options, image->vcpu_count, image->ram_bytes, image->entry, image->x0 };

	write_key(out, 13);
	write_head(out, WRITE_ARRAY, ARRAY_COUNT(values));
	for (unsigned i = 0; i < ARRAY_COUNT(values); i++)
		write_head(out, WRITE_UINT, values[i]);
}

static void write_pieces(struct written *out, const struct vmimage *image)
{
	write_key(out, 16);
	write_head(out, WRITE_ARRAY, image->piece_count);
	for (unsigned i = 0; i < image->piece_count; i++) {
		write_head(out, WRITE_ARRAY, 4);
		write_head(out, WRITE_UINT, image->pieces[i].part);
		write_head(out, WRITE_UINT, image->pieces[i].address);
		write_head(out, WRITE_UINT, image->pieces[i].bytes);
		write_bytes(out, image->pieces[i].digest, 32);
	}
}

/* Negative numbers are written as -1 less themselves: -1 as 0. */
static void write_recipient(struct written *out, const struct vmimage_recipient *recipient)
{
	/* {1: -31} */
	static const uint8_t header[] = { 0xa1, 0x01, 0x38, 30 };

	write_head(out, WRITE_ARRAY, 3);
	write_bytes(out, header, sizeof(header));
	write_head(out, WRITE_MAP, 2);
	write_string(out, 4, recipient->platform, 32);
	write_head(out, WRITE_NEGATIVE, 0);
	write_head(out, WRITE_MAP, 4);
	write_number(out, 1, 2);
	write_head(out, WRITE_NEGATIVE, 0);
	write_head(out, WRITE_UINT, 2);
	write_head(out, WRITE_NEGATIVE, 1);
	write_bytes(out, recipient->ephemeral + 1, 48);
	write_head(out, WRITE_NEGATIVE, 2);
	write_bytes(out, recipient->ephemeral + 49, 48);
	write_bytes(out, recipient->wrapped, 40);
}

void sample_write_image(struct written *out, const struct vmimage *image)
{
	write_head(out, WRITE_MAP, 10);
	write_number(out, 1, 4);
	write_key(out, 3);
	write_text(out, image->name);
	write_number(out, 5, image->version);
	write_number(out, 7, image->counter);
	write_string(out, 12, image->id, 16);
	write_machine(out, image);
	write_string(out, 14, image->box, 32);
	write_string(out, 15, image->measurement, 32);
	write_pieces(out, image);
	write_key(out, 17);
	write_head(out, WRITE_ARRAY, image->recipient_count);
	for (unsigned i = 0; i < image->recipient_count; i++)
		write_recipient(out, &image->recipients[i]);
}
