/*
 * Time and alarms on the generic timer.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "box/clock.h"
#include "arch/cpu.h"
#include "arch/sysreg.h"

uint64_t clock_ticks(void)
{
	return read_cntpct_el0();
}

uint64_t clock_hz(void)
{
	uint64_t hz = read_cntfrq_el0();

	/* Firmware that left it zero must not make us divide by it. */
	return hz != 0 ? hz : 1;
}

void clock_alarm(uint64_t ticks)
{
	uint64_t due = read_cntvct_el0() + ticks;

	if ((read_cntv_ctl_el0() & CNT_CTL_ENABLE) != 0 && read_cntv_cval_el0() <= due)
		return;
	write_cntv_cval_el0(due);
	write_cntv_ctl_el0(CNT_CTL_ENABLE);
}

void clock_alarm_stop(void)
{
	write_cntv_ctl_el0(0);
	isb();
}

void clock_wait(void)
{
	dsb_sy();
	wfi();
}
