/*
 * Interrupt controller, EL3's part: decides groups. All interrupts are the normal world's (group
 * 1), but SGIs 8-15, one of which wakes CPUs while the others stay unused and disabled, and the secure timer.
 * Source: Arm IHI 0069, "Interrupt grouping" and the register maps.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "monitor/room.h"
#include "abi/parking.h"
#include "arch/cpu.h"
#include "arch/sysreg.h"
#include "plat/gic.h"

#define GIC_POLL_MAX		1000000
#define SECURE_SGIS		0xff00u
#define SECURE_TIMER		(1u << PLAT_SECURE_TIMER_INTID)
#define OWN_ENABLED		(1u << PARKING_SGI | SECURE_TIMER)
/* Highest priority that the normal world can itself give (it sees this as 0). */
#define PRIORITY_NORMAL		0x80808080u
#define INTIDS_SPECIAL		1020
#define SGI_TARGET_OTHERS	(UL(1) << 40)
#define SGI_INTID_SHIFT		24

static void poll_clear(uintptr_t at, uint32_t bits)
{
	for (unsigned polls = 0; (mmio_read32(at) & bits) != 0; polls++) {
		if (polls == GIC_POLL_MAX)
			crash_stop(CRASH_MONITOR, 0, 0, at,
				   "the interrupt controller does not answer");
	}
}

static void distributor_write(uint32_t control)
{
	mmio_write32(PLAT_GICD_BASE + GICD_CTLR, control);
	poll_clear(PLAT_GICD_BASE + GICD_CTLR, GICD_CTLR_RWP);
}

void gic_init(void)
{
	uint32_t lines = 32 * ((mmio_read32(PLAT_GICD_BASE + GICD_TYPER) & 0x1f) + 1);

	distributor_write(GICD_CTLR_ARE_S | GICD_CTLR_ARE_NS);
	for (uint32_t intid = 32; intid < lines && intid < INTIDS_SPECIAL; intid += 32) {
		mmio_write32(PLAT_GICD_BASE + GICD_IGROUPR + intid / 8, ~0u);
		mmio_write32(PLAT_GICD_BASE + GICD_IGRPMODR + intid / 8, 0);
	}
	for (uint32_t intid = 32; intid < lines && intid < INTIDS_SPECIAL; intid += 4)
		mmio_write32(PLAT_GICD_BASE + GICD_IPRIORITYR + intid, PRIORITY_NORMAL);
	/* Group 1 is for the normal world to enable. */
	distributor_write(GICD_CTLR_ARE_S | GICD_CTLR_ARE_NS | GICD_CTLR_ENABLE_GRP0);
}

static void redistributor_init(uintptr_t base)
{
	uint32_t waker = mmio_read32(base + GICR_WAKER);

	mmio_write32(base + GICR_WAKER, waker & ~(1u << GICR_WAKER_PROCESSOR_SLEEP_BIT));
	poll_clear(base + GICR_WAKER, 1u << GICR_WAKER_CHILDREN_ASLEEP_BIT);
	mmio_write32(base + GICR_ICENABLER0, ~OWN_ENABLED);
	mmio_write32(base + GICR_IGRPMODR0, 0);
	mmio_write32(base + GICR_IGROUPR0, ~(SECURE_SGIS | SECURE_TIMER));
	/* The normal world may not raise the monitor's SGIs. */
	mmio_write32(base + GICR_NSACR, 0);
	for (uint32_t intid = 0; intid < 32; intid += 4)
		mmio_write32(base + GICR_IPRIORITYR + intid, intid / 8 == 1 ? 0 : PRIORITY_NORMAL);
	mmio_write8(base + GICR_IPRIORITYR + PLAT_SECURE_TIMER_INTID, 0);
	mmio_write32(base + GICR_ISENABLER0, OWN_ENABLED);
	dsb_sy();
}

void gic_init_cpu(unsigned cpu)
{
	redistributor_init(PLAT_GICR_BASE + (uintptr_t)cpu * PLAT_GICR_STRIDE);
	write_icc_sre_el3(ICC_SRE_SRE | ICC_SRE_DFB | ICC_SRE_DIB | ICC_SRE_ENABLE);
	isb();
	write_icc_pmr_el1(0xff);
	write_icc_igrpen1_el3(0);
	write_icc_igrpen0_el1(1);
	isb();
}

void gic_wake(unsigned cpu)
{
	/*
	 * What the CPU is to find in memory comes before the interrupt. Affinity levels 1 to 3 are
	 * 0 on this board.
	 */
	dsb_sy();
	write_icc_sgi0r_el1((uint64_t)PARKING_SGI << SGI_INTID_SHIFT | UL(1) << cpu);
	isb();
}

void gic_wake_others(void)
{
	dsb_sy();
	write_icc_sgi0r_el1(SGI_TARGET_OTHERS | (uint64_t)PARKING_SGI << SGI_INTID_SHIFT);
	isb();
}

uint64_t gic_acknowledge(void)
{
	uint64_t intid = read_icc_iar0_el1();

	if (intid < ICC_INTID_SPURIOUS)
		write_icc_eoir0_el1(intid);
	/* The line must have dropped before interrupts are looked at again. */
	isb();
	dsb_sy();
	return intid;
}

uint64_t gic_close_normal(void)
{
	uint64_t open = read_icc_igrpen1_el3();

	write_icc_igrpen1_el3(0);
	isb();
	return open;
}

void gic_open_normal(uint64_t open)
{
	write_icc_igrpen1_el3(open);
	isb();
}
