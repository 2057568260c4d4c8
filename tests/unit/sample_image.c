/*
 * A good content of an image, and how it is signed: from docs/formats.md, without the reader.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "tests/unit/test.h"
#include "tests/unit/sample_image.h"
#include "tests/unit/signer.h"

struct vmimage sample_image(void)
{
	struct vmimage image = {
		.name = "web", .version = 300, .counter = 70000, .class = 2, .options = 1, .vcpu_count = 2,
		.ram_bytes = 0x20000000, .entry = 0x40200000, .x0 = 0x48000000, .chunk_count = 6, .piece_count = 4,
		.pieces = { { .part = 1, .address = 0x40200000, .bytes = 5000 },
			    { .part = 2, .address = 0x48000000, .bytes = 1500 },
			    { .part = 3, .address = 0x48003000, .bytes = 0x1000 },
			    { .part = 4, .address = 0x48200000, .bytes = 0x2000 } },
		.recipient_count = 2,
	};

	memset(image.id, 0x11, sizeof(image.id));
	memset(image.box, 0x22, sizeof(image.box));
	memset(image.measurement, 0x33, sizeof(image.measurement));
	for (unsigned i = 0; i < image.piece_count; i++)
		memset(image.pieces[i].digest, 0x50 + (int)i, sizeof(image.pieces[i].digest));
	for (unsigned i = 0; i < image.recipient_count; i++) {
		memset(image.recipients[i].platform, 0x60 + (int)i, sizeof(image.recipients[i].platform));
		signer_public(12 + i, image.recipients[i].ephemeral);
		memset(image.recipients[i].wrapped, 0x70 + (int)i, sizeof(image.recipients[i].wrapped));
	}
	return image;
}

void sample_write_image_head(struct written *out, const struct written *payload, enum sample_key key)
{
	static struct sample_signed object;
	static struct written signed_bytes;
	uint8_t owner[97];

	sample_headers_make(&object);
	object.payload = *payload;
	sample_sign(&object, key);
	signed_bytes.count = 0;
	sample_write_signed(&signed_bytes, &object);
	signer_public(key, owner);
	write_head(out, WRITE_ARRAY, 2);
	write_bytes(out, owner, sizeof(owner));
	write_bytes(out, signed_bytes.bytes, signed_bytes.count);
}
