/*
 * Random walks, and what the outer OS does in them.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "tests/model/values.h"

#define G MODEL_GRANULE
/* With fewer granules of the outer OS's, pairs have to go first. */
#define TIGHT 600

void walk_init(struct walk *walk, uint64_t seed, uint64_t episode, uint64_t spare)
{
	*walk = (struct walk){ .random = random_make(seed, episode), .contents = 0x2000000 };
	/* Every other episode. */
	walk->spare = episode % 2 == 0 ? spare : 0;
}

/* --- the outer OS --- */

static void params_fill(struct walk *w, struct model *m, struct host_pair_params *params)
{
	static const uint64_t sizes[] = { 2 * MODEL_BLOCK, 2 * MODEL_BLOCK, 4 * MODEL_BLOCK, MODEL_BLOCK,
					  MODEL_GIB + MODEL_BLOCK, MODEL_HALF - MODEL_RAM_BASE };
	uint32_t vcpus = one_in(w, 12) ? 1 + (uint32_t)below(w, HOST_VCPU_MAX) : 1 + (uint32_t)below(w, 2);

	*params = (struct host_pair_params){
		.control_pa = value_run_outer(w, m, HOST_CONTROL_GRANULES(vcpus) * G, 2 * G), .vcpu_count = vcpus,
		.vm_ram_bytes = sizes[below(w, 6)], .box_ram_bytes = sizes[below(w, 4)],
		.vm_entry = MODEL_RAM_BASE + below(w, 4) * G, .vm_x0 = below(w, 3), .class = HOST_CLASS_ISOLATED,
	};
	if (!one_in(w, 3)) {
		params->class = HOST_CLASS_CONFIDENTIAL;
		params->options = one_in(w, 2) ? HOST_OPTION_SHARE_RSI : HOST_OPTION_SHARE_WINDOW;
	}
	if (one_in(w, 16))
		params->class = (uint32_t)below(w, 4);
	if (one_in(w, 16))
		params->options = below(w, 4);
	if (one_in(w, 12))
		params->control_pa = value_nearly(w, m, value_granule_any(w, m));
	if (one_in(w, 8)) {
		uint64_t *word = &((uint64_t *)params)[below(w, CONTENT_PARAMS_WORDS)];

		*word = one_in(w, 2) ? value_corner(w, m) : value_nearly(w, m, *word + G);
	}
}

/* Parameters into a page, and the call next; into the control area itself once in a while. */
static struct model_step params_step(struct walk *w, struct model *m, unsigned cpu)
{
	uint64_t page = one_in(w, 3) ? m->shape.loader + below(w, m->shape.loader_bytes / G) * G :
				       value_granule_in(w, m, GRANULE_OUTER);
	uint64_t number = m->params.count;

	if (number == CONTENT_PARAMS_MAX)
		return value_step(STEP_HVC, HOST_INFO, 0, 0);
	union {
		uint64_t words[CONTENT_PARAMS_WORDS];
		struct host_pair_params params;
	} u;

	params_fill(w, m, &u.params);
	for (unsigned i = 0; i < CONTENT_PARAMS_WORDS; i++)
		m->params.words[number][i] = u.words[i];
	m->params.count++;
	if (one_in(w, 16))
		page = u.params.control_pa & ~(G - 1);
	w->params_page[cpu] = page;
	return value_step(STEP_PARAMS, page, number, 0);
}

static uint64_t guest_page(struct walk *w, struct model *m, uint64_t h, unsigned role, bool is_populate)
{
	const struct model_pair *pair = model_pair(m, h);
	uint64_t ipa = MODEL_RAM_BASE + below(w, 40) * G;

	if (pair != NULL && is_populate && !one_in(w, 12))
		return pair->populate_next[role] + (one_in(w, 3) ? below(w, 4) * G : 0);
	if (one_in(w, 6))
		ipa += below(w, 5) * MODEL_BLOCK;
	if (one_in(w, 12))
		ipa += below(w, 3) * MODEL_GIB;
	if (pair != NULL && one_in(w, 24))
		ipa = MODEL_RAM_BASE + (role == HOST_ROLE_VM ? pair->params.vm_ram_bytes : pair->params.box_ram_bytes) -
		      below(w, 3) * G;
	return value_nearly(w, m, ipa);
}

