/*
 * The physical GICv3. Decides the configuration of what EL2 itself uses; the outer OS's interrupts
 * are set up through distributor.c.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "mediator/gic.h"
#include "arch/cpu.h"
#include "mediator/virq.h"

#define OWN_INTERRUPTS (BIT(INTID_KICK) | BIT(INTID_MAINTENANCE) | BIT(INTID_HYP_TIMER) | BIT(INTID_TIMER))

static void distributor_wait(void)
{
	while ((mmio_read32(PLAT_GICD_BASE + GICD_CTLR) & GICD_CTLR_RWP) != 0)
		cpu_relax();
}

void gic_init_distributor(void)
{
	unsigned spi_words = mmio_read32(PLAT_GICD_BASE + GICD_TYPER) & 0x1f;

	for (unsigned i = 1; i <= spi_words; i++) {
		mmio_write32(PLAT_GICD_BASE + GICD_ICENABLER + 4 * i, 0xffffffff);
		mmio_write32(PLAT_GICD_BASE + GICD_ICPENDR + 4 * i, 0xffffffff);
		mmio_write32(PLAT_GICD_BASE + GICD_ICACTIVER + 4 * i, 0xffffffff);
	}
	for (unsigned i = 8; i < 8 * (spi_words + 1); i++)
		mmio_write32(PLAT_GICD_BASE + GICD_IPRIORITYR + 4 * i, 0x01010101u * GIC_PRIORITY);
	mmio_write32(PLAT_GICD_BASE + GICD_CTLR, GICD_CTLR_ARE_NS | GICD_CTLR_ENABLE_GRP1);
	distributor_wait();
}

void gic_init_cpu(struct cpu *cpu)
{
	uintptr_t sgi = PLAT_GICR_BASE + (uintptr_t)cpu->index * PLAT_GICR_STRIDE + GICR_SGI_PAGE;

	cpu->redistributor = sgi - GICR_SGI_PAGE;
	mmio_write32(sgi + GICD_ICENABLER, 0xffffffff);
	mmio_write32(sgi + GICD_ICPENDR, 0xffffffff);
	mmio_write32(sgi + GICD_ICACTIVER, 0xffffffff);
	for (unsigned i = 0; i < 8; i++)
		mmio_write32(sgi + GICD_IPRIORITYR + 4 * i, 0x01010101u * GIC_PRIORITY);
	mmio_write32(sgi + GICD_ISENABLER, OWN_INTERRUPTS);
	write_icc_sre_el2(ICC_SRE_SRE | ICC_SRE_DFB | ICC_SRE_DIB | ICC_SRE_ENABLE);
	isb();
	write_icc_pmr_el1(0xff);
	write_icc_bpr1_el1(0);
	write_icc_ctlr_el1(ICC_CTLR_EOIMODE);
	write_icc_igrpen1_el1(1);
	write_ich_hcr_el2(0);
	/* List registers carry group 1 only: no group 0 interrupt is ever active. */
	write_ich_ap0r0_el2(0);
	write_ich_lr0_el2(0);
	write_ich_lr1_el2(0);
	write_ich_lr2_el2(0);
	write_ich_lr3_el2(0);
	isb();
}

uint64_t gic_acknowledge(void)
{
	uint64_t intid = read_icc_iar1_el1() & 0xffffff;

	dsb_sy();
	if (intid < ICC_INTID_SPURIOUS)
		write_icc_eoir1_el1(intid);
	return intid;
}

void gic_deactivate(uint64_t intid)
{
	write_icc_dir_el1(intid);
}

void gic_set_timer_active(struct cpu *cpu, bool active)
{
	mmio_write32(cpu->redistributor + GICR_SGI_PAGE + (active ? GICD_ISACTIVER : GICD_ICACTIVER),
		     (uint32_t)BIT(INTID_TIMER));
	cpu->timer_active = active;
}

void cpu_kick(unsigned index)
{
	/* What the kicked CPU shall find must be visible before the interrupt is. */
	dsb_ishst();
	write_icc_sgi1r_el1((uint64_t)INTID_KICK << 24 | BIT(index));
	isb();
}
