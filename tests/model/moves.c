/*
 * The model's memory calls: create, pool, populate, donate, activate, reclaim. A call decides in the order in which
 * docs/abi.md lists its errors, then holds; the rest is its second half.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "tests/model/state.h"

#define G MODEL_GRANULE

static uint64_t least(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

/* --- create --- */

static bool is_ram_size(uint64_t bytes)
{
	return bytes != 0 && bytes % MODEL_BLOCK == 0 && bytes <= MODEL_HALF - MODEL_RAM_BASE;
}

/* A confidential VM has exactly one way to share, an isolated one none. */
static bool class_is_good(const struct host_pair_params *p)
{
	if (p->class == HOST_CLASS_ISOLATED)
		return p->options == 0;
	return p->class == HOST_CLASS_CONFIDENTIAL &&
	       (p->options == HOST_OPTION_SHARE_RSI || p->options == HOST_OPTION_SHARE_WINDOW);
}

static bool params_are_good(const struct host_pair_params *p)
{
	for (unsigned i = 0; i < sizeof(p->reserved) / 8; i++) {
		if (p->reserved[i] != 0)
			return false;
	}
	return p->vcpu_count >= 1 && p->vcpu_count <= HOST_VCPU_MAX && p->control_pa % (2 * G) == 0 &&
	       state_is_range(p->control_pa, HOST_CONTROL_GRANULES(p->vcpu_count) * G, MODEL_ADDRESS_END) &&
	       is_ram_size(p->vm_ram_bytes) && is_ram_size(p->box_ram_bytes) &&
	       p->vm_entry >= MODEL_RAM_BASE && p->vm_entry - MODEL_RAM_BASE <= p->vm_ram_bytes - 4 &&
	       class_is_good(p);
}

static struct host_pair_params params_of(const struct model *m, uint64_t content)
{
	union {
		uint64_t words[CONTENT_PARAMS_WORDS];
		struct host_pair_params params;
	} u;

	for (unsigned i = 0; i < CONTENT_PARAMS_WORDS; i++)
		u.words[i] = content_word(&m->params, content, i);
	return u.params;
}

static int slot_free(const struct model *m)
{
	for (int i = 0; i < HOST_PAIR_MAX; i++) {
		if (m->pairs[i].state == HOST_PAIR_FREE && !m->pairs[i].is_taken)
			return i;
	}
	return -1;
}

static int64_t create_check(struct model *m, uint64_t page, struct host_pair_params *params)
{
	if (!state_is_range(page, G, MODEL_ADDRESS_END))
		return HOST_ERR_ARGS;
	const struct model_granule *granule = model_granule(m, page);

	if (granule != NULL && granule->state == GRANULE_MOVING)
		return HOST_ERR_BUSY;
	if (granule == NULL || (granule->state != GRANULE_OUTER && granule->state != GRANULE_LOADER))
		return HOST_ERR_DENIED;
	*params = params_of(m, granule->content);
	if (!params_are_good(params))
		return HOST_ERR_ARGS;
	if (slot_free(m) < 0)
		return HOST_ERR_NO_MEMORY;
	return state_claim(m, params->control_pa, HOST_CONTROL_GRANULES(params->vcpu_count) * G, GRANULE_OUTER);
}

static int64_t create_begin(struct model *m, struct model_cpu *cpu, const uint64_t x[7])
{
	struct host_pair_params params;
	int64_t code = create_check(m, x[1], &params);

	if (code != HOST_OK)
		return code;
	cpu->move.slot = (unsigned)slot_free(m);
	cpu->move.pa = params.control_pa;
	cpu->move.bytes = HOST_CONTROL_GRANULES(params.vcpu_count) * G;
	struct model_pair *pair = &m->pairs[cpu->move.slot];

	*pair = (struct model_pair){ .is_taken = true, .params = params };
	state_hold(m, cpu->move.pa, cpu->move.bytes, false);
	return HOST_OK;
}

/* A new name each time. */
static bool is_new_name(struct model *m, uint64_t handle)
{
	for (unsigned i = 0; i < m->retired_count; i++) {
		if (m->retired[i] == handle)
			return false;
	}
	return handle != 0 && model_pair(m, handle) == NULL;
}