static struct model_step place_step(struct walk *w, struct model *m)
{
	bool is_populate = one_in(w, 3);
	uint64_t h = value_handle(w, m, IN(HOST_PAIR_NEW) | (one_in(w, 12) ? ANY_STATE : 0)), bytes = value_size(w, m);
	uint64_t role = one_in(w, 50) ? below(w, 4) : below(w, 2);
	uint64_t ipa = guest_page(w, m, h, role & 1, is_populate);
	uint64_t pa = value_run_outer(w, m, bytes < 64 * G ? bytes : G, G);
	struct model_step step = value_step(STEP_HVC, is_populate ? HOST_POPULATE : HOST_DONATE, h, role);

	step.a[3] = ipa;
	step.a[4] = one_in(w, 10) ? value_granule_any(w, m) : value_nearly(w, m, pa);
	step.a[5] = bytes;
	if (is_populate) {
		step.a[5] = one_in(w, 2) ? m->shape.loader + below(w, m->shape.loader_bytes / G) * G :
					   value_run_outer(w, m, bytes < 64 * G ? bytes : G, G);
		if (one_in(w, 10))
			step.a[5] = one_in(w, 2) ? value_granule_any(w, m) : value_nearly(w, m, step.a[5]);
		step.a[6] = bytes;
	}
	return step;
}

/* Chunks of its image, or of the next image that was nobody's yet; mostly to where they belong. */
static struct model_step image_step(struct walk *w, struct model *m, uint64_t h)
{
	const struct model_pair *pair = model_pair(m, h);
	bool has_one = pair != NULL && pair->image != 0;
	uint64_t image = has_one ? pair->image : 1 + below(w, MODEL_IMAGES), bytes = value_size(w, m);
	struct model_step step = value_step(STEP_HVC, HOST_POPULATE_IMAGE, h, image);

	if (one_in(w, 16))
		step.a[2] = one_in(w, 2) ? 1 + below(w, MODEL_IMAGES) : value_corner(w, m);
	const struct model_manifest manifest = anchor_manifest(step.a[2]);

	step.a[3] = guest_page(w, m, h, HOST_ROLE_VM, true);
	if (manifest.address != 0 && !one_in(w, 12))
		step.a[3] = manifest.address + m->images[step.a[2] - 1].next * G;
	step.a[4] = one_in(w, 10) ? value_granule_any(w, m) :
				    value_nearly(w, m, value_run_outer(w, m, bytes < 64 * G ? bytes : G, G));
	step.a[5] = bytes;
	return step;
}

/* The spare 2 MiB: at once, or by pieces, which become a block when the last has come. */
static struct model_step block_step(struct walk *w, struct model *m)
{
	uint64_t rest = MODEL_BLOCK - w->block.done, bytes = one_in(w, 2) ? rest : (1 + below(w, 300)) * G;
	struct model_step step;

	if (rest == 0 || model_pair(m, w->block.handle) == NULL || one_in(w, 20)) {
		w->block.handle = value_handle(w, m, IN(HOST_PAIR_NEW));
		w->block.role = below(w, 2);
		w->block.ipa = MODEL_RAM_BASE + below(w, 4) * MODEL_BLOCK;
		w->block.done = 0;
		bytes = one_in(w, 3) ? MODEL_BLOCK + G : (1 + below(w, 511)) * G;
	}
	step = value_step(STEP_HVC, HOST_DONATE, w->block.handle, w->block.role);
	step.a[3] = w->block.ipa + w->block.done;
	step.a[4] = w->spare + w->block.done;
	step.a[5] = bytes;
	w->block.done += bytes < MODEL_BLOCK - w->block.done ? bytes : MODEL_BLOCK - w->block.done;
	return step;
}

static struct model_step pool_step(struct walk *w, struct model *m)
{
	uint64_t bytes = value_size(w, m);
	uint64_t pa = value_run_outer(w, m, bytes < 64 * G ? bytes : G, G);
	struct model_step step = value_step(STEP_HVC, HOST_POOL_ADD, value_handle(w, m, one_in(w, 12) ? ANY_STATE : IN(HOST_PAIR_NEW)),
					   one_in(w, 10) ? value_granule_any(w, m) : value_nearly(w, m, pa));

	step.a[3] = bytes;
	return step;
}

static bool is_of_the_dead(const struct model *m, const struct model_granule *granule)
{
	return granule->pair != 0 && m->pairs[granule->pair - 1].state >= HOST_PAIR_DYING;
}

static struct model_step reclaim_step(struct walk *w, struct model *m)
{
	uint64_t pa = value_granule_any(w, m);

