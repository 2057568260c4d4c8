/*
 * The model: its state, and which call is whose.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "tests/model/state.h"
#include "abi/psci.h"

static void zero(void *at, size_t bytes)
{
	uint8_t *byte = at;

	for (size_t i = 0; i < bytes; i++)
		byte[i] = 0;
}

static bool is_in(uint64_t pa, uint64_t base, uint64_t bytes)
{
	return pa >= base && pa - base < bytes;
}

static void zone_add(struct model *m, uint64_t base, uint64_t bytes)
{
	if (model_granule(m, base) != NULL)
		return;
	m->zones[m->zone_count++] = (struct model_span){ base, bytes };
	m->granule_count += (unsigned)(bytes / MODEL_GRANULE);
}

void model_init(struct model *m, const struct model_shape *shape)
{
	zero(m, sizeof(*m));
	m->shape = *shape;
	zone_add(m, shape->ram, shape->ram_bytes);
	zone_add(m, shape->carveout, shape->carveout_bytes);
	zone_add(m, shape->loader, shape->loader_bytes);
	for (unsigned i = 0; i < m->granule_count; i++) {
		struct model_granule *granule = &m->granules[i];
		uint64_t pa = model_pa(m, granule);

		/* Every granule starts with something else in it. */
		granule->content = 0x1000000 + i;
		if (is_in(pa, shape->carveout, shape->carveout_bytes)) {
			granule->state = GRANULE_CORE;
			granule->content = CONTENT_INTERNAL;
		} else if (is_in(pa, shape->loader, shape->loader_bytes)) {
			granule->state = GRANULE_LOADER;
		}
		m->outer_count += granule->state == GRANULE_CORE ? 0 : 1;
	}
}

/* --- questions --- */

struct model_granule *model_granule(struct model *m, uint64_t pa)
{
	uint64_t first = 0;

	for (unsigned i = 0; i < m->zone_count; i++) {
		const struct model_span *zone = &m->zones[i];

		if (is_in(pa, zone->base, zone->bytes))
			return &m->granules[first + (pa - zone->base) / MODEL_GRANULE];
		first += zone->bytes / MODEL_GRANULE;
	}
	return NULL;
}

uint64_t model_pa(const struct model *m, const struct model_granule *granule)
{
	uint64_t at = (uint64_t)(granule - m->granules) * MODEL_GRANULE;
	const struct model_span *zone = m->zones;

	while (at >= zone->bytes)
		at -= zone++->bytes;
	return zone->base + at;
}

unsigned model_outer_access(const struct model_granule *granule)
{
	switch (granule->state) {
	case GRANULE_OUTER:
	case GRANULE_LOADER:
		return MODEL_ALL;
	case GRANULE_NOTICE:
		return MODEL_READ;
	case GRANULE_MOVING:
		return granule->is_open ? MODEL_ALL : 0;
	case GRANULE_DATA:
		return granule->role == HOST_ROLE_BOX && granule->is_shared ? MODEL_ALL : 0;
	default:
		return 0;
	}
}

struct model_pair *model_pair(struct model *m, uint64_t handle)
{
	for (unsigned i = 0; i < HOST_PAIR_MAX; i++) {
		if (m->pairs[i].state != HOST_PAIR_FREE && m->pairs[i].handle == handle)
			return &m->pairs[i];
	}
	return NULL;
}

unsigned model_slot(const struct model *m, const struct model_pair *pair)
{
	return (unsigned)(pair - m->pairs);
}

struct model_granule *model_page(struct model *m, unsigned slot, unsigned role, uint64_t ipa)
{
	uint64_t page = ipa & ~(MODEL_GRANULE - 1);

	for (unsigned i = m->pairs[slot].first[role]; i != 0; i = m->granules[i - 1].next) {
		if (m->granules[i - 1].ipa == page)
			return &m->granules[i - 1];
	}
	return NULL;
}

static bool is_of_ring(const struct model_ring *ring, uint64_t ipa)
{
	const uint64_t bytes[MODEL_PARTS] = { VIRTIO_DESC_BYTES(ring->entries), VIRTIO_DRIVER_BYTES(ring->entries),
					      VIRTIO_DEVICE_BYTES(ring->entries) };

	for (unsigned i = 0; ring->is_ready && i < MODEL_PARTS; i++) {
		if (ipa + MODEL_GRANULE > ring->parts[i] && ipa < ring->parts[i] + bytes[i])
			return true;
	}
	return false;
}

bool model_is_in_window(const struct model_pair *pair, const struct model_granule *page)
{
	if (!pair->is_final || pair->params.class == HOST_CLASS_ISOLATED || page->is_shared || page->is_announced)
		return pair->is_final;
	for (unsigned i = 0; i < MODEL_RINGS; i++) {
		if (is_of_ring(&pair->rings[i], page->ipa))
			return true;
	}
	return false;
}

unsigned model_window_access(const struct model_pair *pair)
{
	return pair->params.class == HOST_CLASS_ISOLATED ? MODEL_ALL : MODEL_READ | MODEL_WRITE;
}

