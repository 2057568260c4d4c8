/*
 * chain = [ root key, bstr of the signed endorsement, bstr of the signed object ]
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "lib/chain.h"

enum signed_problem chain_split(struct cbor *c, struct chain *out)
{
	cbor_take_array(c, 3, 3);
	out->root = cbor_take_bytes(c, SIGNED_KEY_BYTES, SIGNED_KEY_BYTES);

	struct cbor_bytes endorsement = cbor_take_bytes(c, 1, SIZE_MAX);
	struct cbor_bytes object = cbor_take_bytes(c, 1, SIZE_MAX);

	cbor_end_filled(c);
	cose_split(c, endorsement, &out->endorsement);
	cose_split(c, object, &out->object);
	return c->problem;
}
