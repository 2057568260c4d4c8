/*
 * Bad packages by their CBOR, in payloads that the right keys sign: keys of maps and components that are doubled,
 * unknown, missing, in another order; heads that are longer than they need be.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "tests/unit/test.h"
#include "tests/unit/alter_draft.h"

#define ITEM_MAX	256

/* Where items are in a payload. */
struct items {
	size_t count, at[ITEM_MAX], end[ITEM_MAX];
};

/* Three payloads: of the two objects, and of the endorsement of one. */
struct target {
	struct draft *draft;
	enum draft_stage stage;
	struct sample_signed *object;
	enum sample_key key;
};

static struct target target_draw(struct alter *alter)
{
	struct target target = { .draft = draft_of((unsigned)draft_below(alter, ALTER_VERSIONS)),
				 .stage = draft_stage_draw(alter) };
	struct sample_chain *chain = &target.draft->chains[target.stage];
	bool is_object = draft_below(alter, 3) != 0;

	target.object = is_object ? &chain->object : &chain->endorsement;
	target.key = is_object ? (enum sample_key)(KEY_ROOT + draft_role(target.stage)) : KEY_ROOT;
	return target;
}

static void target_spoilt(struct alter *alter, struct target *target, uint32_t problems)
{
	sample_sign(target->object, target->key);
	draft_spoilt(alter, target->draft, target->stage, problems);
}

/* The number of the head at @at; returns where its bytes end. */
static size_t head_read(const struct written *payload, size_t at, uint64_t *number)
{
	unsigned size = payload->bytes[at] & 31;
	size_t more = size < 24 ? 0 : (size_t)1 << (size - 24);

	*number = more == 0 ? size : 0;
	for (size_t i = 1; i <= more; i++)
		*number = *number << 8 | payload->bytes[at + i];
	return at + 1 + more;
}

/* The end of the item at @at, with all that is in it. */
static size_t item_end(const struct written *payload, size_t at)
{
	for (uint64_t left = 1, number; left > 0; left--) {
		unsigned kind = payload->bytes[at] >> 5;

		at = head_read(payload, at, &number);
		if (kind == WRITE_BYTES || kind == WRITE_TEXT)
			at += number;
		left += kind == WRITE_ARRAY ? number : kind == WRITE_MAP ? 2 * number : 0;
	}
	return at;
}

/* @count items from @at on, or all heads up to the payload's end. */
static struct items items_find(const struct written *payload, size_t at, size_t count)
{
	struct items items = { .count = count };

	for (size_t i = 0; i < count; i++, at = items.end[i - 1]) {
		items.at[i] = at;
		items.end[i] = item_end(payload, at);
	}
	return items;
}

/* The pairs of the map that the payload is: key and value are one. */
static struct items pairs_find(const struct written *payload)
{
	struct items items = items_find(payload, 1, 2 * (payload->bytes[0] & 31));

	items.count /= 2;
	for (size_t i = 0; i < items.count; i++) {
		items.at[i] = items.at[2 * i];
		items.end[i] = items.end[2 * i + 1];
	}
	return items;
}

/* @count bytes at @at become @new ones. */
static void replace(struct written *payload, size_t at, size_t count, const void *new, size_t new_count)
{
	static struct written changed;

	changed.count = 0;
	write_raw(&changed, payload->bytes, at);
	write_raw(&changed, new, new_count);
	write_raw(&changed, payload->bytes + at + count, payload->count - at - count);
	*payload = changed;
}

static void swap(struct written *payload, const struct items *items, size_t a, size_t b)
{
	static struct written second;

	second.count = 0;
	write_raw(&second, payload->bytes + items->at[b], items->end[b] - items->at[b]);
	replace(payload, items->at[b], second.count, payload->bytes + items->at[a], items->end[a] - items->at[a]);
	replace(payload, items->at[a], items->end[a] - items->at[a], second.bytes, second.count);
}

/* The entries of the six components: the last pair of a firmware object. */
static struct items entries_find(const struct written *payload)
{
	struct items pairs = pairs_find(payload);

	return items_find(payload, pairs.at[pairs.count - 1] + 2, FIRMWARE_PART_COUNT);
}

static void two_draw(struct alter *alter, size_t count, size_t *a, size_t *b)
{
	*a = draft_below(alter, count - 1);
	*b = *a + 1 + draft_below(alter, count - 1 - *a);
}

