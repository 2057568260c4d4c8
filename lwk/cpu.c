/*
 * CPUs: turning them on and off by PSCI, and sending them interrupts. What they run is thread.c's.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "lwk/cpu.h"
#include "abi/psci.h"
#include "arch/cpu.h"
#include "lwk/gic.h"
#include "lwk/layout.h"
#include "lwk/room.h"
#include "lwk/terminal.h"
#include "lwk/thread.h"
#include "lwk/timer.h"

struct cpu cpus[PLAT_CPU_MAX];
unsigned cpu_count;

static int32_t psci_call(uint32_t id, uint64_t a, uint64_t b, uint64_t c)
{
	struct smc_args args = { .x = { id, a, b, c } };

	smc_call(&args);
	return (int32_t)args.x[0];
}

static bool cpu_start(struct cpu *cpu)
{
	uint64_t deadline = timer_now() + timer_from_ms(1000);
	int32_t result = psci_call(PSCI_CPU_ON_64, cpu->mpidr, (uintptr_t)lwk_secondary_entry, cpu->index);

	if (result != PSCI_SUCCESS) {
		terminal_print("error: CPU %u does not start\n"
			       "  where:    PSCI CPU_ON of affinity 0x%lx\n"
			       "  expected: 0 (success)\n"
			       "  found:    %d\n"
			       "  do:       compare the device tree's /cpus with the board; going on without it\n",
			       cpu->index, cpu->mpidr, result);
		return false;
	}
	while (!atomic_load(&cpu->online) && timer_now() < deadline)
		cpu_relax();
	if (!atomic_load(&cpu->online))
		terminal_print("error: CPU %u was turned on and did not arrive within 1 s; going on without it\n",
			       cpu->index);
	return atomic_load(&cpu->online);
}

void cpu_start_all(void)
{
	/* A new CPU reads tables and its own record with the MMU off: they must be in memory, not in a cache. */
	cache_clean_invalidate(image_start, (size_t)(image_end - image_start));
	for (unsigned i = 1; i < cpu_count; i++)
		cpu_start(&cpus[i]);
}

void cpu_kick(const struct cpu *cpu)
{
	gic_send(cpu->mpidr, GIC_INTID_KICK);
}

void cpu_kick_others(void)
{
	uint64_t self = read_mpidr_el1() & PSCI_AFFINITY_MASK;

	for (unsigned i = 0; i < cpu_count; i++) {
		if (atomic_load(&cpus[i].online) && cpus[i].mpidr != self)
			cpu_kick(&cpus[i]);
	}
}

void cpu_halt(void)
{
	irq_disable();
	for (;;)
		wfi();
}

void cpu_power_off(void)
{
	psci_call(PSCI_SYSTEM_OFF, 0, 0, 0);
	cpu_halt();
}

void cpu_power_reset(void)
{
	psci_call(PSCI_SYSTEM_RESET, 0, 0, 0);
	cpu_halt();
}
