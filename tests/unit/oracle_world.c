/*
 * The oracle's worlds: pairs in each part of their lives, and a granule of each kind.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "tests/unit/oracle.h"

#define G GRANULE_BYTES

/* CPUs: 0 the outer OS, who makes the calls or watches; then who is inside. */
#define CPU_CALLER	1
#define CPU_TARGET	2
#define CPU_OWNER	3

/* The box's second granule of donated memory is the one that is shared. */
#define SHARED_PAGE	(BOX_RAM_BASE + 2 * G)

const char *const oracle_life_names[LIVES] = {
	[LIFE_FREE] = "free", [LIFE_NEW] = "new", [LIFE_BUSY] = "new and busy", [LIFE_ACTIVE] = "active",
	[LIFE_INSIDE] = "active, CPU inside", [LIFE_DYING] = "dying, CPU inside", [LIFE_LEFT] = "dying, left",
	[LIFE_DEAD] = "dead",
};

const uint8_t oracle_life_states[LIVES] = {
	[LIFE_FREE] = HOST_PAIR_FREE, [LIFE_NEW] = HOST_PAIR_NEW, [LIFE_BUSY] = HOST_PAIR_NEW,
	[LIFE_ACTIVE] = HOST_PAIR_ACTIVE, [LIFE_INSIDE] = HOST_PAIR_ACTIVE, [LIFE_DYING] = HOST_PAIR_DYING,
	[LIFE_LEFT] = HOST_PAIR_DYING, [LIFE_DEAD] = HOST_PAIR_DEAD,
};

const char *const oracle_subject_names[SUBJECTS] = {
	[SUBJECT_OUTER] = "outer", [SUBJECT_CORE] = "core", [SUBJECT_MOVING_OUTER] = "moving from the outer OS",
	[SUBJECT_MOVING_DATA] = "moving from a VM", [SUBJECT_ROOT] = "root table", [SUBJECT_POOL] = "pool table",
	[SUBJECT_DESCRIPTOR] = "descriptor", [SUBJECT_VCPU] = "vCPU context", [SUBJECT_NOTICE] = "notice page",
	[SUBJECT_BOX] = "box's", [SUBJECT_BOX_SHARED] = "box's, shared", [SUBJECT_VM] = "VM's",
	[SUBJECT_LOADER] = "loader window", [SUBJECT_DEVICE] = "device",
};

const uint8_t oracle_subject_states[SUBJECTS] = {
	[SUBJECT_OUTER] = GRANULE_OUTER, [SUBJECT_CORE] = GRANULE_CORE, [SUBJECT_MOVING_OUTER] = GRANULE_MOVING,
	[SUBJECT_MOVING_DATA] = GRANULE_MOVING, [SUBJECT_ROOT] = GRANULE_TABLE, [SUBJECT_POOL] = GRANULE_TABLE,
	[SUBJECT_DESCRIPTOR] = GRANULE_CONTEXT, [SUBJECT_VCPU] = GRANULE_CONTEXT, [SUBJECT_NOTICE] = GRANULE_NOTICE,
	[SUBJECT_BOX] = GRANULE_DATA, [SUBJECT_BOX_SHARED] = GRANULE_DATA, [SUBJECT_VM] = GRANULE_DATA,
	[SUBJECT_LOADER] = GRANULE_LOADER, [SUBJECT_DEVICE] = GRANULE_STATE_COUNT,
};

bool oracle_has_owner(enum oracle_subject subject)
{
	uint8_t state = oracle_subject_states[subject];

	return state == GRANULE_TABLE || state == GRANULE_CONTEXT || state == GRANULE_NOTICE || state == GRANULE_DATA;
}

/* --- lives --- */

/* The box runs on @cpu and shares a page. */
static void go_inside(const struct fixture *f, unsigned cpu)
{
	fake_cpu = cpu;
	fixture_run(f, 0);
	machine_shared(f->box_ram + G, true);
	assert_int_equal(call(BOX_SHARE, SHARED_PAGE), BOX_OK);
}

static void come_out(unsigned cpu)
{
	fake_cpu = cpu;
	assert_int_equal(call(BOX_NOTIFY, 0), HOST_OK);
	assert_true(machine_context()->is_outer);
	fake_cpu = 0;
}

/* By physical address, upwards, twice: the descriptor goes last. */
static void reclaim_all(const struct fixture *f)
{
	unsigned index = (unsigned)(f->handle & 0xffffffff) - 1;

	for (unsigned pass = 0; pass < 2; pass++) {
		for (uint64_t pa = PLAT_RAM_BASE; pa < ORACLE_RAM_END; pa += G) {
			struct granule granule = granule_get(pa_make(pa));

			if (granule.who.who / 2u == index + 1u)
				call(HOST_RECLAIM, pa, G);
		}
	}
	assert_null(pair_lookup(f->handle));
}

static void live(struct fixture *f, enum oracle_life life, unsigned cpu)
{
	struct pair_slot *slot;

	fake_cpu = 0;
	fixture_create(f, 1);
	fixture_pool(f);
	fixture_fill(f);
	fixture_allow(f);
	if (life == LIFE_BUSY)
		assert_int_equal(pair_begin(f->handle, BIT(HOST_PAIR_NEW), &slot), OK);
	if (life >= LIFE_ACTIVE) {
		assert_int_equal(call(HOST_ACTIVATE, f->handle), HOST_OK);
		go_inside(f, cpu);
		if (life != LIFE_INSIDE && life != LIFE_DYING)
			come_out(cpu);
		fake_cpu = 0;
	}
	if (life >= LIFE_DYING || life == LIFE_FREE)
		assert_int_equal(call(HOST_TERMINATE, f->handle), HOST_OK);
	if (life == LIFE_DEAD)
		assert_int_equal(call(HOST_RECLAIM, f->vm_image, G), HOST_OK);
	if (life == LIFE_FREE)
		reclaim_all(f);
	assert_int_equal(pair_slots[(f->handle & 0xffffffff) - 1].state, oracle_life_states[life]);
}