static void entries_swapped(struct alter *alter)
{
	struct draft *draft = draft_of((unsigned)draft_below(alter, ALTER_VERSIONS));
	struct sample_signed *head = &draft->chains[DRAFT_FIRMWARE].object;
	struct items entries = entries_find(&head->payload);
	size_t a, b;

	two_draw(alter, entries.count, &a, &b);
	swap(&head->payload, &entries, a, b);
	sample_sign(head, KEY_FIRMWARE);
	draft_spoilt(alter, draft, DRAFT_FIRMWARE, PROBLEM(RANGE));
}

/* Components of a good file in another order; sizes differ, so more than two may be elsewhere then. */
static void components_swapped(struct alter *alter)
{
	unsigned version = (unsigned)draft_below(alter, ALTER_VERSIONS);
	const struct written *good = alter_good(version);
	const struct firmware *firmware = &draft_good(version)->firmware;
	size_t a, b;

	two_draw(alter, FIRMWARE_PART_COUNT, &a, &b);
	alter->bytes.count = 0;
	write_raw(&alter->bytes, good->bytes, FIRMWARE_PAGE_BYTES);
	for (unsigned i = 0; i < FIRMWARE_PART_COUNT; i++) {
		enum firmware_part part = (enum firmware_part)(i == a ? b : i == b ? a : i);

		write_raw(&alter->bytes, good->bytes + firmware_part_offset(firmware, part),
			  firmware->components[part].bytes);
	}
	alter->problems = PROBLEM(DIGEST);
}

static void objects_swapped(struct alter *alter)
{
	struct target target = target_draw(alter);
	struct sample_chain *chain = &target.draft->chains[target.stage];
	struct sample_signed first = chain->endorsement;

	chain->endorsement = chain->object;
	chain->object = first;
	draft_spoilt(alter, target.draft, target.stage, PROBLEM(SIGNATURE));
}

void alter_wrong_order(struct alter *alter)
{
	struct target target;
	struct items pairs;
	size_t a, b;

	switch (draft_below(alter, 4)) {
	case 0:
		entries_swapped(alter);
		return;
	case 1:
		components_swapped(alter);
		return;
	case 2:
		objects_swapped(alter);
		return;
	default:
		target = target_draw(alter);
		pairs = pairs_find(&target.object->payload);
		two_draw(alter, pairs.count, &a, &b);
		swap(&target.object->payload, &pairs, a, b);
		target_spoilt(alter, &target, PROBLEM(SHAPE));
	}
}

/* A pair again behind itself; or its key at the next pair, too. */
void alter_duplicate_key(struct alter *alter)
{
	struct target target = target_draw(alter);
	struct written *payload = &target.object->payload;
	struct items pairs = pairs_find(payload);
	size_t i = draft_below(alter, pairs.count);

	if (i + 1 < pairs.count && draft_coin(alter)) {
		payload->bytes[pairs.at[i + 1]] = payload->bytes[pairs.at[i]];
	} else {
		static struct written pair;

		pair.count = 0;
		write_raw(&pair, payload->bytes + pairs.at[i], pairs.end[i] - pairs.at[i]);
		replace(payload, pairs.end[i], 0, pair.bytes, pair.count);
		payload->bytes[0]++;
	}
	target_spoilt(alter, &target, PROBLEM(NOT_CANONICAL));
}

/* A pair that no version knows, where its key belongs: between two others, or behind all. */
void alter_unknown_key(struct alter *alter)
{
	static struct written pair;
	struct target target = target_draw(alter);
	struct written *payload = &target.object->payload;
	struct items pairs = pairs_find(payload);
	size_t i = 1 + draft_below(alter, pairs.count);
	uint64_t least = payload->bytes[pairs.at[i - 1]] + 1u;

	if (i < pairs.count && payload->bytes[pairs.at[i]] == least)
		i = pairs.count;
	if (i == pairs.count)
		least = payload->bytes[pairs.at[i - 1]] + 1u + draft_below(alter, 1u << (8 * draft_below(alter, 4)));
	pair.count = 0;
	write_head(&pair, WRITE_UINT, least);
	if (draft_coin(alter))
		write_head(&pair, WRITE_UINT, draft_random(alter));
	else
		write_text(&pair, "a date");
	replace(payload, pairs.end[i - 1], 0, pair.bytes, pair.count);
	payload->bytes[0]++;
	target_spoilt(alter, &target, PROBLEM(UNKNOWN));
}

