/*
 * The slot table of pairs: handles, states, and who is inside. Decides when a pair is dead; what is
 * done with its memory is memory.c's.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "mediator/pair.h"

struct pair_slot pair_slots[HOST_PAIR_MAX];

/* What an auditor outside begins with; the image's head leads to it (arch/arm64/mediator_entry.S). */
extern const struct audit_list audit_list;
const struct audit_list audit_list = {
	.magic = AUDIT_LIST_MAGIC, .outer = (uintptr_t)&outer_contexts[0].stage2,
	.pairs = (uintptr_t)&pair_slots[0].pair, .states = (uintptr_t)&pair_slots[0].state,
	.pair_max = HOST_PAIR_MAX, .pair_stride = sizeof(pair_slots[0]),
};
_Static_assert(sizeof(struct stage2) == sizeof(struct audit_domain), "a stage 2 is what abi/audit.h calls a domain");

/* Reserved for a create that is under way: neither FREE nor visible under a handle. */
#define SLOT_TAKEN	0xff

uint64_t pair_handle(unsigned index)
{
	return (uint64_t)pair_slots[index].generation << 32 | (index + 1);
}

struct pair_slot *pair_lookup(uint64_t handle)
{
	uint64_t number = handle & 0xffffffff;

	if (number == 0 || number > HOST_PAIR_MAX)
		return NULL;
	struct pair_slot *slot = &pair_slots[number - 1];
	uint8_t state = atomic_load(&slot->state);

	if (slot->generation != handle >> 32 || state == HOST_PAIR_FREE || state == SLOT_TAKEN)
		return NULL;
	return slot;
}

enum status pair_begin(uint64_t handle, unsigned states, struct pair_slot **out)
{
	struct pair_slot *slot = pair_lookup(handle);
	enum status status = OK;

	if (slot == NULL)
		return ERR_NOT_FOUND;
	spin_lock(&slot->lock);
	if (pair_lookup(handle) != slot)
		status = ERR_NOT_FOUND;
	else if ((BIT(atomic_load(&slot->state)) & states) == 0)
		status = ERR_STATE;
	else if (slot->busy)
		status = ERR_BUSY;
	else
		slot->busy = true;
	spin_unlock(&slot->lock);
	*out = slot;
	return status;
}

void pair_end(struct pair_slot *slot)
{
	spin_lock(&slot->lock);
	slot->busy = false;
	spin_unlock(&slot->lock);
}

enum status pair_enter(struct cpu *cpu, uint64_t handle, uint64_t vcpu, struct pair **out)
{
	struct pair_slot *slot = pair_lookup(handle);
	uint8_t unclaimed = 0;
	enum status status = OK;

	if (slot == NULL)
		return ERR_NOT_FOUND;
	/* Sequentially consistent: the announcement is visible before the mark is read. */
	atomic_store(&cpu->running, (uint16_t)(slot - pair_slots + 1));
	if (atomic_load(&slot->mark) || atomic_load(&slot->state) != HOST_PAIR_ACTIVE)
		status = ERR_STATE;
	else if (slot->generation != handle >> 32)
		status = ERR_NOT_FOUND;
	else if (vcpu >= slot->pair->vcpu_count)
		status = ERR_ARGS;
	else if (!atomic_compare_exchange_strong(&slot->pair->claimed[vcpu], &unclaimed, (uint8_t)(cpu->index + 1)))
		status = ERR_BUSY;
	if (status != OK)
		atomic_store(&cpu->running, 0);
	else
		*out = slot->pair;
	return status;
}

void pair_leave(struct cpu *cpu, struct pair *pair, unsigned vcpu)
{
	atomic_store(&pair->claimed[vcpu], 0);
	/* Last: from here on the descriptor may go. */
	atomic_store(&cpu->running, 0);
}

enum status pair_terminate(uint64_t handle)
{
	struct pair_slot *slot = pair_lookup(handle);
	enum status status = OK;

	if (slot == NULL)
		return ERR_NOT_FOUND;
	spin_lock(&slot->lock);
	uint8_t state = atomic_load(&slot->state);

	if (pair_lookup(handle) != slot) {
		status = ERR_NOT_FOUND;
	} else if (state != HOST_PAIR_NEW && state != HOST_PAIR_ACTIVE) {
		status = ERR_STATE;
	} else {
		/* The mark is visible before anybody's running[] is read (pair_reap). */
		atomic_store(&slot->mark, true);
		atomic_store(&slot->state, HOST_PAIR_DYING);
	}
	spin_unlock(&slot->lock);
	return status;
}

static bool is_anybody_inside(unsigned index)
{
	for (unsigned i = 0; i < cpu_count(); i++) {
		if (atomic_load(&cpus[i].running) == index + 1)
			return true;
	}
	return false;
}

bool pair_reap(unsigned index)
{
	struct pair_slot *slot = &pair_slots[index];

	spin_lock(&slot->lock);
	if (atomic_load(&slot->state) == HOST_PAIR_DYING && !slot->busy && !is_anybody_inside(index)) {
		stage2_flush(&slot->pair->domains[HOST_ROLE_BOX].stage2);
		stage2_flush(&slot->pair->domains[HOST_ROLE_VM].stage2);
		atomic_store(&slot->state, HOST_PAIR_DEAD);
	}
	bool is_dead = atomic_load(&slot->state) == HOST_PAIR_DEAD;

	spin_unlock(&slot->lock);
	return is_dead;
}

enum status pair_slot_take(unsigned *index)
{
	for (unsigned i = 0; i < HOST_PAIR_MAX; i++) {
		uint8_t expected = HOST_PAIR_FREE;

		if (atomic_compare_exchange_strong(&pair_slots[i].state, &expected, SLOT_TAKEN)) {
			*index = i;
			return OK;
		}
	}
	return ERR_NO_MEMORY;
}

void pair_slot_drop(unsigned index)
{
	atomic_store(&pair_slots[index].state, HOST_PAIR_FREE);
}

void pair_publish(unsigned index, struct pair *pair)
{
	struct pair_slot *slot = &pair_slots[index];

	slot->pair = pair;
	slot->busy = false;
	atomic_store(&slot->mark, false);
	atomic_store(&slot->state, HOST_PAIR_NEW);
}

void pair_free(unsigned index)
{
	struct pair_slot *slot = &pair_slots[index];

	spin_lock(&slot->lock);
	slot->pair = NULL;
	slot->generation++;
	atomic_store(&slot->state, HOST_PAIR_FREE);
	spin_unlock(&slot->lock);
}

struct context *context_sibling(const struct context *context, uint64_t index)
{
	if (context->is_outer)
		return index < cpu_count() ? &outer_contexts[index] : NULL;
	return index < context->pair->vcpu_count ? context->pair->contexts[context->role][index] : NULL;
}
