/*
 * Time: each context's virtual timer, and the hypervisor timer that holds the earliest deadline of
 * those that are not loaded, so that a box or VM that never yields starves nobody.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#ifndef MEDIATOR_TIME_H
#define MEDIATOR_TIME_H

#include "mediator/cpu.h"

#define TIME_NEVER (~0ull)

/* time_save / time_load - the virtual timer off and onto this CPU. */
void time_save(struct context *context);
void time_load(const struct context *context);

/* time_deadline - when the timer of a context that is not loaded expires, as CNTPCT; TIME_NEVER if it is off or masked. */
uint64_t time_deadline(const struct context *context);

/* time_deadline_live - the same for the context that is loaded on this CPU. */
uint64_t time_deadline_live(const struct context *context);

/* time_arm - the hypervisor timer fires at @deadline (CNTPCT); TIME_NEVER: not. */
void time_arm(struct cpu *cpu, uint64_t deadline);

/* time_is_due - has CNTPCT reached @deadline? */
bool time_is_due(uint64_t deadline);

#endif
