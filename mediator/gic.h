/*
 * The physical GICv3 as EL2 uses it: its own interrupts, acknowledge and end, SGIs between CPUs.
 * Source: Arm IHI 0069, "Programmers' model".
 * SPDX-License-Identifier: BSD-3-Clause
 */
#ifndef MEDIATOR_GIC_H
#define MEDIATOR_GIC_H

#include "mediator/cpu.h"

/* Register offsets, in the distributor and in the SGI page of a redistributor (at + GICR_SGI_PAGE). */
#define GICD_CTLR		0x0000
#define GICD_TYPER		0x0004
#define GICD_IIDR		0x0008
#define GICD_IGROUPR		0x0080
#define GICD_ISENABLER		0x0100
#define GICD_ICENABLER		0x0180
#define GICD_ISPENDR		0x0200
#define GICD_ICPENDR		0x0280
#define GICD_ISACTIVER		0x0300
#define GICD_ICACTIVER		0x0380
#define GICD_IPRIORITYR		0x0400
#define GICD_ICFGR		0x0c00
#define GICD_IGRPMODR		0x0d00
#define GICD_IROUTER		0x6000
#define GICD_PIDR2		0xffe8
#define GIC_PIDR2_GICV3		0x3b

#define GICD_CTLR_RWP		BIT(31)
#define GICD_CTLR_ARE_NS	BIT(4)
#define GICD_CTLR_ENABLE_GRP1	BIT(1)	/* EnableGrp1A, the non-secure view */

#define GICR_CTLR		0x0000
#define GICR_IIDR		0x0004
#define GICR_TYPER		0x0008
#define GICR_WAKER		0x0014
#define GICR_WAKER_SLEEP	BIT(1)
#define GICR_WAKER_ASLEEP	BIT(2)
#define GICR_SGI_PAGE		0x10000

/* Priority of every physical interrupt: one for all, so that none preempts another. */
#define GIC_PRIORITY		0x80

/* gic_init_distributor - group 1 on; SPIs off, one priority. Boot CPU. */
void gic_init_distributor(void);

/* gic_init_cpu - this CPU's redistributor (its own PPIs and SGI on) and its interface: EOI drops priority only. */
void gic_init_cpu(struct cpu *cpu);

/* gic_acknowledge - the INTID of the most urgent interrupt, priority dropped at once; >= ICC_INTID_SPURIOUS: none. */
uint64_t gic_acknowledge(void);

/* gic_deactivate - an acknowledged interrupt of the mediator's own is done. */
void gic_deactivate(uint64_t intid);

/* gic_set_timer_active - make the physical active bit of PPI 27 on this CPU @active. */
void gic_set_timer_active(struct cpu *cpu, bool active);

#endif
