/*
 * Calls from the normal world: the one table of what an SMC may ask, and what happens to a trap
 * that the mediator did not take.
 * Source: Arm DEN0028, "Function Identifiers"; Arm DEN0022, "PSCI function prototypes".
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "monitor/room.h"
#include "abi/anchor.h"
#include "abi/monitor.h"
#include "abi/psci.h"
#include "abi/smccc.h"
#include "arch/sysreg.h"
#include "lib/memory.h"
#include "plat/gic.h"

/*
 * PSCI_FEATURES and SMCCC_ARCH_FEATURES: 0 for what is answered (CPU_SUSPEND: original format, no
 * OS-initiated mode).
 */
static int64_t features(uint32_t id)
{
	switch (id) {
	case PSCI_VERSION:
	case PSCI_FEATURES:
	case PSCI_CPU_SUSPEND_32:
	case PSCI_CPU_SUSPEND_64:
	case PSCI_CPU_OFF:
	case PSCI_CPU_ON_32:
	case PSCI_CPU_ON_64:
	case PSCI_AFFINITY_INFO_32:
	case PSCI_AFFINITY_INFO_64:
	case PSCI_MIGRATE_INFO_TYPE:
	case PSCI_SYSTEM_OFF:
	case PSCI_SYSTEM_RESET:
	case SMCCC_VERSION:
		return PSCI_SUCCESS;
	default:
		return PSCI_NOT_SUPPORTED;
	}
}

/* The mediator found a fault in itself. Its text is 16 bytes in two registers. */
NORETURN static void mediator_failed(const struct frame *frame)
{
	char text[32] = "mediator: ";

	memcpy(text + 10, &frame->x[4], 16);
	crash_stop(CRASH_MEDIATOR, frame->x[1], frame->x[2], frame->x[3], text);
}

static int64_t service_call(struct frame *frame, uint32_t id)
{
	const uint64_t *x = frame->x;

	switch (id) {
	case SMCCC_VERSION:
		return SMCCC_VERSION_1_2;
	case SMCCC_ARCH_FEATURES:
		return x[1] == SMCCC_VERSION || x[1] == SMCCC_ARCH_FEATURES ? SMCCC_SUCCESS
									    : SMCCC_NOT_SUPPORTED;
	case PSCI_VERSION:
		return PSCI_VERSION_1_1;
	case PSCI_FEATURES:
		return features((uint32_t)x[1]);
	case PSCI_MIGRATE_INFO_TYPE:
		return PSCI_MIGRATE_NOT_REQUIRED;
	case PSCI_CPU_SUSPEND_32:
	case PSCI_CPU_SUSPEND_64:
		return power_cpu_suspend((uint32_t)x[1]);
	case PSCI_CPU_ON_32:
		return power_cpu_on((uint32_t)x[1], (uint32_t)x[2], (uint32_t)x[3]);
	case PSCI_CPU_ON_64:
		return power_cpu_on(x[1], x[2], x[3]);
	case PSCI_AFFINITY_INFO_32:
		return power_affinity_info((uint32_t)x[1], (uint32_t)x[2]);
	case PSCI_AFFINITY_INFO_64:
		return power_affinity_info(x[1], x[2]);
	case PSCI_CPU_OFF:
		return power_cpu_off();
	case PSCI_SYSTEM_OFF:
		stop_asked(false);
	case PSCI_SYSTEM_RESET:
		stop_asked(true);
	case MONITOR_FAIL:
		mediator_failed(frame);
	case MONITOR_WATCH:
		return watchdog_watch(x[1]);
	default:
		return SMCCC_NOT_SUPPORTED;
	}
}

static unsigned caller_level(void)
{
	return (unsigned)bits_get(read_spsr_el3(), 3, 2);
}

void calls_smc(struct frame *frame)
{
	uint32_t id = (uint32_t)frame->x[0];

	/* But for the anchor and TRNG, a result is in x0 alone; all other registers return as they came. */
	if (caller_level() != 2)
		frame->x[0] = (uint64_t)SMCCC_NOT_SUPPORTED;
	else if (id >= ANCHOR_CALL_BASE && id < ANCHOR_CALL_END)
		world_call_anchor(frame->x);
	else if (trng_is(id))
		trng_call(frame);
	else
		frame->x[0] = (uint64_t)service_call(frame, id);
}

void calls_interrupt(void)
{
	uint64_t intid = gic_acknowledge();

	stop_check();
	if (intid == PLAT_SECURE_TIMER_INTID)
		watchdog_look();
}

/*
 * A register or instruction that only EL3 traps, used at EL1 or EL0 below the mediator: that
 * context gets an undefined-instruction exception, as if the feature were absent. At EL2 it is the
 * mediator's bug.
 */
void calls_trap(void)
{
	uint64_t esr = read_esr_el3(), spsr = read_spsr_el3();
	uint64_t offset = 0;

	if (caller_level() == 2)
		crash_stop(CRASH_MEDIATOR, esr, read_elr_el3(), read_far_el3(),
			   "unexpected exception from EL2");
	/*
	 * Arm DDI 0487, "Exception vectors": by the level and stack that the exception comes from.
	 */
	if ((spsr & SPSR_AARCH32) != 0)
		offset = 0x600;
	else if (caller_level() == 0)
		offset = 0x400;
	else if ((spsr & 1) != 0)
		offset = 0x200;
	write_spsr_el1(spsr);
	write_elr_el1(read_elr_el3());
	write_esr_el1(ESR_EC_UNKNOWN << ESR_EC_SHIFT | ESR_IL);
	write_spsr_el3(SPSR_EL1H | SPSR_DAIF);
	write_elr_el3(read_vbar_el1() + offset);
}
