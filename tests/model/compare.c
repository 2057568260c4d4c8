/*
 * The mediator beside the model: after each step what it touched, now and then everything.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "tests/model/subject.h"
#include "tests/unit/machine.h"

#define G MODEL_GRANULE

static unsigned long long number(uint64_t value)
{
	return value;
}

static void field_expect(const char *name, uint64_t at, uint64_t found, uint64_t expected)
{
	if (found != expected)
		fake_violation("%s of 0x%llx is 0x%llx, the model has 0x%llx", name, number(at), number(found),
			       number(expected));
}

/* --- granules --- */

static unsigned leaf_access(const struct walk_leaf *leaf)
{
	return (leaf->read ? MODEL_READ : 0u) | (leaf->write ? MODEL_WRITE : 0u) | (leaf->execute ? MODEL_EXECUTE : 0u);
}

static uint16_t who_of(const struct model_granule *granule)
{
	return granule->pair == 0 ? 0 : who_make(granule->pair - 1u, granule->role).who;
}

/* The page of a domain, where its tables have it. */
static void page_expect(struct model *m, const struct model_granule *granule, uint64_t pa)
{
	const struct pair *pair = pair_slots[granule->pair - 1].pair;
	struct walk_leaf leaf;

	if (m->pairs[granule->pair - 1].state == HOST_PAIR_DEAD)
		return;
	leaf = walk_lookup(STAGE2_VTCR, stage2_vttbr(&pair->domains[granule->role].stage2), granule->ipa);
	if (!leaf.valid || leaf.pa + (granule->ipa - leaf.ipa) != pa || leaf_access(&leaf) != MODEL_ALL)
		fake_violation("0x%llx is not where its domain has it, 0x%llx", number(pa), number(granule->ipa));
}

static void notice_expect(uint64_t pa)
{
	for (uint64_t at = 8; at < G; at += 8)
		field_expect("notice page", pa + at, *machine_at(pa + at), 0);
}

static void granule_expect(struct model *m, uint64_t pa)
{
	const struct model_granule *granule = model_granule(m, pa);
	struct granule found = granule_get(pa_make(pa));
	struct walk_leaf leaf;

	if (granule == NULL)
		return;
	field_expect("state", pa, found.state, granule->state);
	field_expect("owner", pa, found.who.who, who_of(granule));
	/* On its way it may be out of reach sooner or later. */
	if (granule->state == GRANULE_MOVING)
		return;
	leaf = machine_outer_leaf(pa);
	field_expect("access by the outer OS", pa, leaf_access(&leaf), model_outer_access(granule));
	if (granule->state == GRANULE_NOTICE)
		notice_expect(pa);
	else if (!content_is(&m->params, granule->content, fake_pointer(pa)))
		fake_violation("0x%llx does not hold content 0x%llx", number(pa), number(granule->content));
	if (granule->state == GRANULE_DATA)
		page_expect(m, granule, pa);
}

/* --- pairs --- */

static void pair_expect(const struct model *m, unsigned slot)
{
	const struct model_pair *pair = &m->pairs[slot];
	const struct pair *found = pair_slots[slot].pair;

	if (pair->is_taken || pair->is_busy)
		return;
	field_expect("state of pair", slot, pair_slots[slot].state, pair->state);
	if (pair->state == HOST_PAIR_FREE)
		return;
	field_expect("handle of pair", slot, pair_handle(slot), pair->handle);
	field_expect("granules of pair", slot, found->granule_count, pair->granules);
	if (pair->state == HOST_PAIR_DEAD)
		return;
	field_expect("pool of pair", slot, found->pool.count, pair->pool);
	field_expect("image of pair", slot, found->image, pair->image);
	for (unsigned role = 0; role < 2; role++) {
		field_expect("finality of pair", slot, found->domains[role].is_final, pair->is_final);
		field_expect("chain of pair", slot, found->domains[role].chain[0], pair->chain[role].words[0]);
	}
}

/* --- whole maps --- */

struct map_walk {
	struct model *m;
	unsigned slot, role;
	uint64_t lower, upper;		/* pages seen */
};

static void map_leaf(void *context, const struct walk_leaf *leaf)
{
	struct map_walk *walk = context;
	bool is_upper = leaf->ipa >= MODEL_HALF;
	unsigned role = is_upper ? HOST_ROLE_VM : walk->role;
	unsigned access = is_upper && walk->role == HOST_ROLE_BOX ? model_window_access(&walk->m->pairs[walk->slot]) :
								    MODEL_ALL;

	for (uint64_t at = 0; at < leaf->bytes; at += G) {
		const struct model_granule *page = model_granule(walk->m, leaf->pa + at);
		bool is_page = page != NULL && page->state == GRANULE_DATA && page->pair == walk->slot + 1 &&
			       page->role == role && page->ipa == ((leaf->ipa + at) & (MODEL_HALF - 1));

		if (is_page && is_upper && walk->role == HOST_ROLE_BOX)
			is_page = model_is_in_window(&walk->m->pairs[walk->slot], page);
		if (!is_page || leaf_access(leaf) != access || leaf->is_device)
			fake_violation("pair 0x%x, role 0x%x: 0x%llx leads to 0x%llx", walk->slot, walk->role,
				       number(leaf->ipa + at), number(leaf->pa + at));
		*(is_upper ? &walk->upper : &walk->lower) += 1;
	}
}

