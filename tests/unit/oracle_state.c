/*
 * The oracle's full state: records, the outer OS's map and each pair's by the walker, slots and counters, who runs, and
 * the content of memory.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "tests/unit/oracle.h"

#define G GRANULE_BYTES

/* DRAM at the last oracle_capture(), but for what the mediator keeps. */
static uint8_t memory[ORACLE_RAM_BYTES];

static unsigned long long number(uint64_t value)
{
	return value;
}

struct oracle_granule *oracle_granule(struct oracle_state *state, uint64_t pa)
{
	return &state->granules[(pa - PLAT_RAM_BASE) / G];
}

void oracle_internals_free(struct oracle_state *state, unsigned slot)
{
	for (unsigned i = 0; i < ORACLE_GRANULES; i++) {
		struct oracle_granule *granule = &state->granules[i];

		if ((granule->state == GRANULE_TABLE || granule->state == GRANULE_CONTEXT) &&
		    granule->who / 2u == slot + 1)
			granule->content = CONTENT_NOT_COMPARED;
	}
}

void oracle_map_add(struct oracle_map *map, uint64_t ipa, uint64_t pa)
{
	unsigned i = map->count;

	assert_true(map->count < ORACLE_PAGES);
	for (; i > 0 && map->pages[i - 1].ipa > ipa; i--)
		map->pages[i] = map->pages[i - 1];
	map->pages[i] = (struct oracle_page){ ipa, pa, 7 };
	map->count++;
}

/* --- capture --- */

static uint8_t leaf_access(const struct walk_leaf *leaf)
{
	return (uint8_t)((leaf->read ? 4 : 0) | (leaf->write ? 2 : 0) | (leaf->execute ? 1 : 0));
}

static void granules_capture(struct oracle_state *state)
{
	const uint64_t *table = NULL;

	for (uint64_t pa = PLAT_RAM_BASE; pa < ORACLE_RAM_END; pa += G) {
		if (pa % BLOCK_BYTES == 0)
			table = fake_pointer(walk_table(STAGE2_VTCR, stage2_vttbr(stage2_outer()), pa));
		struct granule granule = granule_get(pa_make(pa));
		struct walk_leaf leaf = walk_decode(table[pa / G % 512], 3, pa);

		if (leaf.valid && leaf.pa != pa)
			fail_msg("0x%llx shows the outer OS 0x%llx", number(pa), number(leaf.pa));
		*oracle_granule(state, pa) = (struct oracle_granule){
			.state = granule.state, .who = granule.who.who, .access = leaf_access(&leaf),
		};
	}
	state->outer_count = granule_count_outer();
}

static void page_capture(void *context, const struct walk_leaf *leaf)
{
	struct oracle_map *map = context;

	for (uint64_t at = 0; at < leaf->bytes; at += G) {
		if (map->count == ORACLE_PAGES)
			fail_msg("a domain of this test maps more than %d pages", ORACLE_PAGES);
		map->pages[map->count++] = (struct oracle_page){ leaf->ipa + at, leaf->pa + at, leaf_access(leaf) };
	}
}

static void slot_capture(struct oracle_slot *out, const struct pair_slot *slot)
{
	const struct pair *pair = slot->pair;

	*out = (struct oracle_slot){ .state = slot->state, .mark = slot->mark, .busy = slot->busy,
				     .generation = slot->generation, .pair = pair };
	if (pair == NULL)
		return;
	out->granules = pair->granule_count;
	out->pool = pair->pool.count;
	out->image = pair->image;
	for (unsigned i = 0; i < HOST_VCPU_MAX; i++)
		out->claimed[i] = pair->claimed[i];
	for (unsigned role = 0; role < 2; role++) {
		const struct domain *domain = &pair->domains[role];

		memcpy(out->chains[role], domain->chain, sizeof(domain->chain));
		out->runs[role] = domain->run;
		out->is_final[role] = domain->is_final;
		/* The tables of the dead are ordinary memory by and by. */
		if (slot->state != HOST_PAIR_DEAD)
			walk_each(STAGE2_VTCR, stage2_vttbr(&domain->stage2), page_capture, NULL, &out->maps[role]);
	}
}

static void state_read(struct oracle_state *state)
{
	memset(state, 0, sizeof(*state));
	granules_capture(state);
	for (unsigned i = 0; i < ORACLE_SLOTS; i++)
		slot_capture(&state->slots[i], &pair_slots[i]);
	for (unsigned i = ORACLE_SLOTS; i < HOST_PAIR_MAX; i++)
		assert_null(pair_slots[i].pair);
	for (unsigned i = 0; i < ORACLE_CPUS; i++)
		state->cpus[i] = (struct oracle_cpu){ cpus[i].current, cpus[i].running };
}

void oracle_capture(struct oracle_state *state)
{
	state_read(state);
	uint64_t core = machine.carveout.base - PLAT_RAM_BASE, behind = core + machine.carveout.bytes;

	memcpy(memory, fake_dram(), core);
	memcpy(memory + behind, fake_dram() + behind, ORACLE_RAM_BYTES - behind);
}

