/*
 * Commands about CPUs and interrupts.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "abi/psci.h"
#include "arch/cpu.h"
#include "arch/sysreg.h"
#include "guests/small/small.h"

#define IPI_DEFAULT	1000

static void report(void)
{
	print("cpu %u: MPIDR_EL1 0x%lx\n", cpu_this(), read_mpidr_el1());
}

void command_cpus(const struct words *words)
{
	unsigned count = 0;

	(void)words;
	for (unsigned cpu = 0; cpu < SMALL_CPU_MAX; cpu++) {
		int64_t code = cpu == 0 ? PSCI_SUCCESS : cpu_start(cpu);

		if (code == PSCI_INVALID_PARAMETERS)
			break;
		if (code != PSCI_SUCCESS) {
			print("cpu %u: PSCI CPU_ON says %ld\n", cpu, (long)code);
			break;
		}
		cpu_run(cpu, report);
		count++;
	}
	print("cpus: %u\n", count);
}

void command_timer(const struct words *words)
{
	struct cpu *cpu = &small_cpus[cpu_this()];
	uint64_t period = read_cntfrq_el0() / 1000;
	uint32_t first = cpu->timer_count;

	for (uint64_t i = 0; i < words->number[1]; i++) {
		uint32_t before = cpu->timer_count;

		timer_arm(read_cntvct_el0() + period);
		cpu_wait(&cpu->timer_count, before);
	}
	print("timer: %u interrupts\n", cpu->timer_count - first);
}

void command_sgi(const struct words *words)
{
	struct cpu *cpu = &small_cpus[cpu_this()];
	uint32_t before = cpu->sgi_count;

	(void)words;
	gic_send(SGI_TEST, cpu_this());
	cpu_wait(&cpu->sgi_count, before);
	print("sgi: taken\n");
}

/* What CPU 1 has to do, written before it starts: answer so many SGIs, after those it had before. */
static uint32_t ipi_count, ipi_seen;

static void ipi_answer(void)
{
	for (uint32_t i = 0; i < ipi_count; i++) {
		cpu_wait(&small_cpus[1].sgi_count, ipi_seen + i);
		gic_send(SGI_TEST, 0);
	}
}

void command_ipi(const struct words *words)
{
	uint32_t count = words->is_number[1] && words->number[1] != 0 ? (uint32_t)words->number[1] : IPI_DEFAULT;
	int64_t code = cpu_start(1);
	uint64_t start;

	if (code != PSCI_SUCCESS) {
		print("ipi: needs a second CPU; PSCI CPU_ON says %ld\n", (long)code);
		return;
	}
	ipi_count = count;
	ipi_seen = small_cpus[1].sgi_count;
	cpu_begin(1, ipi_answer);
	start = read_cntvct_el0();
	for (uint32_t i = 0; i < count; i++) {
		uint32_t before = small_cpus[0].sgi_count;

		gic_send(SGI_TEST, 1);
		cpu_wait(&small_cpus[0].sgi_count, before);
	}
	print("ipi: %u round trips, %lu ticks each\n", count, (read_cntvct_el0() - start) / count);
}

void command_irqhold(const struct words *words)
{
	struct cpu *cpu = &small_cpus[cpu_this()];

	(void)words;
	print("irqhold: staying in the timer handler\n");
	cpu->hold = true;
	timer_arm(read_cntvct_el0());
	cpu_wait(&cpu->timer_count, cpu->timer_count);
}

void command_spin(const struct words *words)
{
	(void)words;
	print("spin: never yields\n");
	irq_disable();
	for (;;)
		;
}
