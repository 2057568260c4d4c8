/*
 * The run nest. Decides who is on the CPU next; what a trap means is trap.c's.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "mediator/run.h"
#include "arch/cpu.h"
#include "mediator/calls.h"
#include "mediator/fp.h"
#include "mediator/gic.h"
#include "mediator/log.h"
#include "mediator/pair.h"
#include "mediator/rsi.h"
#include "mediator/time.h"
#include "mediator/virq.h"
#include "mediator/walks.h"

/*
 * HCR_EL2 for everybody: stage 2 on; physical interrupts and SErrors come here; SMC, ID registers, set/way,
 * auxiliary, error-record, LOR and implementation-defined registers trap; no pointer authentication, no MTE.
 */
#define HCR_BASE (HCR_EL2_VM | HCR_EL2_SWIO | HCR_EL2_PTW | HCR_EL2_FMO | HCR_EL2_IMO | HCR_EL2_AMO | HCR_EL2_FB | \
		  HCR_EL2_BSU_IS | HCR_EL2_TSC | HCR_EL2_TID3 | HCR_EL2_TIDCP | HCR_EL2_TACR | HCR_EL2_TSW |	\
		  HCR_EL2_TLOR | HCR_EL2_TERR | HCR_EL2_RW)

/* VMPIDR_EL2 bit 31 is RES1; affinity 0 is the vCPU's index. */
#define VMPIDR_BASE BIT(31)

static void el1_save(struct el1_state *state)
{
#define R(a, b) { uint64_t first = read_##a(), second = read_##b(); state->a = first; state->b = second; }
	EL1_WALK_REGISTERS(R)
	EL1_REGISTERS(R)
#undef R
}

/* Without walk registers where those come last (walks.h). */
static void el1_load(const struct cpu *cpu, const struct el1_state *state)
{
#define R(a, b) { uint64_t first = state->a, second = state->b; write_##a(first); write_##b(second); }
	if (cpu->stops_walks) {
		(void)walks_stop();
	} else {
		EL1_WALK_REGISTERS(R)
	}
	EL1_REGISTERS(R)
#undef R
}

static void unload(struct cpu *cpu)
{
	struct context *context = cpu->current;

	el1_save(&context->el1);
	time_save(context);
	virq_save(context);
	/* What the guest deactivated by its own EOI is visible in its list registers only. */
	cpu->timer_active = virq_timer_is_held(context);
	cpu->current = NULL;
}

static void load(struct cpu *cpu, struct context *context)
{
	bool is_held = virq_timer_is_held(context);
	struct walks walks = { context->el1.tcr_el1, context->el1.sctlr_el1 };

	el1_load(cpu, &context->el1);
	write_vmpidr_el2(VMPIDR_BASE | context->index);
	write_vttbr_el2(stage2_vttbr(context->stage2));
	write_hcr_el2(HCR_BASE | (context->is_outer ? 0 : HCR_EL2_TWI));
	/* PPI 27 is one physical interrupt for all: active exactly while the loaded context has it in hand. */
	if (cpu->timer_active != is_held)
		gic_set_timer_active(cpu, is_held);
	time_load(context);
	virq_load(context);
	fp_guard(cpu, context);
	isb();
	walks_resume(&walks);
	cpu->current = context;
}

static void switch_to(struct cpu *cpu, struct context *context)
{
	unload(cpu);
	if (atomic_load(&context->power) == POWER_ON_PENDING)
		context_start(context);
	load(cpu, context);
}

struct context *run_first(struct cpu *cpu)
{
	context_start(cpu->outer);
	load(cpu, cpu->outer);
	return cpu->outer;
}

static bool is_deliverable(struct context *context)
{
	if (virq_is_quiet(context))
		return false;
	spin_lock(&context->vcpu->lock);
	bool is = virq_is_deliverable(context);

	spin_unlock(&context->vcpu->lock);
	return is;
}

/* Has a context that is not loaded an interrupt to take, or a timer that would give it one? */
static bool wants_to_run(struct context *context)
{
	return time_is_due(time_deadline(context)) || is_deliverable(context);
}

struct context *run_to_outer(struct cpu *cpu, uint64_t reason, uint64_t a, uint64_t b)
{
	struct context *context = cpu->current;
	struct vcpu *vcpu = context->vcpu;
	struct context *outer = cpu->outer;

