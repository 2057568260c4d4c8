/*
 * An access to a redistributor frame, for any offset, size and value, by any vCPU of a domain of any size, to its own
 * frame or another of its domain: only INTIDs 0 .. 31 of the frame's owner change, as the register says; timers'
 * pending bits do not; a read changes nothing; locks are given back.
 * Unwind: 9
 * Mutant: mediator/redistributor.c: s/private_write(&owner->virq/private_write(\&context->virq/
 * Breaks: a write changes nothing but INTIDs 0 to 31 of the frame's owner
 * Mutant: mediator/redistributor.c: s/virq->private_pending |= settable;/virq->private_pending |= (uint32_t)value;/
 * Breaks: a timer's pending state follows its line, not a write
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "mediator/redistributor.c"
#include "tests/proof/machine.h"

struct context nondet_context(void);

/* The accessing vCPU and one other of its domain; every frame is the one's or the other's. */
static struct context self, other, self_before, other_before;
static struct vcpu self_vcpu, other_vcpu;
static struct pair pair;
static struct boot_info board;
const struct boot_info *const boot_info = &board;

static unsigned refilled, told, woken;

static bool is_locked(const struct vcpu *vcpu)
{
	return vcpu->lock.taken != 0;
}

struct context *context_sibling(const struct context *context, uint64_t index)
{
	CLAIM(context == &self, "a frame is looked for in the domain of who accesses it");
	if (index >= sibling_count(context))
		return NULL;
	return index == self.index ? &self : &other;
}

void virq_refill(struct context *context)
{
	CLAIM(context == &self && fake_locks_held == 0, "list registers are refilled of the loaded vCPU, without a lock");
	refilled++;
}

void virq_private_changed(struct context *context)
{
	CLAIM(is_locked(context->vcpu), "what waits is counted under the owner's lock");
	told++;
}

void virq_private_state(const struct context *context, uint32_t *pending, uint32_t *active)
{
	CLAIM(is_locked(context->vcpu), "state is read under the owner's lock");
	*pending = nondet_u32();
	*active = nondet_u32();
}

void virq_wake(struct vcpu *vcpu)
{
	CLAIM(vcpu == &other_vcpu && is_locked(vcpu), "who is woken is the frame's owner");
	woken++;
}

/* Is byte @i of a context one that a write to its frame may change? */
static bool is_private(uint64_t i)
{
	uint64_t at = offsetof(struct context, virq);

	return (i >= at + offsetof(struct virq, private_enabled) && i < at + offsetof(struct virq, private_enabled) + 4) ||
	       (i >= at + offsetof(struct virq, private_pending) && i < at + offsetof(struct virq, private_pending) + 4) ||
	       (i >= at + offsetof(struct virq, private_priority) &&
		i < at + offsetof(struct virq, private_priority) + 32) || i == at + offsetof(struct virq, asleep);
}

static void write_check(const struct context *owner, const struct context *before, uint64_t offset,
			const struct access *access)
{
	const struct virq *now = &owner->virq, *was = &before->virq;
	uint32_t value = (uint32_t)access->value, timers = 1u << 27 | 1u << 30;
	unsigned intid = nondet_u8();

	CLAIM(((now->private_pending ^ was->private_pending) & timers) == 0,
	      "a timer's pending state follows its line, not a write");
	CLAIM(now->private_enabled == (offset == 0x10100 ? was->private_enabled | value : offset == 0x10180 ?
				       was->private_enabled & ~value : was->private_enabled),
	      "GICR_ISENABLER0 and GICR_ICENABLER0 enable and disable");
	CLAIM(now->private_pending == (offset == 0x10200 ? was->private_pending | (value & ~timers) : offset == 0x10280 ?
				       was->private_pending & ~(value & ~timers) : was->private_pending),
	      "GICR_ISPENDR0 and GICR_ICPENDR0 set and clear");
	ASSUME(intid < 32);
	uint64_t at = 0x10400 + intid;
	bool is_named = at >= offset && at - offset < access->bytes;

	CLAIM(now->private_priority[intid] ==
	      (is_named ? (access->value >> (8 * (at - offset)) & 0xf8) : was->private_priority[intid]),
	      "GICR_IPRIORITYR sets the priority of the INTIDs it names, five bits of it");
	CLAIM(now->asleep == (offset == 0x14 ? (value & 2) != 0 : was->asleep), "GICR_WAKER puts to sleep");
	WITNESS(owner == &other && is_named && intid == 31, "the last priority of a sibling");
}

