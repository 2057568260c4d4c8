/*
 * The watchdog: each CPU that runs the normal world is interrupted by its secure timer. A look decides
 * whether a trusted room hangs, a deadline is over, or the mediator's code was altered; each of these ends
 * the run.
 * Source: Arm DDI 0487, "CNTPS_CTL_EL1", "CNTPS_CVAL_EL1".
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "monitor/room.h"
#include <stdatomic.h>
#include "abi/anchor.h"
#include "abi/monitor.h"
#include "arch/cpu.h"
#include "arch/sysreg.h"
#include "lib/addr.h"
#include "monitor/watch.h"

/* A CPU's own, but for the parts that all share. */
static struct {
	const volatile uint64_t *entries;	/* the mediator's count of entries to EL2; NULL until it says where */
	uint64_t anchor_calls;
	uint64_t started;		/* counter when it last entered the normal world */
	uint64_t rechecked;		/* bytes of this round of ANCHOR_RECHECK */
	struct watch watch;
} cpus[PLAT_CPU_MAX];

static uint64_t boot_counter;
static atomic_bool is_confirmed;

static bool is_past(uint64_t started, uint64_t ms)
{
	return watch_is_past(started, read_cntpct_el0(), ms, read_cntfrq_el0());
}

static void timer_arm(void)
{
	/* From now on, not from the last time: a CPU that was held up is not looked at several times at once. */
	write_cntps_cval_el1(read_cntpct_el0() + read_cntfrq_el0() / 1000 * MONITOR_WATCH_MS);
	write_cntps_ctl_el1(CNT_CTL_ENABLE);
	isb();
}

void watchdog_start(void)
{
	unsigned cpu = power_this_cpu();

	if (boot_counter == 0)
		boot_counter = read_cntpct_el0();
	cpus[cpu].entries = NULL;
	cpus[cpu].started = read_cntpct_el0();
	timer_arm();
}

void watchdog_stop(void)
{
	write_cntps_ctl_el1(0);
	isb();
}

bool watchdog_is_trial(void)
{
	return boot_info.is_trial != 0 && !atomic_load_explicit(&is_confirmed, memory_order_relaxed);
}

bool watchdog_has_lived(uint64_t ms)
{
	return boot_counter != 0 && is_past(boot_counter, ms);
}

int64_t watchdog_watch(uint64_t pa)
{
	if (!is_aligned(pa, sizeof(uint64_t)) ||
	    !range_is_inside(pa, sizeof(uint64_t), PLAT_MEDIATOR_BASE, PLAT_MEDIATOR_BOOT_INFO - PLAT_MEDIATOR_BASE))
		return MONITOR_ERR_ARGS;
	cpus[power_this_cpu()].entries = (const volatile uint64_t *)(uintptr_t)pa;
	return MONITOR_OK;
}

void watchdog_anchor_call(void)
{
	cpus[power_this_cpu()].anchor_calls++;
}

void watchdog_anchor_answer(uint32_t id, const uint64_t result[7])
{
	if (id == ANCHOR_RECHECK && (int64_t)result[0] == ANCHOR_ERR_ALTERED)
		crash_end(RESTART_END_ALTERED, CRASH_MEDIATOR, result[1],
			  "read-only memory of the mediator altered");
	if (id == ANCHOR_UPDATE_CONFIRM && result[0] == ANCHOR_OK)
		atomic_store_explicit(&is_confirmed, true, memory_order_relaxed);
}

/* The next slice, on each CPU by itself: no CPU that the outer OS turns off ends the re-check. */
static void recheck(unsigned cpu)
{
	uint64_t args[7] = { ANCHOR_RECHECK, cpus[cpu].rechecked };

	world_call_anchor(args);
	cpus[cpu].rechecked = args[0] == ANCHOR_INCOMPLETE ? args[1] : 0;
}

static void look_at_deadlines(unsigned cpu)
{
	if (cpus[cpu].entries == NULL && is_past(cpus[cpu].started, WATCH_BOOT_MS))
		crash_end(RESTART_END_HUNG, CRASH_MEDIATOR, cpu, "watchdog: the mediator does not start");
	if (watchdog_is_trial() && is_past(boot_counter, WATCH_TRIAL_MS))
		crash_end(RESTART_END_LATE, CRASH_MEDIATOR, cpu, "watchdog: the try was not confirmed in time");
}

void watchdog_look(void)
{
	unsigned cpu = power_this_cpu();
	bool is_anchor = (read_scr_el3() & SCR_EL3_NS) == 0;
	bool is_mediator = !is_anchor && bits_get(read_spsr_el3(), 3, 2) == 2;

	timer_arm();
	if (is_anchor) {
		if (watch_is_hung(&cpus[cpu].watch, WATCH_ANCHOR, cpus[cpu].anchor_calls))
			crash_end(RESTART_END_HUNG, CRASH_ANCHOR, cpu, "watchdog: the anchor hangs");
		return;
	}
	if (cpus[cpu].entries != NULL &&
	    watch_is_hung(&cpus[cpu].watch, is_mediator ? WATCH_MEDIATOR : WATCH_BELOW, *cpus[cpu].entries))
		crash_end(RESTART_END_HUNG, CRASH_MEDIATOR, cpu, "watchdog: the mediator hangs");
	look_at_deadlines(cpu);
	recheck(cpu);
}
