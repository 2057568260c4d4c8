/*
 * Bad packages by their bytes alone: what whoever has a good file, and no key, may make of it.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "tests/unit/test.h"
#include "tests/unit/alter_draft.h"

#define PAGE_BYTES	FIRMWARE_PAGE_BYTES

static unsigned version_draw(struct alter *alter)
{
	return (unsigned)draft_below(alter, ALTER_VERSIONS);
}

/* Where the head's chain ends. */
static size_t chain_end(const struct written *package)
{
	size_t end = PAGE_BYTES;

	while (package->bytes[end - 1] == 0)
		end--;
	return end;
}

/* Does a changed byte at @at change one of these bytes of the head? They are there once. */
static bool is_in(const struct written *package, size_t at, const void *part, size_t count)
{
	size_t start = 0;

	while (start + count < PAGE_BYTES && memcmp(package->bytes + start, part, count) != 0)
		start++;
	assert_true(start + count < PAGE_BYTES);
	return at >= start && at < start + count;
}

/* What a changed byte of the head is called: lengths and kinds of items may be anything then. */
static uint32_t head_problems(unsigned version, size_t at)
{
	const struct written *package = alter_good(version);
	const struct sample_chain *chain = &draft_good(version)->chains[DRAFT_FIRMWARE];
	const struct sample_signed *const objects[] = { &chain->endorsement, &chain->object };

	if (at >= chain_end(package))
		return PROBLEM(TRAILING);
	if (is_in(package, at, chain->root, sizeof(chain->root)))
		return PROBLEM(ROOT_KEY);
	for (unsigned i = 0; i < 2; i++) {
		if (is_in(package, at, objects[i]->payload.bytes, objects[i]->payload.count) ||
		    is_in(package, at, objects[i]->signature, sizeof(objects[i]->signature)))
			return PROBLEM(SIGNATURE);
	}
	return PROBLEM_ANY & ~(PROBLEM(DIGEST) | PROBLEM(ROLE) | PROBLEM(REVOKED) | PROBLEM(ROLLED_BACK));
}

/* One byte: half of them in the head. */
void alter_altered_byte(struct alter *alter)
{
	unsigned version = version_draw(alter);
	const struct written *good = alter_good(version);
	size_t at = draft_coin(alter) ? draft_below(alter, chain_end(good)) : draft_below(alter, good->count);

	alter->bytes = *good;
	alter->bytes.bytes[at] ^= (uint8_t)(1 + draft_below(alter, 255));
	alter->problems = at < PAGE_BYTES ? head_problems(version, at) : PROBLEM(DIGEST);
}

/* At each byte of the head, at each page's end and beside it, and anywhere. */
void alter_truncated(struct alter *alter)
{
	const struct written *good = alter_good(alter->number % ALTER_VERSIONS);
	size_t edges = 3 * (good->count / PAGE_BYTES) - 2, number = alter->number;

	alter->bytes = *good;
	if (number < PAGE_BYTES)
		alter->bytes.count = number;
	else if (number - PAGE_BYTES < edges)
		alter->bytes.count = (1 + (number - PAGE_BYTES) / 3) * PAGE_BYTES - 1 + (number - PAGE_BYTES) % 3;
	else
		alter->bytes.count = draft_below(alter, good->count);
	alter->problems = PROBLEM(TRUNCATED);
}

static void behind_an_object(struct alter *alter)
{
	struct draft *draft = draft_of(version_draw(alter));
	enum draft_stage stage = draft_stage_draw(alter);
	unsigned object = (unsigned)draft_below(alter, 2);
	size_t count = 1 + draft_below(alter, BEHIND_MAX);

	draft_random_bytes(alter, draft->behind[stage][object].bytes, count);
	draft->behind[stage][object].count = count;
	draft_spoilt(alter, draft, stage, PROBLEM(TRAILING));
}

