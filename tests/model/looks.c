/*
 * The model's answers to those who look; and what a box shares with the outer OS.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "tests/model/state.h"

#define G		MODEL_GRANULE
/* As far as HOST_GRANULE_INFO looks. */
#define LOOK_BYTES	0x1000000ull
#define RINGS		2

static void host_info(struct model *m, struct model_cpu *cpu)
{
	state_answer(cpu, HOST_OK);
	state_result(cpu, 1, HOST_ABI_VERSION);
	state_result(cpu, 2, HOST_PAIR_MAX);
	state_result(cpu, 3, HOST_VCPU_MAX);
	state_result(cpu, 4, m->shape.dram_bytes / G);
	state_result(cpu, 5, m->outer_count + m->shape.outer_elsewhere);
}

static void granule_info(struct model *m, struct model_cpu *cpu, uint64_t pa)
{
	const struct model_granule *first = model_granule(m, pa);
	uint64_t bytes = 0;
	bool is_known = true;

	if (first == NULL || pa % G != 0) {
		state_answer(cpu, HOST_ERR_ARGS);
		return;
	}
	while (bytes < LOOK_BYTES) {
		const struct model_granule *granule = model_granule(m, pa + bytes);

		/* Behind what is recorded it may go on. */
		is_known = granule != NULL || pa + bytes - m->shape.dram >= m->shape.dram_bytes;
		if (granule == NULL || granule->state != first->state || granule->pair != first->pair ||
		    granule->role != first->role)
			break;
		bytes += G;
	}
	bool has_owner = first->pair != 0 && first->state != GRANULE_MOVING;

	state_answer(cpu, HOST_OK);
	state_result(cpu, 1, first->state);
	state_result(cpu, 2, has_owner ? m->pairs[first->pair - 1].handle : 0);
	state_result(cpu, 3, has_owner ? first->role : 0);
	if (is_known)
		state_result(cpu, 4, bytes);
}

static void pair_info(struct model *m, struct model_cpu *cpu, uint64_t index)
{
	if (index >= HOST_PAIR_MAX) {
		state_answer(cpu, HOST_ERR_ARGS);
		return;
	}
	const struct model_pair *pair = &m->pairs[index];
	bool is_free = pair->state == HOST_PAIR_FREE;

	state_answer(cpu, HOST_OK);
	state_result(cpu, 1, is_free ? 0 : pair->handle);
	state_result(cpu, 2, pair->state);
	state_result(cpu, 3, is_free ? 0 : pair->params.class);
	state_result(cpu, 4, is_free ? 0 : pair->params.vcpu_count);
	/* In the middle of a call the number is on its way. */
	if (!pair->is_busy)
		state_result(cpu, 5, is_free ? 0 : pair->granules);
}

static void pair_measurement(struct model *m, struct model_cpu *cpu, uint64_t handle, uint64_t role)
{
	const struct model_pair *pair = model_pair(m, handle);

	if (role > HOST_ROLE_VM || pair == NULL) {
		state_answer(cpu, role > HOST_ROLE_VM ? HOST_ERR_ARGS : HOST_ERR_NOT_FOUND);
		return;
	}
	state_answer(cpu, HOST_OK);
	state_result(cpu, 5, pair->is_final);
	for (unsigned i = 0; !pair->is_busy && i < 4; i++)
		state_result(cpu, 1 + i, pair->chain[role].words[i]);
}

/* What a ring holds is not the model's; whoever asked writes something else over it. */
static void ring_read(struct model *m, struct model_cpu *cpu, const uint64_t x[7])
{
	int64_t code;

	if (!state_is_range(x[4], G, MODEL_ADDRESS_END) || x[1] >= m->shape.board_cpu_count || x[2] >= RINGS)
		code = HOST_ERR_ARGS;
	else
		code = state_claim(m, x[4], G, GRANULE_OUTER);
	state_answer(cpu, code);
	if (code == HOST_OK) {
		model_granule(m, x[4])->content = x[5];
		state_touch(m, x[4], G);
	}
}

void look_call(struct model *m, struct model_cpu *cpu, const uint64_t x[7])
{
	switch (x[0]) {
	case HOST_INFO:
		host_info(m, cpu);
		return;
	case HOST_GRANULE_INFO:
		granule_info(m, cpu, x[1]);
		return;
	case HOST_PAIR_INFO:
		pair_info(m, cpu, x[1]);
		return;
	case HOST_PAIR_MEASUREMENT:
		pair_measurement(m, cpu, x[1], x[2]);
		return;
	case HOST_BOOT_MEASUREMENT:
		state_answer(cpu, x[1] < m->shape.boot_measurements ? HOST_OK : HOST_ERR_NOT_FOUND);
		return;
	default:
		ring_read(m, cpu, x);
		return;
	}
}

void share_call(struct model *m, struct model_cpu *cpu, const uint64_t x[7])
{
	struct model_granule *page;

	if (!state_is_range(x[1], G, MODEL_HALF)) {
		state_answer(cpu, BOX_ERR_ARGS);
		return;
	}
	page = model_page(m, cpu->slot, HOST_ROLE_BOX, x[1]);
	state_answer(cpu, page == NULL ? BOX_ERR_DENIED : BOX_OK);
	if (page == NULL)
		return;
	page->is_shared = x[0] == BOX_SHARE;
	state_touch(m, model_pa(m, page), G);
}
