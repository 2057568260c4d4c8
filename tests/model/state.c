/*
 * The model's state: who has a granule, what is mapped, which tables a domain has.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "tests/model/state.h"

#define G MODEL_GRANULE

bool state_is_range(uint64_t base, uint64_t bytes, uint64_t end)
{
	return base % G == 0 && bytes % G == 0 && bytes != 0 && base < end && bytes <= end - base;
}

int64_t state_claim(struct model *m, uint64_t pa, uint64_t bytes, uint8_t state)
{
	if (model_granule(m, pa) == NULL || model_granule(m, pa + bytes - G) == NULL)
		return HOST_ERR_DENIED;
	for (uint64_t at = 0; at < bytes; at += G) {
		const struct model_granule *granule = model_granule(m, pa + at);

		m->counts.found_moving += granule->state == GRANULE_MOVING ? 1 : 0;
		if (granule->state != state)
			return granule->state == GRANULE_MOVING ? HOST_ERR_BUSY : HOST_ERR_DENIED;
	}
	return HOST_OK;
}

static bool is_outer(const struct model_granule *granule)
{
	return granule->state == GRANULE_OUTER || granule->state == GRANULE_LOADER;
}

void state_hold(struct model *m, uint64_t pa, uint64_t bytes, bool is_open)
{
	for (uint64_t at = 0; at < bytes; at += G) {
		struct model_granule *granule = model_granule(m, pa + at);

		m->outer_count -= is_outer(granule) ? 1 : 0;
		granule->state = GRANULE_MOVING;
		granule->is_open = is_open;
	}
}

void state_give(struct model *m, uint64_t pa, uint64_t bytes, uint8_t state, const struct model_pair *pair,
		unsigned role, uint64_t content)
{
	for (uint64_t at = 0; at < bytes; at += G) {
		struct model_granule *granule = model_granule(m, pa + at);

		*granule = (struct model_granule){
			.state = state, .content = content, .role = (uint8_t)role,
			.pair = (uint16_t)(pair == NULL ? 0 : model_slot(m, pair) + 1),
		};
		m->outer_count += is_outer(granule) ? 1 : 0;
	}
}

/* --- maps --- */

void state_map(struct model *m, struct model_granule *granule, uint64_t ipa)
{
	uint16_t *first = &m->pairs[granule->pair - 1].first[granule->role];

	granule->ipa = ipa;
	granule->next = *first;
	*first = (uint16_t)(granule - m->granules + 1);
}

void state_unmap(struct model *m, struct model_granule *granule)
{
	uint16_t *link = &m->pairs[granule->pair - 1].first[granule->role];

	while (*link != granule - m->granules + 1)
		link = &m->granules[*link - 1].next;
	*link = granule->next;
	granule->next = 0;
}

bool state_is_mapped(const struct model *m, const struct model_pair *pair, unsigned role, uint64_t ipa, uint64_t bytes)
{
	for (unsigned i = pair->first[role]; i != 0; i = m->granules[i - 1].next) {
		if (m->granules[i - 1].ipa >= ipa && m->granules[i - 1].ipa - ipa < bytes)
			return true;
	}
	return false;
}

/* --- tables --- */

static uint64_t table_base(unsigned level, uint64_t ipa)
{
	return ipa & ~((level == 2 ? MODEL_GIB : MODEL_BLOCK) - 1);
}

static bool has_table(const struct model_pair *pair, unsigned role, unsigned level, uint64_t ipa)
{
	for (unsigned i = 0; i < pair->table_count; i++) {
		const struct model_table *table = &pair->tables[i];

		if (table->role == role && table->level == level && table->base == table_base(level, ipa))
			return true;
	}
	return false;
}

/* Aligned memory is mapped as a block of 2 MiB, which needs no table of pages. */
static bool is_block(uint64_t ipa, uint64_t pa, uint64_t bytes)
{
	return (ipa | pa | bytes) % MODEL_BLOCK == 0;
}

static bool has_window(const struct model_pair *pair, unsigned role)
{
	return role == HOST_ROLE_VM && pair->params.class == HOST_CLASS_CONFIDENTIAL;
}

unsigned state_tables_needed(const struct model_pair *pair, unsigned role, uint64_t ipa, uint64_t pa, uint64_t bytes)
{
	unsigned needed = has_table(pair, role, 2, ipa) ? 0 : 1;

	needed += is_block(ipa, pa, bytes) || has_table(pair, role, 3, ipa) ? 0 : 1;
	if (has_window(pair, role))
		needed += (has_table(pair, MODEL_WINDOW, 2, ipa) ? 0u : 1u) + (has_table(pair, MODEL_WINDOW, 3, ipa) ? 0u : 1u);
	return needed;
}

static void table_take(struct model_pair *pair, unsigned role, unsigned level, uint64_t ipa)
{
	if (has_table(pair, role, level, ipa) || pair->table_count == MODEL_TABLE_MAX)
		return;
	pair->tables[pair->table_count++] = (struct model_table){
		.role = (uint8_t)role, .level = (uint8_t)level, .base = table_base(level, ipa),
	};
	pair->pool--;
}

void state_tables_take(struct model_pair *pair, unsigned role, uint64_t ipa, uint64_t pa, uint64_t bytes)
{
	table_take(pair, role, 2, ipa);
	if (!is_block(ipa, pa, bytes))
		table_take(pair, role, 3, ipa);
	if (has_window(pair, role)) {
		table_take(pair, MODEL_WINDOW, 2, ipa);
		table_take(pair, MODEL_WINDOW, 3, ipa);
	}
}

static void table_drop(struct model_pair *pair, unsigned role, unsigned level, uint64_t ipa)
{
	for (unsigned i = 0; i < pair->table_count; i++) {
		const struct model_table *table = &pair->tables[i];

		if (table->role != role || table->level != level || table->base != table_base(level, ipa))
			continue;
		pair->tables[i] = pair->tables[--pair->table_count];
		pair->pool++;
		return;
	}
}

void state_tables_fold(struct model *m, struct model_pair *pair, unsigned role, uint64_t ipa)
{
	uint64_t base = table_base(3, ipa), pages = 0, offset = 0;

	if (!has_table(pair, role, 3, ipa))
		return;
	for (unsigned i = pair->first[role]; i != 0; i = m->granules[i - 1].next) {
		const struct model_granule *page = &m->granules[i - 1];

		if (table_base(3, page->ipa) != base)
			continue;
		/* All at the same distance, and that is whole blocks. */
		if (pages++ != 0 && model_pa(m, page) - page->ipa != offset)
			return;
		offset = model_pa(m, page) - page->ipa;
	}
	if (pages != MODEL_BLOCK / G || offset % MODEL_BLOCK != 0)
		return;
	m->counts.folds++;
	table_drop(pair, role, 3, ipa);
}

/* --- results --- */

void state_touch(struct model *m, uint64_t pa, uint64_t bytes)
{
	m->touched_base = pa;
	m->touched_bytes = bytes;
}

void state_window_touch(struct model *m, const struct model_pair *pair, uint64_t ipa, uint64_t bytes)
{
	m->window_slot = model_slot(m, pair);
	if (m->window_count < MODEL_PARTS * MODEL_RINGS)
		m->window[m->window_count++] = (struct model_span){ ipa, bytes };
}

void state_result(struct model_cpu *cpu, unsigned i, uint64_t value)
{
	cpu->x[i] = value;
	cpu->known |= (uint8_t)(1u << i);
}

void state_answer(struct model_cpu *cpu, int64_t code)
{
	state_result(cpu, 0, (uint64_t)code);
}
