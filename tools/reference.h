/*
 * References: what an attestation token is appraised against, made from files by `redoubt measure -o` and kept as JSON
 * (docs/attestation.md). A person may edit one: what is left out is unknown, and "any" takes whatever is there.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#ifndef TOOLS_REFERENCE_H
#define TOOLS_REFERENCE_H

#include "abi/anchor.h"
#include "abi/token.h"
#include "lib/vmimage.h"
#include "tools/public_key.h"

#define REFERENCE_VERSION	1
#define REFERENCE_ENTRIES_MAX	16
#define REFERENCE_NAME_BYTES	32

/* What a reference says of one thing. */
enum reference_kind {
	REFERENCE_SILENT,	/* nothing: it is unknown */
	REFERENCE_ANY,		/* whatever is there is good */
	REFERENCE_IS,		/* this one */
};

struct reference_number {
	enum reference_kind kind;
	uint64_t value;
};

struct reference_digest {
	enum reference_kind kind;
	uint8_t value[DIGEST_BYTES];
};

/* An entry of the measurement log. */
struct reference_entry {
	char name[REFERENCE_NAME_BYTES];
	uint8_t sha256[DIGEST_BYTES];
};

/* A run of granules that a VM starts with; kind REFERENCE_SILENT: there is none. */
struct reference_piece {
	enum reference_kind kind;
	struct measurement_run run;
	uint64_t bytes;			/* of the file; those of the run are whole granules */
};

struct reference {
	/* The device. */
	enum reference_kind has_key;	/* REFERENCE_IS or REFERENCE_SILENT */
	struct public_key key;
	struct reference_number lifecycle;	/* TOKEN_LIFECYCLE_* */
	struct reference_digest root;	/* SHA-256 of the root key */
	/* The firmware. */
	uint32_t entry_count;
	struct reference_entry entries[REFERENCE_ENTRIES_MAX];
	struct reference_number slot, trial, version;
	struct reference_number counter, policy_counter;	/* the least */
	/* Box and VM. */
	struct reference_digest box, measurement;
	char name[VMIMAGE_NAME_BYTES];
	struct reference_number class;
	struct reference_digest owner;
	struct reference_number image_counter;			/* the least */
	struct reference_digest extensible[TOKEN_EXTENSIBLE_COUNT];
	/* Of what the VM's measurement is made. */
	enum reference_kind has_header;
	struct measurement_header header;	/* box apart */
	struct reference_piece pieces[VMIMAGE_PART_END];
};

/**
 * reference_read - read a reference; what is in it and unknown is refused.
 *
 * Returns TOOL_DONE; TOOL_CONFIGURATION for a file that is none, or what file_read returns, after printing why.
 */
MUST_CHECK int reference_read(struct reference *reference, const char *path);

/* reference_parse - the same of @bytes in memory; @path is for refusals. */
MUST_CHECK int reference_parse(struct reference *reference, const char *path, const char *bytes, size_t count);

/* reference_write - write it; the file appears whole or not at all. TOOL_DONE, or TOOL_FAILED after printing. */
MUST_CHECK int reference_write(const struct reference *reference, const char *path);

/**
 * reference_take_image - take from the manifest of an image whose signature holds what its VM will be.
 *
 * @owner  whose signature it is, or NULL: it comes from a description, and nobody has signed
 *
 * Returns TOOL_DONE, or TOOL_FAILED after printing why.
 */
MUST_CHECK int reference_take_image(struct reference *reference, const struct vmimage *image,
				    const struct public_key *owner);

#endif
