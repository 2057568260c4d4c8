/*
 * The oracle's rows. Derived from docs/abi.md and the abi/ headers, call by call; where a row and the mediator differ,
 * one of them and the page are wrong together.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "tests/unit/oracle_calls.h"
#include "mediator/virq.h"

#define G	GRANULE_BYTES
/* Where the target has nothing yet: past what fixture_fill() gives, in tables that are there. */
#define TARGET_IPA	(PLAT_RAM_BASE + MIB)
#define VCPUS		1u
#define IMAGE		0x1a6e
#define CONTROL_BYTES	(HOST_CONTROL_GRANULES(VCPUS) * G)

static unsigned index_of(const struct fixture *f)
{
	return (unsigned)(f->handle & 0xffffffff) - 1;
}

static struct oracle_slot *slot_of(struct oracle_state *state, const struct fixture *f)
{
	return &state->slots[index_of(f)];
}

/* --- arguments --- */

static void nothing(struct oracle_cell *cell)
{
	(void)cell;
}

static void granule(struct oracle_cell *cell)
{
	cell->args[1] = cell->pa;
}

static void handle(struct oracle_cell *cell)
{
	cell->args[1] = cell->world->target.handle;
}

static void handle_granule(struct oracle_cell *cell)
{
	handle(cell);
	cell->args[2] = cell->pa;
	cell->args[3] = G;
}

static void destination(struct oracle_cell *cell)
{
	handle(cell);
	cell->args[2] = HOST_ROLE_VM;
	cell->args[3] = TARGET_IPA;
	cell->args[4] = cell->pa;
	cell->args[5] = cell->world->source;
	cell->args[6] = G;
}

static void source(struct oracle_cell *cell)
{
	destination(cell);
	cell->args[4] = cell->world->control;
	cell->args[5] = cell->pa;
}

/* The anchor has an image open, nobody's yet, whose next chunk goes to the target. */
static void image_opened(struct oracle_cell *cell, uint32_t good)
{
	machine.image = (struct machine_image){ .handle = IMAGE, .address = TARGET_IPA, .good = good, .count = 1 };
	handle(cell);
	cell->args[2] = IMAGE;
	cell->args[3] = TARGET_IPA;
	cell->args[4] = cell->pa;
	cell->args[5] = G;
}

static void image(struct oracle_cell *cell)
{
	image_opened(cell, 1);
}

static void altered_image(struct oracle_cell *cell)
{
	image_opened(cell, 0);
}

static void donated(struct oracle_cell *cell)
{
	destination(cell);
	cell->args[5] = G;
}

static void range(struct oracle_cell *cell)
{
	granule(cell);
	cell->args[2] = G;
}

static void first_slot(struct oracle_cell *cell)
{
	cell->args[1] = index_of(&cell->world->target);
}

static void handle_role(struct oracle_cell *cell)
{
	handle(cell);
	cell->args[2] = HOST_ROLE_VM;
}

static void ring(struct oracle_cell *cell)
{
	cell->args[2] = HOST_RING_TRACE;
	cell->args[4] = cell->pa;
}

/* The outer OS writes its parameters where it can. */
static void params(struct oracle_cell *cell)
{
	granule(cell);
	if (range_is_inside(cell->pa, G, PLAT_RAM_BASE, ORACLE_RAM_BYTES) && machine_outer_leaf(cell->pa).write)
		fixture_params(cell->pa, cell->world->control, VCPUS);
}

/* The granule is in the control area, if need be as its second. */
static void control(struct oracle_cell *cell)
{
	cell->args[1] = cell->world->params;
	fixture_params(cell->world->params, cell->pa & ~(2 * G - 1), VCPUS);
}

static void spi(struct oracle_cell *cell)
{
	cell->args[2] = 33;
	cell->args[3] = 0x80;
}

static void own_page(struct oracle_cell *cell)
{
	cell->args[1] = oracle_subject_ipa(cell->world, cell->subject, cell->pa);
}

/* --- what changes --- */

static void record_is(struct oracle_state *state, uint64_t pa, uint8_t granule_state, uint16_t who, uint8_t access,
		      enum oracle_content content)
{
	struct oracle_granule *record = oracle_granule(state, pa);

	if (record->state == GRANULE_OUTER)
		state->outer_count--;
	if (granule_state == GRANULE_OUTER)
		state->outer_count++;
	*record = (struct oracle_granule){ .state = granule_state, .who = who, .access = access,
					   .content = (uint8_t)content };
}

