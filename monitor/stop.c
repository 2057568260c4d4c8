/*
 * The end of a run, the same for all: the next boot is told, the other CPUs come to EL3 and stay, secrets
 * are wiped, and the machine resets or powers off.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "monitor/room.h"
#include <stdatomic.h>
#include "arch/cpu.h"
#include "arch/sysreg.h"
#include "lib/memory.h"
#include "monitor/restart.h"
#include "monitor/watch.h"
#include "plat/power.h"
#include "plat/secure_console.h"

/* A CPU comes at its next instruction below EL3, or when it looks whether it may call the anchor. */
#define GATHER_MS	1000
#define NOBODY		PLAT_CPU_MAX

static atomic_uint stopper = NOBODY;
static atomic_uint staying;

NORETURN static void stay(void)
{
	world_forget_vectors();
	atomic_fetch_add_explicit(&staying, 1, memory_order_release);
	for (;;)
		wfi();
}

void stop_check(void)
{
	if (atomic_load_explicit(&stopper, memory_order_acquire) != NOBODY)
		stay();
}

void stop_begin(void)
{
	unsigned nobody = NOBODY, cpu = power_this_cpu();

	watchdog_stop();
	if (!atomic_compare_exchange_strong_explicit(&stopper, &nobody, cpu, memory_order_acq_rel,
						     memory_order_acquire)) {
		/* Another CPU's failure adds nothing. A failure in the midst of stopping leaves one thing to do. */
		if (nobody == cpu)
			power_off();
		stay();
	}
}

/* Whoever does not come in time (a CPU that is still in the ROM) is not waited for: the wipe must not depend on it. */
static void others_gather(void)
{
	uint64_t began = read_cntpct_el0();

	gic_wake_others();
	while (atomic_load_explicit(&staying, memory_order_acquire) + 1 < boot_info.cpu_count &&
	       !watch_is_past(began, read_cntpct_el0(), GATHER_MS, read_cntfrq_el0()))
		cpu_relax();
}

/* Returns whether the next boot is to come by itself. */
static bool restart_tell(enum restart_end end, struct restart_record *record)
{
	struct restart_record *kept = (struct restart_record *)(PLAT_CRASH_RECORD + RESTART_OFFSET);
	const struct restart_run run = {
		.end = end,
		.is_trial = watchdog_is_trial(),
		.has_lived = watchdog_has_lived(RESTART_LIVED_MS),
		.failures_max = boot_info.failures_max,
	};
	bool is_reset;

	memcpy(record, kept, sizeof(*record));
	is_reset = restart_decide(record, &run);
	memcpy(kept, record, sizeof(*record));
	cache_clean_invalidate(kept, sizeof(*record));
	return is_reset;
}

static void wipe(void)
{
	others_gather();
	memory_wipe_secrets();
	world_forget_vectors();
}

void stop_asked(bool is_reset)
{
	struct restart_record record;

	stop_begin();
	restart_tell(RESTART_END_ASKED, &record);
	wipe();
	if (is_reset)
		power_reset();
	power_off();
}

void stop_failed(enum restart_end end)
{
	struct restart_record record;
	bool is_reset = restart_tell(end, &record);

	wipe();
	secure_print("monitor: keys wiped, %s; bad ends in a row: %u, borne: %u%s",
		     is_reset ? "reset" : "power off", record.failures, boot_info.failures_max,
		     record.is_trial != 0 ? "; this run was a try" : "");
	if (is_reset)
		power_reset();
	power_off();
}
