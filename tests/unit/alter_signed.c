/*
 * Bad packages by who signed what: keys, roles, serials, counters, algorithms. Everything else of them holds.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "tests/unit/test.h"
#include "tests/unit/alter_draft.h"
#include "tests/unit/signer.h"

static struct draft *draft_draw(struct alter *alter)
{
	return draft_of((unsigned)draft_below(alter, ALTER_VERSIONS));
}

static void endorsement_replace(struct draft *draft, enum draft_stage stage, const struct endorsement *endorsement,
				enum sample_key key)
{
	struct sample_signed *object = &draft->chains[stage].endorsement;

	object->payload.count = 0;
	sample_write_endorsement(&object->payload, endorsement);
	sample_sign(object, key);
}

void alter_unsigned(struct alter *alter)
{
	struct draft *draft = draft_draw(alter);
	enum draft_stage stage = draft_stage_draw(alter);
	struct sample_chain *chain = &draft->chains[stage];
	uint8_t *signature = draft_coin(alter) ? chain->endorsement.signature : chain->object.signature;

	draft_random_bytes(alter, signature, SIGNED_SIGNATURE_BYTES);
	if (alter->number < 4 * DRAFT_STAGES)
		memset(signature, alter->number % 2 == 0 ? 0 : 0xff, SIGNED_SIGNATURE_BYTES);
	draft_spoilt(alter, draft, stage, PROBLEM(SIGNATURE));
}

void alter_wrong_key(struct alter *alter)
{
	static const enum sample_key all[] = { KEY_ROOT, KEY_FIRMWARE, KEY_POLICY, KEY_VM, KEY_STRANGER };
	struct draft *draft = draft_draw(alter);
	enum draft_stage stage = draft_stage_draw(alter);
	struct sample_chain *chain = &draft->chains[stage];
	bool is_object = draft_coin(alter);
	enum sample_key right = is_object ? (enum sample_key)(KEY_ROOT + draft_role(stage)) : KEY_ROOT, key;

	do
		key = all[draft_below(alter, ARRAY_COUNT(all))];
	while (key == right);
	sample_sign(is_object ? &chain->object : &chain->endorsement, key);
	draft_spoilt(alter, draft, stage, PROBLEM(SIGNATURE));
}

/* The root key is compared before any signature is looked at: random ones, and one whose signatures hold. */
void alter_wrong_root(struct alter *alter)
{
	struct draft *draft = draft_draw(alter);
	enum draft_stage stage = draft_stage_draw(alter);
	struct sample_chain *chain = &draft->chains[stage];

	if (draft_below(alter, 20) == 0) {
		signer_public(KEY_STRANGER, chain->root);
		sample_sign(&chain->endorsement, KEY_STRANGER);
	} else {
		draft_random_bytes(alter, chain->root + 1, sizeof(chain->root) - 1);
	}
	draft_spoilt(alter, draft, stage, PROBLEM(ROOT_KEY));
}

/* The root key endorses the key that signs for another role; or it is that role's own key. */
void alter_wrong_role(struct alter *alter)
{
	struct draft *draft = draft_draw(alter);
	enum draft_stage stage = draft_stage_draw(alter);
	enum signed_role right = draft_role(stage);
	size_t other = draft_below(alter, SIGNED_ROLE_END - 2);
	enum signed_role role = (enum signed_role)(1 + (right + other) % (SIGNED_ROLE_END - 1));
	struct endorsement endorsement = sample_endorsement(role);

	if (draft_coin(alter))
		signer_public(KEY_ROOT + right, endorsement.key);
	else
		sample_sign(&draft->chains[stage].object, (enum sample_key)(KEY_ROOT + role));
	endorsement_replace(draft, stage, &endorsement, KEY_ROOT);
	draft_spoilt(alter, draft, stage, PROBLEM(ROLE));
}

/* A number from @from on. */
static uint32_t above(struct alter *alter, uint32_t from)
{
	return draft_below(alter, 4) == 0 ? from : from + (uint32_t)draft_below(alter, UINT32_MAX - from);
}

