/*
 * Firmware objects: which six components make up a version, where they go, and what their bytes are.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#ifndef LIB_FIRMWARE_H
#define LIB_FIRMWARE_H

#include "lib/cbor.h"
#include "lib/compiler.h"

#define FIRMWARE_PAGE_BYTES	4096	/* the first one of a package has the chain */
#define FIRMWARE_POLICY_MAX	28672	/* of the policy component: a chain of two objects of the largest size fits */

/* Components, in the order in which a package has them. */
enum firmware_part {
	FIRMWARE_MONITOR,
	FIRMWARE_ANCHOR,
	FIRMWARE_MEDIATOR,
	FIRMWARE_OUTER,
	FIRMWARE_BOX,
	FIRMWARE_POLICY,	/* no code: the chain of a policy object */
	FIRMWARE_PART_COUNT,
};

struct firmware_component {
	uint64_t bytes;		/* whole pages, 1 .. 2^32 bytes */
	uint64_t load;		/* physical, on a page; 0 for the policy */
	uint64_t entry;		/* inside the loaded range, on an instruction; 0 for the policy */
	uint8_t sha256[SIGNED_DIGEST_BYTES];
};

struct firmware {
	char name[SIGNED_NAME_BYTES];
	uint32_t version;	/* for people */
	uint32_t counter;	/* security counter: a device takes none that is smaller than its own */
	uint64_t loader_base, loader_bytes;	/* loader window in DRAM: whole blocks of 2 MiB */
	struct firmware_component components[FIRMWARE_PART_COUNT];
};

/**
 * firmware_read - read all of @c, the payload of a signed object whose signature holds. Whether the board has memory
 * where components go is for the board's owner to check.
 *
 * @out  complete only on SIGNED_OK
 *
 * Returns SIGNED_OK; SIGNED_TYPE for another object; SIGNED_RANGE for a number out of its range, or a component of
 * another name than its place has; what cbor.h says of bytes that are none; SIGNED_TRAILING. After a problem c->at is
 * what it was found in.
 */
MUST_CHECK enum signed_problem firmware_read(struct cbor *c, struct firmware *out);

/* firmware_part_name - "monitor" and so on. */
const char *firmware_part_name(enum firmware_part part);

/* firmware_part_offset - where in a package a component begins; for FIRMWARE_PART_COUNT, where the package ends. */
uint64_t firmware_part_offset(const struct firmware *firmware, enum firmware_part part);

#endif
