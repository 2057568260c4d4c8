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

uint64_t time_deadline_live(const struct context *context)
{
	return time_with_physical(context, time_deadline_of(read_cntv_ctl_el0(), read_cntv_cval_el0(), context->timer.offset));
}

bool time_line_is_high(void)
{
	return (read_cntv_ctl_el0() & (CNT_CTL_ENABLE | CNT_CTL_IMASK | CNT_CTL_ISTATUS)) ==
	       (CNT_CTL_ENABLE | CNT_CTL_ISTATUS);
}

bool time_physical_is_high(const struct context *context)
{
	return time_is_due(time_with_physical(context, TIME_NEVER));
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