static bool create_end(struct model *m, struct model_cpu *cpu, const struct model_facts *facts)
{
	const struct model_move *move = &cpu->move;
	struct model_pair *pair = &m->pairs[move->slot];

	/* Which slot it names is the mediator's to choose. */
	if (facts->slot >= HOST_PAIR_MAX || !is_new_name(m, facts->handle))
		return false;
	if (facts->slot != move->slot) {
		if (m->pairs[facts->slot].state != HOST_PAIR_FREE || m->pairs[facts->slot].is_taken)
			return false;
		m->pairs[facts->slot] = *pair;
		*pair = (struct model_pair){ .state = HOST_PAIR_FREE };
		pair = &m->pairs[facts->slot];
	}
	pair->is_taken = false;
	pair->state = HOST_PAIR_NEW;
	pair->handle = facts->handle;
	pair->granules = move->bytes / G;
	for (unsigned role = 0; role < 2; role++) {
		pair->run_base[role] = MODEL_RAM_BASE;
		pair->run[role] = (struct model_digest){ { 0 } };
		pair->chain[role] = anchor_first(role);
		pair->populate_next[role] = MODEL_RAM_BASE;
	}
	state_give(m, move->pa, move->bytes, GRANULE_CONTEXT, pair, HOST_ROLE_BOX, CONTENT_INTERNAL);
	state_give(m, move->pa, HOST_CONTROL_DESCRIPTOR * G, GRANULE_TABLE, pair, HOST_ROLE_BOX, CONTENT_INTERNAL);
	state_give(m, move->pa + HOST_CONTROL_NOTICE * G, G, GRANULE_NOTICE, pair, HOST_ROLE_BOX, CONTENT_ZERO);
	state_result(cpu, 1, facts->handle);
	return true;
}

/* --- pool, populate, donate --- */

static int64_t pair_check(struct model *m, uint64_t handle, struct model_pair **pair)
{
	*pair = model_pair(m, handle);
	if (*pair == NULL)
		return HOST_ERR_NOT_FOUND;
	if ((*pair)->state != HOST_PAIR_NEW)
		return HOST_ERR_STATE;
	m->counts.found_busy += (*pair)->is_busy ? 1 : 0;
	return (*pair)->is_busy ? HOST_ERR_BUSY : HOST_OK;
}

/* One call ends at the next 2 MiB of its (guest) address, and at its own limit. */
static uint64_t piece(uint64_t address, uint64_t bytes, uint64_t limit)
{
	return least(least(bytes, limit), MODEL_BLOCK - address % MODEL_BLOCK);
}

static int64_t pool_begin(struct model *m, struct model_cpu *cpu, const uint64_t x[7])
{
	struct model_pair *pair;

	if (!state_is_range(x[2], x[3], MODEL_ADDRESS_END))
		return HOST_ERR_ARGS;
	int64_t code = pair_check(m, x[1], &pair);
	uint64_t bytes = piece(x[2], x[3], HOST_MOVE_MAX);

	if (code == HOST_OK)
		code = state_claim(m, x[2], bytes, GRANULE_OUTER);
	if (code != HOST_OK)
		return code;
	cpu->move.slot = model_slot(m, pair);
	cpu->move.pa = x[2];
	cpu->move.bytes = bytes;
	pair->is_busy = true;
	state_hold(m, x[2], bytes, false);
	return HOST_OK;
}

static bool is_inside_ram(const struct model_pair *pair, unsigned role, uint64_t ipa, uint64_t bytes)
{
	uint64_t ram = role == HOST_ROLE_VM ? pair->params.vm_ram_bytes : pair->params.box_ram_bytes;

	return ipa >= MODEL_RAM_BASE && ipa - MODEL_RAM_BASE < ram && bytes <= ram - (ipa - MODEL_RAM_BASE);
}

