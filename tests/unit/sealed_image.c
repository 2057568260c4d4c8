/*
 * Packs and opens images; see sealed_image.h.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "tests/unit/test.h"
#include "tests/unit/sealed_image.h"
#include "abi/host.h"
#include "lib/vmplan.h"
#include "tests/unit/opener.h"
#include "tests/unit/signer.h"
#include "tools/content_key.h"
#include "tools/measurement.h"

static uint32_t chunk_count(uint64_t bytes)
{
	return (uint32_t)((bytes + 4095) / 4096);
}

uint64_t sealed_image_address(const struct vmimage *image, uint32_t index)
{
	for (uint32_t i = 0; i < image->piece_count; i++) {
		if (index < chunk_count(image->pieces[i].bytes))
			return image->pieces[i].address + 4096ull * index;
		index -= chunk_count(image->pieces[i].bytes);
	}
	return 0;
}

/* Digests and measurement of what is in memory then. */
static void measure(struct vmimage *image, const uint8_t *content)
{
	struct measurement_header header = {
		.role = HOST_ROLE_VM, .class = image->class, .options = image->options, .vcpu_count = image->vcpu_count,
		.ram_base = VM_RAM_BASE, .ram_bytes = image->ram_bytes, .entry = image->entry, .x0 = image->x0,
	};
	struct measurement measurement;

	memcpy(header.box, image->box, sizeof(header.box));
	assert_int_equal(measurement_begin(&measurement, ANCHOR_CHAIN_TAG_VM), TOOL_DONE);
	for (uint32_t i = 0; i < image->piece_count; i++) {
		uint64_t bytes = 4096ull * chunk_count(image->pieces[i].bytes);

		assert_int_equal(measurement_extend(&measurement, image->pieces[i].address, content, bytes), TOOL_DONE);
		memcpy(image->pieces[i].digest, measurement.run.digest, 32);
		content += bytes;
	}
	assert_int_equal(measurement_end(&measurement, &header, image->measurement), TOOL_DONE);
}

void sealed_image_make(struct sealed_image *out, unsigned number)
{
	struct vmimage *image = &out->image;
	struct chunk_cipher *cipher;

	*image = sample_image();
	image->id[0] = (uint8_t)number;
	memset(out->content, 0, sizeof(out->content));
	for (uint32_t i = 0, chunk = 0; i < image->piece_count; chunk += chunk_count(image->pieces[i].bytes), i++) {
		for (uint64_t byte = 0; byte < image->pieces[i].bytes; byte++)
			out->content[4096 * chunk + byte] = (uint8_t)(byte * 7 + byte / 256 + 31 * i + number);
	}
	memset(out->key, 0xc0 + (int)number, sizeof(out->key));
	for (unsigned i = 0; i < 2; i++) {
		struct public_key platform, owner;

		signer_public(PLATFORM_A + i, platform.point);
		signer_public(KEY_VM, owner.point);
		assert_int_equal(content_key_wrap(out->key, &platform, &owner, &image->recipients[i]), TOOL_DONE);
	}
	measure(image, out->content);
	memcpy(out->chunks, out->content, sizeof(out->chunks));
	cipher = chunk_cipher_make(out->key);
	assert_non_null(cipher);
	for (uint32_t i = 0; i < image->chunk_count; i++) {
		struct vmimage_chunk head = { .version = image->version, .index = i, .count = image->chunk_count,
					      .address = sealed_image_address(image, i) };

		memcpy(head.id, image->id, sizeof(head.id));
		assert_true(chunk_encrypt(cipher, &head, out->chunks + 4096 * i, out->tags + 16 * i));
	}
	chunk_cipher_free(cipher);
}

void sealed_image_write(struct written *out, const struct sealed_image *sealed, enum sample_key key)
{
	static struct written payload;

	payload.count = out->count = 0;
	sample_write_image(&payload, &sealed->image);
	sample_write_image_head(out, &payload, key);
	write_zeros(out, 16384);
	write_raw(out, sealed->tags, sizeof(sealed->tags));
	write_zeros(out, 16384 + 4096);
	write_raw(out, sealed->chunks, sizeof(sealed->chunks));
}

static enum signed_problem chunks_open(const struct written *file, const struct vmimage *image, const uint8_t key[32],
				       uint8_t *content)
{
	for (uint32_t i = 0; i < image->chunk_count; i++) {
		struct vmimage_chunk head = { .version = image->version, .index = i, .count = image->chunk_count,
					      .address = sealed_image_address(image, i) };

		memcpy(head.id, image->id, sizeof(head.id));
		if (!opener_decrypt(key, &head, i, file->bytes + 16384 + 4096 * (1 + i), file->bytes + 16384 + 16 * i, content + 4096 * i))
			return SIGNED_CHUNK;
	}
	return SIGNED_OK;
}

static enum signed_problem digests_check(const struct vmimage *image, const uint8_t *content)
{
	struct vmimage measured = *image;

	measure(&measured, content);
	for (uint32_t i = 0; i < image->piece_count; i++) {
		if (memcmp(measured.pieces[i].digest, image->pieces[i].digest, 32) != 0)
			return SIGNED_DIGEST;
	}
	return memcmp(measured.measurement, image->measurement, 32) == 0 ? SIGNED_OK : SIGNED_DIGEST;
}

enum signed_problem sealed_image_open(const struct written *file, const struct image_trust *trust, unsigned platform,
				      uint8_t *content)
{
	size_t head_bytes = file->count < 16384 ? file->count : 16384;
	uint8_t *head = sample_exactly(file->bytes, head_bytes);
	struct cbor c = cbor_open(head, head_bytes);
	static struct image_file found;
	enum signed_problem problem = image_head_verify(&c, trust, &found);
	uint8_t public[97], digest[32], key[32];

	assert_true(c.at >= head && c.at <= head + head_bytes);
	test_free(head);
	if (problem == SIGNED_OK)
		problem = image_size_problem(&found.image, file->count);
	if (problem == SIGNED_OK)
		problem = image_filling_problem(&found.image, file->bytes + 16384);
	if (problem != SIGNED_OK)
		return problem;
	/* What a test makes has room for six. */
	assert_true(found.image.chunk_count <= 6);
	signer_public(platform, public);
	assert_int_equal(digest_make(public, sizeof(public), digest), TOOL_DONE);
	for (uint32_t i = 0; i < found.image.recipient_count; i++) {
		if (memcmp(found.image.recipients[i].platform, digest, sizeof(digest)) != 0)
			continue;
		/* The owner's key is what the head begins with. */
		if (!opener_unwrap(platform, file->bytes + 3, found.image.recipients[i].ephemeral,
				   found.image.recipients[i].wrapped, key))
			return SIGNED_WRAP;
		problem = chunks_open(file, &found.image, key, content);
		return problem == SIGNED_OK ? digests_check(&found.image, content) : problem;
	}
	return SIGNED_PLATFORM;
}
