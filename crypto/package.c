/*
 * Decides what is looked at when: nothing of an object before its signature holds, and nothing after the first problem.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "crypto/package.h"
#include "crypto/signature.h"
#include "lib/chain.h"

static bool is_digest(const void *data, size_t bytes, const uint8_t sha256[HASH_BYTES])
{
	struct hash_piece piece = { data, bytes };
	uint8_t found[HASH_BYTES];

	return hash_sha256(&piece, 1, found) == OK && hash_is_equal(found, sha256);
}

static void signature_check(struct cbor *c, const struct cose *cose, const uint8_t *key)
{
	struct hash_piece pieces[] = {
		{ cose_signed_start, COSE_SIGNED_START_BYTES },
		{ cose->signed_rest.data, cose->signed_rest.count },
	};

	if (c->problem == SIGNED_OK && signature_verify(key, pieces, ARRAY_COUNT(pieces), cose->signature.data) != OK)
		cbor_fail(c, cose->signature.data, SIGNED_SIGNATURE);
}

/* The endorsement is the root key's, for this role, and the device does not know a newer one that revokes it. */
static void endorsement_check(struct cbor *c, const struct chain *chain, const struct trust *trust,
			      enum signed_role role, struct endorsement *signer)
{
	signature_check(c, &chain->endorsement, chain->root.data);
	if (c->problem != SIGNED_OK)
		return;

	struct cbor inner = cbor_open(chain->endorsement.payload.data, chain->endorsement.payload.count);

	if (endorsement_read(&inner, signer) != SIGNED_OK)
		cbor_fail(c, inner.at, inner.problem);
	else if (signer->role != role)
		cbor_fail(c, chain->endorsement.payload.data, SIGNED_ROLE);
	else if (signer->serial < trust->least[role].serial)
		cbor_fail(c, chain->endorsement.payload.data, SIGNED_REVOKED);
}

enum signed_problem chain_verify(struct cbor *c, const struct trust *trust, enum signed_role role,
				 struct endorsement *signer, struct cbor *object)
{
	struct chain chain;

	if (chain_split(c, &chain) != SIGNED_OK)
		return c->problem;
	if (!is_digest(chain.root.data, chain.root.count, trust->root_sha256))
		cbor_fail(c, chain.root.data, SIGNED_ROOT_KEY);
	cose_check_algorithm(c, &chain.endorsement);
	cose_check_algorithm(c, &chain.object);
	endorsement_check(c, &chain, trust, role, signer);
	signature_check(c, &chain.object, signer->key);
	*object = cbor_open(chain.object.payload.data, chain.object.payload.count);
	return c->problem;
}

enum signed_problem firmware_verify(struct cbor *c, const struct trust *trust, struct endorsement *signer,
				    struct firmware *out)
{
	struct cbor object;

	if (chain_verify(c, trust, SIGNED_ROLE_FIRMWARE, signer, &object) != SIGNED_OK)
		return c->problem;
	if (firmware_read(&object, out) != SIGNED_OK)
		cbor_fail(c, object.at, object.problem);
	else if (out->counter < trust->least[SIGNED_ROLE_FIRMWARE].counter)
		cbor_fail(c, object.at, SIGNED_ROLLED_BACK);
	return c->problem;
}

enum signed_problem policy_verify(struct cbor *c, const struct trust *trust, struct endorsement *signer,
				  struct policy *out)
{
	struct cbor object;

	if (chain_verify(c, trust, SIGNED_ROLE_POLICY, signer, &object) != SIGNED_OK)
		return c->problem;
	if (policy_read(&object, out) != SIGNED_OK)
		cbor_fail(c, object.at, object.problem);
	else if (out->counter < trust->least[SIGNED_ROLE_POLICY].counter)
		cbor_fail(c, object.at, SIGNED_ROLLED_BACK);
	return c->problem;
}

static void size_check(struct cbor *c, const struct firmware *firmware)
{
	uint64_t found = (uint64_t)(c->end - c->at);
	uint64_t wanted = firmware_part_offset(firmware, FIRMWARE_PART_COUNT);

	if (found < wanted)
		cbor_fail(c, c->end, SIGNED_TRUNCATED);
	if (found > wanted)
		cbor_fail(c, c->at + wanted, SIGNED_TRAILING);
}

enum signed_problem package_verify(struct cbor *c, const struct trust *trust, struct package *out)
{
	const uint8_t *file = c->at;
	size_t bytes = (size_t)(c->end - file);
	struct cbor part = cbor_open(file, bytes < FIRMWARE_PAGE_BYTES ? bytes : FIRMWARE_PAGE_BYTES);

	if (firmware_verify(&part, trust, &out->firmware_signer, &out->firmware) != SIGNED_OK)
		cbor_fail(c, part.at, part.problem);
	else
		size_check(c, &out->firmware);
	for (unsigned i = 0; i < FIRMWARE_PART_COUNT && c->problem == SIGNED_OK; i++) {
		const struct firmware_component *component = &out->firmware.components[i];

		part = cbor_open(file + firmware_part_offset(&out->firmware, (enum firmware_part)i), component->bytes);
		if (!is_digest(part.at, component->bytes, component->sha256))
			cbor_fail(c, part.at, SIGNED_DIGEST);
	}
	if (c->problem != SIGNED_OK)
		return c->problem;
	/* The last part is the policy. */
	if (policy_verify(&part, trust, &out->policy_signer, &out->policy) != SIGNED_OK)
		cbor_fail(c, part.at, part.problem);
	return c->problem;
}
