/*
 * CPUs of the small guest: starting them, giving them work, and the PSCI conduit.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "abi/psci.h"
#include "arch/cpu.h"
#include "arch/sysreg.h"
#include "guests/small/small.h"

struct cpu small_cpus[SMALL_CPU_MAX];

/* First instruction of a CPU that psci turns on. */
extern const char small_secondary[];

static bool is_smc;

unsigned cpu_this(void)
{
	return (unsigned)read_tpidr_el1();
}

void cpu_wait(const volatile uint32_t *flag, uint32_t old)
{
	for (;;) {
		/* Masked from the look to the sleep: what comes between wakes the WFI. */
		irq_disable();
		bool is_done = *flag != old;

		if (!is_done)
			wfi();
		irq_enable();
		isb();
		if (is_done)
			return;
	}
}

void psci_init(void)
{
	uint64_t args[8] = { PSCI_VERSION };
	struct probe probe = { .esr = 0 };

	/* Where no EL3 and no hypervisor traps it, SMC is undefined, and HVC is what `virt` answers. */
	probe_smc(&probe, args);
	is_smc = probe.esr == 0;
}

bool psci_is_smc(void)
{
	return is_smc;
}

int64_t psci_call(uint64_t id, uint64_t a, uint64_t b, uint64_t c)
{
	struct smc_args args = { .x = { id, a, b, c } };

	if (is_smc)
		smc_call(&args);
	else
		hvc_call(&args);
	return (int64_t)args.x[0];
}

int64_t cpu_start(unsigned cpu)
{
	int64_t code;
	uint64_t end = read_cntvct_el0() + read_cntfrq_el0();

	if (small_cpus[cpu].is_on)
		return PSCI_SUCCESS;
	code = psci_call(PSCI_CPU_ON_64, cpu, (uintptr_t)small_secondary, cpu);
	if (code != PSCI_SUCCESS)
		return code;
	while (!small_cpus[cpu].is_on) {
		if (read_cntvct_el0() > end)
			return PSCI_INTERNAL_FAILURE;
		cpu_relax();
	}
	return PSCI_SUCCESS;
}

void cpu_begin(unsigned cpu, void (*work)(void))
{
	dmb_ish();
	small_cpus[cpu].work = work;
	dsb_ish();
	gic_send(SGI_WORK, cpu);
}

void cpu_run(unsigned cpu, void (*work)(void))
{
	if (cpu == cpu_this()) {
		work();
		return;
	}
	cpu_begin(cpu, work);
	while (small_cpus[cpu].work != NULL)
		cpu_relax();
	dmb_ish();
}
