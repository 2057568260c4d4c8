/*
 * The small guest's interrupt controller: GICv3 with system registers, one security state.
 * Source: Arm IHI 0069, "Programmers' model".
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "arch/cpu.h"
#include "arch/sysreg.h"
#include "guests/small/small.h"
#include "lib/vmplan.h"

#define GICD_CTLR		(VM_GICD_BASE + 0x0000)
#define GICD_CTLR_GROUP1	BIT(1)
#define GICD_CTLR_ARE		BIT(4)
#define GICD_CTLR_RWP		BIT(31)
#define GICD_IGROUPR(intid)	(VM_GICD_BASE + 0x0080 + 4 * ((intid) / 32))
#define GICD_ISENABLER(intid)	(VM_GICD_BASE + 0x0100 + 4 * ((intid) / 32))
#define GICD_IPRIORITYR(intid)	(VM_GICD_BASE + 0x0400 + (intid))
#define GICD_IROUTER(intid)	(VM_GICD_BASE + 0x6000 + 8 * (intid))

#define GICR_WAKER		0x00014
#define GICR_WAKER_SLEEP	BIT(1)
#define GICR_WAKER_ASLEEP	BIT(2)
#define GICR_IGROUPR0		0x10080
#define GICR_ISENABLER0		0x10100
#define GICR_IPRIORITYR		0x10400

#define PRIORITY		0xa0

void gic_spi_enable(unsigned intid)
{
	mmio_write32(GICD_IGROUPR(intid), ~0u);
	mmio_write8(GICD_IPRIORITYR(intid), PRIORITY);
	mmio_write64(GICD_IROUTER(intid), 0);
	mmio_write32(GICD_ISENABLER(intid), 1u << (intid % 32));
}

static void distributor_init(void)
{
	mmio_write32(GICD_CTLR, (uint32_t)(GICD_CTLR_ARE | GICD_CTLR_GROUP1));
	while ((mmio_read32(GICD_CTLR) & GICD_CTLR_RWP) != 0)
		cpu_relax();
	gic_spi_enable(VM_UART_INTID);
}

void gic_init(unsigned cpu)
{
	uintptr_t frame = VM_GICR_BASE + (uintptr_t)cpu * VM_GICR_STRIDE;

	if (cpu == 0)
		distributor_init();
	mmio_write32(frame + GICR_WAKER, mmio_read32(frame + GICR_WAKER) & ~(uint32_t)GICR_WAKER_SLEEP);
	while ((mmio_read32(frame + GICR_WAKER) & GICR_WAKER_ASLEEP) != 0)
		cpu_relax();
	mmio_write32(frame + GICR_IGROUPR0, ~0u);
	for (unsigned intid = 0; intid < 32; intid += 4)
		mmio_write32(frame + GICR_IPRIORITYR + intid, PRIORITY * 0x01010101u);
	mmio_write32(frame + GICR_ISENABLER0,
		     (uint32_t)(BIT(SGI_TEST) | BIT(SGI_WORK) | BIT(VM_TIMER_INTID)));

	write_icc_sre_el1(ICC_SRE_SRE);
	isb();
	write_icc_pmr_el1(0xff);
	write_icc_bpr1_el1(0);
	write_icc_igrpen1_el1(1);
	isb();
}

uint64_t gic_sgi_value(unsigned intid, unsigned cpu)
{
	return (uint64_t)intid << 24 | BIT(cpu);
}

void gic_send(unsigned intid, unsigned cpu)
{
	/* What was written for the other CPU is visible before it is interrupted. */
	dsb_ish();
	write_icc_sgi1r_el1(gic_sgi_value(intid, cpu));
	isb();
}

void timer_arm(uint64_t due)
{
	write_cntv_cval_el0(due);
	write_cntv_ctl_el0(CNT_CTL_ENABLE);
	isb();
}
