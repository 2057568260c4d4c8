/*
 * vmimage_read over any items: what is accepted has every field in its range; pieces lie in RAM, in their order, with
 * a granule between them, and have the image's chunks; no list is longer than its room.
 * Scale: lib/vmimage.h: s/^#define VMIMAGE_RECIPIENTS_MAX	8/#define VMIMAGE_RECIPIENTS_MAX 2/
 * Unwind: 5
 * Mutant: lib/vmimage.c: s/	\*least = piece->address + (chunks + 1) \* VMIMAGE_CHUNK_BYTES;/	*least = piece->address + chunks * VMIMAGE_CHUNK_BYTES;/
 * Breaks: a granule lies between two pieces
 * Mutant: lib/vmimage.c: s/chunks > VMIMAGE_CHUNKS_MAX - out->chunk_count ||/chunks > VMIMAGE_CHUNKS_MAX ||/
 * Breaks: an image has at most so many chunks
 * Mutant: lib/vmimage.c: s/	    !range_is_inside(piece->address, piece->bytes, VM_RAM_BASE, out->ram_bytes))/	    piece->address >= VM_RAM_BASE + out->ram_bytes)/
 * Breaks: a piece is whole granules inside of RAM
 * Mutant: lib/vmimage.c: s/cbor_take_array(c, 1, VMIMAGE_RECIPIENTS_MAX)/cbor_take_array(c, 1, VMIMAGE_RECIPIENTS_MAX + 1)/
 * Breaks: the recipients have room
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "lib/vmimage.c"
#include "lib/signed.c"
#include "tests/proof/cbor_stand_in.h"

#define GRANULE	4096ull

void cose_split(struct cbor *c, struct cbor_bytes bytes, struct cose *out)
{
	(void)c;
	(void)bytes;
	(void)out;
}

static uint64_t granules(const struct vmimage_piece *piece)
{
	return (piece->bytes + GRANULE - 1) / GRANULE;
}

static void machine_check(const struct vmimage *image)
{
	CLAIM(image->class == HOST_CLASS_ISOLATED ? image->options == 0 :
	      image->class == HOST_CLASS_CONFIDENTIAL && (image->options == 1 || image->options == 2),
	      "class and options are those that there are, and go together");
	CLAIM(image->vcpu_count >= 1 && image->vcpu_count <= 8, "the vCPUs are as many as a pair may have");
	CLAIM(image->ram_bytes > 0 && image->ram_bytes % 0x200000 == 0 && VM_RAM_BASE + image->ram_bytes <= BIT(39),
	      "RAM is whole blocks in the lower half");
	CLAIM(image->entry % 4 == 0 && image->entry >= VM_RAM_BASE && image->entry <= VM_RAM_BASE + image->ram_bytes - 4,
	      "the entry is an instruction in RAM");
}

static void piece_check(const struct vmimage *image, unsigned index)
{
	const struct vmimage_piece *piece = &image->pieces[index];
	uint64_t end = piece->address + granules(piece) * GRANULE;

	CLAIM(piece->address % GRANULE == 0 && piece->bytes > 0 && piece->address >= VM_RAM_BASE &&
	      end <= VM_RAM_BASE + image->ram_bytes, "a piece is whole granules inside of RAM");
	CLAIM(piece->part == index + 1, "the parts are in their order, from the kernel on");
	if (index + 1 < image->piece_count)
		CLAIM(image->pieces[index + 1].address >= end + GRANULE, "a granule lies between two pieces");
}

void proof(void)
{
	struct cbor c = input_open();
	static struct vmimage found;
	enum signed_problem problem = vmimage_read(&c, &found);
	unsigned i = nondet_u8();

	CLAIM(problem == c.problem, "the problem is the cursor's");
	if (problem != SIGNED_OK)
		return;
	CLAIM(c.at == c.end, "all of the input is read");
	CLAIM(found.version >= 1 && found.counter >= 1, "version and counter are not zero");
	CLAIM(found.name[VMIMAGE_NAME_BYTES - 1] == '\0', "the name is a string");
	machine_check(&found);
	CLAIM(found.piece_count == VMIMAGE_ARGS || found.piece_count == VMIMAGE_INITRD,
	      "kernel, device tree and command line are there, and one more at most");
	if (i < found.piece_count)
		piece_check(&found, i);
	CLAIM(found.chunk_count == granules(&found.pieces[0]) + granules(&found.pieces[1]) + granules(&found.pieces[2]) +
	      (found.piece_count == 4 ? granules(&found.pieces[3]) : 0), "each granule of a piece is a chunk");
	CLAIM(found.chunk_count <= 0x100000, "an image has at most so many chunks");
	CLAIM(found.recipient_count >= 1 && found.recipient_count <= VMIMAGE_RECIPIENTS_MAX, "the recipients have room");
	if (i < found.recipient_count)
		CLAIM(found.recipients[i].ephemeral[0] == 4, "an ephemeral key has the form of one");
	WITNESS(found.piece_count == 4 && found.chunk_count == 0x100000, "the largest image");
}
