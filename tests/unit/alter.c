/*
 * Good packages and their parts, and what the kinds of bad ones have in common.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "tests/unit/test.h"
#include "tests/unit/alter_draft.h"

#define PAGE_BYTES	FIRMWARE_PAGE_BYTES

static const struct {
	const char *name;
	unsigned wanted;
	void (*make)(struct alter *alter);
} kinds[] = {
#define ALTER_ENTRY(name, count) { #name, count, alter_##name },
	ALTER_KINDS(ALTER_ENTRY)
#undef ALTER_ENTRY
};

static struct draft drafts[ALTER_VERSIONS];
static struct written good[ALTER_VERSIONS];

const char *alter_name(enum alter_kind kind)
{
	return kinds[kind].name;
}

unsigned alter_wanted(enum alter_kind kind)
{
	return kinds[kind].wanted;
}

/* xorshift64*: any seed but zero. */
uint64_t draft_random(struct alter *alter)
{
	alter->seed ^= alter->seed >> 12;
	alter->seed ^= alter->seed << 25;
	alter->seed ^= alter->seed >> 27;
	return alter->seed * 0x2545f4914f6cdd1d;
}

size_t draft_below(struct alter *alter, size_t end)
{
	return (size_t)((draft_random(alter) >> 11) % end);
}

bool draft_coin(struct alter *alter)
{
	return draft_below(alter, 2) == 0;
}

void draft_random_bytes(struct alter *alter, uint8_t *out, size_t count)
{
	for (size_t i = 0; i < count; i++)
		out[i] = (uint8_t)draft_below(alter, 256);
}

enum draft_stage draft_stage_draw(struct alter *alter)
{
	return draft_below(alter, 8) == 0 ? DRAFT_POLICY : DRAFT_FIRMWARE;
}

enum signed_role draft_role(enum draft_stage stage)
{
	return stage == DRAFT_FIRMWARE ? SIGNED_ROLE_FIRMWARE : SIGNED_ROLE_POLICY;
}

static void object_write(struct written *out, const struct sample_signed *object, const void *behind, size_t count)
{
	static struct written inner;

	inner.count = 0;
	sample_write_signed(&inner, object);
	write_raw(&inner, behind, count);
	write_bytes(out, inner.bytes, inner.count);
}

static void chain_write(struct written *out, const struct draft *draft, enum draft_stage stage)
{
	const struct sample_chain *chain = &draft->chains[stage];

	write_head(out, WRITE_ARRAY, 3);
	write_bytes(out, chain->root, sizeof(chain->root));
	object_write(out, &chain->endorsement, draft->behind[stage][0].bytes, draft->behind[stage][0].count);
	object_write(out, &chain->object, draft->behind[stage][1].bytes, draft->behind[stage][1].count);
}

void draft_write(struct written *out, const struct draft *draft)
{
	out->count = 0;
	chain_write(out, draft, DRAFT_FIRMWARE);
	write_zeros(out, PAGE_BYTES);
	write_raw(out, draft->bodies.bytes, draft->bodies.count);

	size_t end = out->count + draft->firmware.components[FIRMWARE_POLICY].bytes;

	chain_write(out, draft, DRAFT_POLICY);
	write_zeros(out, end);
}

void draft_policy_list(struct draft *draft)
{
	static struct written policy;
	struct firmware_component *component = &draft->firmware.components[FIRMWARE_POLICY];
	struct sample_signed *head = &draft->chains[DRAFT_FIRMWARE].object;

	policy.count = 0;
	chain_write(&policy, draft, DRAFT_POLICY);
	write_zeros(&policy, component->bytes);
	struct hash_piece piece = { policy.bytes, policy.count };

	assert_int_equal(policy.count, component->bytes);
	assert_int_equal(hash_sha256(&piece, 1, component->sha256), OK);
	head->payload.count = 0;
	sample_write_firmware(&head->payload, &draft->firmware);
	sample_sign(head, KEY_FIRMWARE);
}

void draft_spoilt(struct alter *alter, struct draft *draft, enum draft_stage stage, uint32_t problems)
{
	if (stage == DRAFT_POLICY)
		draft_policy_list(draft);
	draft_write(&alter->bytes, draft);
	alter->problems = problems;
}

const struct draft *draft_good(unsigned version)
{
	return &drafts[version];
}

struct draft *draft_of(unsigned version)
{
	static struct draft copy;

	copy = drafts[version];
	return &copy;
}

static void draft_make(struct draft *draft, struct written *package, unsigned version)
{
	static struct written payload;
	struct policy policy = sample_policy();
	struct endorsement endorsements[DRAFT_STAGES];

	draft->firmware = sample_firmware();
	draft->firmware.version = policy.version = 40 + version;
	package->count = payload.count = 0;
	sample_write_package(package, &draft->firmware, &policy);
	draft->bodies.count = 0;
	write_raw(&draft->bodies, package->bytes + PAGE_BYTES,
		  firmware_part_offset(&draft->firmware, FIRMWARE_POLICY) - PAGE_BYTES);
	for (unsigned stage = 0; stage < DRAFT_STAGES; stage++)
		endorsements[stage] = sample_endorsement(draft_role((enum draft_stage)stage));
	sample_write_policy(&payload, &policy);
	sample_chain_make(&draft->chains[DRAFT_POLICY], &endorsements[DRAFT_POLICY], &payload);
	payload.count = 0;
	sample_write_firmware(&payload, &draft->firmware);
	sample_chain_make(&draft->chains[DRAFT_FIRMWARE], &endorsements[DRAFT_FIRMWARE], &payload);
	draft_policy_list(draft);
	draft_write(package, draft);
}

void alter_open(void)
{
	for (unsigned version = 0; version < ALTER_VERSIONS; version++)
		draft_make(&drafts[version], &good[version], version);
}

const struct written *alter_good(unsigned version)
{
	return &good[version];
}

void alter_make(struct alter *alter, enum alter_kind kind)
{
	alter->trust = sample_trust();
	alter->problems = 0;
	kinds[kind].make(alter);
}
