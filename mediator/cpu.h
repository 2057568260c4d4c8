/*
 * What a physical CPU holds: its stacks, the contexts nested on it, its rings. Only that CPU writes
 * it, but for the fields marked atomic.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#ifndef MEDIATOR_CPU_H
#define MEDIATOR_CPU_H

#include <stdatomic.h>
#include "arch/sysreg.h"
#include "mediator/context.h"

#define CPU_TRACE_COUNT	128	/* powers of two */
#define CPU_LOG_COUNT	64

struct ring {
	_Atomic uint64_t head;	/* records ever written */
	_Atomic uint64_t begun;	/* the same, with the one that is being written */
	uint64_t mask;
	struct host_record *records;
};

/* What became pending here: for the loaded context alone, or for somebody who may have to run in its place. */
#define RECHECK_LISTS	1u
#define RECHECK_ALL	2u

struct cpu {
	uint64_t stack_top;		/* first three: assembly */
	uint64_t entries;		/* to EL2 from below, ever: the monitor's watchdog reads it */
	uint64_t emergency_stack_top;
	struct context *current;	/* whose registers are on the CPU */
	struct context *outer;
	struct context *fp_owner;	/* whose vector registers are on the CPU, or NULL */
	uint64_t hyp_deadline;		/* what CNTHP_CVAL_EL2 holds, ~0 disabled */
	uint64_t cptr;			/* what CPTR_EL2 holds */
	uint64_t redistributor;		/* address of this CPU's frame */
	uint8_t index;
	bool timer_active;		/* PPI 27 is active in this CPU's redistributor */
	uint8_t recheck;		/* RECHECK_*: run_recheck before returning to a lower level */
	bool lrs_written;		/* some list register of this CPU is not zero */
	bool stops_walks;		/* a CPU of walks.h */
	_Atomic uint16_t running;	/* pair index + 1 while one of its vCPUs may be loaded, else 0 */
	struct ring trace, log;
};
_Static_assert(offsetof(struct cpu, entries) == 8 && offsetof(struct cpu, emergency_stack_top) == 16,
	       "assembly's view of struct cpu");

extern struct cpu cpus[PLAT_CPU_MAX];
extern struct context outer_contexts[PLAT_CPU_MAX];

static inline struct cpu *cpu_this(void)
{
	return (struct cpu *)read_tpidr_el2();
}

static inline unsigned cpu_count(void)
{
	return boot_info->cpu_count;
}

/* cpu_init - this CPU's registers and GIC interface at EL2, and its outer-OS context. Boot of each CPU. */
void cpu_init(unsigned index);

/* cpu_kick - make CPU @index take an interrupt to EL2, so that it looks at its pending work. */
void cpu_kick(unsigned index);

#endif