bool model_is_inhabited(const struct model_pair *pair)
{
	for (unsigned i = 0; i < HOST_VCPU_MAX; i++) {
		if (pair->vcpus[i].cpu != 0)
			return true;
	}
	return pair->is_busy;
}

struct model_granule *model_reach(struct model *m, unsigned cpu, uint64_t address, unsigned *access)
{
	const struct model_cpu *c = &m->cpus[cpu];
	struct model_granule *granule;

	*access = 0;
	if (c->actor == MODEL_OUTER) {
		granule = model_granule(m, address);
		*access = granule == NULL ? 0 : model_outer_access(granule);
		return *access == 0 ? NULL : granule;
	}
	if (address >= 2 * MODEL_HALF)
		return NULL;
	bool is_upper = address >= MODEL_HALF, is_vm = c->actor == MODEL_VM || is_upper;

	granule = model_page(m, c->slot, is_vm ? HOST_ROLE_VM : HOST_ROLE_BOX, address & (MODEL_HALF - 1));
	if (granule != NULL && c->actor == MODEL_BOX && is_upper && !model_is_in_window(&m->pairs[c->slot], granule))
		granule = NULL;
	*access = granule == NULL ? 0 : MODEL_ALL;
	return granule;
}

/* --- steps --- */

static void call(struct model *m, struct model_cpu *cpu, const uint64_t x[7])
{
	if (cpu->actor == MODEL_OUTER && x[0] >= HOST_CALL_BASE && x[0] < HOST_CALL_END) {
		switch (x[0]) {
		case HOST_RUN:
		case HOST_NOTIFY:
		case HOST_TERMINATE:
			nest_call(m, cpu, x);
			return;
		case HOST_PAIR_CREATE:
		case HOST_POOL_ADD:
		case HOST_POPULATE:
		case HOST_POPULATE_IMAGE:
		case HOST_DONATE:
		case HOST_ACTIVATE:
		case HOST_RECLAIM:
			move_begin(m, cpu, x);
			return;
		default:
			look_call(m, cpu, x);
			return;
		}
	}
	if (cpu->actor == MODEL_BOX && x[0] >= BOX_CALL_BASE && x[0] < BOX_CALL_END) {
		if (x[0] == BOX_SHARE || x[0] == BOX_UNSHARE)
			share_call(m, cpu, x);
		else
			nest_call(m, cpu, x);
		return;
	}
	nest_power(m, cpu, x);
}

/* The outer OS writes parameters, if it reaches the page. */
static void params_write(struct model *m, const struct model_step *step)
{
	struct model_granule *granule = model_granule(m, step->a[0]);

	if (m->cpus[step->cpu].actor != MODEL_OUTER || granule == NULL ||
	    (model_outer_access(granule) & MODEL_WRITE) == 0)
		return;
	granule->content = CONTENT_PARAMS + step->a[1];
	state_touch(m, step->a[0], MODEL_GRANULE);
}

void model_begin(struct model *m, const struct model_step *step)
{
	struct model_cpu *cpu = &m->cpus[step->cpu];

	cpu->known = 0;
	cpu->may_leave = cpu->actor != MODEL_OUTER && m->pairs[cpu->slot].state >= HOST_PAIR_DYING;
	m->touched_bytes = m->touched_source_bytes = 0;
	m->window_count = 0;
	switch (step->kind) {
	case STEP_HVC:
		call(m, cpu, step->a);
		return;
	case STEP_SMC:
		if (realm_has(m, cpu, step->a[0]))
			realm_begin(m, cpu, step->a);
		else
			nest_power(m, cpu, step->a);
		return;
	case STEP_PARAMS:
		params_write(m, step);
		return;
	case STEP_WRITE:
	case STEP_READ:
	case STEP_REGISTER:
		nest_access(m, cpu, step);
		return;
	case STEP_INTERRUPT:
		nest_marked(m, cpu);
		if (cpu->actor != MODEL_OUTER)
			nest_leave(m, cpu, HOST_EXIT_INTERRUPTED, 0, 0);
		return;
	default:
		nest_wait(m, cpu);
		return;
	}
}

bool model_is_inside(const struct model *m, unsigned cpu)
{
	return m->cpus[cpu].move.id != 0 || m->cpus[cpu].realm[0] == RSI_MEASUREMENT_EXTEND;
}

bool model_end(struct model *m, const struct model_step *step, const struct model_facts *facts)
{
	struct model_cpu *cpu = &m->cpus[step->cpu];

	/* At any exit, and at some it must: nest_marked(). */
	if (facts->has_left && cpu->may_leave && cpu->actor != MODEL_OUTER)
		nest_leave(m, cpu, HOST_EXIT_TERMINATED, 0, 0);
	if (cpu->realm[0] != 0)
		return realm_end(m, cpu, facts);
	return cpu->move.id == 0 || move_end(m, cpu, facts);
}
