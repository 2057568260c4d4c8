/*
 * cose_take, cose_split and cose_check_algorithm over any input: the parts lie in it one after the other, what is signed
 * is the payload from its head on, an object fills its string, and only the one protected header passes.
 * Unwind: 20
 * Mutant: lib/cose.c: s/	const uint8_t \*start = c->at;/	const uint8_t *start = out->protected.data;/
 * Breaks: what is signed begins with the head of the payload
 * Mutant: lib/cose.c: s/cose->protected.count != ALGORITHM_BYTES ||/cose->protected.count < ALGORITHM_BYTES ||/
 * Breaks: only the one algorithm passes
 * Mutant: lib/cose.c: s/	cbor_fail(c, inner.at, inner.problem);/	(void)inner.problem;/
 * Breaks: an object fills its string
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "lib/cose.c"
#include "tests/proof/cbor_stand_in.h"

int memcmp(const void *a, const void *b, size_t bytes)
{
	for (size_t i = 0; i < bytes; i++) {
		if (((const uint8_t *)a)[i] != ((const uint8_t *)b)[i])
			return 1;
	}
	return 0;
}

static void parts_try(void)
{
	struct cbor c = input_open();
	const uint8_t *start = c.at;
	struct cose cose;

	cose_take(&c, &cose);
	CLAIM(c.at >= start && c.at <= c.end, "the position stays inside the input");
	if (c.problem != SIGNED_OK)
		return;
	CLAIM(cose.protected.data >= start && cose.protected.data + cose.protected.count <= cose.signed_rest.data,
	      "the protected header is before what is signed");
	CLAIM(cose.payload.data - cose.signed_rest.data >= 1 && cose.payload.data - cose.signed_rest.data <= 3,
	      "what is signed begins with the head of the payload");
	CLAIM(cose.signed_rest.data + cose.signed_rest.count == cose.payload.data + cose.payload.count,
	      "what is signed ends with the payload");
	CLAIM(cose.payload.data + cose.payload.count < cose.signature.data, "the signature is behind what is signed");
	CLAIM(cose.signature.data + cose.signature.count == c.at && cose.signature.count == SIGNED_SIGNATURE_BYTES,
	      "the signature is the last part");
	CLAIM(cose.payload.count >= 1 && cose.payload.count <= SIGNED_PAYLOAD_MAX, "a payload has its size");
	WITNESS(cose.payload.count == 3000, "a large payload");
}

static void split_try(void)
{
	struct cbor c = input_open();
	struct cbor_bytes string = cbor_take_bytes(&c, 1, SIZE_MAX);
	const uint8_t *at = c.at;
	struct cose cose;

	cose_split(&c, string, &cose);
	if (c.problem != SIGNED_OK)
		return;
	CLAIM(c.at == at, "a string that is split is taken already");
	CLAIM(cose.protected.data > string.data && cose.signature.data + cose.signature.count == string.data + string.count,
	      "an object fills its string");
	WITNESS(cose.payload.count == 2000 && c.at < c.end, "an object that something follows");
}

static void algorithm_try(void)
{
	struct cbor c = input_open();
	struct cose cose = { .protected = { input, nondet_u64() } };
	bool is_es384;

	ASSUME(cose.protected.count >= 1 && cose.protected.count <= 5);
	for (unsigned i = 0; i < 5; i++)
		input[i] = nondet_u8();
	is_es384 = cose.protected.count == 4 && input[0] == 0xa1 && input[1] == 0x01 && input[2] == 0x38 && input[3] == 0x22;
	cose_check_algorithm(&c, &cose);
	CLAIM(c.problem == (is_es384 ? SIGNED_OK : SIGNED_ALGORITHM), "only the one algorithm passes");
	WITNESS(c.problem == SIGNED_OK, "the one algorithm");
}

void proof(void)
{
	if (nondet_bool())
		parts_try();
	else if (nondet_bool())
		split_try();
	else
		algorithm_try();
}
