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

uint64_t time_deadline(const struct context *context)
{
	return deadline_of(context->timer.ctl, context->timer.cval, context->timer.offset);
}

uint64_t time_deadline_live(const struct context *context)
{
	return deadline_of(read_cntv_ctl_el0(), read_cntv_cval_el0(), context->timer.offset);
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
