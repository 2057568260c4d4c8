/*
 * Time: each context's virtual timer, and the hypervisor timer that holds the earliest deadline of
 * those that are not loaded, so that a box or VM that never yields starves nobody.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#ifndef MEDIATOR_TIME_H
#define MEDIATOR_TIME_H

#include "mediator/cpu.h"

#define TIME_NEVER (~0ull)

static inline uint64_t time_earlier(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

/* time_save / time_load - the virtual timer off and onto this CPU. */
void time_save(struct context *context);
void time_load(const struct context *context);

/* time_deadline - when the first timer of a context that is not loaded expires, as CNTPCT; TIME_NEVER if off or masked. */
uint64_t time_deadline(const struct context *context);

/* time_deadline_live - the same for the context that is loaded on this CPU. */
uint64_t time_deadline_live(const struct context *context);

/* time_arm - the hypervisor timer fires at @deadline (CNTPCT); TIME_NEVER: not. */
void time_arm(struct cpu *cpu, uint64_t deadline);

/* time_line_is_high - does the virtual timer of the loaded context assert its interrupt? */
bool time_line_is_high(void);

/*
 * The physical timer (CNTP) is not the hardware's: every access traps, its compare value is CNTPCT, and its
 * interrupt is a level that time_physical_is_high() tells.
 */
bool time_physical_is_high(const struct context *context);

/* time_physical_next - when the level will rise, as CNTPCT; TIME_NEVER if it has risen, is off or masked. */
uint64_t time_physical_next(const struct context *context);

/* time_physical_read / time_physical_write - CNTP_TVAL_EL0, CNTP_CTL_EL0, CNTP_CVAL_EL0 by their Op2 (0, 1, 2). */
uint64_t time_physical_read(const struct context *context, unsigned op2);
void time_physical_write(struct context *context, unsigned op2, uint64_t value);

/* time_is_due - has CNTPCT reached @deadline? */
bool time_is_due(uint64_t deadline);

#endif
