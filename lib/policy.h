/*
 * Policy objects: whose VMs, and which measurements of boxes and VMs, a device lets run.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#ifndef LIB_POLICY_H
#define LIB_POLICY_H

#include "lib/cbor.h"
#include "lib/compiler.h"

#define POLICY_OWNER_MAX	8
#define POLICY_ALLOWED_MAX	24
#define POLICY_LABEL_BYTES	12	/* of an entry's name and its NUL */

/* Who may sign VMs. */
struct policy_owner {
	char name[SIGNED_NAME_BYTES];
	uint8_t key[SIGNED_KEY_BYTES];
	uint32_t counter;		/* least security counter of an image that it signs */
};

/* A domain measurement that may be activated. */
struct policy_allowed {
	uint32_t role;		/* HOST_ROLE_* */
	char name[POLICY_LABEL_BYTES];
	uint8_t sha256[SIGNED_DIGEST_BYTES];
};

struct policy {
	char name[SIGNED_NAME_BYTES];
	uint32_t version;	/* for people */
	uint32_t counter;	/* security counter: a device takes none that is smaller than its own */
	uint32_t owner_count;
	uint32_t allowed_count;
	struct policy_owner owners[POLICY_OWNER_MAX];
	struct policy_allowed allowed[POLICY_ALLOWED_MAX];
};

/**
 * policy_read - read all of @c, the payload of a signed object whose signature holds.
 *
 * @out  complete only on SIGNED_OK
 *
 * Returns SIGNED_OK; SIGNED_TYPE for another object; SIGNED_SHAPE for too many entries; SIGNED_RANGE for a number, key
 * or text out of its range; what cbor.h says of bytes that are none; SIGNED_TRAILING. After a problem c->at is what it
 * was found in.
 */
MUST_CHECK enum signed_problem policy_read(struct cbor *c, struct policy *out);

#endif