/* What populate and donate have in common, behind their arguments' form. */
static int64_t place_check(struct model *m, struct model_cpu *cpu, struct model_pair *pair)
{
	struct model_move *move = &cpu->move;
	unsigned needed = state_tables_needed(pair, move->role, move->ipa, move->pa, move->bytes);

	if (!is_inside_ram(pair, move->role, move->ipa, move->bytes))
		return HOST_ERR_ARGS;
	if (state_is_mapped(m, pair, move->role, move->ipa, move->bytes))
		return HOST_ERR_STATE;
	if (needed > pair->pool) {
		state_result(cpu, 1, needed);
		state_result(cpu, 2, pair->pool);
		return HOST_ERR_NO_MEMORY;
	}
	return state_claim(m, move->pa, move->bytes, GRANULE_OUTER);
}

static bool overlap(uint64_t a, uint64_t b, uint64_t bytes)
{
	return a < b ? b - a < bytes : a - b < bytes;
}

static int64_t source_check(struct model *m, struct model_cpu *cpu)
{
	struct model_move *move = &cpu->move;

	if (state_claim(m, move->source, move->bytes, GRANULE_LOADER) == HOST_OK)
		return HOST_OK;
	int64_t code = state_claim(m, move->source, move->bytes, GRANULE_OUTER);

	move->holds_source = code == HOST_OK;
	return code;
}

static int64_t place_begin(struct model *m, struct model_cpu *cpu, const uint64_t x[7])
{
	bool is_populate = x[0] == HOST_POPULATE;
	uint64_t bytes = x[is_populate ? 6 : 5];
	struct model_move *move = &cpu->move;
	struct model_pair *pair;

	if (x[2] > HOST_ROLE_VM || !state_is_range(x[3], bytes, MODEL_HALF) ||
	    !state_is_range(x[4], bytes, MODEL_ADDRESS_END))
		return HOST_ERR_ARGS;
	if (is_populate && (!state_is_range(x[5], bytes, MODEL_ADDRESS_END) || overlap(x[4], x[5], bytes)))
		return HOST_ERR_ARGS;
	move->role = (unsigned)x[2];
	move->ipa = x[3];
	move->pa = x[4];
	move->source = x[5];
	move->bytes = piece(x[3], bytes, is_populate ? HOST_POPULATE_MAX : HOST_MOVE_MAX);
	int64_t code = pair_check(m, x[1], &pair);

	if (code != HOST_OK)
		return code;
	move->slot = model_slot(m, pair);
	if (is_populate && move->ipa < pair->populate_next[move->role])
		return HOST_ERR_ARGS;
	code = place_check(m, cpu, pair);
	if (is_populate && code == HOST_OK)
		code = source_check(m, cpu);
	if (code != HOST_OK)
		return code;
	pair->is_busy = true;
	state_hold(m, move->pa, move->bytes, false);
	if (move->holds_source)
		state_hold(m, move->source, move->bytes, true);
	return HOST_OK;
}

static int64_t image_begin(struct model *m, struct model_cpu *cpu, const uint64_t x[7])
{
	struct model_move *move = &cpu->move;
	struct model_pair *pair;

	if (!state_is_range(x[3], x[5], MODEL_HALF) || !state_is_range(x[4], x[5], MODEL_ADDRESS_END))
		return HOST_ERR_ARGS;
	int64_t code = pair_check(m, x[1], &pair);

	if (code != HOST_OK)
		return code;
	move->slot = model_slot(m, pair);
	move->role = HOST_ROLE_VM;
	move->image = x[2];
	move->ipa = x[3];
	move->pa = x[4];
	move->bytes = piece(x[3], x[5], HOST_POPULATE_MAX);
	/* A VM is of one image. */
	if (pair->image != 0 && pair->image != move->image)
		return HOST_ERR_STATE;
	code = move->ipa < pair->populate_next[HOST_ROLE_VM] ? HOST_ERR_ARGS : place_check(m, cpu, pair);
	if (code != HOST_OK)
		return code;
	pair->is_busy = true;
	state_hold(m, move->pa, move->bytes, false);
	return HOST_OK;
}

static void pool_end(struct model *m, struct model_cpu *cpu)
{
	struct model_pair *pair = &m->pairs[cpu->move.slot];

	state_give(m, cpu->move.pa, cpu->move.bytes, GRANULE_TABLE, pair, HOST_ROLE_BOX, CONTENT_INTERNAL);
	pair->pool += cpu->move.bytes / G;
	pair->granules += cpu->move.bytes / G;
	pair->is_busy = false;
	state_result(cpu, 1, cpu->move.bytes);
}

