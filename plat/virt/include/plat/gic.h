/*
 * GICv3 registers that more than one room touches. Numbers only; safe for C and assembly.
 * Source: Arm IHI 0069, "The GIC Distributor register map" and "The GIC Redistributor register
 * map".
 * SPDX-License-Identifier: BSD-3-Clause
 */
#ifndef PLAT_GIC_H
#define PLAT_GIC_H

#define GICD_CTLR			0x0000
#define GICD_CTLR_ENABLE_GRP0		(1 << 0)
#define GICD_CTLR_ARE_S			(1 << 4)
#define GICD_CTLR_ARE_NS		(1 << 5)
#define GICD_CTLR_RWP			0x80000000
#define GICD_TYPER			0x0004
#define GICD_IGROUPR			0x0080
#define GICD_IPRIORITYR			0x0400
#define GICD_IGRPMODR			0x0d00

/* Private interrupt of the secure physical timer (CNTPS). */
#define PLAT_SECURE_TIMER_INTID		29

/* Redistributor: control frame, then the frame of SGIs and PPIs. */
#define GICR_WAKER			0x0014
#define GICR_WAKER_PROCESSOR_SLEEP_BIT	1
#define GICR_WAKER_CHILDREN_ASLEEP_BIT	2
#define GICR_SGI_FRAME			0x10000
#define GICR_IGROUPR0			0x10080
#define GICR_ISENABLER0			0x10100
#define GICR_ICENABLER0			0x10180
#define GICR_IPRIORITYR			0x10400
#define GICR_IGRPMODR0			0x10d00
#define GICR_NSACR			0x10e00

#endif
