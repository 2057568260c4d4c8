/*
 * The manifest of a VM image: what the VM is, who may open it, and what its measurement will be. It is signed by its
 * owner's key, which the policy names; whether that holds is for who has the key to say. The format is in
 * docs/formats.md, "VM images".
 * SPDX-License-Identifier: BSD-3-Clause
 */
#ifndef LIB_VMIMAGE_H
#define LIB_VMIMAGE_H

#include "abi/vmimage.h"
#include "lib/cbor.h"
#include "lib/compiler.h"
#include "lib/cose.h"

#define VMIMAGE_NAME_BYTES	12	/* of a VM's name and its NUL */
#define VMIMAGE_PIECES_MAX	4
#define VMIMAGE_RECIPIENTS_MAX	8

/* What a piece is. */
enum vmimage_part {
	VMIMAGE_KERNEL = 1,
	VMIMAGE_TREE,			/* the device tree up to the zeros before the command line */
	VMIMAGE_ARGS,			/* the command line, and the rest of the tree, which is always the same */
	VMIMAGE_INITRD,			/* may be missing */
	VMIMAGE_PART_END,
};

/* A range of VM memory that the image fills: whole chunks, zero behind its bytes. */
struct vmimage_piece {
	uint32_t part;			/* enum vmimage_part, ascending */
	uint64_t address;		/* on a granule; at least one granule lies between two pieces */
	uint64_t bytes;			/* 1 .. */
	uint8_t digest[SIGNED_DIGEST_BYTES];	/* of its granules, as measured (abi/anchor.h) */
};

/* The content key for one platform: ECDH-ES with P-384, HKDF-SHA-256 and AES-KW (RFC 9053, section 6.4.1). */
struct vmimage_recipient {
	uint8_t platform[SIGNED_DIGEST_BYTES];	/* SHA-256 of the platform's key */
	uint8_t ephemeral[SIGNED_KEY_BYTES];
	uint8_t wrapped[VMIMAGE_WRAPPED_BYTES];
};

struct vmimage {
	char name[VMIMAGE_NAME_BYTES];
	uint32_t version;		/* for people, and bound to each chunk */
	uint32_t counter;		/* security counter: not below what the policy asks of this owner */
	uint8_t id[VMIMAGE_ID_BYTES];	/* random, of this packing */
	uint32_t class;			/* HOST_CLASS_* */
	uint32_t vcpu_count;
	uint64_t options;		/* HOST_OPTION_SHARE_*, or 0 */
	uint64_t ram_bytes;
	uint64_t entry, x0;
	uint8_t box[SIGNED_DIGEST_BYTES];	/* measurement that the box must have */
	uint8_t measurement[SIGNED_DIGEST_BYTES];	/* that the VM will have */
	uint32_t chunk_count;		/* of all pieces */
	uint32_t piece_count;
	struct vmimage_piece pieces[VMIMAGE_PIECES_MAX];
	uint32_t recipient_count;
	struct vmimage_recipient recipients[VMIMAGE_RECIPIENTS_MAX];
};

/* The parts of an image's head, as they lie in the input. */
struct vmimage_head {
	struct cbor_bytes owner;	/* the owner's key, SIGNED_KEY_BYTES */
	struct cose object;
};

/**
 * vmimage_split - take the head that the input is: owner's key and signed object, filled up with zeros to its end.
 *
 * @out  complete only on SIGNED_OK
 *
 * Returns SIGNED_OK; what cbor.h and cose.h say of bytes that are none; SIGNED_TRAILING if anything but zeros follows.
 * After a problem c->at is what it was found in.
 */
MUST_CHECK enum signed_problem vmimage_split(struct cbor *c, struct vmimage_head *out);

/**
 * vmimage_read - read all of @c, the payload of a head whose signature holds.
 *
 * @out  complete only on SIGNED_OK; 2 KiB, so it is no local variable of a trusted room
 *
 * Returns SIGNED_OK; SIGNED_TYPE for another object; SIGNED_RANGE for a number, size or text out of its range, pieces that
 * are out of order, too near to each other, or outside RAM, class and options that do not go together; SIGNED_SHAPE for
 * another count, or a recipient of another form; what cbor.h says of bytes that are none; SIGNED_TRAILING. After a
 * problem c->at is what it was found in.
 */
MUST_CHECK enum signed_problem vmimage_read(struct cbor *c, struct vmimage *out);

/* Of a COSE_KDF_Context with the owner's key in it. */
#define VMIMAGE_CONTEXT_BYTES	(5 + SIGNED_KEY_BYTES + 15)

/**
 * vmimage_context_write - what HKDF makes the key of, besides the secret, that wraps a content key.
 *
 * The owner is a party of it: in a manifest that another owner signed, what was wrapped for this one's does not open.
 *
 * Source: RFC 9053, section 5.2.
 */
void vmimage_context_write(const uint8_t owner[SIGNED_KEY_BYTES], uint8_t out[VMIMAGE_CONTEXT_BYTES]);

/* vmimage_part_name - "kernel", "device-tree", "command-line", "initrd"; "?" for another number. */
const char *vmimage_part_name(uint32_t part);

#endif
