/*
 * Handles of pairs, for all slot tables and all 64-bit handles: a handle is accepted only for the pair it was given
 * for, never for a free slot or one that a create is filling, and once its pair is freed by no call, whatever takes the
 * slot next. A call that is refused changes no slot. Scaled to 4 slots instead of 120,
 * and to pairs without room for rings.
 * Scale: abi/window.h: s/^#define VIRTIO_MMIO_COUNT		32/#define VIRTIO_MMIO_COUNT 1/
 * Scale: mediator/pair.h: s/^#define VRING_MAX	16	/#define VRING_MAX 1	/
 * Scale: abi/host.h: s/^#define HOST_PAIR_MAX			120/#define HOST_PAIR_MAX 4/
 * Wraps: generations, after 2^32 pairs in one slot
 * Unwind: 9
 * Options: --no-array-field-sensitivity
 * Mutant: mediator/pair.c: /^void pair_free/,$s/	slot->generation++;/	;/
 * Breaks: the handle of a pair that was freed names nothing
 * Mutant: mediator/pair.c: s/ || state == SLOT_TAKEN)/)/
 * Breaks: a handle is accepted exactly if it is that of a pair that exists
 * Mutant: mediator/pair.c: s/	if (atomic_load(&slot->mark) || /	if (/
 * Breaks: a vCPU is entered exactly if its pair is active, not terminated, and nobody runs it
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "mediator/pair.c"
#include "tests/proof/machine.h"

static struct boot_info board;
const struct boot_info *const boot_info = &board;
struct cpu cpus[PLAT_CPU_MAX];
struct context outer_contexts[PLAT_CPU_MAX];

static struct pair pairs[HOST_PAIR_MAX];
static struct pair_slot before[HOST_PAIR_MAX];

static bool is_visible(const struct pair_slot *slot)
{
	return slot->state != HOST_PAIR_FREE && slot->state != SLOT_TAKEN;
}

static void slots_make(void)
{
	for (unsigned i = 0; i < HOST_PAIR_MAX; i++) {
		struct pair_slot *slot = &pair_slots[i];

		slot->generation = nondet_u32();
		slot->state = nondet_u8();
		slot->mark = nondet_bool();
		slot->busy = nondet_bool();
		ASSUME(slot->state <= HOST_PAIR_DEAD || slot->state == SLOT_TAKEN);
		slot->pair = is_visible(slot) ? &pairs[i] : NULL;
		pairs[i].vcpu_count = nondet_u32();
		ASSUME(pairs[i].vcpu_count >= 1 && pairs[i].vcpu_count <= HOST_VCPU_MAX);
		for (unsigned j = 0; j < HOST_VCPU_MAX; j++)
			pairs[i].claimed[j] = nondet_u8();
		before[i] = *slot;
	}
}

static bool is_same(const struct pair_slot *a, const struct pair_slot *b)
{
	return a->generation == b->generation && a->state == b->state && a->mark == b->mark && a->busy == b->busy &&
	       a->pair == b->pair;
}

/* The index that a handle names if it is one of a pair that exists; HOST_PAIR_MAX otherwise. */
static unsigned named_by(uint64_t handle)
{
	for (unsigned i = 0; i < HOST_PAIR_MAX; i++) {
		if (is_visible(&before[i]) && handle == ((uint64_t)before[i].generation << 32 | (i + 1)))
			return i;
	}
	return HOST_PAIR_MAX;
}

static void lookup(uint64_t handle)
{
	unsigned named = named_by(handle);
	struct pair_slot *slot = pair_lookup(handle);

	CLAIM(slot == (named < HOST_PAIR_MAX ? &pair_slots[named] : NULL),
	      "a handle is accepted exactly if it is that of a pair that exists");
	CLAIM(slot == NULL || pair_handle(named) == handle, "a pair has one handle");
	WITNESS(named == HOST_PAIR_MAX - 1, "the handle of the last slot");
}

static void begin(uint64_t handle)
{
	unsigned named = named_by(handle), states = nondet_u32(), i = nondet_u8();
	struct pair_slot *slot = NULL;
	enum status status = pair_begin(handle, states, &slot);
	bool may = named < HOST_PAIR_MAX && (states >> before[named].state & 1) != 0 && !before[named].busy;

	ASSUME(i < HOST_PAIR_MAX);
	CLAIM((status == OK) == may, "a memory call begins exactly if the pair is in a state for it and nobody is inside");
	if (status == OK) {
		CLAIM(slot == &pair_slots[named] && slot->busy, "a memory call is alone in its pair");
		pair_end(slot);
	}
	CLAIM(is_same(&pair_slots[i], &before[i]), "a memory call that ended, or never began, left no trace");
	WITNESS(status == OK && before[named].state == HOST_PAIR_DEAD, "a memory call on a dead pair");
	WITNESS(status == ERR_BUSY, "a pair that is busy");
}

