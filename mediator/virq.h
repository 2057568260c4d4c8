/*
 * Virtual interrupts: pending state, list registers, and who must be woken. The same for the outer
 * OS (whose interrupts are linked to physical ones), boxes and VMs.
 * Lock: vcpu->lock of a pair (level 3); inside it, only that of an outer-OS CPU (level 4).
 * Source: Arm IHI 0069, "Virtual interrupt handling and prioritization", "ICH_LR<n>_EL2".
 * SPDX-License-Identifier: BSD-3-Clause
 */
#ifndef MEDIATOR_VIRQ_H
#define MEDIATOR_VIRQ_H

#include "mediator/cpu.h"

#define INTID_KICK		7	/* SGI between CPUs at EL2 */
#define INTID_MAINTENANCE	25
#define INTID_HYP_TIMER		26
#define INTID_TIMER		27
#define INTID_PHYSICAL_TIMER	30

/* virq_reset - of a new vCPU: nothing pending, everything private disabled. */
void virq_reset(struct virq *virq);

/* virq_start - of a vCPU that is turned on: private interrupts and list registers as after reset, SPIs kept. */
void virq_start(struct virq *virq);

/* virq_load / virq_save - list registers, VMCR and active priorities of @context onto and off this CPU. */
void virq_load(struct context *context);
void virq_save(struct context *context);

/* virq_park - @context of @vcpu, loaded here, is about to leave: @vcpu counts as not loaded from now on. */
void virq_park(struct vcpu *vcpu, struct context *context) HOLDS(vcpu->lock);

/**
 * virq_refill - fold the live list registers of the loaded @context and choose anew what is in them.
 *
 * Context: @context is loaded on this CPU; takes its vcpu->lock.
 */
void virq_refill(struct context *context);

/**
 * virq_set_private - make INTID 0 .. 31 pending on @context, wherever it is.
 *
 * A context that is loaded on another CPU is kicked; one that is not loaded has its notice bit set and the outer
 * OS told. If it is loaded on this CPU, the caller refills or switches before it returns to a lower level.
 */
void virq_set_private(struct context *context, unsigned intid);

/* virq_hold_physical - a physical interrupt was acknowledged for @context (loaded here, or the outer OS of this CPU). */
void virq_hold_physical(struct context *context, unsigned intid);

/* virq_set_spi / virq_clear_spi - a box's calls, arguments checked. clear: ERR_BUSY while another CPU must fold first. */
void virq_set_spi(struct context *vm, unsigned intid, uint8_t priority, bool level);
MUST_CHECK enum status virq_clear_spi(struct context *vm, unsigned intid, uint64_t *state);

/* virq_is_quiet - nothing pending and nothing active: a hint without the lock; a change is followed by a kick. */
static inline bool virq_is_quiet(const struct context *context)
{
	return context->virq.waiting == 0 && context->virq.used == 0;
}

/* virq_private_state - of INTIDs 0 .. 31: which are pending and which active, bitmaps and list registers together. */
void virq_private_state(const struct context *context, uint32_t *pending, uint32_t *active);

/* virq_private_changed - after the redistributor wrote private_pending. */
void virq_private_changed(struct context *context);

/**
 * virq_is_deliverable - has @context a pending, enabled interrupt above its priority mask? PSTATE.I does not count.
 *
 * Context: @context is not loaded, vcpu->lock held (or it is the outer OS of this CPU).
 */
bool virq_is_deliverable(const struct context *context);

/* The same for a context that is loaded on this CPU, vcpu->lock held: the live mask and list registers count. */
bool virq_is_deliverable_live(struct context *context);

/* virq_timer_is_held - is PPI 27 pending or active in @context (not loaded)? */
bool virq_timer_is_held(const struct context *context);

/* virq_wake - @vcpu has a reason to run: kick its CPU, or set its notice bit and tell the outer OS. */
void virq_wake(struct vcpu *vcpu) HOLDS(vcpu->lock);

/* virq_generate_sgi - a write of ICC_SGI1R_EL1 by @context: pending on the targets within its domain. */
void virq_generate_sgi(struct context *context, uint64_t sgi1r);

#endif