/* Behind the file, behind an object, or in what fills the head's page. */
void alter_trailing(struct alter *alter)
{
	uint8_t more[2 * PAGE_BYTES];
	size_t count = 1 + draft_below(alter, draft_coin(alter) ? 8 : sizeof(more)), at;

	switch (draft_below(alter, 3)) {
	case 0:
		behind_an_object(alter);
		return;
	case 1:
		alter->bytes = *alter_good(version_draw(alter));
		draft_random_bytes(alter, more, count);
		if (draft_coin(alter))
			memset(more, draft_coin(alter) ? 0 : 0xff, count);
		write_raw(&alter->bytes, more, count);
		break;
	default:
		alter->bytes = *alter_good(version_draw(alter));
		at = chain_end(&alter->bytes) + draft_below(alter, PAGE_BYTES - chain_end(&alter->bytes));
		alter->bytes.bytes[at] = (uint8_t)(1 + draft_below(alter, 255));
	}
	alter->problems = PROBLEM(TRAILING);
}

/* The head of one version; each component of any, and one at least of another. */
void alter_mixed_versions(struct alter *alter)
{
	unsigned head = version_draw(alter);
	const struct firmware *firmware = &draft_good(head)->firmware;
	size_t odd = draft_below(alter, FIRMWARE_PART_COUNT);

	alter->bytes = *alter_good(head);
	for (unsigned part = 0; part < FIRMWARE_PART_COUNT; part++) {
		size_t at = firmware_part_offset(firmware, (enum firmware_part)part);
		unsigned other = 1 + (unsigned)draft_below(alter, ALTER_VERSIONS - 1);
		unsigned version = part == odd ? (head + other) % ALTER_VERSIONS : version_draw(alter);

		memcpy(alter->bytes.bytes + at, alter_good(version)->bytes + at, firmware->components[part].bytes);
	}
	alter->problems = PROBLEM(DIGEST);
}

static void range_remove(struct written *out, size_t at, size_t count)
{
	memmove(out->bytes + at, out->bytes + at + count, out->count - at - count);
	out->count -= count;
}

static void range_double(struct written *out, size_t at, size_t count)
{
	static struct written rest;

	rest.count = 0;
	write_raw(&rest, out->bytes + at, out->count - at);
	out->count = at + count;
	write_raw(out, rest.bytes, rest.count);
}

static void scramble(struct alter *alter, const struct written *other)
{
	struct written *out = &alter->bytes;
	size_t at = draft_below(alter, draft_coin(alter) && out->count > 1024 ? 1024 : out->count);
	size_t count = 1 + draft_below(alter, draft_below(alter, 4) == 0 ? PAGE_BYTES : 100);

	if (count > out->count - at)
		count = out->count - at;
	switch (draft_below(alter, 5)) {
	case 0:
		range_remove(out, at, count);
		break;
	case 1:
		range_double(out, at, count);
		break;
	case 2:
		memset(out->bytes + at, draft_coin(alter) ? 0 : 0xff, count);
		break;
	case 3:
		if (at + count <= other->count)
			memcpy(out->bytes + at, other->bytes + at, count);
		break;
	default:
		draft_random_bytes(alter, out->bytes + at, count);
	}
}

/* One to three ranges that are removed, doubled, cleared, random, or another version's. */
void alter_scrambled(struct alter *alter)
{
	unsigned version = version_draw(alter);
	const struct written *good = alter_good(version), *other = alter_good((version + 1) % ALTER_VERSIONS);

	do {
		alter->bytes = *good;
		for (size_t count = 1 + draft_below(alter, 3); count > 0 && alter->bytes.count > 0; count--)
			scramble(alter, other);
	} while (alter->bytes.count == good->count && memcmp(alter->bytes.bytes, good->bytes, good->count) == 0);
	alter->problems = PROBLEM_ANY;
}

/* Zeros, erased flash, random bytes; a good file from its end to its start, or from somewhere in its head on. */
void alter_garbage(struct alter *alter)
{
	const struct written *good = alter_good(version_draw(alter));

	alter->bytes.count = 1 + draft_below(alter, good->count);
	alter->problems = PROBLEM_ANY;
	switch (draft_below(alter, 5)) {
	case 0:
		memset(alter->bytes.bytes, 0, alter->bytes.count);
		return;
	case 1:
		memset(alter->bytes.bytes, 0xff, alter->bytes.count);
		return;
	case 2:
		for (size_t i = 0; i < alter->bytes.count; i++)
			alter->bytes.bytes[i] = good->bytes[good->count - 1 - i];
		return;
	case 3:
		alter->bytes = *good;
		range_remove(&alter->bytes, 0, 1 + draft_below(alter, PAGE_BYTES));
		return;
	default:
		draft_random_bytes(alter, alter->bytes.bytes, alter->bytes.count);
	}
}
