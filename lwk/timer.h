/*
 * Time: the physical counter is the clock, the virtual timer the alarm. Tickless: the alarm is set
 * for the next deadline of this CPU and for nothing else.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#ifndef LWK_TIMER_H
#define LWK_TIMER_H

#include "arch/cpu.h"
#include "arch/sysreg.h"

#define TIMER_INTID	27
#define TIMER_NEVER	(~0ull)

/* timer_now - CNTPCT_EL0, as in HOST_EXIT_WAIT and struct host_record. */
static inline uint64_t timer_now(void)
{
	isb();
	return read_cntpct_el0();
}

static inline uint64_t timer_from_ms(uint64_t ms) { return ms * read_cntfrq_el0() / 1000; }
static inline uint64_t timer_to_us(uint64_t ticks)
{
	uint64_t frequency = read_cntfrq_el0();

	return ticks / frequency * 1000000 + ticks % frequency * 1000000 / frequency;
}

/* timer_init - find the distance of the two counters; once, on the boot CPU. */
void timer_init(void);

/* timer_arm - interrupt this CPU at @deadline (CNTPCT), or not at all for TIMER_NEVER. */
void timer_arm(uint64_t deadline);

/* timer_epoch_seconds - Unix time from the board's real-time clock (PL031). */
uint64_t timer_epoch_seconds(void);

#endif
