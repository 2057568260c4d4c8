/*
 * COSE_Sign1 = #6.18([ protected, unprotected, payload, signature ]). Decides what belongs to the object.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "lib/cose.h"
#include "lib/memory.h"

/*
 * ["Signature1", protected = h'a1013822', external_aad = h'', ...: an array of four, the last one left out. The
 * protected header is {1: -35}, algorithm ES384, the only one that there is.
 */
#define ALGORITHM_AT		13
#define ALGORITHM_BYTES		4
const uint8_t cose_signed_start[COSE_SIGNED_START_BYTES] = {
	0x84, 0x6a, 'S', 'i', 'g', 'n', 'a', 't', 'u', 'r', 'e', '1', 0x44, 0xa1, 0x01, 0x38, 0x22, 0x40,
};

void cose_take(struct cbor *c, struct cose *out)
{
	cbor_take_tag(c);
	cbor_take_array(c, 4, 4);
	out->protected = cbor_take_bytes(c, 1, SIZE_MAX);
	cbor_take_map(c);
	cbor_end_map(c);

	/* The head is the shortest that the size allows, so the Sig_structure has the same one. */
	const uint8_t *start = c->at;

	out->payload = cbor_take_bytes(c, 1, SIGNED_PAYLOAD_MAX);
	out->signed_rest = (struct cbor_bytes){ start, (size_t)(c->at - start) };
	out->signature = cbor_take_bytes(c, SIGNED_SIGNATURE_BYTES, SIGNED_SIGNATURE_BYTES);
}

void cose_split(struct cbor *c, struct cbor_bytes bytes, struct cose *out)
{
	if (c->problem != SIGNED_OK)
		return;

	struct cbor inner = cbor_open(bytes.data, bytes.count);

	cose_take(&inner, out);
	cbor_end(&inner);
	cbor_fail(c, inner.at, inner.problem);
}

void cose_check_algorithm(struct cbor *c, const struct cose *cose)
{
	if (c->problem == SIGNED_OK && (cose->protected.count != ALGORITHM_BYTES ||
					memcmp(cose->protected.data, cose_signed_start + ALGORITHM_AT, ALGORITHM_BYTES) != 0))
		cbor_fail(c, cose->protected.data, SIGNED_ALGORITHM);
}
