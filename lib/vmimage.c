/*
 * image = { 1: 4, 3: name, 5: version, 7: security counter, 12: id, 13: machine, 14: box, 15: measurement,
 *           16: [ 3*4 piece ], 17: [ 1*8 recipient ] }
 * machine = [ class, options, vcpus, ram, entry, x0 ]; piece = [ part, address, bytes, digest ]
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "lib/vmimage.h"
#include "abi/host.h"
#include "abi/virtual_platform.h"
#include "lib/addr.h"
#include "lib/memory.h"

_Static_assert(VMIMAGE_CHUNK_BYTES == GRANULE_BYTES, "a chunk fills a granule");

#define INSTRUCTION_BYTES	4
#define POINT_UNCOMPRESSED	4
#define COORDINATE_BYTES	48

/*
 * A COSE_recipient has one encoding but for four strings. Before each of them stand these bytes: [ h'a101381e', { 4: ...
 * then -1: { 1: 2, -1: 2, -2: ... then -3: ...
 */
static const uint8_t recipient_start[] = { 0x83, 0x44, 0xa1, 0x01, 0x38, 0x1e, 0xa2, 0x04 };
static const uint8_t recipient_key[] = { 0x20, 0xa4, 0x01, 0x02, 0x20, 0x02, 0x21 };
static const uint8_t recipient_y[] = { 0x22 };

/* [ -5, [ owner, nil, nil ], [ nil, nil, nil ], [ 256, h'a101381e' ] ], before and after the owner's bytes. */
static const uint8_t context_start[] = { 0x84, 0x24, 0x83, 0x58, SIGNED_KEY_BYTES };
static const uint8_t context_end[] = {
	0xf6, 0xf6, 0x83, 0xf6, 0xf6, 0xf6, 0x82, 0x19, 0x01, 0x00, 0x44, 0xa1, 0x01, 0x38, 0x1e,
};

_Static_assert(sizeof(context_start) + SIGNED_KEY_BYTES + sizeof(context_end) == VMIMAGE_CONTEXT_BYTES, "all is written");

void vmimage_context_write(const uint8_t owner[SIGNED_KEY_BYTES], uint8_t out[VMIMAGE_CONTEXT_BYTES])
{
	memcpy(out, context_start, sizeof(context_start));
	memcpy(out + sizeof(context_start), owner, SIGNED_KEY_BYTES);
	memcpy(out + sizeof(context_start) + SIGNED_KEY_BYTES, context_end, sizeof(context_end));
}

enum signed_problem vmimage_split(struct cbor *c, struct vmimage_head *out)
{
	cbor_take_array(c, 2, 2);
	out->owner = cbor_take_bytes(c, SIGNED_KEY_BYTES, SIGNED_KEY_BYTES);

	struct cbor_bytes object = cbor_take_bytes(c, 1, SIZE_MAX);

	cbor_end_filled(c);
	cose_split(c, object, &out->object);
	return c->problem;
}

static void machine_take(struct cbor *c, struct vmimage *out)
{
	const uint8_t *item = c->at;

	cbor_take_array(c, 6, 6);
	out->class = (uint32_t)cbor_take_uint(c, HOST_CLASS_ISOLATED, HOST_CLASS_CONFIDENTIAL);
	out->options = cbor_take_uint(c, 0, HOST_OPTION_SHARE_WINDOW);
	out->vcpu_count = (uint32_t)cbor_take_uint(c, 1, HOST_VCPU_MAX);
	out->ram_bytes = cbor_take_uint(c, BLOCK_BYTES, IPA_HALF - VM_RAM_BASE);
	out->entry = cbor_take_uint(c, 0, UINT64_MAX);
	out->x0 = cbor_take_uint(c, 0, UINT64_MAX);
	if ((out->class == HOST_CLASS_CONFIDENTIAL) != (out->options != 0) || !is_aligned(out->ram_bytes, BLOCK_BYTES) ||
	    !is_aligned(out->entry, INSTRUCTION_BYTES) ||
	    !range_is_inside(out->entry, INSTRUCTION_BYTES, VM_RAM_BASE, out->ram_bytes))
		cbor_fail(c, item, SIGNED_RANGE);
}

