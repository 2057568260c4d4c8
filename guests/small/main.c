/*
 * What each CPU does from start to end.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "guests/small/small.h"
#include "arch/cpu.h"

/* Not in .bss: it is written before .bss is made zero. */
SECTION(".data") struct frame small_boot_frame;

void small_main(unsigned cpu)
{
	gic_init(cpu);
	small_cpus[cpu].is_on = true;
	irq_enable();
	if (cpu == 0) {
		psci_init();
		console_init();
		print("\nsmall guest: PSCI by %s\n", psci_is_smc() ? "SMC" : "HVC");
		shell_run();
	}
	for (;;) {
		irq_disable();
		if (small_cpus[cpu].work == NULL)
			wfi();
		irq_enable();
		if (small_cpus[cpu].work != NULL) {
			small_cpus[cpu].work();
			dmb_ish();
			small_cpus[cpu].work = NULL;
			sev();
		}
	}
}