static void created(struct oracle_state *state, uint64_t base)
{
	unsigned index = 0;

	while (state->slots[index].pair != NULL)
		index++;
	uint16_t who = who_make(index, HOST_ROLE_BOX).who;
	struct oracle_slot *slot = &state->slots[index];

	for (uint64_t i = 0; i < HOST_CONTROL_GRANULES(VCPUS); i++) {
		bool is_notice = i == HOST_CONTROL_NOTICE;
		uint8_t kind = i < HOST_CONTROL_DESCRIPTOR ? GRANULE_TABLE : is_notice ? GRANULE_NOTICE : GRANULE_CONTEXT;

		record_is(state, base + i * G, kind, who, is_notice ? 4 : 0,
			  is_notice ? CONTENT_ZERO : CONTENT_NOT_COMPARED);
	}
	slot->state = HOST_PAIR_NEW;
	slot->mark = slot->busy = false;
	slot->pair = fake_pointer(base + HOST_CONTROL_DESCRIPTOR * G);
	slot->granules = HOST_CONTROL_GRANULES(VCPUS);
	machine_mix(slot->chains[HOST_ROLE_BOX], "box", 2);
	machine_mix(slot->chains[HOST_ROLE_VM], "vm", 2);
	for (unsigned role = 0; role < 2; role++)
		slot->runs[role].base = 0x40000000;
}

static void created_from_params(struct oracle_state *state, const struct oracle_cell *cell)
{
	created(state, cell->world->control);
}

static void created_here(struct oracle_state *state, const struct oracle_cell *cell)
{
	created(state, cell->pa & ~(2 * G - 1));
}

static void pooled(struct oracle_state *state, const struct oracle_cell *cell)
{
	struct oracle_slot *slot = slot_of(state, &cell->world->target);

	record_is(state, cell->pa, GRANULE_TABLE, who_make(index_of(&cell->world->target), HOST_ROLE_BOX).who, 0,
		  CONTENT_NOT_COMPARED);
	slot->granules++;
	slot->pool++;
	oracle_internals_free(state, index_of(&cell->world->target));
}

static void mapped(struct oracle_state *state, const struct oracle_cell *cell, uint64_t pa, enum oracle_content content)
{
	const struct fixture *target = &cell->world->target;
	struct oracle_slot *slot = slot_of(state, target);

	record_is(state, pa, GRANULE_DATA, who_make(index_of(target), HOST_ROLE_VM).who, 0, content);
	slot->granules++;
	oracle_map_add(&slot->maps[HOST_ROLE_VM], TARGET_IPA, pa);
	oracle_internals_free(state, index_of(target));
}

/* Of the VM, a granule with @content at the target. */
static void measured(struct oracle_slot *slot, const uint64_t *content)
{
	struct measurement_run *run = &slot->runs[HOST_ROLE_VM];
	uint64_t address = TARGET_IPA;

	if (address != run->base + run->bytes) {
		if (run->bytes != 0)
			machine_mix(slot->chains[HOST_ROLE_VM], run, sizeof(*run));
		*run = (struct measurement_run){ .base = address };
	}
	machine_mix(run->digest, &address, sizeof(address));
	machine_mix(run->digest, content, G);
	run->bytes += G;
}

static void populated(struct oracle_state *state, const struct oracle_cell *cell)
{
	uint64_t pa = cell->args[4], from = cell->args[5];

	mapped(state, cell, pa, CONTENT_COPY);
	oracle_granule(state, pa)->copy_of = from;
	measured(slot_of(state, &cell->world->target), machine_at(from));
}

static void was_opened(struct oracle_state *state, const struct oracle_cell *cell)
{
	struct oracle_slot *slot = slot_of(state, &cell->world->target);
	uint64_t chunk[G / 8];

	for (unsigned i = 0; i < ARRAY_COUNT(chunk); i++)
		chunk[i] = machine_image_word(0);
	mapped(state, cell, cell->pa, CONTENT_CHUNK);
	measured(slot, chunk);
	slot->image = IMAGE;
}

static void was_donated(struct oracle_state *state, const struct oracle_cell *cell)
{
	mapped(state, cell, cell->pa, CONTENT_ZERO);
}