/* What was not opened: its first granule zero, the others as they were. */
static void rest_give_back(struct model *m, struct model_move *move)
{
	if (move->is_copied)
		return;
	move->is_copied = true;
	for (uint64_t at = move->opened; at < move->bytes; at += G) {
		uint64_t content = at == move->opened ? CONTENT_ZERO : model_granule(m, move->pa + at)->content;

		state_give(m, move->pa + at, G, GRANULE_OUTER, NULL, 0, content);
	}
}

void model_copied(struct model *m, unsigned cpu)
{
	struct model_move *move = &m->cpus[cpu].move;

	if (move->id == HOST_POPULATE_IMAGE)
		rest_give_back(m, move);
	if (move->id != HOST_POPULATE || move->is_copied)
		return;
	move->is_copied = true;
	for (uint64_t at = 0; at < move->bytes; at += G) {
		uint64_t content = model_granule(m, move->source + at)->content;

		move->contents[at / G] = content;
		if (move->holds_source)
			state_give(m, move->source + at, G, GRANULE_OUTER, NULL, 0, content);
	}
}

static void put_le(uint8_t *out, uint64_t value)
{
	for (unsigned i = 0; i < 8; i++)
		out[i] = (uint8_t)(value >> 8 * i);
}

/* A chain with the run in it that ends at populate_next, if there is one. */
static struct model_digest run_ended(const struct model_pair *pair, unsigned role)
{
	uint64_t base = pair->run_base[role], end = pair->populate_next[role];
	uint8_t run[48];

	if (base == end)
		return pair->chain[role];
	put_le(run, base);
	put_le(run + 8, end - base);
	for (unsigned i = 0; i < 4; i++)
		put_le(run + 16 + 8 * i, pair->run[role].words[i]);
	return anchor_bytes(pair->chain[role], run, sizeof(run));
}

static void run_grow(struct model *m, struct model_pair *pair, const struct model_move *move, uint64_t bytes)
{
	unsigned role = move->role;

	if (move->ipa != pair->populate_next[role]) {
		pair->chain[role] = run_ended(pair, role);
		pair->run[role] = (struct model_digest){ { 0 } };
		pair->run_base[role] = move->ipa;
	}
	for (uint64_t i = 0; i < bytes / G; i++)
		pair->run[role] = anchor_extend(pair->run[role], move->ipa + i * G, &m->params, move->contents[i]);
	pair->populate_next[role] = move->ipa + bytes;
}

/* The first @bytes of a move become its pair's. */
static void place(struct model *m, struct model_cpu *cpu, uint64_t bytes)
{
	const struct model_move *move = &cpu->move;
	struct model_pair *pair = &m->pairs[move->slot];
	bool is_zero = move->id == HOST_DONATE;

	if (!is_zero)
		run_grow(m, pair, move, bytes);
	for (uint64_t at = 0; at < bytes; at += G) {
		uint64_t content = is_zero ? CONTENT_ZERO : move->contents[at / G];

		state_give(m, move->pa + at, G, GRANULE_DATA, pair, move->role, content);
		state_map(m, model_granule(m, move->pa + at), move->ipa + at);
	}
	m->counts.blocks += (move->ipa | move->pa | bytes) % MODEL_BLOCK == 0 ? 1 : 0;
	state_tables_take(pair, move->role, move->ipa, move->pa, bytes);
	state_tables_fold(m, pair, move->role, move->ipa);
	pair->granules += bytes / G;
	state_result(cpu, 1, bytes);
}

static void place_end(struct model *m, struct model_cpu *cpu)
{
	model_copied(m, (unsigned)(cpu - m->cpus));
	place(m, cpu, cpu->move.bytes);
	m->pairs[cpu->move.slot].is_busy = false;
}

