/*
 * Time: see timer.h. Which deadline comes next is decided in thread.c.
 * Source: Arm DDI 0487, "The Generic Timer"; Arm DDI 0224 (PL031), "Data Register".
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "lwk/timer.h"
#include "plat/memory.h"

#define PL031_DR	0x00

/* CNTPCT - CNTVCT: the mediator's choice, constant while we run. */
static uint64_t virtual_offset;

void timer_init(void)
{
	isb();
	uint64_t physical = read_cntpct_el0();

	virtual_offset = physical - read_cntvct_el0();
	/* Two readings are never simultaneous: a difference this small is the time between them. */
	if (virtual_offset + timer_from_ms(1) < timer_from_ms(2))
		virtual_offset = 0;
}

void timer_arm(uint64_t deadline)
{
	if (deadline == TIMER_NEVER) {
		write_cntv_ctl_el0(0);
	} else {
		write_cntv_cval_el0(deadline - virtual_offset);
		write_cntv_ctl_el0(CNT_CTL_ENABLE);
	}
	isb();
}

uint64_t timer_epoch_seconds(void)
{
	return mmio_read32(PLAT_RTC_BASE + PL031_DR);
}