static void read_check(const struct context *owner, uint64_t offset, const struct access *access)
{
	if (offset == 0x10100)
		CLAIM(access->value == owner->virq.private_enabled, "what is enabled is read");
	if (offset >= 0x10420 && offset < 0x10c00)
		CLAIM(access->value == 0, "what is not there reads zero");
	if (offset == 8 && access->bytes == 8)
		CLAIM(access->value >> 32 == owner->index && (access->value >> 8 & 0xffff) == owner->index &&
		      (access->value >> 4 & 1) == (owner->index + 1 == sibling_count(&self)),
		      "GICR_TYPER names the vCPU, and the last one");
	WITNESS(owner == &other && access->value != 0, "state of a sibling is read");
}

static void domain_make(void)
{
	self = nondet_context();
	other = nondet_context();
	self.pair = &pair;
	self.vcpu = &self_vcpu;
	other.vcpu = &other_vcpu;
	pair.vcpu_count = nondet_u32();
	board.cpu_count = nondet_u32();
	ASSUME(pair.vcpu_count >= 1 && pair.vcpu_count <= HOST_VCPU_MAX);
	ASSUME(board.cpu_count >= 1 && board.cpu_count <= PLAT_CPU_MAX && self.index < sibling_count(&self));
}

void proof(void)
{
	struct access access = {
		.address = nondet_u64(), .value = nondet_u64(), .bytes = nondet_u8(), .is_write = nondet_bool(),
	}, before = access;
	uint64_t i = nondet_u64();

	domain_make();
	/* What trap.c lets pass: is_emulable and redistributor_is. */
	ASSUME(access.bytes == 1 || access.bytes == 2 || access.bytes == 4 || access.bytes == 8);
	ASSUME(is_aligned(access.address, access.bytes) && redistributor_is(&self, access.address));

	uint64_t frame = (access.address - 0x080a0000) >> 17, offset = (access.address - 0x080a0000) & 0x1ffff;
	bool is_self = frame == self.index;
	struct context *owner = is_self ? &self : &other;

	other.index = (uint8_t)(is_self ? other.index : frame);
	self_before = self;
	other_before = other;
	redistributor_access(&self, &access);
	CLAIM(fake_locks_held == 0, "locks are given back");
	CLAIM(access.address == before.address && access.bytes == before.bytes && access.is_write == before.is_write &&
	      (!access.is_write || access.value == before.value), "an access changes but for the value that is read");
	ASSUME(i < sizeof(struct context));
	CLAIM((access.is_write && is_self && is_private(i)) || ((uint8_t *)&self)[i] == ((uint8_t *)&self_before)[i],
	      "a write changes nothing but INTIDs 0 to 31 of the frame's owner");
	CLAIM((access.is_write && !is_self && is_private(i)) || ((uint8_t *)&other)[i] == ((uint8_t *)&other_before)[i],
	      "a write changes nothing else of a sibling");
	CLAIM(woken == (access.is_write && !is_self ? 1 : 0) && refilled == (is_self ? (access.is_write ? 2 : 1) : 0),
	      "a sibling that changed is woken, the vCPU itself is refilled");
	CLAIM(!access.is_write || offset < 0x10000 || told == 1, "a change of what waits is told");
	if (access.is_write)
		write_check(owner, is_self ? &self_before : &other_before, offset, &access);
	else
		read_check(owner, offset, &access);
	WITNESS(self.is_outer && frame == 7, "the outer OS, last frame");
}
