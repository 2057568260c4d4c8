/*
 * GICv3 driver: configuration, acknowledge, software-generated interrupts. Does not know what an
 * interrupt means: trap.c does.
 * Source: Arm IHI 0069, "Programmers' model".
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "lwk/gic.h"
#include "abi/host.h"
#include "arch/cpu.h"
#include "lwk/timer.h"

#define GICD_CTLR		0x0000
#define GICD_CTLR_ENABLE_GRP1A	BIT(1)
#define GICD_CTLR_ARE_NS	BIT(4)
#define GICD_CTLR_RWP		BIT(31)
#define GICD_ISENABLER		0x0100
#define GICD_IPRIORITYR		0x0400
#define GICD_IROUTER		0x6000

#define GICR_TYPER		0x0008
#define GICR_TYPER_LAST		BIT(4)
#define GICR_WAKER		0x0014
#define GICR_WAKER_SLEEP	BIT(1)
#define GICR_WAKER_ASLEEP	BIT(2)
#define GICR_SGI_FRAME		0x10000
#define GICR_IGROUPR0		(GICR_SGI_FRAME + 0x0080)
#define GICR_ISENABLER0		(GICR_SGI_FRAME + 0x0100)
#define GICR_IPRIORITYR		(GICR_SGI_FRAME + 0x0400)

#define PRIORITY		0xa0
#define POLL_MAX		100000

static void gic_wait(uintptr_t at, uint32_t bit)
{
	for (unsigned polls = 0; polls < POLL_MAX && (mmio_read32(at) & bit) != 0; polls++)
		;
}

void gic_init(void)
{
	uint32_t word = PLAT_UART0_INTID / 32, bit = PLAT_UART0_INTID % 32;

	mmio_write32(PLAT_GICD_BASE + GICD_CTLR, GICD_CTLR_ARE_NS | GICD_CTLR_ENABLE_GRP1A);
	gic_wait(PLAT_GICD_BASE + GICD_CTLR, (uint32_t)GICD_CTLR_RWP);
	mmio_write8(PLAT_GICD_BASE + GICD_IPRIORITYR + PLAT_UART0_INTID, PRIORITY);
	mmio_write64(PLAT_GICD_BASE + GICD_IROUTER + 8 * PLAT_UART0_INTID, cpus[0].mpidr);
	mmio_write32(PLAT_GICD_BASE + GICD_ISENABLER + 4 * word, 1u << bit);
}

/* GICR_TYPER carries the affinity in bits 63:32, as Aff3.Aff2.Aff1.Aff0. */
static uint64_t affinity_packed(uint64_t mpidr)
{
	return bits_get(mpidr, 39, 32) << 24 | bits_get(mpidr, 23, 0);
}

static uintptr_t redistributor_find(uint64_t mpidr)
{
	for (unsigned i = 0; i < PLAT_CPU_MAX; i++) {
		uintptr_t frame = PLAT_GICR_BASE + (uintptr_t)i * PLAT_GICR_STRIDE;
		uint64_t type = mmio_read64(frame + GICR_TYPER);

		if (type >> 32 == affinity_packed(mpidr))
			return frame;
		if ((type & GICR_TYPER_LAST) != 0)
			break;
	}
	return 0;
}

bool gic_init_cpu(struct cpu *cpu)
{
	static const uint8_t used[] = { GIC_INTID_KICK, HOST_INTID_NOTICE, TIMER_INTID };
	uintptr_t frame = redistributor_find(cpu->mpidr);
	uint32_t enable = 0;

	if (frame == 0)
		return false;
	cpu->redistributor = frame;
	mmio_write32(frame + GICR_WAKER, mmio_read32(frame + GICR_WAKER) & ~(uint32_t)GICR_WAKER_SLEEP);
	gic_wait(frame + GICR_WAKER, (uint32_t)GICR_WAKER_ASLEEP);
	mmio_write32(frame + GICR_IGROUPR0, ~0u);
	for (unsigned i = 0; i < ARRAY_COUNT(used); i++) {
		mmio_write8(frame + GICR_IPRIORITYR + used[i], PRIORITY);
		enable |= 1u << used[i];
	}
	mmio_write32(frame + GICR_ISENABLER0, enable);
	write_icc_sre_el1(read_icc_sre_el1() | ICC_SRE_SRE);
	isb();
	write_icc_pmr_el1(0xff);
	write_icc_ctlr_el1(0);
	write_icc_igrpen1_el1(1);
	isb();
	return true;
}

uint32_t gic_acknowledge(void)
{
	uint32_t intid = (uint32_t)read_icc_iar1_el1();

	/* What the device did before it interrupted is seen by the handler. */
	dsb_sy();
	return intid;
}

void gic_end(uint32_t intid)
{
	write_icc_eoir1_el1(intid);
	isb();
}

void gic_send(uint64_t mpidr, unsigned intid)
{
	uint64_t aff0 = bits_get(mpidr, 7, 0);

	/* The target's handler must see what was stored before it was called. */
	dsb_ishst();
	write_icc_sgi1r_el1(bits_get(mpidr, 39, 32) << 48 | (aff0 >> 4) << 44 | bits_get(mpidr, 23, 16) << 32 |
			    (uint64_t)intid << 24 | bits_get(mpidr, 15, 8) << 16 | BIT(aff0 & 15));
	isb();
}
