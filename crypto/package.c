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

static void signature_next(struct chain_check *check, const struct cose *cose, const uint8_t *key)
{
	const struct hash_piece pieces[] = {
		{ cose_signed_start, COSE_SIGNED_START_BYTES },
		{ cose->signed_rest.data, cose->signed_rest.count },
	};

	if (check->c->problem != SIGNED_OK)
		return;
	check->next = cose;
	signature_begin(key, pieces, ARRAY_COUNT(pieces), cose->signature.data, check->is_sliced);
}

void chain_begin(struct chain_check *check, struct cbor *c, const struct trust *trust, enum signed_role role,
		 struct endorsement *signer, bool is_sliced)
{
	struct chain *chain = &check->chain;

	*check = (struct chain_check){ .c = c, .trust = trust, .role = role, .is_sliced = is_sliced, .signer = signer };
	if (chain_split(c, chain) != SIGNED_OK)
		return;
	if (!is_digest(chain->root.data, chain->root.count, trust->root_sha256))
		cbor_fail(c, chain->root.data, SIGNED_ROOT_KEY);
	cose_check_algorithm(c, &chain->endorsement);
	cose_check_algorithm(c, &chain->object);
	signature_next(check, &chain->endorsement, chain->root.data);
}

/* The endorsement is the root key's: is it for this role, and does the device not know a newer one that revokes it? */
static void endorsement_check(struct chain_check *check)
{
	struct cbor *c = check->c;
	struct cbor_bytes payload = check->chain.endorsement.payload;
	struct cbor inner = cbor_open(payload.data, payload.count);

	if (endorsement_read(&inner, check->signer) != SIGNED_OK)
		cbor_fail(c, inner.at, inner.problem);
	else if (check->signer->role != check->role)
		cbor_fail(c, payload.data, SIGNED_ROLE);
	else if (check->signer->serial < check->trust->least[check->role].serial)
		cbor_fail(c, payload.data, SIGNED_REVOKED);
}

static struct cbor chain_object(const struct chain_check *check)
{
	return cbor_open(check->chain.object.payload.data, check->chain.object.payload.count);
}

bool chain_step(struct chain_check *check)
{
	struct cbor *c = check->c;
	enum status status = c->problem == SIGNED_OK ? signature_step() : ERR_AUTH;

	if (status == ERR_BUSY)
		return true;
	if (c->problem == SIGNED_OK && status != OK)
		cbor_fail(c, check->next->signature.data, SIGNED_SIGNATURE);
	if (c->problem != SIGNED_OK || check->next == &check->chain.object)
		return false;
	endorsement_check(check);
	signature_next(check, &check->chain.object, check->signer->key);
	return c->problem == SIGNED_OK;
}

/* All steps of a chain, one after the other. */
static void chain_run(struct chain_check *check, struct cbor *c, const struct trust *trust, enum signed_role role,
		      struct endorsement *signer)
{
	chain_begin(check, c, trust, role, signer, false);
	while (chain_step(check))
		;
}

enum signed_problem firmware_take(const struct chain_check *check, struct firmware *out)
{
	struct cbor *c = check->c, object;

	if (c->problem != SIGNED_OK)
		return c->problem;
	object = chain_object(check);
	if (firmware_read(&object, out) != SIGNED_OK)
		cbor_fail(c, object.at, object.problem);
	else if (out->counter < check->trust->least[SIGNED_ROLE_FIRMWARE].counter)
		cbor_fail(c, object.at, SIGNED_ROLLED_BACK);
	return c->problem;
}

enum signed_problem policy_take(const struct chain_check *check, struct policy *out)
{
	struct cbor *c = check->c, object;

	if (c->problem != SIGNED_OK)
		return c->problem;
	object = chain_object(check);
	if (policy_read(&object, out) != SIGNED_OK)
		cbor_fail(c, object.at, object.problem);
	else if (out->counter < check->trust->least[SIGNED_ROLE_POLICY].counter)
		cbor_fail(c, object.at, SIGNED_ROLLED_BACK);
	return c->problem;
}

enum signed_problem firmware_verify(struct cbor *c, const struct trust *trust, struct endorsement *signer,
				    struct firmware *out)
{
	struct chain_check check;

	chain_run(&check, c, trust, SIGNED_ROLE_FIRMWARE, signer);
	return firmware_take(&check, out);
}

enum signed_problem policy_verify(struct cbor *c, const struct trust *trust, struct endorsement *signer,
				  struct policy *out)
{
	struct chain_check check;

	chain_run(&check, c, trust, SIGNED_ROLE_POLICY, signer);
	return policy_take(&check, out);
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
