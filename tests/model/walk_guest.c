/*
 * What boxes and VMs do in a random walk.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "tests/model/values.h"
#include "abi/psci.h"

#define G MODEL_GRANULE

/* An address of the domain's own memory, of its window or mirror, or near them. */
static uint64_t guest_address(struct walk *w, struct model *m, unsigned cpu)
{
	const struct model_pair *pair = &m->pairs[m->cpus[cpu].slot];
	unsigned role = m->cpus[cpu].actor == MODEL_VM ? HOST_ROLE_VM : (unsigned)below(w, 2);
	unsigned at = pair->first[role];
	bool is_upper = role == HOST_ROLE_VM && (m->cpus[cpu].actor == MODEL_BOX || one_in(w, 2));

	for (uint64_t i = below(w, 8); i > 0 && at != 0 && m->granules[at - 1].next != 0; i--)
		at = m->granules[at - 1].next;
	uint64_t ipa = at == 0 || one_in(w, 8) ? MODEL_RAM_BASE + below(w, 48) * G : m->granules[at - 1].ipa;

	if (one_in(w, 24))
		ipa = value_granule_any(w, m);
	return ipa | (is_upper ? MODEL_HALF : 0);
}

static struct model_step on_step(struct walk *w)
{
	return value_step(STEP_SMC, PSCI_CPU_ON_64, below(w, 3), MODEL_RAM_BASE);
}

static struct model_step box_step(struct walk *w, struct model *m, unsigned cpu)
{
	const struct model_cpu *c = &m->cpus[cpu];
	const struct model_vcpu *vcpu = &m->pairs[c->slot].vcpus[c->vcpu];
	uint64_t dice = below(w, 100), answer = vcpu->waits != MODEL_WAIT_NONE ? 1 + below(w, 2) : BOX_ANSWER_NONE;

	if (dice < 30)
		return value_step(STEP_HVC, BOX_VM_RUN, one_in(w, 12) ? below(w, 5) : answer, below(w, 1000));
	if (dice < 58)
		return value_step(STEP_HVC, one_in(w, 2) ? BOX_SHARE : BOX_UNSHARE,
				 one_in(w, 6) ? value_nearly(w, m, guest_address(w, m, cpu)) :
						guest_address(w, m, cpu) & (MODEL_HALF - 1), 0);
	if (dice < 62)
		return value_step(STEP_HVC, BOX_NOTIFY, below(w, 1000), 0);
	if (dice < 65)
		return value_step(STEP_HVC, BOX_INFO, 0, 0);
	if (dice < 84)
		return value_access(w, guest_address(w, m, cpu));
	if (dice < 88)
		return on_step(w);
	if (dice < 91)
		return value_step(STEP_WAIT, 0, 0, 0);
	if (dice < 96)
		return value_step(STEP_INTERRUPT, 0, 0, 0);
	return value_junk(w, m);
}

/* --- realms --- */

/* A range of the VM's, mostly short. */
static struct model_step range_step(struct walk *w, struct model *m, unsigned cpu, uint64_t id)
{
	uint64_t base = guest_address(w, m, cpu) & (MODEL_HALF - 1), bytes = (1 + below(w, 3)) * G;
	struct model_step step;

	if (one_in(w, 20))
		bytes = below(w, 4) * MODEL_BLOCK + below(w, 3) * G;
	step = value_step(STEP_SMC, id, one_in(w, 12) ? value_nearly(w, m, base) : base,
			  one_in(w, 12) ? value_nearly(w, m, base + bytes) : base + bytes);
	step.a[3] = one_in(w, 24) ? below(w, 5) : below(w, 2);
	step.a[4] = below(w, 2);
	return step;
}

static struct model_step realm_step(struct walk *w, struct model *m, unsigned cpu)
{
	uint64_t dice = below(w, 100), page = guest_address(w, m, cpu) & (MODEL_HALF - 1);
	struct model_step step;

