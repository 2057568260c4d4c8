/*
 * chain = [ root key, bstr of the signed endorsement, bstr of the signed object ]
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "lib/chain.h"

/* A COSE_Sign1 that fills a byte string of the chain. */
static void signed_split(struct cbor *c, struct cbor_bytes bytes, struct cose *out)
{
	if (c->problem != SIGNED_OK)
		return;

	struct cbor inner = cbor_open(bytes.data, bytes.count);

	cose_take(&inner, out);
	cbor_end(&inner);
	cbor_fail(c, inner.at, inner.problem);
}

enum signed_problem chain_split(struct cbor *c, struct chain *out)
{
	cbor_take_array(c, 3, 3);
	out->root = cbor_take_bytes(c, SIGNED_KEY_BYTES, SIGNED_KEY_BYTES);

	struct cbor_bytes endorsement = cbor_take_bytes(c, 1, SIZE_MAX);
	struct cbor_bytes object = cbor_take_bytes(c, 1, SIZE_MAX);

	cbor_end_filled(c);
	signed_split(c, endorsement, &out->endorsement);
	signed_split(c, object, &out->object);
	return c->problem;
}