static void activated(struct oracle_state *state, const struct oracle_cell *cell)
{
	struct oracle_slot *slot = slot_of(state, &cell->world->target);
	struct oracle_map *vm = &slot->maps[HOST_ROLE_VM];
	unsigned pages = vm->count;

	slot->state = HOST_PAIR_ACTIVE;
	for (unsigned role = 0; role < 2; role++) {
		fixture_measurement(&cell->world->target, role, slot->chains[role]);
		slot->is_final[role] = true;
	}
	/* The box sees the VM in its window, the VM itself once more. */
	for (unsigned i = 0; i < pages; i++) {
		oracle_map_add(&slot->maps[HOST_ROLE_BOX], BOX_WINDOW | vm->pages[i].ipa, vm->pages[i].pa);
		oracle_map_add(vm, BOX_WINDOW | vm->pages[i].ipa, vm->pages[i].pa);
	}
	oracle_internals_free(state, index_of(&cell->world->target));
}

static void entered(struct oracle_state *state, const struct oracle_cell *cell)
{
	unsigned index = index_of(&cell->world->target);

	state->cpus[0] = (struct oracle_cpu){ pair_slots[index].pair->contexts[HOST_ROLE_BOX][0],
					      (uint16_t)(index + 1) };
	state->slots[index].claimed[0] = 1;
	oracle_internals_free(state, index);
}

static void notified(struct oracle_state *state, const struct oracle_cell *cell)
{
	oracle_granule(state, cell->world->target.control + HOST_CONTROL_NOTICE * G)->content = CONTENT_NOT_COMPARED;
	oracle_internals_free(state, index_of(&cell->world->target));
}

static void terminated(struct oracle_state *state, const struct oracle_cell *cell)
{
	struct oracle_slot *slot = slot_of(state, &cell->world->target);

	slot->state = HOST_PAIR_DYING;
	slot->mark = true;
}

static void reclaimed(struct oracle_state *state, const struct oracle_cell *cell)
{
	record_is(state, cell->pa, GRANULE_OUTER, 0, 7, CONTENT_ZERO);
	slot_of(state, &cell->world->owner)->granules--;
	oracle_internals_free(state, index_of(&cell->world->owner));
}

static void filled_with_records(struct oracle_state *state, const struct oracle_cell *cell)
{
	oracle_granule(state, cell->pa)->content = CONTENT_NOT_COMPARED;
}

/* CPU 1 goes from the box to its VM. */
static void vm_entered(struct oracle_state *state, const struct oracle_cell *cell)
{
	unsigned index = index_of(&cell->world->caller);

	state->cpus[1].current = pair_slots[index].pair->contexts[HOST_ROLE_VM][0];
	oracle_internals_free(state, index);
}

static void left(struct oracle_state *state, const struct oracle_cell *cell)
{
	unsigned index = index_of(&cell->world->caller);

	state->cpus[1] = (struct oracle_cpu){ &outer_contexts[1], 0 };
	state->slots[index].claimed[0] = 0;
	oracle_internals_free(state, index);
}

static void interrupt_changed(struct oracle_state *state, const struct oracle_cell *cell)
{
	oracle_internals_free(state, index_of(&cell->world->caller));
}

static void opened(struct oracle_state *state, const struct oracle_cell *cell)
{
	oracle_granule(state, cell->pa)->access = 7;
}

static void closed(struct oracle_state *state, const struct oracle_cell *cell)
{
	oracle_granule(state, cell->pa)->access = 0;
}

/* --- what is returned --- */

static void all_of_it(const struct oracle_state *state, const struct oracle_cell *cell)
{
	(void)state;
	assert_hex(cell->results[1], G);
}

static void what_it_is(const struct oracle_state *state, const struct oracle_cell *cell)
{
	uint64_t i = (cell->pa - PLAT_RAM_BASE) / G, run = 0;
	const struct oracle_granule *first = &state->granules[i];
	unsigned index = first->who / 2u - 1;

	for (; i < ORACLE_GRANULES && state->granules[i].state == first->state && state->granules[i].who == first->who; i++)
		run += G;
	bool has_owner = first->who != 0 && first->state != GRANULE_MOVING;

	assert_hex(cell->results[1], first->state);
	assert_hex(cell->results[2], has_owner ? (uint64_t)state->slots[index].generation << 32 | (index + 1) : 0);
	assert_hex(cell->results[3], has_owner ? first->who & 1 : 0);
	assert_hex(cell->results[4], run);
}

static void a_handle(const struct oracle_state *state, const struct oracle_cell *cell)
{
	unsigned index = (unsigned)(cell->results[1] & 0xffffffff) - 1;

	assert_true(index < ORACLE_SLOTS);
	assert_int_equal(state->slots[index].state, HOST_PAIR_NEW);
	assert_hex(cell->results[1] >> 32, state->slots[index].generation);
}

