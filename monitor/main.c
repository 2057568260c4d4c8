/*
 * Boot of the monitor: decides the order in which EL3, the anchor and the normal world come up.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "monitor/room.h"
#include "arch/cpu.h"
#include "arch/sysreg.h"
#include "lib/check.h"
#include "lib/memory.h"
#include "plat/secure_console.h"

struct boot_info boot_info;

static void boot_info_take(void)
{
	memcpy(&boot_info, (const void *)PLAT_BOOT_INFO, sizeof(boot_info));
	if (boot_info.magic != BOOT_INFO_MAGIC || boot_info.version != BOOT_INFO_VERSION)
		crash_stop(CRASH_MONITOR, 0, PLAT_BOOT_INFO, boot_info.version,
			   "boot_info of another version");
	boot_info.outer_dtb = PLAT_OUTER_DTB;
	boot_info.carveout =
		(struct boot_range){ PLAT_MEDIATOR_BASE, plat_carveout_bytes(boot_info.ram.bytes) };
}

/* The mediator reads it with its MMU off, hence the cleaning. */
static void boot_info_give(void)
{
	void *page = (void *)PLAT_MEDIATOR_BOOT_INFO;

	memcpy(page, &boot_info, sizeof(boot_info));
	cache_clean_invalidate(page, sizeof(boot_info));
}

void monitor_main(void)
{
	memory_map();
	memory_enable();
	gic_init();
	gic_init_cpu(0);
	boot_info_take();
	power_mark_on(0);
	/* The anchor's start is watched too. */
	watchdog_start();
	/* The others leave the flash, and sleep in power.c from now on. */
	for (unsigned cpu = 1; cpu < boot_info.cpu_count; cpu++)
		gic_wake(cpu);
	power_await_asleep();
	world_start_anchor();
	tree_write();
	boot_info_give();
	secure_print("monitor: anchor at S-EL1 ready, mediator starts at EL2");
	world_enter_normal(boot_info.mediator_entry, PLAT_MEDIATOR_BOOT_INFO);
}

void monitor_main_secondary(unsigned cpu)
{
	memory_enable();
	gic_init_cpu(cpu);
	power_sleep(cpu);
}

void check_failed(const char *file, int line)
{
	crash_stop(CRASH_MONITOR, 0, (uintptr_t)__builtin_return_address(0), (uint64_t)line, file);
}
