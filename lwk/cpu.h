/*
 * One CPU of the lightweight kernel: who it is, what it runs, what waits for it.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#ifndef LWK_CPU_H
#define LWK_CPU_H

#include <stdatomic.h>
#include "arch/sysreg.h"
#include "lib/compiler.h"
#include "plat/memory.h"

struct thread;

struct cpu {
	unsigned index;
	uint64_t mpidr;			/* affinity fields only */
	uintptr_t redistributor;
	atomic_bool online;

	/* Scheduler lock. */
	struct thread *current;
	struct thread *idle;
	struct thread *ready_first;	/* run queue, linked by thread->next */
	struct thread *ready_last;
	struct thread *sleepers;	/* parked here; linked by thread->next */
	uint64_t slice_end;		/* when current must make room, if the queue is not empty */
	uint64_t interrupts;
	uint64_t switches;
	atomic_bool resched;		/* the next interrupt exit chooses again */
};

extern struct cpu cpus[PLAT_CPU_MAX];
extern unsigned cpu_count;

/* cpu_this - the CPU that runs this. Interrupts are masked, or the answer may be stale at once. */
static inline struct cpu *cpu_this(void)
{
	return (struct cpu *)read_tpidr_el1();
}

/* cpu_adopt - TPIDR_EL1 of this CPU names @cpu from now on. */
static inline void cpu_adopt(struct cpu *cpu)
{
	write_tpidr_el1((uintptr_t)cpu);
}

/**
 * cpu_start_all - turn on every CPU of the device tree by PSCI and wait, at most a second each.
 *
 * CPUs that refuse or stay silent are named on the terminal; the others are used.
 * Context: boot CPU, scheduler and interrupts running.
 */
void cpu_start_all(void);

/* cpu_kick - send the reschedule interrupt (SGI 0) to @cpu, or to every other CPU. */
void cpu_kick(const struct cpu *cpu);
void cpu_kick_others(void);

/* cpu_power_off, cpu_power_reset - end the machine by PSCI. */
NORETURN void cpu_power_off(void);
NORETURN void cpu_power_reset(void);

/* cpu_halt - this CPU does nothing any more. */
NORETURN void cpu_halt(void);

#endif