	for (unsigned tries = 0; tries < 40 && !is_of_the_dead(m, model_granule(m, pa)); tries++)
		pa = value_granule_any(w, m);
	return value_step(STEP_HVC, HOST_RECLAIM, one_in(w, 12) ? value_nearly(w, m, pa) : pa,
			 one_in(w, 3) ? value_size(w, m) : one_in(w, 4) ? 4 * MODEL_BLOCK : (1 + below(w, 64)) * G);
}

static struct model_step look_step(struct walk *w, struct model *m)
{
	struct model_step step;

	switch (below(w, 8)) {
	case 0:
		return value_step(STEP_HVC, HOST_INFO, 0, 0);
	case 1:
	case 2:
		return value_step(STEP_HVC, HOST_PAIR_INFO, one_in(w, 8) ? value_nearly(w, m, HOST_PAIR_MAX) : below(w, 8), 0);
	case 3:
		return value_step(STEP_HVC, HOST_PAIR_MEASUREMENT, value_handle(w, m, ANY_STATE), below(w, 20) == 0 ? 2 : below(w, 2));
	case 4:
		step = value_step(STEP_HVC, HOST_RING_READ, below(w, 5), below(w, 20) == 0 ? 2 : below(w, 2));
		step.a[4] = value_nearly(w, m, one_in(w, 6) ? value_granule_any(w, m) : value_granule_in(w, m, GRANULE_OUTER));
		step.a[5] = value_content_new(w);
		return step;
	case 5:
		return value_step(STEP_HVC, HOST_BOOT_MEASUREMENT, below(w, 6), 0);
	default:
		return value_step(STEP_HVC, HOST_GRANULE_INFO, value_nearly(w, m, value_granule_any(w, m)), 0);
	}
}

/* Some pair that is NEW, or NULL. */
static const struct model_pair *any_new(struct walk *w, struct model *m)
{
	return model_pair(m, value_handle(w, m, IN(HOST_PAIR_NEW)));
}

/* A call for a young pair: mostly what it needs next. */
static struct model_step young_step(struct walk *w, struct model *m, const struct model_pair *pair)
{
	struct model_step step = pool_step(w, m);

	if (pair == NULL || pair->state != HOST_PAIR_NEW || one_in(w, 3)) {
		if (one_in(w, 6))
			return image_step(w, m, value_handle(w, m, one_in(w, 4) ? ANY_STATE : IN(HOST_PAIR_NEW)));
		return one_in(w, 10) && w->spare != 0 ? block_step(w, m) : place_step(w, m);
	}
	if (pair->pool + pair->table_count < 6 && !one_in(w, 4)) {
		step.a[1] = pair->handle;
		step.a[3] = (6 + below(w, 8)) * G;
		step.a[2] = value_run_outer(w, m, step.a[3], G);
		return step;
	}
	if ((pair->image != 0 && one_in(w, 2)) || (pair->first[HOST_ROLE_VM] == 0 && one_in(w, 3)))
		return image_step(w, m, pair->handle);
	if (pair->first[HOST_ROLE_VM] == 0 || pair->first[HOST_ROLE_BOX] == 0 || !one_in(w, 8)) {
		step = place_step(w, m);
		step.a[1] = pair->handle;
		step.a[2] = pair->first[HOST_ROLE_VM] == 0 || one_in(w, 2) ? HOST_ROLE_VM : HOST_ROLE_BOX;
		return step;
	}
	return value_step(STEP_HVC, HOST_ACTIVATE, pair->handle, 0);
}

static struct model_step outer_step(struct walk *w, struct model *m, unsigned cpu)
{
	uint64_t dice = below(w, 100);
	bool is_tight = m->outer_count < TIGHT + (w->spare == 0 ? 0 : MODEL_BLOCK / G);
	const struct model_pair *young = any_new(w, m);

