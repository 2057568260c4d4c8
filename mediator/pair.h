/*
 * A pair: one box and its VM. The slot table holds handle, state and lock of each; everything else
 * lives in the descriptor granule that the outer OS gave.
 *
 * Life: FREE -create-> NEW -activate-> ACTIVE -terminate-> DYING -last CPU left-> DEAD -descriptor reclaimed-> FREE;
 * NEW may be terminated too.
 *
 * Who may touch what: a call that changes a pair's memory first makes itself its only such call (pair_begin), and
 * holds no lock while it works. A CPU that runs a pair's vCPU has announced it in cpu->running; pair_is_dead() is
 * true only if no CPU announces the pair and no call is inside.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#ifndef MEDIATOR_PAIR_H
#define MEDIATOR_PAIR_H

#include "abi/anchor.h"
#include "abi/audit.h"
#include "abi/rsi.h"
#include "abi/window.h"
#include "mediator/context.h"
#include "mediator/cpu.h"

#define PAIR_CHAIN_WORDS 4

/* A box or a VM as memory: its tables, and the measurement that grows with it. */
struct domain {
	struct stage2 stage2;
	uint64_t ram_base, ram_bytes;
	struct measurement_run run;		/* populated last, so far; nothing below its end may still be */
	uint64_t chain[PAIR_CHAIN_WORDS];	/* of the runs before it; after activation the measurement */
	bool is_final;
};

#define VRING_PARTS	3	/* descriptor, driver and device area */
#define VRING_MAX	16	/* rings that hold pages at one time */

/* A virtqueue of the VM, as the VM programmed it. */
struct vring {
	uint64_t parts[VRING_PARTS];	/* VM addresses */
	uint32_t queue;
	uint16_t entry_count;		/* 0: none */
	uint8_t device;			/* transport */
};

struct pair {
	struct audit_pair audit;		/* first: an auditor outside finds it there */
	uint16_t index;
	uint32_t vcpu_count;
	uint32_t class;
	uint64_t options;
	uint64_t vm_entry, vm_x0;
	pa_t control;				/* base of the control area */
	struct host_notice *notice;
	struct domain domains[2];		/* by HOST_ROLE_* */
	struct table_pool pool;
	uint64_t image;				/* of the anchor's, from which the VM is populated; 0: none */
	uint64_t owner[4];			/* who its signed manifest says that it is, once active; zero without an image */
	uint32_t image_counter;			/* and its security counter, 1 or more */
	uint64_t granule_count;			/* granules that are this pair's */
	_Atomic uint8_t claimed[HOST_VCPU_MAX];	/* CPU + 1 that runs the vCPU, else 0 */
	struct context *contexts[2][HOST_VCPU_MAX];

	/* Of a confidential VM. */
	uint64_t extensible[RSI_MEASUREMENT_COUNT - 1][PAIR_CHAIN_WORDS];	/* the slot's lock */
	_Atomic bool window_used;	/* some leaf of the window may have been valid */
	_Atomic uint64_t window_next;	/* scheme window: first byte that the doorbell shares next */
	struct spinlock vring_lock;	/* level 2: the next two */
	struct vring transports[VIRTIO_MMIO_COUNT];	/* registers of the selected queue, as written so far */
	struct vring vrings[VRING_MAX];			/* rings that are ready */
};
_Static_assert(offsetof(struct pair, audit) == 0, "a descriptor granule begins as abi/audit.h says");
_Static_assert(sizeof(struct pair) <= GRANULE_BYTES, "a pair fits its descriptor granule");

struct pair_slot {
	struct spinlock lock;			/* level 1 */
	uint32_t generation;			/* of the handle; changes when the slot is freed */
	_Atomic uint8_t state;			/* HOST_PAIR_* */
	_Atomic bool mark;			/* terminated: leave at the next exit */
	bool busy;				/* a memory call is inside */
	struct pair *pair;			/* NULL while FREE */
};

extern struct pair_slot pair_slots[HOST_PAIR_MAX];

/* pair_control - granule HOST_CONTROL_* of its control area. */
static inline pa_t pair_control(const struct pair *pair, unsigned index)
{
	return pa_add(pair->control, index * GRANULE_BYTES);
}

/* pair_shares_by - is the VM confidential, with this HOST_OPTION_SHARE_*? */
static inline bool pair_shares_by(const struct pair *pair, uint64_t option)
{
	return pair->options == option;
}

/* pair_handle - handle of slot @index: generation in the upper half, index + 1 in the lower. Never 0. */
uint64_t pair_handle(unsigned index);

/**
 * pair_begin - become the one memory call of a pair.
 *
 * @handle  as the outer OS gave it
 * @states  bit set of HOST_PAIR_* in which the call makes sense
 * @out     the slot, written on OK
 *
 * Returns OK: pair_end must follow; ERR_NOT_FOUND for a stale or bad handle; ERR_STATE; ERR_BUSY if another memory
 * call is inside.
 */
MUST_CHECK enum status pair_begin(uint64_t handle, unsigned states, struct pair_slot **out);
void pair_end(struct pair_slot *slot);

/**
 * pair_enter - announce that this CPU runs a vCPU of the pair, and claim the vCPU.
 *
 * Order: running[] is written, barrier, then mark and state are read; terminate does it the other way round, so one
 * of the two sees the other.
 * Returns OK: pair_leave must follow when neither context is loaded; ERR_NOT_FOUND; ERR_STATE if not ACTIVE or marked;
 * ERR_ARGS for the vCPU; ERR_BUSY if another CPU runs it.
 */
MUST_CHECK enum status pair_enter(struct cpu *cpu, uint64_t handle, uint64_t vcpu, struct pair **out);
void pair_leave(struct cpu *cpu, struct pair *pair, unsigned vcpu);

/* pair_is_marked - must its vCPUs leave? */
static inline bool pair_is_marked(const struct pair *pair)
{
	return atomic_load_explicit(&pair_slots[pair->index].mark, memory_order_relaxed);
}

/* pair_terminate - mark the pair; O(1). ERR_NOT_FOUND; ERR_STATE if already terminated. */
MUST_CHECK enum status pair_terminate(uint64_t handle);

/* pair_reap - DYING -> DEAD if nobody is inside: both VMIDs are invalidated on every CPU. True if DEAD now. */
bool pair_reap(unsigned index);

/* pair_create / pair_free - slot and descriptor; @pair points into a zeroed CONTEXT granule. */
MUST_CHECK enum status pair_slot_take(unsigned *index);
void pair_slot_drop(unsigned index);
void pair_publish(unsigned index, struct pair *pair);
void pair_free(unsigned index);

/* pair_lookup - slot of a handle, or NULL. The generation is only a hint unless the slot's lock is held. */
struct pair_slot *pair_lookup(uint64_t handle);

/* context_sibling - vCPU @index of the same domain, or NULL. */
struct context *context_sibling(const struct context *context, uint64_t index);

#endif
