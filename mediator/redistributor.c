/*
 * Virtual redistributor frames. Decides what a vCPU may know and change of INTIDs 0 .. 31.
 * Active state is the list registers': it can be read, and changes only by acknowledge and EOI (docs/abi.md).
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "mediator/redistributor.h"
#include "mediator/gic.h"
#include "mediator/pair.h"
#include "mediator/virq.h"

static unsigned sibling_count(const struct context *context)
{
	return context->is_outer ? cpu_count() : context->pair->vcpu_count;
}

bool redistributor_is(const struct context *context, uint64_t address)
{
	return address >= PLAT_GICR_BASE && address - PLAT_GICR_BASE < (uint64_t)sibling_count(context) * PLAT_GICR_STRIDE;
}

/* Affinity in the upper word, processor number, and whether it is the last frame. */
static uint64_t typer(const struct context *context, unsigned index)
{
	return (uint64_t)index << 32 | (uint64_t)index << 8 | (index + 1 == sibling_count(context) ? BIT(4) : 0);
}

static uint64_t control_read(const struct context *context, struct context *owner, uint64_t offset, unsigned bytes)
{
	switch (offset) {
	case GICR_TYPER:
		return bytes == 8 ? typer(context, owner->index) : (uint32_t)typer(context, owner->index);
	case GICR_TYPER + 4:
		return typer(context, owner->index) >> 32;
	case GICR_WAKER:
		return owner->virq.asleep ? GICR_WAKER_SLEEP | GICR_WAKER_ASLEEP : 0;
	case GICD_PIDR2:
		return GIC_PIDR2_GICV3;
	default:
		return 0;
	}
}

static uint64_t private_read(const struct context *owner, uint64_t offset, unsigned bytes)
{
	const struct virq *virq = &owner->virq;
	uint32_t pending, active;
	uint64_t value = 0;

	virq_private_state(owner, &pending, &active);

	switch (offset) {
	case GICD_IGROUPR:
		return 0xffffffff;
	case GICD_ISENABLER:
	case GICD_ICENABLER:
		return virq->private_enabled;
	case GICD_ISPENDR:
	case GICD_ICPENDR:
		return pending;
	case GICD_ISACTIVER:
	case GICD_ICACTIVER:
		return active;
	case GICD_ICFGR:
		return 0xaaaaaaaa;	/* SGIs are edges */
	default:
		break;
	}
	if (!range_is_inside(offset, bytes, GICD_IPRIORITYR, sizeof(virq->private_priority)))
		return 0;
	for (unsigned i = 0; i < bytes; i++)
		value |= (uint64_t)virq->private_priority[offset - GICD_IPRIORITYR + i] << (8 * i);
	return value;
}

static void private_write(struct virq *virq, uint64_t offset, uint64_t value, unsigned bytes)
{
	/* The timers' pending state follows their lines. */
	uint32_t settable = (uint32_t)value & ~(uint32_t)(BIT(INTID_TIMER) | BIT(INTID_PHYSICAL_TIMER));

	switch (offset) {
	case GICD_ISENABLER:
		virq->private_enabled |= (uint32_t)value;
		return;
	case GICD_ICENABLER:
		virq->private_enabled &= ~(uint32_t)value;
		return;
	case GICD_ISPENDR:
		virq->private_pending |= settable;
		return;
	case GICD_ICPENDR:
		virq->private_pending &= ~settable;
		return;
	default:
		break;
	}
	if (!range_is_inside(offset, bytes, GICD_IPRIORITYR, sizeof(virq->private_priority)))
		return;
	/* Five priority bits, as many as the list registers hold. */
	for (unsigned i = 0; i < bytes; i++)
		virq->private_priority[offset - GICD_IPRIORITYR + i] = (uint8_t)(value >> (8 * i)) & 0xf8;
}

void redistributor_access(struct context *context, struct access *access)
{
	uint64_t at = access->address - PLAT_GICR_BASE;
	struct context *owner = context_sibling(context, at / PLAT_GICR_STRIDE);
	uint64_t offset = at % PLAT_GICR_STRIDE;
	bool is_private = offset >= GICR_SGI_PAGE;

	if (owner == NULL)
		return;
	/* What a vCPU reads of itself is as of now. */
	if (owner == context)
		virq_refill(context);
	spin_lock(&owner->vcpu->lock);
	if (!access->is_write) {
		access->value = is_private ? private_read(owner, offset - GICR_SGI_PAGE, access->bytes) :
					     control_read(context, owner, offset, access->bytes);
	} else if (is_private) {
		private_write(&owner->virq, offset - GICR_SGI_PAGE, access->value, access->bytes);
		virq_private_changed(owner);
	} else if (offset == GICR_WAKER) {
		owner->virq.asleep = (access->value & GICR_WAKER_SLEEP) != 0;
	}
	if (access->is_write && owner != context)
		virq_wake(owner->vcpu);
	spin_unlock(&owner->vcpu->lock);
	if (access->is_write && owner == context)
		virq_refill(context);
}