static void image_end(struct model *m, struct model_cpu *cpu)
{
	const struct model_move *move = &cpu->move;
	struct model_pair *pair = &m->pairs[move->slot];

	while (!move->is_over)
		model_chunk(m, (unsigned)(cpu - m->cpus));
	model_copied(m, (unsigned)(cpu - m->cpus));
	pair->is_busy = false;
	if (move->opened == 0) {
		state_answer(cpu, HOST_ERR_MEASUREMENT);
		state_result(cpu, 1, move->problem);
		return;
	}
	place(m, cpu, move->opened);
	pair->image = move->image;
}

/* --- activate --- */

struct model_digest model_measure(const struct model_pair *pair, unsigned role, struct model_digest box)
{
	struct measurement_header header = { .role = role, .ram_base = MODEL_RAM_BASE, .entry = BOX_RAM_BASE,
					     .ram_bytes = pair->params.box_ram_bytes };

	if (role == HOST_ROLE_VM) {
		header.class = pair->params.class;
		header.options = pair->params.options;
		header.vcpu_count = pair->params.vcpu_count;
		header.ram_bytes = pair->params.vm_ram_bytes;
		header.entry = pair->params.vm_entry;
		header.x0 = pair->params.vm_x0;
		for (unsigned i = 0; i < 4; i++)
			put_le(header.box + 8 * i, box.words[i]);
	}
	return anchor_final(run_ended(pair, role), &header);
}

static int64_t activate_begin(struct model *m, struct model_cpu *cpu, const uint64_t x[7])
{
	struct model_pair *pair;
	int64_t code = pair_check(m, x[1], &pair);

	if (code != HOST_OK)
		return code;
	cpu->move.slot = model_slot(m, pair);
	pair->is_busy = true;
	cpu->move.measured[HOST_ROLE_BOX] = model_measure(pair, HOST_ROLE_BOX, (struct model_digest){ { 0 } });
	cpu->move.measured[HOST_ROLE_VM] = model_measure(pair, HOST_ROLE_VM, cpu->move.measured[HOST_ROLE_BOX]);
	return HOST_OK;
}

static void activate_end(struct model *m, struct model_cpu *cpu)
{
	struct model_pair *pair = &m->pairs[cpu->move.slot];

	pair->is_busy = false;
	for (unsigned role = 0; role < 2; role++) {
		struct model_digest measured = cpu->move.measured[role];

		/* An image's VM is as its manifest says, whatever the policy lists. */
		if (role == HOST_ROLE_VM && pair->image != 0 ? image_vouches(m, pair, measured) : anchor_lists(role, measured))
			continue;
		state_answer(cpu, HOST_ERR_MEASUREMENT);
		state_result(cpu, 1, role);
		for (unsigned i = 0; i < 4; i++)
			state_result(cpu, 2 + i, measured.words[i]);
		state_result(cpu, 6, cpu->move.measured[HOST_ROLE_BOX].words[0]);
		return;
	}
	/* Somebody may have terminated it meanwhile: as if that had come behind. */
	if (pair->state == HOST_PAIR_NEW)
		pair->state = HOST_PAIR_ACTIVE;
	pair->is_final = true;
	for (unsigned role = 0; role < 2; role++) {
		pair->chain[role] = cpu->move.measured[role];
		pair->vcpus[0].power[role] = MODEL_PENDING;
	}
}

/* --- reclaim --- */

static bool is_descriptor(const struct model_pair *pair, uint64_t pa)
{
	return pa == pair->params.control_pa + HOST_CONTROL_DESCRIPTOR * G;
}

/* From @pa on, what is the same pair's and goes in one call: not the descriptor, not what somebody holds. */
static uint64_t reclaim_piece(struct model *m, uint64_t pa, uint64_t bytes, const struct model_pair *pair)
{
	uint64_t at = 0;

	for (; at < least(bytes, HOST_MOVE_MAX); at += G) {
		const struct model_granule *granule = model_granule(m, pa + at);

		if (granule == NULL || granule->state == GRANULE_MOVING || granule->pair != model_slot(m, pair) + 1 ||
		    is_descriptor(pair, pa + at))
			break;
	}
	return at == 0 ? G : at;
}