/* --- worlds --- */

static void pattern_fill(uint64_t base, uint64_t bytes)
{
	for (uint64_t at = 0; at < bytes; at += 8)
		*machine_at(base + at) = machine_pattern(base + at);
}

void oracle_world_make(struct oracle_world *w, enum oracle_actor actor, enum oracle_life owner_life,
		       bool owner_is_caller, enum oracle_life target_life)
{
	machine_boot_with(ORACLE_RAM_BYTES, ORACLE_CPUS, (struct boot_range){ ORACLE_LOADER, ORACLE_LOADER_BYTES });
	machine.is_strict = false;
	machine.check_interval = 64;
	memset(w, 0, sizeof(*w));
	*w = (struct oracle_world){ .actor = actor, .owner_life = owner_is_caller ? LIFE_INSIDE : owner_life,
				    .target_life = target_life, .owner_is_caller = owner_is_caller };
	pattern_fill(ORACLE_LOADER, ORACLE_LOADER_BYTES);
	w->params = machine_take(G, G);
	w->source = machine_take(G, G);
	w->control = machine_take(16 * G, 2 * G);
	w->outer = machine_take(16 * G, 2 * G);
	w->moving = machine_take(16 * G, 2 * G);
	pattern_fill(w->params, w->moving + 16 * G - w->params);
	if (!owner_is_caller)
		live(&w->owner, owner_life, CPU_OWNER);
	if (actor != ACTOR_OUTER)
		live(&w->caller, LIFE_INSIDE, CPU_CALLER);
	if (owner_is_caller)
		w->owner = w->caller;
	/* Last, so that nobody takes the slot of one that is gone. */
	live(&w->target, target_life, CPU_TARGET);
	fake_cpu = actor == ACTOR_OUTER ? 0 : CPU_CALLER;
	if (actor == ACTOR_VM)
		fixture_run_vm();
	machine.check_interval = 0;
	machine_check();
}

bool oracle_is_possible(const struct oracle_world *w, enum oracle_subject subject)
{
	return subject != SUBJECT_BOX_SHARED || w->owner_life >= LIFE_ACTIVE;
}

/* Of the VM's donated granules, one at which a control area could start. */
static uint64_t moving_data(const struct oracle_world *w)
{
	return (w->owner.vm_ram + 3 * G) & ~(2 * G - 1);
}

static void hold(uint64_t pa, uint8_t state, who_t who)
{
	pa_t failed;

	assert_int_equal(granule_hold((struct pa_range){ pa_make(pa), G }, state, who, &failed), OK);
}

static who_t owner_vm(const struct oracle_world *w)
{
	return who_make((unsigned)(w->owner.handle & 0xffffffff) - 1, HOST_ROLE_VM);
}

uint64_t oracle_subject_take(const struct oracle_world *w, enum oracle_subject subject)
{
	switch (subject) {
	case SUBJECT_OUTER:
		return w->outer;
	case SUBJECT_CORE:
		return PLAT_MEDIATOR_BASE;
	case SUBJECT_MOVING_OUTER:
		hold(w->moving, GRANULE_OUTER, WHO_OUTER);
		return w->moving;
	case SUBJECT_MOVING_DATA:
		hold(moving_data(w), GRANULE_DATA, owner_vm(w));
		return moving_data(w);
	case SUBJECT_ROOT:
		return w->owner.control;
	case SUBJECT_POOL:
		return w->owner.pool + FIXTURE_POOL - G;
	case SUBJECT_DESCRIPTOR:
		return w->owner.control + HOST_CONTROL_DESCRIPTOR * G;
	case SUBJECT_VCPU:
		return w->owner.control + HOST_CONTROL_CONTEXTS * G;
	case SUBJECT_NOTICE:
		return w->owner.control + HOST_CONTROL_NOTICE * G;
	case SUBJECT_BOX:
		return w->owner.box_ram;
	case SUBJECT_BOX_SHARED:
		return w->owner.box_ram + G;
	case SUBJECT_VM:
		return w->owner.vm_ram;
	case SUBJECT_LOADER:
		return ORACLE_LOADER;
	default:
		return PLAT_UART0_BASE;
	}
}

void oracle_subject_drop(const struct oracle_world *w, enum oracle_subject subject)
{
	if (subject == SUBJECT_MOVING_OUTER)
		granule_release((struct pa_range){ pa_make(w->moving), G }, GRANULE_OUTER, WHO_OUTER);
	if (subject == SUBJECT_MOVING_DATA)
		granule_release((struct pa_range){ pa_make(moving_data(w)), G }, GRANULE_DATA, owner_vm(w));
}

uint64_t oracle_subject_ipa(const struct oracle_world *w, enum oracle_subject subject, uint64_t pa)
{
	if (!w->owner_is_caller)
		return pa;
	switch (subject) {
	case SUBJECT_BOX:
	case SUBJECT_BOX_SHARED:
		return BOX_RAM_BASE + G + (pa - w->owner.box_ram);
	case SUBJECT_VM:
	case SUBJECT_MOVING_DATA:
		return BOX_WINDOW | (PLAT_RAM_BASE + G + (pa - w->owner.vm_ram));
	default:
		return pa;
	}
}
