/*
 * Values for random steps: what makes sense, what is next to it, and corners.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "tests/model/values.h"

#define G MODEL_GRANULE

uint64_t value_corner(struct walk *w, const struct model *m)
{
	const uint64_t corners[] = {
		0, 1, G, m->shape.ram - G, m->shape.ram, m->shape.ram + m->shape.ram_bytes, m->shape.carveout,
		m->shape.carveout + m->shape.carveout_bytes, m->shape.loader, m->shape.loader + m->shape.loader_bytes,
		0x8000000, MODEL_HALF, MODEL_HALF - G, MODEL_HALF | MODEL_RAM_BASE, 2 * MODEL_HALF,
		MODEL_ADDRESS_END - G, MODEL_ADDRESS_END, 1ull << 63, ~0ull, ~0xfffull, 0ull - MODEL_BLOCK,
	};

	return corners[below(w, sizeof(corners) / sizeof(corners[0]))] + (one_in(w, 4) ? below(w, 3) * G : 0);
}

uint64_t value_nearly(struct walk *w, const struct model *m, uint64_t value)
{
	switch (below(w, 64)) {
	case 0:
		return value + G;
	case 1:
		return value - G;
	case 2:
		return value + (one_in(w, 2) ? 8 : 1);
	case 3:
		return value_corner(w, m);
	case 4:
		return value ^ 1ull << below(w, 64);
	default:
		return value;
	}
}

uint64_t value_granule_any(struct walk *w, const struct model *m)
{
	uint64_t pa = model_pa(m, &m->granules[below(w, m->granule_count)]);

	if (pa - w->spare < MODEL_BLOCK && !one_in(w, 256))
		pa -= MODEL_BLOCK;
	return pa;
}

uint64_t value_granule_in(struct walk *w, struct model *m, uint8_t state)
{
	uint64_t pa = value_granule_any(w, m);

	for (unsigned tries = 0; tries < 12 && model_granule(m, pa)->state != state; tries++)
		pa = value_granule_any(w, m);
	return pa;
}

uint64_t value_run_outer(struct walk *w, struct model *m, uint64_t bytes, uint64_t align)
{
	uint64_t pa = 0;

	for (unsigned tries = 0; tries < 12; tries++) {
		uint64_t at = 0;

		pa = value_granule_any(w, m) & ~(align - 1);
		while (at < bytes && model_granule(m, pa + at) != NULL &&
		       model_granule(m, pa + at)->state == GRANULE_OUTER)
			at += G;
		if (at >= bytes)
			break;
	}
	return pa;
}

uint64_t value_size(struct walk *w, const struct model *m)
{
	switch (below(w, 24)) {
	case 0:
		return value_corner(w, m);
	case 1:
		return value_nearly(w, m, 32 * G);
	case 2:
	case 3:
		return (4 + below(w, 16)) * G;
	default:
		return (1 + below(w, 4)) * G;
	}
}

uint64_t value_handle(struct walk *w, const struct model *m, unsigned states)
{
	uint64_t found = 0, count = 0;

	for (unsigned i = 0; i < VALUE_SLOTS; i++) {
		const struct model_pair *pair = &m->pairs[i];

		if (pair->state != HOST_PAIR_FREE && (states >> pair->state & 1) != 0 && below(w, ++count) == 0)
			found = pair->handle;
	}
	if (one_in(w, 40))
		return value_nearly(w, m, found ^ (one_in(w, 2) ? 1ull << 32 : 0));
	if ((found == 0 || one_in(w, 40)) && m->retired_count != 0)
		return m->retired[m->retired_count - 1 - below(w, m->retired_count < 8 ? m->retired_count : 8)];
	return found;
}

uint64_t value_content_new(struct walk *w)
{
	return one_in(w, 16) ? CONTENT_ZERO : ++w->contents;
}

/* --- steps of everybody --- */

struct model_step value_step(unsigned kind, uint64_t a0, uint64_t a1, uint64_t a2)
{
	return (struct model_step){ .kind = (uint8_t)kind, .a = { a0, a1, a2 } };
}

struct model_step value_access(struct walk *w, uint64_t address)
{
	return value_step(one_in(w, 2) ? STEP_WRITE : STEP_READ, address & ~(G - 1), value_content_new(w), 0);
}

struct model_step value_junk(struct walk *w, struct model *m)
{
	static const uint64_t ids[] = { HOST_CALL_BASE - 1, HOST_CALL_END, BOX_CALL_BASE - 1, BOX_CALL_END, 0,
					HOST_INFO | 1ull << 32, BOX_INFO | 1ull << 63, 0xc4000190, 0xf2000003, 0x12345678 };
	uint64_t id = ids[below(w, 10)];
	struct model_step step;

	if (one_in(w, 2))
		id = one_in(w, 2) ? HOST_CALL_BASE + below(w, HOST_CALL_END - HOST_CALL_BASE) : BOX_CALL_BASE + below(w, 7);
	step = value_step(one_in(w, 2) ? STEP_SMC : STEP_HVC, id, value_handle(w, m, ANY_STATE), value_granule_any(w, m));
	step.a[3] = MODEL_RAM_BASE + below(w, 64) * G;
	step.a[4] = value_granule_any(w, m);
	step.a[5] = G;
	step.a[6] = G;
	return step;
}
