/*
 * Registers of a GICv3 distributor that the box emulates.
 * Source: Arm IHI 0069, "The GIC Distributor register map".
 * SPDX-License-Identifier: BSD-3-Clause
 */
#ifndef BOX_GICD_REGISTERS_H
#define BOX_GICD_REGISTERS_H

#define GICD_CTLR		0x0000
#define GICD_CTLR_GROUP0	(1u << 0)
#define GICD_CTLR_GROUP1	(1u << 1)
#define GICD_CTLR_ARE		(1u << 4)
#define GICD_CTLR_DS		(1u << 6)
#define GICD_TYPER		0x0004
#define GICD_TYPER_CPU_SHIFT	5
#define GICD_TYPER_ID_BITS(n)	(((n) - 1u) << 19)
#define GICD_TYPER_NO1N		(1u << 25)
#define GICD_IIDR		0x0008
#define GICD_IIDR_VALUE		0x5200043bu	/* product 'R', implementer code of the architecture's owner */
#define GICD_IGROUPR		0x0080
#define GICD_ISENABLER		0x0100
#define GICD_ICENABLER		0x0180
#define GICD_ISPENDR		0x0200
#define GICD_ICPENDR		0x0280
#define GICD_ISACTIVER		0x0300
#define GICD_ICACTIVER		0x0380
#define GICD_IPRIORITYR		0x0400		/* a byte an INTID */
#define GICD_IPRIORITYR_END	0x0800
#define GICD_ICFGR		0x0c00		/* two bits an INTID */
#define GICD_ICFGR_END		0x0d00
#define GICD_IROUTER		0x6000		/* eight bytes an INTID */
#define GICD_IROUTER_END	0x8000
#define GICD_IDREGS		0xffd0

#endif