/* With its descriptor the pair is gone, and its handle stale; the slot may be somebody's next. */
static void retire(struct model *m, struct model_pair *pair)
{
	model_granule(m, pair->params.control_pa + HOST_CONTROL_DESCRIPTOR * G)->pair = 0;
	if (m->retired_count < MODEL_RETIRED_MAX)
		m->retired[m->retired_count++] = pair->handle;
	*pair = (struct model_pair){ .state = HOST_PAIR_FREE };
	m->counts.deaths++;
}

static int64_t reclaim_begin(struct model *m, struct model_cpu *cpu, const uint64_t x[7])
{
	if (!state_is_range(x[1], x[2], MODEL_ADDRESS_END))
		return HOST_ERR_ARGS;
	struct model_granule *granule = model_granule(m, x[1]);

	if (granule != NULL && granule->state == GRANULE_MOVING)
		return HOST_ERR_BUSY;
	if (granule == NULL || granule->pair == 0)
		return HOST_ERR_DENIED;
	struct model_pair *pair = &m->pairs[granule->pair - 1];

	if (pair->state != HOST_PAIR_DYING && pair->state != HOST_PAIR_DEAD)
		return HOST_ERR_STATE;
	if (model_is_inhabited(pair))
		return HOST_ERR_BUSY;
	pair->state = HOST_PAIR_DEAD;
	if (is_descriptor(pair, x[1]) && pair->granules != 1)
		return HOST_ERR_STATE;
	cpu->move.slot = model_slot(m, pair);
	cpu->move.pa = x[1];
	cpu->move.bytes = reclaim_piece(m, x[1], x[2], pair);
	pair->is_busy = true;
	for (uint64_t at = 0; at < cpu->move.bytes; at += G) {
		granule = model_granule(m, x[1] + at);
		if (granule->state == GRANULE_DATA)
			state_unmap(m, granule);
	}
	state_hold(m, cpu->move.pa, cpu->move.bytes, false);
	if (is_descriptor(pair, x[1]))
		retire(m, pair);
	return HOST_OK;
}

static void reclaim_end(struct model *m, struct model_cpu *cpu)
{
	struct model_pair *pair = &m->pairs[cpu->move.slot];
	bool is_last = model_granule(m, cpu->move.pa)->pair == 0;

	state_give(m, cpu->move.pa, cpu->move.bytes, GRANULE_OUTER, NULL, 0, CONTENT_ZERO);
	if (!is_last) {
		pair->granules -= cpu->move.bytes / G;
		pair->is_busy = false;
	}
	state_result(cpu, 1, cpu->move.bytes);
}

/* --- both halves --- */

void move_begin(struct model *m, struct model_cpu *cpu, const uint64_t x[7])
{
	int64_t code;

	cpu->move = (struct model_move){ 0 };
	switch (x[0]) {
	case HOST_PAIR_CREATE:
		code = create_begin(m, cpu, x);
		break;
	case HOST_POOL_ADD:
		code = pool_begin(m, cpu, x);
		break;
	case HOST_ACTIVATE:
		code = activate_begin(m, cpu, x);
		break;
	case HOST_RECLAIM:
		code = reclaim_begin(m, cpu, x);
		break;
	case HOST_POPULATE_IMAGE:
		code = image_begin(m, cpu, x);
		break;
	default:
		code = place_begin(m, cpu, x);
		break;
	}
	state_answer(cpu, code);
	cpu->move.id = code == HOST_OK ? x[0] : 0;
}

bool move_end(struct model *m, struct model_cpu *cpu, const struct model_facts *facts)
{
	bool is_possible = true;

	switch (cpu->move.id) {
	case HOST_PAIR_CREATE:
		is_possible = create_end(m, cpu, facts);
		break;
	case HOST_POOL_ADD:
		pool_end(m, cpu);
		break;
	case HOST_ACTIVATE:
		activate_end(m, cpu);
		break;
	case HOST_RECLAIM:
		reclaim_end(m, cpu);
		break;
	case HOST_POPULATE_IMAGE:
		image_end(m, cpu);
		break;
	default:
		place_end(m, cpu);
		break;
	}
	state_touch(m, cpu->move.pa, cpu->move.bytes);
	if (cpu->move.holds_source) {
		m->touched_source = cpu->move.source;
		m->touched_source_bytes = cpu->move.bytes;
	}
	cpu->move.id = 0;
	return is_possible;
}