static void what_the_pair_is(const struct oracle_state *state, const struct oracle_cell *cell)
{
	const struct oracle_slot *slot = &state->slots[index_of(&cell->world->target)];
	bool is_free = slot->state == HOST_PAIR_FREE;

	assert_hex(cell->results[1], is_free ? 0 : cell->world->target.handle);
	assert_hex(cell->results[2], slot->state);
	assert_hex(cell->results[3], is_free ? 0 : HOST_CLASS_ISOLATED);
	assert_hex(cell->results[4], is_free ? 0 : VCPUS);
	assert_hex(cell->results[5], is_free ? 0 : slot->granules);
}

static void the_measurement(const struct oracle_state *state, const struct oracle_cell *cell)
{
	const struct oracle_slot *slot = &state->slots[index_of(&cell->world->target)];

	assert_memory_equal(&cell->results[1], slot->chains[HOST_ROLE_VM], 32);
	assert_hex(cell->results[5], slot->is_final[HOST_ROLE_VM]);
}

/* --- the rows --- */

/* The calls' codes, which both ABIs number alike. */
#define o	HOST_OK
#define A	HOST_ERR_ARGS
#define D	HOST_ERR_DENIED
#define S	HOST_ERR_STATE
#define B	HOST_ERR_BUSY
#define N	HOST_ERR_NOT_FOUND
#define M	HOST_ERR_MEASUREMENT
_Static_assert(A == BOX_ERR_ARGS && D == BOX_ERR_DENIED && S == BOX_ERR_STATE && B == BOX_ERR_BUSY,
	       "one letter for both");
_Static_assert(GRANULE_STATE_COUNT == 8, "a column for each state of a granule");
_Static_assert(HOST_PAIR_STATE_COUNT == 5 && LIVES == 8, "a column for each part of a pair's life");

/* Of the outer OS's memory, and the loader window's where content may come from there. */
#define OUTER_ONLY	{ o, D, B, D, D, D, D, D, D }
#define OUTER_OR_LOADER	{ o, D, B, D, D, D, D, o, D }
#define ANY_GRANULE	{ o, o, o, o, o, o, o, o, o }
#define ANY_PAIR	{ o, o, o, o, o, o, o, o }
#define NEW_ONLY	{ N, o, B, S, S, S, S, S }
#define ACTIVE_ONLY	{ N, S, S, o, o, S, S, S }

const struct oracle_row oracle_rows[] = {
	/*                               outer, core, moving, table,     free, new, busy, active,
	 *                               context, notice, data,          inside, dying, left, dead
	 *                               loader, no DRAM */
	{ HOST_INFO, "-", nothing, ANY_GRANULE, ANY_PAIR, NULL, NULL },
	{ HOST_GRANULE_INFO, "page", granule, { o, o, o, o, o, o, o, o, A }, ANY_PAIR, NULL, what_it_is },
	{ HOST_PAIR_CREATE, "parameters", params, OUTER_OR_LOADER, ANY_PAIR, created_from_params, a_handle },
	{ HOST_PAIR_CREATE, "control area", control, OUTER_ONLY, ANY_PAIR, created_here, a_handle },
	{ HOST_POOL_ADD, "memory", handle_granule, OUTER_ONLY, NEW_ONLY, pooled, all_of_it },
	{ HOST_POPULATE, "destination", destination, OUTER_ONLY, NEW_ONLY, populated, all_of_it },
	{ HOST_POPULATE, "source", source, OUTER_OR_LOADER, NEW_ONLY, populated, all_of_it },
	{ HOST_POPULATE_IMAGE, "destination", image, OUTER_ONLY, NEW_ONLY, was_opened, all_of_it },
	/* What the anchor refuses comes back zero: see oracle_aside(). */
	{ HOST_POPULATE_IMAGE, "destination of an altered chunk", altered_image, { M, D, B, D, D, D, D, D, D }, NEW_ONLY, NULL,
	  NULL },
	{ HOST_DONATE, "memory", donated, OUTER_ONLY, NEW_ONLY, was_donated, all_of_it },
	{ HOST_ACTIVATE, "-", handle, ANY_GRANULE, NEW_ONLY, activated, NULL },
	{ HOST_RUN, "-", handle, ANY_GRANULE, { N, S, S, o, B, S, S, S }, entered, NULL },
	{ HOST_NOTIFY, "-", handle, ANY_GRANULE, ACTIVE_ONLY, notified, NULL },
	{ HOST_TERMINATE, "-", handle, ANY_GRANULE, { N, o, o, o, o, S, S, S }, terminated, NULL },
	/* What is a pair's: see owner_answer(). */
	{ HOST_RECLAIM, "memory", range, { D, D, B, o, o, o, o, D, D }, ANY_PAIR, reclaimed, all_of_it },
	{ HOST_PAIR_INFO, "-", first_slot, ANY_GRANULE, ANY_PAIR, NULL, what_the_pair_is },
	{ HOST_PAIR_MEASUREMENT, "-", handle_role, ANY_GRANULE, { N, o, o, o, o, o, o, o }, NULL, the_measurement },
	{ HOST_BOOT_MEASUREMENT, "-", nothing, ANY_GRANULE, ANY_PAIR, NULL, NULL },
	{ HOST_RING_READ, "page", ring, OUTER_ONLY, ANY_PAIR, filled_with_records, NULL },
	{ BOX_INFO, "-", nothing, ANY_GRANULE, ANY_PAIR, NULL, NULL },
	{ BOX_VM_RUN, "-", nothing, ANY_GRANULE, ANY_PAIR, vm_entered, NULL },
	{ BOX_SPI_SET, "-", spi, ANY_GRANULE, ANY_PAIR, interrupt_changed, NULL },
	{ BOX_SPI_CLEAR, "-", spi, ANY_GRANULE, ANY_PAIR, interrupt_changed, NULL },
	/* What is the box's own: see own_answer(). */
	{ BOX_SHARE, "page", own_page, { D, D, D, D, D, D, D, D, D }, ANY_PAIR, opened, NULL },
	{ BOX_UNSHARE, "page", own_page, { D, D, D, D, D, D, D, D, D }, ANY_PAIR, closed, NULL },
	{ BOX_NOTIFY, "-", nothing, ANY_GRANULE, ANY_PAIR, left, NULL },
};
const size_t oracle_row_count = ARRAY_COUNT(oracle_rows);