/* --- comparison --- */

static void field_expect(const char *what, const char *name, uint64_t at, uint64_t found, uint64_t expected)
{
	if (found != expected)
		fail_msg("%s: %s of 0x%llx is 0x%llx, expected 0x%llx", what, name, number(at), number(found),
			 number(expected));
}

/* The registers of whoever runs lie in its context: results, not state. */
static void frames_forget(void)
{
	for (unsigned i = 0; i < ORACLE_CPUS; i++) {
		const struct context *context = cpus[i].current;

		if (!context->is_outer)
			memcpy(memory + (fake_address(context) - PLAT_RAM_BASE), context, sizeof(context->frame));
	}
}

static void content_expect(const struct oracle_granule *expected, uint64_t pa, const char *what)
{
	const uint8_t *now = fake_dram() + (pa - PLAT_RAM_BASE);

	/* What the mediator keeps in its own memory is records and the outer OS's tables, which were compared. */
	if (expected->content == CONTENT_NOT_COMPARED || expected->state == GRANULE_CORE)
		return;
	if (expected->content == CONTENT_ZERO && !machine_is_zero(pa))
		fail_msg("%s: 0x%llx is not zero", what, number(pa));
	for (uint64_t at = 0; expected->content == CONTENT_CHUNK && at < G; at += 8)
		field_expect(what, "content", pa + at, *machine_at(pa + at), machine_image_word(0));
	if (expected->content == CONTENT_ZERO || expected->content == CONTENT_CHUNK)
		return;
	uint64_t source = expected->content == CONTENT_COPY ? expected->copy_of : pa;

	if (memcmp(now, memory + (source - PLAT_RAM_BASE), G) != 0)
		fail_msg("%s: 0x%llx does not hold what it should", what, number(pa));
}

static void map_expect(const struct oracle_map *found, const struct oracle_map *expected, uint64_t domain,
		       const char *what)
{
	field_expect(what, "number of pages", domain, found->count, expected->count);
	for (unsigned i = 0; i < found->count; i++) {
		field_expect(what, "page in the map", domain, found->pages[i].ipa, expected->pages[i].ipa);
		field_expect(what, "page", found->pages[i].ipa, found->pages[i].pa, expected->pages[i].pa);
		field_expect(what, "access", found->pages[i].ipa, found->pages[i].access, expected->pages[i].access);
	}
}

static void slot_expect(const struct oracle_slot *found, const struct oracle_slot *expected, unsigned i,
			const char *what)
{
	field_expect(what, "state of pair", i, found->state, expected->state);
	field_expect(what, "mark of pair", i, found->mark, expected->mark);
	field_expect(what, "business of pair", i, found->busy, expected->busy);
	field_expect(what, "generation of pair", i, found->generation, expected->generation);
	field_expect(what, "granules of pair", i, found->granules, expected->granules);
	field_expect(what, "pool of pair", i, found->pool, expected->pool);
	field_expect(what, "image of pair", i, found->image, expected->image);
	for (unsigned vcpu = 0; vcpu < HOST_VCPU_MAX; vcpu++)
		field_expect(what, "claim of vCPU", vcpu, found->claimed[vcpu], expected->claimed[vcpu]);
	for (unsigned role = 0; role < 2; role++) {
		if (memcmp(found->chains[role], expected->chains[role], sizeof(found->chains[role])) != 0)
			fail_msg("%s: the measurement of pair %u, role %u is another", what, i, role);
		if (memcmp(&found->runs[role], &expected->runs[role], sizeof(found->runs[role])) != 0)
			fail_msg("%s: the run of pair %u, role %u is another", what, i, role);
		field_expect(what, "finality of role", role, found->is_final[role], expected->is_final[role]);
		map_expect(&found->maps[role], &expected->maps[role], 2 * i + 2 + role, what);
	}
}

void oracle_expect(const struct oracle_state *expected, const char *what)
{
	static struct oracle_state found;

	state_read(&found);
	frames_forget();
	for (uint64_t pa = PLAT_RAM_BASE; pa < ORACLE_RAM_END; pa += G) {
		const struct oracle_granule *a = oracle_granule(&found, pa);
		const struct oracle_granule *b = &expected->granules[(pa - PLAT_RAM_BASE) / G];

		field_expect(what, "state", pa, a->state, b->state);
		field_expect(what, "owner", pa, a->who, b->who);
		field_expect(what, "access by the outer OS", pa, a->access, b->access);
		content_expect(b, pa, what);
	}
	for (unsigned i = 0; i < ORACLE_SLOTS; i++)
		slot_expect(&found.slots[i], &expected->slots[i], i, what);
	for (unsigned i = 0; i < ORACLE_CPUS; i++) {
		assert_ptr_equal(found.cpus[i].current, expected->cpus[i].current);
		field_expect(what, "announcement of CPU", i, found.cpus[i].running, expected->cpus[i].running);
	}
	field_expect(what, "count of the outer OS's granules", 0, found.outer_count, expected->outer_count);
}
