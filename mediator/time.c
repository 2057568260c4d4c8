/*
 * Timers. Decides nothing about who runs: it only says when.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "mediator/time.h"
#include "arch/cpu.h"

void time_save(struct context *context)
{
	context->timer.ctl = read_cntv_ctl_el0() & (CNT_CTL_ENABLE | CNT_CTL_IMASK);
	context->timer.cval = read_cntv_cval_el0();
	/* Off, so that its line falls before another context's is connected. */
	write_cntv_ctl_el0(0);
}

void time_load(const struct context *context)
{
	write_cntvoff_el2(context->timer.offset);
	write_cntv_cval_el0(context->timer.cval);
	isb();
	write_cntv_ctl_el0(context->timer.ctl);
}

static uint64_t deadline_of(uint64_t ctl, uint64_t cval, uint64_t offset)
{
	if ((ctl & CNT_CTL_ENABLE) == 0 || (ctl & CNT_CTL_IMASK) != 0)
		return TIME_NEVER;
	/* A compare value past the end of time stays there. */
	return cval > TIME_NEVER - offset ? TIME_NEVER : cval + offset;
}

/* Hardly any guest uses the physical timer: its absence costs one comparison. */
static uint64_t with_physical(const struct context *context, uint64_t deadline)
{
	const struct timer_state *timer = &context->timer;

	if (timer->physical_ctl == 0)
		return deadline;
	return time_earlier(deadline, deadline_of(timer->physical_ctl, timer->physical_cval, 0));
}

uint64_t time_deadline(const struct context *context)
{
	const struct timer_state *timer = &context->timer;

	return with_physical(context, deadline_of(timer->ctl, timer->cval, timer->offset));
}

uint64_t time_deadline_live(const struct context *context)
{
	return with_physical(context, deadline_of(read_cntv_ctl_el0(), read_cntv_cval_el0(), context->timer.offset));
}

bool time_line_is_high(void)
{
	return (read_cntv_ctl_el0() & (CNT_CTL_ENABLE | CNT_CTL_IMASK | CNT_CTL_ISTATUS)) ==
	       (CNT_CTL_ENABLE | CNT_CTL_ISTATUS);
}

bool time_physical_is_high(const struct context *context)
{
	return time_is_due(with_physical(context, TIME_NEVER));
}

uint64_t time_physical_next(const struct context *context)
{
	uint64_t deadline = with_physical(context, TIME_NEVER);

	return time_is_due(deadline) ? TIME_NEVER : deadline;
}

uint64_t time_physical_read(const struct context *context, unsigned op2)
{
	const struct timer_state *timer = &context->timer;
	uint64_t now = read_cntpct_el0();
	bool is_past = (timer->physical_ctl & CNT_CTL_ENABLE) != 0 && now >= timer->physical_cval;

	switch (op2) {
	case 0:
		return (uint32_t)(timer->physical_cval - now);
	case 1:
		return timer->physical_ctl | (is_past ? CNT_CTL_ISTATUS : 0ull);
	default:
		return timer->physical_cval;
	}
}

void time_physical_write(struct context *context, unsigned op2, uint64_t value)
{
	struct timer_state *timer = &context->timer;

	switch (op2) {
	case 0:
		timer->physical_cval = read_cntpct_el0() + (uint64_t)(int64_t)(int32_t)value;
		break;
	case 1:
		timer->physical_ctl = value & (CNT_CTL_ENABLE | CNT_CTL_IMASK);
		break;
	default:
		timer->physical_cval = value;
		break;
	}
}

void time_arm(struct cpu *cpu, uint64_t deadline)
{
	if (cpu->hyp_deadline == deadline)
		return;
	cpu->hyp_deadline = deadline;
	write_cnthp_cval_el2(deadline);
	write_cnthp_ctl_el2(deadline == TIME_NEVER ? 0 : (uint64_t)CNT_CTL_ENABLE);
	isb();
}

bool time_is_due(uint64_t deadline)
{
	return deadline != TIME_NEVER && read_cntpct_el0() >= deadline;
}
