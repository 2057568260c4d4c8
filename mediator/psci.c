/*
 * PSCI at EL2. Decides power states of vCPUs; the outer OS's CPUs are turned on by the monitor.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "mediator/psci.h"
#include "abi/psci.h"
#include "abi/smccc.h"
#include "arch/cpu.h"
#include "mediator/granule.h"
#include "mediator/main.h"
#include "mediator/pair.h"
#include "mediator/run.h"
#include "mediator/virq.h"

static bool is_offered(uint32_t id)
{
	static const uint32_t ids[] = {
		PSCI_VERSION, PSCI_CPU_SUSPEND_32, PSCI_CPU_SUSPEND_64, PSCI_CPU_OFF, PSCI_CPU_ON_32, PSCI_CPU_ON_64,
		PSCI_AFFINITY_INFO_32, PSCI_AFFINITY_INFO_64, PSCI_MIGRATE_INFO_TYPE, PSCI_SYSTEM_OFF,
		PSCI_SYSTEM_RESET, PSCI_FEATURES, SMCCC_VERSION,
	};

	for (unsigned i = 0; i < ARRAY_COUNT(ids); i++) {
		if (ids[i] == id)
			return true;
	}
	return false;
}

/* The vCPU that a target affinity names in the caller's domain, or NULL. */
static struct context *target_of(const struct context *context, uint64_t affinity)
{
	return affinity < HOST_VCPU_MAX ? context_sibling(context, affinity) : NULL;
}

/* The outer OS's first instruction on a CPU must be its own memory; boxes and VMs harm only themselves. */
static bool is_entry_allowed(const struct context *context, uint64_t entry)
{
	if (!context->is_outer)
		return true;
	uint8_t state = granule_get(pa_make(entry)).state;

	return state == GRANULE_OUTER || state == GRANULE_LOADER;
}

static int64_t monitor_cpu_on(const struct context *target)
{
	struct smc_args args = { { PSCI_CPU_ON_64, target->index, main_secondary_entry(), target->index } };

	smc_call(&args);
	return (int64_t)args.x[0];
}

static int64_t cpu_on(struct context *context, uint64_t affinity, uint64_t entry, uint64_t argument)
{
	struct context *target = target_of(context, affinity);
	int64_t result = PSCI_SUCCESS;

	if (target == NULL)
		return PSCI_INVALID_PARAMETERS;
	if (!is_entry_allowed(context, entry))
		return PSCI_INVALID_ADDRESS;
	spin_lock(&target->vcpu->lock);
	uint8_t power = atomic_load(&target->power);

	if (power != POWER_OFF) {
		result = power == POWER_ON ? PSCI_ALREADY_ON : PSCI_ON_PENDING;
	} else {
		target->start_pc = entry;
		target->start_x0 = argument;
		atomic_store(&target->power, POWER_ON_PENDING);
		if (!context->is_outer)
			virq_wake(target->vcpu);
	}
	spin_unlock(&target->vcpu->lock);
	if (result != PSCI_SUCCESS || !context->is_outer)
		return result;
	result = monitor_cpu_on(target);
	if (result != PSCI_SUCCESS)
		atomic_store(&target->power, POWER_OFF);
	return result;
}

static int64_t affinity_info(const struct context *context, uint64_t affinity, uint64_t level)
{
	const struct context *target = target_of(context, affinity);

	if (target == NULL || level != 0)
		return PSCI_INVALID_PARAMETERS;
	switch (atomic_load(&target->power)) {
	case POWER_ON:
		return PSCI_AFFINITY_ON;
	case POWER_ON_PENDING:
		return PSCI_AFFINITY_ON_PENDING;
	default:
		return PSCI_AFFINITY_OFF;
	}
}

/* The outer OS's CPU goes back to the monitor, which does not return. */
static int64_t outer_cpu_off(struct context *context)
{
	struct smc_args args = { { PSCI_CPU_OFF } };

	atomic_store(&context->power, POWER_OFF);
	smc_call(&args);
	atomic_store(&context->power, POWER_ON);
	return (int64_t)args.x[0];
}

static int64_t outer_suspend(void)
{
	/* Standby: wakes on any physical interrupt, masked or not. */
	dsb_sy();
	wfi();
	return PSCI_SUCCESS;
}

static struct context *system_end(struct cpu *cpu, struct context *context, uint64_t id)
{
	bool is_off = id == PSCI_SYSTEM_OFF;
	struct smc_args args = { { id } };

	if (context->is_outer) {
		smc_call(&args);
		return context_answer(context, PSCI_INTERNAL_FAILURE);
	}
	if (context->role == HOST_ROLE_BOX)
		return run_to_outer(cpu, is_off ? HOST_EXIT_OFF : HOST_EXIT_RESET, 0, 0);
	return run_to_box(cpu, is_off ? BOX_EXIT_OFF : BOX_EXIT_RESET, 0, 0, 0);
}

static NOINLINE struct context *dispatch(struct cpu *cpu, struct context *context)
{
	const uint64_t *x = context->frame.x;
	/* Arguments of an SMC32 call have no upper halves. */
	uint64_t mask = (x[0] & BIT(30)) != 0 ? UINT64_MAX : UINT32_MAX;

	switch ((uint32_t)x[0]) {
	case PSCI_FEATURES:
		return context_answer(context, is_offered((uint32_t)x[1]) ? PSCI_SUCCESS : PSCI_NOT_SUPPORTED);
	case PSCI_CPU_ON_32:
	case PSCI_CPU_ON_64:
		return context_answer(context, cpu_on(context, x[1] & mask, x[2] & mask, x[3] & mask));
	case PSCI_AFFINITY_INFO_32:
	case PSCI_AFFINITY_INFO_64:
		return context_answer(context, affinity_info(context, x[1] & mask, x[2] & mask));
	case PSCI_MIGRATE_INFO_TYPE:
		return context_answer(context, PSCI_MIGRATE_NOT_REQUIRED);
	case PSCI_CPU_SUSPEND_32:
	case PSCI_CPU_SUSPEND_64:
		if (context->is_outer)
			return context_answer(context, outer_suspend());
		context_answer(context, PSCI_SUCCESS);
		return run_wait(cpu);
	case PSCI_CPU_OFF:
		return context->is_outer ? context_answer(context, outer_cpu_off(context)) : run_off(cpu);
	case PSCI_SYSTEM_OFF:
	case PSCI_SYSTEM_RESET:
		return system_end(cpu, context, (uint32_t)x[0]);
	default:
		return context_answer(context, PSCI_NOT_SUPPORTED);
	}
}

struct context *psci_call(struct cpu *cpu, struct context *context)
{
	if (context->frame.x[0] == PSCI_VERSION)
		return context_answer(context, PSCI_VERSION_1_1);
	return dispatch(cpu, context);
}
