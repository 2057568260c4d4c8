/*
 * The model's run nest: who is on a CPU, what brings it to a box, to a VM, or back; and the accesses of all of them.
 * Nobody has an interrupt enabled or a timer set, so that nothing but the steps decides.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "tests/model/state.h"
#include "abi/psci.h"

#define FOREVER	(~0ull)

static struct model_pair *pair_of(struct model *m, const struct model_cpu *cpu)
{
	return &m->pairs[cpu->slot];
}

static struct model_vcpu *vcpu_of(struct model *m, const struct model_cpu *cpu)
{
	return &pair_of(m, cpu)->vcpus[cpu->vcpu];
}

void nest_leave(struct model *m, struct model_cpu *cpu, uint64_t reason, uint64_t a, uint64_t b)
{
	vcpu_of(m, cpu)->cpu = 0;
	cpu->actor = MODEL_OUTER;
	cpu->known = 0;
	state_answer(cpu, HOST_OK);
	state_result(cpu, 1, reason);
	state_result(cpu, 2, a);
	state_result(cpu, 3, b);
}

void nest_to_box(struct model *m, struct model_cpu *cpu, uint64_t reason, uint64_t a, uint64_t b, uint64_t c)
{
	vcpu_of(m, cpu)->in_vm = false;
	cpu->actor = MODEL_BOX;
	cpu->known = 0;
	state_answer(cpu, BOX_OK);
	state_result(cpu, 1, reason);
	state_result(cpu, 2, a);
	state_result(cpu, 3, b);
	state_result(cpu, 4, c);
}

void nest_marked(struct model *m, struct model_cpu *cpu)
{
	if (cpu->actor != MODEL_OUTER && pair_of(m, cpu)->state >= HOST_PAIR_DYING)
		nest_leave(m, cpu, HOST_EXIT_TERMINATED, 0, 0);
}

/* Whoever was last at it goes on: the box, or the VM that it runs. One that is off waits for being turned on. */
static void enter(struct model *m, struct model_cpu *cpu)
{
	struct model_vcpu *vcpu = vcpu_of(m, cpu);
	unsigned role = vcpu->in_vm ? HOST_ROLE_VM : HOST_ROLE_BOX;

	cpu->known = 0;
	if (vcpu->power[role] == MODEL_OFF) {
		nest_leave(m, cpu, HOST_EXIT_WAIT, FOREVER, 0);
		return;
	}
	vcpu->power[role] = MODEL_ON;
	cpu->actor = role == HOST_ROLE_VM ? MODEL_VM : MODEL_BOX;
	nest_marked(m, cpu);
}

static int64_t run_host(struct model *m, struct model_cpu *cpu, uint64_t handle, uint64_t vcpu)
{
	struct model_pair *pair = model_pair(m, handle);

	if (pair == NULL)
		return HOST_ERR_NOT_FOUND;
	if (pair->state != HOST_PAIR_ACTIVE)
		return HOST_ERR_STATE;
	if (vcpu >= pair->params.vcpu_count)
		return HOST_ERR_ARGS;
	if (pair->vcpus[vcpu].cpu != 0)
		return HOST_ERR_BUSY;
	pair->vcpus[vcpu].cpu = (uint8_t)(cpu - m->cpus + 1);
	cpu->slot = (uint16_t)model_slot(m, pair);
	cpu->vcpu = (uint8_t)vcpu;
	enter(m, cpu);
	return HOST_OK;
}

static int64_t run_vm(struct model *m, struct model_cpu *cpu, uint64_t answer)
{
	struct model_vcpu *vcpu = vcpu_of(m, cpu);

	if (answer > BOX_ANSWER_ABORT)
		return BOX_ERR_ARGS;
	if ((vcpu->waits != MODEL_WAIT_NONE) != (answer != BOX_ANSWER_NONE) ||
	    (vcpu->waits == MODEL_WAIT_HOST_CALL && answer == BOX_ANSWER_ABORT))
		return BOX_ERR_STATE;
	/* The answer is in the VM's struct now. */
	if (vcpu->waits == MODEL_WAIT_HOST_CALL)
		model_page(m, cpu->slot, HOST_ROLE_VM, vcpu->host_call)->content = CONTENT_INTERNAL;
	vcpu->waits = MODEL_WAIT_NONE;
	vcpu->in_vm = true;
	enter(m, cpu);
	return BOX_OK;
}

static int64_t notify(struct model *m, uint64_t handle)
{
	const struct model_pair *pair = model_pair(m, handle);

	if (pair == NULL)
		return HOST_ERR_NOT_FOUND;
	return pair->state == HOST_PAIR_ACTIVE ? HOST_OK : HOST_ERR_STATE;
}

static int64_t terminate(struct model *m, uint64_t handle)
{
	struct model_pair *pair = model_pair(m, handle);

	if (pair == NULL)
		return HOST_ERR_NOT_FOUND;
	if (pair->state >= HOST_PAIR_DYING)
		return HOST_ERR_STATE;
	pair->state = HOST_PAIR_DYING;
	return HOST_OK;
}