	if (w->params_page[cpu] != 0) {
		uint64_t page = w->params_page[cpu];

		w->params_page[cpu] = 0;
		return value_step(STEP_HVC, HOST_PAIR_CREATE, one_in(w, 16) ? value_nearly(w, m, value_granule_any(w, m)) : page, 0);
	}
	if (dice < (is_tight ? 1 : 3) || (dice < 36 && young == NULL && !is_tight && !one_in(w, 8)))
		return params_step(w, m, cpu);
	if (dice < 8)
		return pool_step(w, m);
	if (dice < 36)
		return young_step(w, m, young);
	if (dice < 37)
		return value_step(STEP_HVC, HOST_ACTIVATE, value_handle(w, m, one_in(w, 8) ? ANY_STATE : IN(HOST_PAIR_NEW)), 0);
	if (dice < 58)
		return value_step(STEP_HVC, HOST_RUN, value_handle(w, m, one_in(w, 12) ? ANY_STATE : IN(HOST_PAIR_ACTIVE)),
				 one_in(w, 24) ? value_nearly(w, m, 2) : below(w, 2));
	if (dice < 60)
		return value_step(STEP_HVC, HOST_NOTIFY, value_handle(w, m, one_in(w, 4) ? ANY_STATE : IN(HOST_PAIR_ACTIVE)), 0);
	if (dice < 61)
		return one_in(w, is_tight ? 1 : 3) ? value_step(STEP_HVC, HOST_TERMINATE, value_handle(w, m, ANY_STATE), 0) :
						     look_step(w, m);
	if (dice < (is_tight ? 88 : 76))
		return reclaim_step(w, m);
	if (dice < 88)
		return look_step(w, m);
	if (dice < 98)
		return value_access(w, one_in(w, 6) ? m->shape.ram + m->shape.ram_bytes : value_granule_any(w, m));
	return value_junk(w, m);
}

/* --- everybody --- */

struct model_step walk_step(struct walk *w, struct model *m, unsigned not)
{
	unsigned cpu = (unsigned)below(w, m->shape.cpu_count);
	struct model_step step;

	if (cpu == not)
		cpu = (cpu + 1) % m->shape.cpu_count;
	switch (m->cpus[cpu].actor) {
	case MODEL_OUTER:
		step = outer_step(w, m, cpu);
		break;
	default:
		step = walk_guest(w, m, cpu);
		break;
	}
	step.cpu = (uint8_t)cpu;
	return step;
}

/* What another CPU of the outer OS does to the memory and the pair of a call that is inside. */
static struct model_step meddle_step(struct walk *w, struct model *m, const struct model_move *move)
{
	uint64_t at = below(w, move->bytes / G + 1) * G, pa = (one_in(w, 4) && move->source != 0 ? move->source : move->pa) + at;
	uint64_t h = m->pairs[move->slot].handle, bytes = (1 + below(w, 2)) * G;
	struct model_step step = value_step(STEP_HVC, 0, h, pa);

	switch (below(w, 12)) {
	case 0:
		return value_access(w, pa);
	case 1:
		return value_step(STEP_HVC, HOST_GRANULE_INFO, pa, 0);
	case 2:
		return value_step(STEP_HVC, HOST_PAIR_CREATE, pa, 0);
	case 3:
		return value_step(STEP_HVC, HOST_RECLAIM, pa, bytes);
	case 4:
		step = value_step(STEP_HVC, HOST_RING_READ, 0, below(w, 2));
		step.a[4] = pa;
		step.a[5] = value_content_new(w);
		return step;
	case 5:
		return value_step(STEP_HVC, HOST_TERMINATE, h, 0);
	case 6:
		return value_step(STEP_HVC, one_in(w, 2) ? HOST_ACTIVATE : HOST_RUN, h, 0);
	case 7:
		return value_step(STEP_HVC, HOST_PAIR_INFO, move->slot, 0);
	case 8:
		step.a[0] = HOST_POOL_ADD;
		step.a[1] = one_in(w, 2) ? h : value_handle(w, m, IN(HOST_PAIR_NEW));
		step.a[3] = bytes;
		return step;
	default:
		step = one_in(w, 4) ? image_step(w, m, h) : place_step(w, m);
		step.a[one_in(w, 3) ? 1 : 4] = one_in(w, 3) ? h : pa;
		return step;
	}
}

struct model_step walk_step_inside(struct walk *w, struct model *m, unsigned cpu)
{
	unsigned other = (cpu + 1 + (unsigned)below(w, m->shape.cpu_count - 1)) % m->shape.cpu_count;

	if (m->cpus[other].actor != MODEL_OUTER || w->params_page[other] != 0 || m->cpus[cpu].move.id == 0 || one_in(w, 3))
		return walk_step(w, m, cpu);
	struct model_step step = meddle_step(w, m, &m->cpus[cpu].move);

	step.cpu = (uint8_t)other;
	return step;
}

unsigned walk_inside(struct walk *w, uint64_t bytes)
{
	if (!one_in(w, 4))
		return 0;
	return 1 + (unsigned)below(w, one_in(w, 8) && bytes < 64 * G ? 2 + bytes / G : 3);
}