	if (dice < 60)
		return range_step(w, m, cpu, RSI_IPA_STATE_SET);
	if (dice < 72)
		return range_step(w, m, cpu, RSI_IPA_STATE_GET);
	if (dice < 80)
		return value_step(STEP_SMC, RSI_HOST_CALL, page + below(w, 20) * 0x100 + (one_in(w, 6) ? 8 : 0), 0);
	if (dice < 84)
		return value_step(STEP_SMC, RSI_REALM_CONFIG, value_nearly(w, m, page), 0);
	if (dice < 88)
		return value_step(STEP_SMC, RSI_MEASUREMENT_READ, below(w, 6), 0);
	if (dice < 94) {
		step = value_step(STEP_SMC, RSI_MEASUREMENT_EXTEND, below(w, 6), one_in(w, 8) ? below(w, 80) : below(w, 33));
		for (unsigned i = 3; i < 7; i++)
			step.a[i] = random_next(&w->random);
		return step;
	}
	if (dice < 98) {
		step = value_step(STEP_SMC, RSI_ATTESTATION_TOKEN_CONTINUE, value_nearly(w, m, page), below(w, 5) * 0x400);
		step.a[3] = below(w, 5) * 0x400;
		return step;
	}
	return value_step(STEP_SMC, one_in(w, 3) ? RSI_VERSION : one_in(w, 2) ? RSI_FEATURES : RSI_ATTESTATION_TOKEN_INIT,
			  one_in(w, 2) ? RSI_VERSION_1_0 : below(w, 4), 0);
}

/* --- the window scheme --- */

static struct model_step register_step(uint64_t device, uint64_t offset, uint64_t value)
{
	return value_step(STEP_REGISTER, VIRTIO_MMIO_BASE + device * VIRTIO_MMIO_STRIDE + offset, value, 0);
}

/* A queue from its selection to its start; now and then a register is forgotten. */
static void queue_plan(struct walk *w, struct model *m, unsigned cpu)
{
	static const uint64_t entries[] = { 1, 2, 8, 64, 256, 1024, 0, 1025, 0xffffffff, 3 };
	static const uint64_t offsets[] = { VIRTIO_MMIO_QUEUE_DESC_LOW, VIRTIO_MMIO_QUEUE_DRIVER_LOW,
					    VIRTIO_MMIO_QUEUE_DEVICE_LOW };
	struct walk_plan *plan = &w->plans[cpu];
	uint64_t device = one_in(w, 4) ? below(w, VIRTIO_MMIO_COUNT + 1) : below(w, 2);
	struct model_step all[WALK_PLAN_MAX];

	all[0] = register_step(device, VIRTIO_MMIO_QUEUE_SEL, one_in(w, 16) ? random_next(&w->random) : below(w, 4));
	all[1] = register_step(device, VIRTIO_MMIO_QUEUE_NUM, entries[below(w, one_in(w, 3) ? 10 : 4)]);
	for (unsigned i = 0; i < MODEL_PARTS; i++) {
		uint64_t page = guest_address(w, m, cpu) & (one_in(w, 24) ? ~0ull : MODEL_HALF - 1);
		uint64_t part = value_nearly(w, m, page + below(w, one_in(w, 4) ? G / 16 : 0x40) * 16);

		all[2 + 2 * i] = register_step(device, offsets[i], part & 0xffffffff);
		all[3 + 2 * i] = register_step(device, offsets[i] + 4, part >> 32);
	}
	all[8] = register_step(device, VIRTIO_MMIO_QUEUE_READY, one_in(w, 16) ? below(w, 3) : 1);
	*plan = (struct walk_plan){ .slot = m->cpus[cpu].slot };
	for (unsigned i = 0; i < 9; i++) {
		if (!one_in(w, 40))
			plan->steps[plan->count++] = all[i];
	}
}