/* By an endorsement that the device has seen since, or it is an old one. */
void alter_revoked(struct alter *alter)
{
	struct draft *draft = draft_draw(alter);
	enum draft_stage stage = draft_stage_draw(alter);
	enum signed_role role = draft_role(stage);
	struct endorsement endorsement = sample_endorsement(role);

	if (draft_below(alter, 20) == 0) {
		endorsement.serial = (uint32_t)(1 + draft_below(alter, alter->trust.least[role].serial - 1));
		endorsement.serial_least = (uint32_t)draft_below(alter, endorsement.serial + 1);
		endorsement_replace(draft, stage, &endorsement, KEY_ROOT);
	} else {
		alter->trust.least[role].serial = above(alter, endorsement.serial + 1);
	}
	draft_spoilt(alter, draft, stage, PROBLEM(REVOKED));
}

static void counter_replace(struct alter *alter, struct draft *draft, enum draft_stage stage)
{
	struct sample_signed *object = &draft->chains[stage].object;
	uint32_t counter = (uint32_t)(1 + draft_below(alter, alter->trust.least[draft_role(stage)].counter - 1));
	struct policy policy = sample_policy();

	object->payload.count = 0;
	if (stage == DRAFT_FIRMWARE) {
		draft->firmware.counter = counter;
		sample_write_firmware(&object->payload, &draft->firmware);
		sample_sign(object, KEY_FIRMWARE);
	} else {
		policy.counter = counter;
		sample_write_policy(&object->payload, &policy);
		sample_sign(object, KEY_POLICY);
	}
}

/* By a counter that the device has confirmed since, or it has an older one itself. */
void alter_rolled_back(struct alter *alter)
{
	struct draft *draft = draft_draw(alter);
	enum draft_stage stage = draft_stage_draw(alter);
	enum signed_role role = draft_role(stage);

	if (draft_below(alter, 10) == 0)
		counter_replace(alter, draft, stage);
	else
		alter->trust.least[role].counter =
			above(alter, 1 + (stage == DRAFT_FIRMWARE ? draft->firmware.counter : sample_policy().counter));
	draft_spoilt(alter, draft, stage, PROBLEM(ROLLED_BACK));
}

/* { 1: algorithm } with another number than -35; with a second header; or none. */
static void protected_write(struct alter *alter, struct written *out)
{
	/* ES256, EdDSA, ES512, PS256, RS256 and others, as they are written: -7 is 6. */
	static const uint64_t known[] = { 6, 7, 35, 36, 46, 256, 257, 258 };
	size_t drawn = draft_below(alter, 10);
	uint64_t number = draft_below(alter, 1u << 31);

	if (draft_coin(alter))
		number = known[draft_below(alter, ARRAY_COUNT(known))];
	out->count = 0;
	write_head(out, WRITE_MAP, drawn == 0 ? 0 : drawn == 1 ? 2 : 1);
	if (drawn == 0)
		return;
	write_head(out, WRITE_UINT, 1);
	if (drawn == 1)
		number = 34;
	/* -35 is written as 34. */
	write_head(out, drawn == 2 ? WRITE_UINT : WRITE_NEGATIVE, drawn > 2 && number == 34 ? 35 : number);
	if (drawn == 1) {
		write_head(out, WRITE_UINT, 4);
		write_bytes(out, "key", draft_below(alter, 4));
	}
}

void alter_downgraded(struct alter *alter)
{
	struct draft *draft = draft_draw(alter);
	enum draft_stage stage = draft_stage_draw(alter);
	struct sample_chain *chain = &draft->chains[stage];
	bool is_object = draft_coin(alter);
	struct sample_signed *object = is_object ? &chain->object : &chain->endorsement;

	protected_write(alter, &object->protected);
	/* Now and then over this header: the signature holds, were it asked. */
	if (draft_below(alter, 8) == 0)
		sample_sign(object, is_object ? (enum sample_key)(KEY_ROOT + draft_role(stage)) : KEY_ROOT);
	draft_spoilt(alter, draft, stage, PROBLEM(ALGORITHM));
}