static void box_info(struct model *m, struct model_cpu *cpu)
{
	const struct model_pair *pair = pair_of(m, cpu);

	state_answer(cpu, BOX_OK);
	state_result(cpu, 1, BOX_ABI_VERSION);
	state_result(cpu, 2, pair->params.vcpu_count);
	state_result(cpu, 3, pair->params.vm_ram_bytes);
	state_result(cpu, 4, pair->params.class);
	state_result(cpu, 5, cpu->vcpu);
}

/* A call that entered somebody else has no answer yet. */
static void answer_if_here(struct model_cpu *cpu, enum model_actor caller, int64_t code)
{
	if (code != HOST_OK)
		state_answer(cpu, code);
	else if (cpu->actor == caller && cpu->known == 0)
		state_answer(cpu, code);
}

void nest_call(struct model *m, struct model_cpu *cpu, const uint64_t x[7])
{
	switch (x[0]) {
	case HOST_RUN:
		answer_if_here(cpu, MODEL_OUTER, run_host(m, cpu, x[1], x[2]));
		return;
	case HOST_NOTIFY:
		state_answer(cpu, notify(m, x[1]));
		return;
	case HOST_TERMINATE:
		state_answer(cpu, terminate(m, x[1]));
		return;
	case BOX_VM_RUN:
		answer_if_here(cpu, MODEL_BOX, run_vm(m, cpu, x[1]));
		return;
	case BOX_NOTIFY:
		nest_leave(m, cpu, HOST_EXIT_NOTIFY, x[1], 0);
		return;
	case BOX_INFO:
		box_info(m, cpu);
		return;
	default:
		/* Interrupts are not the model's: the answer is taken as it is. */
		cpu->known = 0;
		return;
	}
}

/* --- PSCI, by box or VM --- */

static int64_t cpu_on(struct model *m, struct model_cpu *cpu, uint64_t target)
{
	struct model_pair *pair = pair_of(m, cpu);
	unsigned role = cpu->actor == MODEL_VM ? HOST_ROLE_VM : HOST_ROLE_BOX;

	if (target >= pair->params.vcpu_count)
		return PSCI_INVALID_PARAMETERS;
	uint8_t *power = &pair->vcpus[target].power[role];

	if (*power != MODEL_OFF)
		return *power == MODEL_ON ? PSCI_ALREADY_ON : PSCI_ON_PENDING;
	*power = MODEL_PENDING;
	return PSCI_SUCCESS;
}

void nest_power(struct model *m, struct model_cpu *cpu, const uint64_t x[7])
{
	int64_t code = HOST_NOT_SUPPORTED;

	/* CPUs of the outer OS are the monitor's. */
	if (x[0] == PSCI_CPU_ON_64 && cpu->actor == MODEL_OUTER)
		return;
	if (x[0] == PSCI_CPU_ON_64)
		code = cpu_on(m, cpu, x[1]);
	state_answer(cpu, code);
	/* Registers that are no results come back. */
	for (unsigned i = 1; i < 7; i++)
		state_result(cpu, i, x[i]);
}

void nest_wait(struct model *m, struct model_cpu *cpu)
{
	if (cpu->actor != MODEL_OUTER)
		nest_leave(m, cpu, HOST_EXIT_WAIT, FOREVER, 0);
}

/* --- accesses --- */

/* Nothing there: who reads or writes gets an abort and goes on; but a VM's device access is its box's. */
static void nothing_there(struct model *m, struct model_cpu *cpu, const struct model_step *step)
{
	uint64_t ipa = step->a[0] & (MODEL_HALF - 1), bytes = step->kind == STEP_REGISTER ? 4 : 8;
	bool is_write = step->kind != STEP_READ;
	uint64_t value = bytes == 4 ? (uint32_t)step->a[1] : step->a[1];

	if (cpu->actor != MODEL_VM || ipa >= MODEL_RAM_BASE || doorbell_access(m, cpu, step))
		return;
	if (bytes == 4)
		queue_register(m, cpu, ipa, (uint32_t)value);
	vcpu_of(m, cpu)->waits = MODEL_WAIT_ACCESS;
	nest_to_box(m, cpu, BOX_EXIT_MMIO, ipa, bytes | (is_write ? BOX_ACCESS_WRITE : 0), is_write ? value : 0);
}

void nest_access(struct model *m, struct model_cpu *cpu, const struct model_step *step)
{
	unsigned access;

	/* Registers are the VM's, and no memory. */
	if (step->kind == STEP_REGISTER) {
		if ((step->a[0] & (MODEL_HALF - 1)) < MODEL_RAM_BASE)
			nothing_there(m, cpu, step);
		return;
	}
	struct model_granule *granule = model_reach(m, step->cpu, step->a[0], &access);

	if ((access & (step->kind == STEP_WRITE ? MODEL_WRITE : MODEL_READ)) == 0) {
		nothing_there(m, cpu, step);
		return;
	}
	if (step->kind == STEP_WRITE)
		granule->content = step->a[1];
	m->counts.window_accesses += cpu->actor == MODEL_BOX && granule->role == HOST_ROLE_VM ? 1 : 0;
	/* No exit. */
	cpu->may_leave = false;
	state_touch(m, model_pa(m, granule), MODEL_GRANULE);
}
