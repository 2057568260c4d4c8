/*
 * chain_split over any input: root key, endorsement and object lie in it one after the other, each object in its
 * string; the position ends where the filling begins.
 * Unwind: 3
 * Mutant: lib/chain.c: s/	cose_split(c, object, \&out->object);/	cose_split(c, endorsement, \&out->object);/
 * Breaks: the object is behind the endorsement
 * Mutant: lib/chain.c: s/	cose_split(c, endorsement, \&out->endorsement);/	out->endorsement.payload = endorsement;/
 * Breaks: what is accepted has two objects in their strings
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "lib/chain.c"
#include "tests/proof/cbor_stand_in.h"

static unsigned good;

/* As the harness cose has it; the parts are what tells the two apart. */
void cose_split(struct cbor *c, struct cbor_bytes bytes, struct cose *out)
{
	size_t head = nondet_u64();

	if (nondet_bool())
		cbor_fail(c, c->at, SIGNED_SHAPE);
	if (c->problem != SIGNED_OK)
		return;
	ASSUME(head > 0 && head < bytes.count && bytes.count - head > SIGNED_SIGNATURE_BYTES);
	out->payload = (struct cbor_bytes){ bytes.data + head, bytes.count - head - SIGNED_SIGNATURE_BYTES };
	out->signature = (struct cbor_bytes){ bytes.data + bytes.count - SIGNED_SIGNATURE_BYTES, SIGNED_SIGNATURE_BYTES };
	good++;
}

void proof(void)
{
	struct cbor c = input_open();
	const uint8_t *start = c.at;
	struct chain chain;
	enum signed_problem problem = chain_split(&c, &chain);

	CLAIM(problem == c.problem && c.at >= start && c.at <= c.end, "the position stays inside the input");
	if (problem != SIGNED_OK)
		return;
	CLAIM(good == 2, "what is accepted has two objects in their strings");
	CLAIM(chain.root.data > start && chain.root.count == SIGNED_KEY_BYTES, "the root key is the first part");
	CLAIM(chain.endorsement.payload.data > chain.root.data + chain.root.count, "the endorsement is behind the root key");
	CLAIM(chain.object.payload.data > chain.endorsement.signature.data + SIGNED_SIGNATURE_BYTES,
	      "the object is behind the endorsement");
	CLAIM(chain.object.signature.data + SIGNED_SIGNATURE_BYTES == c.at, "the position is where the filling begins");
	WITNESS(c.at < c.end && chain.object.payload.count > 256, "a chain that is filled up");
}