/* All heads of a payload, of items in items, too. */
static struct items heads_find(const struct written *payload)
{
	struct items items = { .count = 0 };

	for (size_t at = 0, end; at < payload->count; at = end) {
		unsigned kind = payload->bytes[at] >> 5;
		uint64_t number;

		end = head_read(payload, at, &number);
		assert_true(items.count < ITEM_MAX);
		items.at[items.count] = at;
		items.end[items.count++] = end;
		if (kind == WRITE_BYTES || kind == WRITE_TEXT)
			end += number;
	}
	return items;
}

/* A head whose number has more bytes than it needs, or that leaves its length open. */
void alter_not_canonical(struct alter *alter)
{
	static struct written head;
	struct target target = target_draw(alter);
	struct written *payload = &target.object->payload;
	struct items heads = heads_find(payload);
	size_t i = draft_below(alter, heads.count), at = heads.at[i], bytes = heads.end[i] - at;
	enum write_kind kind = (enum write_kind)(payload->bytes[at] >> 5);
	unsigned longer = bytes == 1 ? 1 : 2 * (unsigned)(bytes - 1);
	uint64_t number;

	head_read(payload, at, &number);
	head.count = 0;
	if (longer > 8 || (kind != WRITE_UINT && draft_below(alter, 4) == 0)) {
		/* None of the samples' numbers takes eight bytes. */
		assert_true(kind != WRITE_UINT);
		write_raw(&head, &(uint8_t){ (uint8_t)(kind << 5 | 31) }, 1);
	} else {
		while (longer < 8 && draft_coin(alter))
			longer *= 2;
		write_head_long(&head, kind, number, longer);
	}
	replace(payload, at, bytes, head.bytes, head.count);
	target_spoilt(alter, &target, PROBLEM(NOT_CANONICAL));
}

/* The head has five components, and so has the file. */
static void entry_left_out(struct alter *alter)
{
	unsigned version = (unsigned)draft_below(alter, ALTER_VERSIONS);
	struct draft *draft = draft_of(version);
	struct sample_signed *head = &draft->chains[DRAFT_FIRMWARE].object;
	struct items entries = entries_find(&head->payload);
	unsigned part = (unsigned)draft_below(alter, FIRMWARE_PART_COUNT);
	size_t at = firmware_part_offset(&draft->firmware, (enum firmware_part)part);

	replace(&head->payload, entries.at[part], entries.end[part] - entries.at[part], "", 0);
	head->payload.bytes[entries.at[0] - 1]--;
	sample_sign(head, KEY_FIRMWARE);
	draft_spoilt(alter, draft, DRAFT_FIRMWARE, PROBLEM(SHAPE));
	if (draft_coin(alter))
		replace(&alter->bytes, at, draft->firmware.components[part].bytes, "", 0);
}

/* The head has six, the file has five: or zeros in the place of one, or erased flash. */
static void component_left_out(struct alter *alter)
{
	unsigned version = (unsigned)draft_below(alter, ALTER_VERSIONS);
	const struct firmware *firmware = &draft_good(version)->firmware;
	unsigned part = (unsigned)draft_below(alter, FIRMWARE_PART_COUNT);
	size_t at = firmware_part_offset(firmware, (enum firmware_part)part), bytes = firmware->components[part].bytes;

	alter->bytes = *alter_good(version);
	if (draft_coin(alter)) {
		replace(&alter->bytes, at, bytes, "", 0);
		alter->problems = PROBLEM(TRUNCATED);
	} else {
		memset(alter->bytes.bytes + at, draft_coin(alter) ? 0 : 0xff, bytes);
		alter->problems = PROBLEM(DIGEST);
	}
}

void alter_missing_part(struct alter *alter)
{
	struct target target;
	struct written *payload;
	struct items pairs;
	size_t i;

	switch (draft_below(alter, 4)) {
	case 0:
		component_left_out(alter);
		return;
	case 1:
		entry_left_out(alter);
		return;
	default:
		target = target_draw(alter);
		payload = &target.object->payload;
		pairs = pairs_find(payload);
		i = draft_below(alter, pairs.count);
		replace(payload, pairs.at[i], pairs.end[i] - pairs.at[i], "", 0);
		payload->bytes[0]--;
		target_spoilt(alter, &target, PROBLEM(SHAPE));
	}
}