static void enter(uint64_t handle)
{
	struct cpu *cpu = &cpus[0];
	unsigned named = named_by(handle), i = nondet_u8(), j = nondet_u8();
	uint64_t vcpu = nondet_u64();
	struct pair *pair = NULL;

	cpu->index = nondet_u8();
	ASSUME(cpu->index < PLAT_CPU_MAX && i < HOST_PAIR_MAX && j < HOST_VCPU_MAX);
	uint8_t was = pairs[i].claimed[j];
	bool may = named < HOST_PAIR_MAX && before[named].state == HOST_PAIR_ACTIVE && !before[named].mark &&
		   vcpu < pairs[named].vcpu_count && pairs[named].claimed[vcpu] == 0;
	enum status status = pair_enter(cpu, handle, vcpu, &pair);

	CLAIM((status == OK) == may,
	      "a vCPU is entered exactly if its pair is active, not terminated, and nobody runs it");
	CLAIM(cpu->running == (status == OK ? named + 1 : 0), "the CPU announces the pair exactly while it is inside");
	CLAIM(pairs[i].claimed[j] == (status == OK && i == named && j == vcpu ? cpu->index + 1 : was),
	      "one vCPU is claimed, or none");
	if (status == OK) {
		CLAIM(pair == &pairs[named], "the pair is the handle's");
		pair_leave(cpu, pair, (unsigned)vcpu);
		CLAIM(cpu->running == 0 && pair->claimed[vcpu] == 0, "who leaves is neither announced nor claimed");
	}
	CLAIM(is_same(&pair_slots[i], &before[i]), "entering changes no slot");
	WITNESS(status == OK && vcpu == HOST_VCPU_MAX - 1, "the last vCPU entered");
	WITNESS(status == ERR_BUSY, "a vCPU that another CPU runs");
}

static void terminate(uint64_t handle)
{
	unsigned named = named_by(handle), i = nondet_u8();
	enum status status = pair_terminate(handle);

	ASSUME(i < HOST_PAIR_MAX);
	CLAIM((status == OK) == (named < HOST_PAIR_MAX && (before[named].state == HOST_PAIR_NEW ||
							   before[named].state == HOST_PAIR_ACTIVE)),
	      "a pair is terminated exactly if it is new or active");
	CLAIM(status != OK || (pair_slots[named].mark && pair_slots[named].state == HOST_PAIR_DYING),
	      "a terminated pair is marked and dying");
	CLAIM((status == OK && i == named) || is_same(&pair_slots[i], &before[i]), "other pairs stay as they are");
	WITNESS(status == OK && before[named].state == HOST_PAIR_ACTIVE, "an active pair terminated");
}

/* A dead pair goes; another may take its slot and live its life; the old handle is tried again. */
static void stale(void)
{
	unsigned index = nondet_u8(), taken = HOST_PAIR_MAX;
	struct pair_slot *slot = NULL;
	struct pair *pair = NULL;

	ASSUME(index < HOST_PAIR_MAX && before[index].state == HOST_PAIR_DEAD);
	uint64_t handle = pair_handle(index), vcpu = nondet_u64();

	pair_free(index);
	CLAIM(pair_lookup(handle) == NULL, "a freed slot has no handle");
	if (nondet_bool() && pair_slot_take(&taken) == OK) {
		CLAIM(taken < HOST_PAIR_MAX && (before[taken].state == HOST_PAIR_FREE || taken == index),
		      "a create gets a slot that is free");
		CLAIM(pair_lookup(pair_handle(taken)) == NULL, "a create that is under way has no handle");
		pair_publish(taken, &pairs[taken]);
		CLAIM(pair_lookup(pair_handle(taken)) == &pair_slots[taken], "a pair that was created has a handle");
		pair_slots[taken].state = nondet_u8();
		ASSUME(pair_slots[taken].state >= HOST_PAIR_NEW && pair_slots[taken].state <= HOST_PAIR_DEAD);
	}
	CLAIM(pair_lookup(handle) == NULL && pair_begin(handle, nondet_u32(), &slot) == ERR_NOT_FOUND &&
	      pair_enter(&cpus[0], handle, vcpu, &pair) == ERR_NOT_FOUND && pair_terminate(handle) == ERR_NOT_FOUND,
	      "the handle of a pair that was freed names nothing");
	WITNESS(taken == index && pair_slots[taken].state == HOST_PAIR_ACTIVE, "the slot's next pair is active");
}

void proof(void)
{
	uint64_t handle = nondet_u64();
	uint8_t what = nondet_u8();

	slots_make();
	if (what == 0)
		lookup(handle);
	else if (what == 1)
		begin(handle);
	else if (what == 2)
		enter(handle);
	else if (what == 3)
		terminate(handle);
	else
		stale();
	CLAIM(fake_locks_held == 0, "locks are given back");
}