/* The queue that a device was told about ends, or all of its queues. */
static struct model_step queue_end_step(struct walk *w)
{
	uint64_t device = one_in(w, 4) ? below(w, VIRTIO_MMIO_COUNT) : below(w, 2);

	if (one_in(w, 2))
		return register_step(device, VIRTIO_MMIO_QUEUE_READY, one_in(w, 8) ? 1 : 0);
	return one_in(w, 2) ? register_step(device, VIRTIO_MMIO_STATUS, one_in(w, 4) ? below(w, 16) : 0) :
			      register_step(device, VIRTIO_MMIO_QUEUE_SEL, below(w, 4));
}

static struct model_step doorbell_step(struct walk *w, struct model *m, unsigned cpu)
{
	const struct model_pair *pair = &m->pairs[m->cpus[cpu].slot];
	uint64_t first = guest_address(w, m, cpu) & (MODEL_HALF - 1);
	uint64_t doorbell = WINDOW_DOORBELL_BASE | (one_in(w, 8) ? MODEL_HALF : 0);

	if (one_in(w, 8))
		return value_step(STEP_READ, doorbell + below(w, 4) * 8, 0, 0);
	if (one_in(w, 2))
		return value_step(STEP_WRITE, doorbell + WINDOW_DOORBELL_FIRST, value_nearly(w, m, first), 0);
	first = pair->announced_first + (1 + below(w, 3)) * G - 1;
	return value_step(STEP_WRITE, doorbell + WINDOW_DOORBELL_LAST, value_nearly(w, m, first), 0);
}

static struct model_step window_step(struct walk *w, struct model *m, unsigned cpu)
{
	uint64_t dice = below(w, 100);

	if (dice < 60) {
		queue_plan(w, m, cpu);
		return queue_end_step(w);
	}
	if (dice < 85)
		return queue_end_step(w);
	/* What it announced stays open until it dies: not too often. */
	return one_in(w, 3) ? doorbell_step(w, m, cpu) :
			      value_step(STEP_WRITE, VIRTIO_MMIO_BASE + VIRTIO_MMIO_QUEUE_READY - 4, below(w, 2) << 32, 0);
}

static struct model_step vm_step(struct walk *w, struct model *m, unsigned cpu)
{
	uint64_t options = m->pairs[m->cpus[cpu].slot].params.options, dice = below(w, 100);

	if (dice < 25 && (options == HOST_OPTION_SHARE_RSI || one_in(w, 12)))
		return realm_step(w, m, cpu);
	if (dice < 25 && (options == HOST_OPTION_SHARE_WINDOW || one_in(w, 12)))
		return window_step(w, m, cpu);
	if (dice < 50)
		return value_access(w, guest_address(w, m, cpu));
	if (dice < 55)
		return value_access(w, (one_in(w, 2) ? MODEL_HALF : 0) | (0x9000000 + below(w, 2) * 0x10000));
	if (dice < 60)
		return on_step(w);
	if (dice < 70)
		return value_step(STEP_WAIT, 0, 0, 0);
	if (dice < 92)
		return value_step(STEP_INTERRUPT, 0, 0, 0);
	return value_junk(w, m);
}

struct model_step walk_guest(struct walk *w, struct model *m, unsigned cpu)
{
	const struct model_cpu *c = &m->cpus[cpu];
	struct walk_plan *plan = &w->plans[cpu];

	if (plan->slot != c->slot)
		plan->count = 0;
	bool is_planned = plan->next < plan->count && !one_in(w, 30);

	if (c->actor == MODEL_VM && is_planned)
		return plan->steps[plan->next++];
	/* The box lets the VM go on. */
	if (c->actor == MODEL_BOX && is_planned && m->pairs[c->slot].vcpus[c->vcpu].waits != MODEL_WAIT_NONE)
		return value_step(STEP_HVC, BOX_VM_RUN, BOX_ANSWER_DONE, 0);
	return c->actor == MODEL_VM ? vm_step(w, m, cpu) : box_step(w, m, cpu);
}