	trace(cpu, context, HOST_EVENT_EXIT, reason, log_pc(context), a, b);
	if (cpu->fp_owner != outer)
		fp_flush(cpu);
	time_arm(cpu, time_physical_next(outer));
	spin_lock(&vcpu->lock);
	virq_park(vcpu, context);
	spin_unlock(&vcpu->lock);
	switch_to(cpu, outer);
	pair_leave(cpu, context->pair, context->index);
	outer->frame.x[0] = HOST_OK;
	outer->frame.x[1] = reason;
	outer->frame.x[2] = a;
	outer->frame.x[3] = b;
	return outer;
}

struct context *run_to_box(struct cpu *cpu, uint64_t reason, uint64_t address, uint64_t access, uint64_t value)
{
	struct vcpu *vcpu = cpu->current->vcpu;
	struct context *box = vcpu->box;

	vcpu->in_vm = false;
	if (cpu->current != box)
		switch_to(cpu, box);
	box->frame.x[0] = BOX_OK;
	box->frame.x[1] = reason;
	box->frame.x[2] = address;
	box->frame.x[3] = access;
	box->frame.x[4] = value;
	time_arm(cpu, time_earlier(time_deadline(cpu->outer), time_physical_next(box)));
	return box;
}

/* Must somebody else than the loaded box or VM run? Then that one; else the loaded one, its deadlines armed. */
static struct context *decide(struct cpu *cpu)
{
	struct context *context = cpu->current;
	struct vcpu *vcpu = context->vcpu;
	uint64_t deadline = time_deadline(cpu->outer);

	if (pair_is_marked(context->pair))
		return run_to_outer(cpu, HOST_EXIT_TERMINATED, 0, 0);
	if (time_is_due(deadline) || is_deliverable(cpu->outer))
		return run_to_outer(cpu, HOST_EXIT_INTERRUPTED, 0, 0);
	if (context == vcpu->vm) {
		uint64_t box_deadline = time_deadline(vcpu->box);

		if (time_is_due(box_deadline) || is_deliverable(vcpu->box))
			return run_to_box(cpu, BOX_EXIT_INTERRUPTED, 0, 0, 0);
		deadline = time_earlier(deadline, box_deadline);
	}
	time_arm(cpu, time_earlier(deadline, time_physical_next(context)));
	return context;
}

struct context *run_resolve(struct cpu *cpu)
{
	struct context *context = cpu->current;

	cpu->recheck = 0;
	virq_refill(context);
	if (!context->is_outer)
		return decide(cpu);
	time_arm(cpu, time_physical_next(context));
	return context;
}

struct context *run_recheck(struct cpu *cpu)
{
	if (cpu->recheck != RECHECK_LISTS)
		return run_resolve(cpu);
	cpu->recheck = 0;
	virq_refill(cpu->current);
	return cpu->current;
}

/* Both contexts are at rest and neither is loaded: who tells the outer OS when to come back? */
static struct context *wait_until(struct cpu *cpu, uint64_t deadline)
{
	return run_to_outer(cpu, HOST_EXIT_WAIT, deadline, 0);
}

/* The box is inside BOX_VM_RUN and loaded: its VM runs, or the vCPU waits because the VM's is off. */
static struct context *enter_vm(struct cpu *cpu, struct vcpu *vcpu)
{
	struct context *vm = vcpu->vm;
	bool is_off;

	spin_lock(&vcpu->lock);
	is_off = atomic_load(&vm->power) == POWER_OFF;
	/* Under the lock: a CPU_ON that comes later finds no CPU and sets the notice bit. */
	if (is_off && !virq_is_deliverable_live(cpu->current))
		virq_park(vcpu, cpu->current);
	spin_unlock(&vcpu->lock);
	if (is_off && vcpu->cpu == NO_CPU)
		return wait_until(cpu, time_deadline_live(cpu->current));
	if (is_off)
		return run_to_box(cpu, BOX_EXIT_INTERRUPTED, 0, 0, 0);
	switch_to(cpu, vm);
	return decide(cpu);
}

/* Claim done: this CPU has the vCPU. Load the box; if it was inside BOX_VM_RUN, go on to the VM. */
static struct context *enter_pair(struct cpu *cpu, struct vcpu *vcpu)
{
	struct context *box = vcpu->box;

	spin_lock(&vcpu->lock);
	vcpu->cpu = cpu->index;
	vcpu->last_cpu = cpu->index;
	atomic_fetch_and(&box->pair->notice->vcpus, ~BIT(box->index));
	bool is_off = atomic_load(&box->power) == POWER_OFF;

