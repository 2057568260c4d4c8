/*
 * Chains: root key, endorsement, object. This takes one apart; crypto/package.h says whether it holds.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#ifndef LIB_CHAIN_H
#define LIB_CHAIN_H

#include "lib/cbor.h"
#include "lib/compiler.h"
#include "lib/cose.h"

/* The parts of a chain, as they lie in the input. */
struct chain {
	struct cbor_bytes root;		/* the root key, SIGNED_KEY_BYTES */
	struct cose endorsement;
	struct cose object;
};

/**
 * chain_split - take the chain that the input is, filled up with zeros to its end.
 *
 * @out  complete only on SIGNED_OK
 *
 * Returns SIGNED_OK, and c->at is where the zeros begin; what cbor.h and cose.h say of bytes that are no chain;
 * SIGNED_TRAILING if anything but zeros follows it, or anything an object in its string. After a problem c->at is what
 * it was found in.
 */
MUST_CHECK enum signed_problem chain_split(struct cbor *c, struct chain *out);

#endif
