/*
 * The calls that lower levels make: one table of host calls, one of box calls, and the services
 * that every domain has (PSCI, SMCCC).
 * SPDX-License-Identifier: BSD-3-Clause
 */
#ifndef MEDIATOR_CALLS_H
#define MEDIATOR_CALLS_H

#include "mediator/cpu.h"

/* One call under way. Arguments are a copy; a handler writes results only. */
struct call {
	struct cpu *cpu;
	struct context *context;
	uint64_t id;
	uint64_t args[6];	/* x1 .. x6 */
	uint64_t results[6];	/* x1 .. x6; zero before */
	uint64_t refused;	/* address or argument that a refusal names, for the log */
};

/* call_code - how a status looks from outside. Host and box calls share their codes for what both can return. */
int64_t call_code(enum status status);

/* call_smc / call_hvc - PC is past the instruction; return the context to enter. */
struct context *call_smc(struct cpu *cpu, struct context *context);
struct context *call_hvc(struct cpu *cpu, struct context *context);

#endif