/* HOST_RECLAIM, by the life of the pair that has the granule. */
static const int8_t by_owner[LIVES] = { N, S, S, S, S, B, o, o };

static int64_t owner_answer(const struct oracle_cell *cell)
{
	int64_t answer = by_owner[cell->world->owner_life];

	/* The descriptor tells a new outer OS what exists: it goes last. */
	return answer == HOST_OK && cell->subject == SUBJECT_DESCRIPTOR ? HOST_ERR_STATE : answer;
}

/* A box shares what is its own; its window is its VM's, and no address of its own. */
static int64_t own_answer(const struct oracle_cell *cell, int64_t foreign)
{
	if (!cell->world->owner_is_caller)
		return foreign;
	if (cell->subject == SUBJECT_BOX || cell->subject == SUBJECT_BOX_SHARED)
		return BOX_OK;
	return cell->args[1] >= BOX_WINDOW ? BOX_ERR_ARGS : foreign;
}

int64_t oracle_answer(const struct oracle_row *row, const struct oracle_cell *cell)
{
	const struct oracle_world *world = cell->world;
	bool is_box_call = row->id >= BOX_CALL_BASE;
	int64_t answer = row->by_target[world->target_life];

	if (is_box_call ? world->actor != ACTOR_BOX : world->actor != ACTOR_OUTER)
		return HOST_NOT_SUPPORTED;
	if (answer == HOST_OK)
		answer = row->by_state[oracle_subject_states[cell->subject]];
	if (row->id == HOST_RECLAIM && oracle_has_owner(cell->subject))
		return owner_answer(cell);
	if (row->id == BOX_SHARE || row->id == BOX_UNSHARE)
		return own_answer(cell, answer);
	return answer;
}

void oracle_aside(const struct oracle_row *row, struct oracle_state *state, const struct oracle_cell *cell)
{
	if (oracle_answer(row, cell) == HOST_ERR_MEASUREMENT) {
		oracle_granule(state, cell->pa)->content = CONTENT_ZERO;
		oracle_internals_free(state, index_of(&cell->world->target));
	}

	bool is_asked = row->id == HOST_RECLAIM && oracle_has_owner(cell->subject) && cell->world->actor == ACTOR_OUTER;

	if (!is_asked || cell->world->owner_life != LIFE_LEFT)
		return;
	struct oracle_slot *slot = slot_of(state, &cell->world->owner);

	slot->state = HOST_PAIR_DEAD;
	memset(slot->maps, 0, sizeof(slot->maps));
}