	if (is_off)
		vcpu->cpu = NO_CPU;	/* a CPU_ON from here on sets the notice bit */
	spin_unlock(&vcpu->lock);
	bool box_first = is_off || !vcpu->in_vm || wants_to_run(box);
	bool vm_is_off = atomic_load(&vcpu->vm->power) == POWER_OFF;

	switch_to(cpu, box_first || vm_is_off ? box : vcpu->vm);
	trace(cpu, cpu->current, HOST_EVENT_ENTER, log_pc(cpu->current), 0, 0, 0);
	if (is_off)
		return wait_until(cpu, TIME_NEVER);
	if (vcpu->in_vm && box_first)
		run_to_box(cpu, BOX_EXIT_INTERRUPTED, 0, 0, 0);
	else if (vcpu->in_vm && vm_is_off)
		return enter_vm(cpu, vcpu);
	/* The outer OS may have an interrupt that waits, and this box may never exit. */
	return decide(cpu);
}

struct context *run_host(struct cpu *cpu, uint64_t handle, uint64_t vcpu)
{
	struct pair *pair;
	enum status status = pair_enter(cpu, handle, vcpu, &pair);

	if (status != OK) {
		cpu->outer->frame.x[0] = (uint64_t)call_code(status);
		return cpu->outer;
	}
	return enter_pair(cpu, pair->contexts[HOST_ROLE_BOX][vcpu]->vcpu);
}

/* Width, sign and register of an answered read are those of the access that asked, whatever the box says. */
static void mmio_finish(struct context *vm, uint64_t value)
{
	vm->mmio.access.value = value;
	access_finish(vm, &vm->mmio.access);
}

struct context *run_vm(struct cpu *cpu, uint64_t answer, uint64_t value)
{
	struct context *box = cpu->current;
	struct vcpu *vcpu = box->vcpu;
	struct context *vm = vcpu->vm;

	if (answer > BOX_ANSWER_ABORT || vm->mmio.valid != (answer != BOX_ANSWER_NONE) ||
	    (answer == BOX_ANSWER_ABORT && vm->mmio.is_host_call)) {
		/* An answer to nothing, none where one is due, or one that does not fit. */
		box->frame.x[0] = (uint64_t)(answer > BOX_ANSWER_ABORT ? BOX_ERR_ARGS : BOX_ERR_STATE);
		return box;
	}
	vcpu->in_vm = true;
	vm->mmio.valid = false;
	if (answer == BOX_ANSWER_NONE)
		return enter_vm(cpu, vcpu);
	switch_to(cpu, vm);
	if (vm->mmio.is_host_call)
		rsi_host_call_finish(vm, value);
	else if (answer == BOX_ANSWER_DONE)
		mmio_finish(vm, value);
	else
		context_inject_abort(vm, vm->mmio.access.is_write ? ABORT_WRITE : ABORT_READ, vm->mmio.far);
	return decide(cpu);
}

struct context *run_wait(struct cpu *cpu)
{
	struct context *context = cpu->current;
	struct vcpu *vcpu = context->vcpu;
	uint64_t deadline = time_deadline_live(context);

	if (context == vcpu->vm) {
		if (wants_to_run(vcpu->box))
			return run_to_box(cpu, BOX_EXIT_INTERRUPTED, 0, 0, 0);
		deadline = time_earlier(deadline, time_deadline(vcpu->box));
	}
	if (time_is_due(deadline))
		return run_resolve(cpu);
	/* The last look at pending interrupts and "not loaded" are one step: no wake-up falls between. */
	spin_lock(&vcpu->lock);
	bool is_idle = !virq_is_deliverable_live(context) &&
		       (context == vcpu->box || !virq_is_deliverable(vcpu->box));

	if (is_idle)
		virq_park(vcpu, context);
	spin_unlock(&vcpu->lock);
	return is_idle ? wait_until(cpu, deadline) : run_resolve(cpu);
}

struct context *run_off(struct cpu *cpu)
{
	struct context *context = cpu->current;
	struct vcpu *vcpu = context->vcpu;
	uint64_t deadline = context == vcpu->vm ? time_deadline(vcpu->box) : TIME_NEVER;

	spin_lock(&vcpu->lock);
	atomic_store(&context->power, POWER_OFF);
	virq_park(vcpu, context);
	if (context == vcpu->box)
		vcpu->in_vm = false;
	spin_unlock(&vcpu->lock);
	return wait_until(cpu, deadline);
}