/* Parts are in their order from the first one on. @least is where a piece may begin. */
static void piece_take(struct cbor *c, struct vmimage *out, uint32_t index, uint64_t *least)
{
	struct vmimage_piece *piece = &out->pieces[index];
	const uint8_t *item = c->at;

	cbor_take_array(c, 4, 4);
	piece->part = (uint32_t)cbor_take_uint(c, VMIMAGE_KERNEL + index, VMIMAGE_KERNEL + index);
	piece->address = cbor_take_uint(c, *least, IPA_HALF);
	piece->bytes = cbor_take_uint(c, 1, out->ram_bytes);
	cbor_copy_bytes(c, piece->digest, sizeof(piece->digest));

	uint64_t chunks = (piece->bytes + VMIMAGE_CHUNK_BYTES - 1) / VMIMAGE_CHUNK_BYTES;

	if (!is_aligned(piece->address, GRANULE_BYTES) || chunks > VMIMAGE_CHUNKS_MAX - out->chunk_count ||
	    !range_is_inside(piece->address, piece->bytes, VM_RAM_BASE, out->ram_bytes))
		cbor_fail(c, item, SIGNED_RANGE);
	if (c->problem != SIGNED_OK)
		return;
	out->chunk_count += (uint32_t)chunks;
	*least = piece->address + (chunks + 1) * VMIMAGE_CHUNK_BYTES;
}

static void recipient_take(struct cbor *c, struct vmimage_recipient *out)
{
	cbor_take_literal(c, recipient_start, sizeof(recipient_start));
	cbor_copy_bytes(c, out->platform, sizeof(out->platform));
	cbor_take_literal(c, recipient_key, sizeof(recipient_key));
	out->ephemeral[0] = POINT_UNCOMPRESSED;
	cbor_copy_bytes(c, out->ephemeral + 1, COORDINATE_BYTES);
	cbor_take_literal(c, recipient_y, sizeof(recipient_y));
	cbor_copy_bytes(c, out->ephemeral + 1 + COORDINATE_BYTES, COORDINATE_BYTES);
	cbor_copy_bytes(c, out->wrapped, sizeof(out->wrapped));
}

enum signed_problem vmimage_read(struct cbor *c, struct vmimage *out)
{
	uint64_t least = VM_RAM_BASE;

	signed_take_type(c, SIGNED_TYPE_IMAGE);
	cbor_take_key(c, 3);
	cbor_take_text(c, out->name, sizeof(out->name));
	cbor_take_key(c, 5);
	out->version = (uint32_t)cbor_take_uint(c, 1, UINT32_MAX);
	cbor_take_key(c, 7);
	out->counter = (uint32_t)cbor_take_uint(c, 1, UINT32_MAX);
	cbor_take_key(c, 12);
	cbor_copy_bytes(c, out->id, sizeof(out->id));
	cbor_take_key(c, 13);
	machine_take(c, out);
	cbor_take_key(c, 14);
	cbor_copy_bytes(c, out->box, sizeof(out->box));
	cbor_take_key(c, 15);
	cbor_copy_bytes(c, out->measurement, sizeof(out->measurement));
	cbor_take_key(c, 16);
	out->piece_count = (uint32_t)cbor_take_array(c, VMIMAGE_PIECES_MAX - 1, VMIMAGE_PIECES_MAX);
	out->chunk_count = 0;
	for (uint32_t i = 0; i < out->piece_count; i++)
		piece_take(c, out, i, &least);
	cbor_take_key(c, 17);
	out->recipient_count = (uint32_t)cbor_take_array(c, 1, VMIMAGE_RECIPIENTS_MAX);
	for (uint32_t i = 0; i < out->recipient_count; i++)
		recipient_take(c, &out->recipients[i]);
	cbor_end_map(c);
	return cbor_end(c);
}

const char *vmimage_part_name(uint32_t part)
{
	static const char *const names[VMIMAGE_PART_END] = { "?", "kernel", "device-tree", "command-line", "initrd" };

	return part < VMIMAGE_PART_END ? names[part] : names[0];
}
