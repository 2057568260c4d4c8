/*
 * Time: each context's virtual timer, and the hypervisor timer that holds the earliest deadline of
 * those that are not loaded, so that a box or VM that never yields starves nobody.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#ifndef MEDIATOR_TIME_H
#define MEDIATOR_TIME_H

#include "arch/sysreg.h"
#include "mediator/cpu.h"

#define TIME_NEVER (~0ull)

static inline uint64_t time_earlier(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

/* time_save / time_load - the virtual timer off and onto this CPU. */
void time_save(struct context *context);
void time_load(const struct context *context);

/* time_is_due - has CNTPCT reached @deadline? */
static inline bool time_is_due(uint64_t deadline)
{
	return deadline != TIME_NEVER && read_cntpct_el0() >= deadline;
}

/* time_deadline_of - when a timer with these registers expires, as CNTPCT; TIME_NEVER if it is off or masked. */
static inline uint64_t time_deadline_of(uint64_t ctl, uint64_t cval, uint64_t offset)
{
	if ((ctl & (CNT_CTL_ENABLE | CNT_CTL_IMASK)) != CNT_CTL_ENABLE)
		return TIME_NEVER;
	/* A compare value past the end of time stays there. */
	return cval > TIME_NEVER - offset ? TIME_NEVER : cval + offset;
}

/* time_with_physical - the earlier of @deadline and the physical timer's. Hardly any guest uses that one: its absence costs
 * one comparison. */
static inline uint64_t time_with_physical(const struct context *context, uint64_t deadline)
{
	const struct timer_state *timer = &context->timer;

	if (timer->physical_ctl == 0)
		return deadline;
	return time_earlier(deadline, time_deadline_of(timer->physical_ctl, timer->physical_cval, 0));
}

/* time_deadline - when the first timer of a context that is not loaded expires, as CNTPCT; TIME_NEVER if off or masked. */
static inline uint64_t time_deadline(const struct context *context)
{
	const struct timer_state *timer = &context->timer;

	return time_with_physical(context, time_deadline_of(timer->ctl, timer->cval, timer->offset));
}

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
static inline uint64_t time_physical_next(const struct context *context)
{
	uint64_t deadline = time_with_physical(context, TIME_NEVER);

	return time_is_due(deadline) ? TIME_NEVER : deadline;
}

/* time_physical_read / time_physical_write - CNTP_TVAL_EL0, CNTP_CTL_EL0, CNTP_CVAL_EL0 by their Op2 (0, 1, 2). */
uint64_t time_physical_read(const struct context *context, unsigned op2);
void time_physical_write(struct context *context, unsigned op2, uint64_t value);

#endif
