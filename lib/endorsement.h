/*
 * Endorsements: the root key's word that another key may sign objects of one role.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#ifndef LIB_ENDORSEMENT_H
#define LIB_ENDORSEMENT_H

#include "lib/cbor.h"
#include "lib/compiler.h"

struct endorsement {
	enum signed_role role;
	char name[SIGNED_NAME_BYTES];	/* of the key, for people */
	uint8_t key[SIGNED_KEY_BYTES];
	uint32_t serial;
	uint32_t serial_least;		/* endorsements of this role below are revoked; at most serial */
};

/**
 * endorsement_read - read all of @c, the payload of a signed object whose signature holds.
 *
 * @out  complete only on SIGNED_OK
 *
 * Returns SIGNED_OK; SIGNED_TYPE for another object; SIGNED_RANGE for a role, key or serial out of its range; what
 * cbor.h says of bytes that are none; SIGNED_TRAILING. After a problem c->at is what it was found in.
 */
MUST_CHECK enum signed_problem endorsement_read(struct cbor *c, struct endorsement *out);

#endif
