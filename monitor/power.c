/*
 * Power states of CPUs (PSCI): decides who may be turned on, and where a sleeping CPU waits.
 * Source: Arm DEN0022, "CPU_ON", "CPU_OFF", "CPU_SUSPEND", "AFFINITY_INFO".
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "monitor/room.h"
#include <stdatomic.h>
#include "abi/psci.h"
#include "arch/cpu.h"
#include "arch/sysreg.h"
#include "lib/addr.h"

/*
 * IN_ROM -> OFF by the CPU itself, when it is here. OFF -> CLAIMED by whoever wins CPU_ON, which writes
 * entry and context; -> PENDING publishes them; -> ON by the CPU itself on its way out; -> OFF by the CPU
 * itself in CPU_OFF.
 */
enum state { STATE_IN_ROM, STATE_OFF, STATE_CLAIMED, STATE_PENDING, STATE_ON };

/* A CPU that was woken needs microseconds; a loaded host may be seconds late with it. */
#define LEAVE_SECONDS_MAX	60

static struct {
	atomic_uint state;
	uint64_t entry, context;
} cpus[PLAT_CPU_MAX];

/* POWER_STATE, original format: StateID 15:0, StateType 16, PowerLevel 25:24, the rest zero. */
#define POWER_STATE_RESERVED	0xfcfe0000u
#define POWER_STATE_POWERDOWN	0x00010000u

unsigned power_this_cpu(void)
{
	return (unsigned)(read_mpidr_el1() & 0xff);
}

/* The CPU that an affinity value means, or cpu_count if there is none. */
static unsigned cpu_of(uint64_t target)
{
	return target < boot_info.cpu_count ? (unsigned)target : boot_info.cpu_count;
}

/* The mediator enters its own image or nothing: a wrong entry is refused, not run at EL2. */
static bool entry_is_valid(uint64_t entry)
{
	return is_aligned(entry, 4) &&
	       range_is_inside(entry, 4, boot_info.mediator.base, boot_info.mediator.bytes);
}

int64_t power_cpu_on(uint64_t target, uint64_t entry, uint64_t context)
{
	unsigned cpu = cpu_of(target);
	unsigned expected = STATE_OFF;

	if (cpu == boot_info.cpu_count)
		return PSCI_INVALID_PARAMETERS;
	if (!entry_is_valid(entry))
		return PSCI_INVALID_ADDRESS;
	if (!atomic_compare_exchange_strong_explicit(&cpus[cpu].state, &expected, STATE_CLAIMED,
						     memory_order_acquire, memory_order_relaxed))
		return expected == STATE_ON ? PSCI_ALREADY_ON : PSCI_ON_PENDING;
	cpus[cpu].entry = entry;
	cpus[cpu].context = context;
	atomic_store_explicit(&cpus[cpu].state, STATE_PENDING, memory_order_release);
	gic_wake(cpu);
	return PSCI_SUCCESS;
}

int64_t power_cpu_off(void)
{
	monitor_sleep_on_empty_stack(power_this_cpu());
}

int64_t power_cpu_suspend(uint32_t power_state)
{
	if ((power_state & (POWER_STATE_RESERVED | POWER_STATE_POWERDOWN)) != 0)
		return PSCI_INVALID_PARAMETERS;
	dsb_sy();
	wfi();
	return PSCI_SUCCESS;
}

int64_t power_affinity_info(uint64_t target, uint64_t level)
{
	unsigned cpu = cpu_of(target);

	if (level != 0 || cpu == boot_info.cpu_count)
		return PSCI_INVALID_PARAMETERS;

	unsigned state = atomic_load_explicit(&cpus[cpu].state, memory_order_acquire);

	if (state == STATE_ON)
		return PSCI_AFFINITY_ON;
	return state == STATE_OFF ? PSCI_AFFINITY_OFF : PSCI_AFFINITY_ON_PENDING;
}

void power_mark_on(unsigned cpu)
{
	atomic_store_explicit(&cpus[cpu].state, STATE_ON, memory_order_release);
}

void power_await_asleep(void)
{
	uint64_t end = read_cntpct_el0() + LEAVE_SECONDS_MAX * read_cntfrq_el0();

	for (unsigned cpu = 1; cpu < boot_info.cpu_count; cpu++) {
		while (atomic_load_explicit(&cpus[cpu].state, memory_order_acquire) == STATE_IN_ROM) {
			if (read_cntpct_el0() > end)
				crash_stop(CRASH_MONITOR, 0, 0, cpu, "a CPU does not leave the ROM");
			cpu_relax();
		}
	}
}

void power_sleep(unsigned cpu)
{
	gic_close_normal();
	watchdog_stop();
	atomic_store_explicit(&cpus[cpu].state, STATE_OFF, memory_order_release);
	/*
	 * A wake-up between look and WFI stays pending until gic_acknowledge, so WFI ends at once.
	 */
	while (atomic_load_explicit(&cpus[cpu].state, memory_order_acquire) != STATE_PENDING) {
		stop_check();
		dsb_sy();
		wfi();
		gic_acknowledge();
	}

	uint64_t entry = cpus[cpu].entry, context = cpus[cpu].context;

	atomic_store_explicit(&cpus[cpu].state, STATE_ON, memory_order_release);
	world_enter_normal(entry, context);
}