struct map_count {
	uint64_t own, upper;
};

static struct map_count count_pages(struct model *m, unsigned slot, unsigned role)
{
	const struct model_pair *pair = &m->pairs[slot];
	struct map_count count = { 0 };

	for (unsigned i = pair->first[role]; i != 0; i = m->granules[i - 1].next)
		count.own++;
	/* A VM's own mirror, and the box's window. */
	for (unsigned i = pair->first[HOST_ROLE_VM]; pair->is_final && i != 0; i = m->granules[i - 1].next)
		count.upper += role == HOST_ROLE_VM || model_is_in_window(pair, &m->granules[i - 1]) ? 1 : 0;
	return count;
}

static void maps_expect(struct model *m, unsigned slot)
{
	for (unsigned role = 0; role < 2; role++) {
		struct map_walk walk = { .m = m, .slot = slot, .role = role };
		struct map_count count = count_pages(m, slot, role);

		walk_each(STAGE2_VTCR, stage2_vttbr(&pair_slots[slot].pair->domains[role].stage2), map_leaf, NULL, &walk);
		field_expect("pages of domain", 2 * slot + 2 + role, walk.lower, count.own);
		field_expect("pages in the upper half of domain", 2 * slot + 2 + role, walk.upper, count.upper);
	}
}

/* --- who runs --- */

static void cpu_expect(struct model *m, unsigned cpu)
{
	const struct model_cpu *expected = &m->cpus[cpu];
	const struct context *found = cpus[cpu].current;

	field_expect("who runs on CPU", cpu, found->is_outer ? 0 : 1u + found->role, expected->actor);
	if (expected->actor == MODEL_OUTER)
		return;
	field_expect("pair on CPU", cpu, found->pair->index, expected->slot);
	field_expect("vCPU on CPU", cpu, found->index, expected->vcpu);
}

static void registers_expect(const struct model *m, unsigned cpu)
{
	const struct model_cpu *expected = &m->cpus[cpu];

	for (unsigned i = 0; i < 7; i++) {
		uint64_t found = subject_result(cpu, i);

		if ((expected->known >> i & 1) != 0 && found != expected->x[i])
			fake_violation("x%u is 0x%llx (%lld), the model has 0x%llx (%lld)", i, number(found),
				       (long long)found, number(expected->x[i]), (long long)expected->x[i]);
	}
}

/* A VM's pages in its box's window: all or nothing of each. */
static void window_expect(struct model *m, uint64_t ipa, uint64_t bytes)
{
	const struct model_pair *pair = &m->pairs[m->window_slot];
	const struct domain *box = &pair_slots[m->window_slot].pair->domains[HOST_ROLE_BOX];

	for (uint64_t at = ipa & ~(G - 1); at < ipa + bytes; at += G) {
		const struct model_granule *page = model_page(m, m->window_slot, HOST_ROLE_VM, at);
		struct walk_leaf leaf = walk_lookup(STAGE2_VTCR, stage2_vttbr(&box->stage2), at | MODEL_HALF);
		bool is_open = page != NULL && model_is_in_window(pair, page);

		field_expect("access in the window", at, leaf_access(&leaf), is_open ? model_window_access(pair) : 0);
		if (page != NULL)
			granule_expect(m, model_pa(m, page));
	}
}

/* --- all of it --- */

void subject_expect_step(struct model *m, const struct model_step *step)
{
	cpu_expect(m, step->cpu);
	registers_expect(m, step->cpu);
	for (uint64_t at = 0; at < m->touched_bytes; at += G)
		granule_expect(m, m->touched_base + at);
	for (uint64_t at = 0; at < m->touched_source_bytes; at += G)
		granule_expect(m, m->touched_source + at);
	for (unsigned i = 0; i < m->window_count; i++)
		window_expect(m, m->window[i].base, m->window[i].bytes);
	subject_expect_flushed(step->cpu);
	if (step->kind <= STEP_SMC) {
		field_expect("number of the outer OS's granules", 0, granule_count_outer(), m->outer_count);
	}
}

void subject_expect_all(struct model *m)
{
	for (uint64_t pa = m->shape.ram; pa < m->shape.ram + m->shape.ram_bytes; pa += G)
		granule_expect(m, pa);
	for (unsigned slot = 0; slot < HOST_PAIR_MAX; slot++) {
		uint8_t state = m->pairs[slot].state;

		pair_expect(m, slot);
		if (state == HOST_PAIR_NEW || state == HOST_PAIR_ACTIVE || state == HOST_PAIR_DYING)
			maps_expect(m, slot);
	}
	for (unsigned cpu = 0; cpu < MODEL_CPU_MAX; cpu++)
		cpu_expect(m, cpu);
	machine_check();
}
