/*
 * The VM's GICv3 distributor: SPIs 32 .. 287 as affinity-routed, single-security-state hardware has
 * them (GICD_CTLR.ARE = DS = 1). INTIDs 0 .. 31 are the redistributors', which the mediator emulates.
 *
 * Deviations, all visible to the VM only: interrupts of group 0 are not delivered; writes of ISACTIVER
 * and ICACTIVER are ignored (the VM's own end-of-interrupt is what deactivates); accesses that are not
 * naturally aligned or of a size that a register lacks read as zero and write nothing.
 * Source: Arm IHI 0069, "The GIC Distributor register map" and the registers' descriptions.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#ifndef BOX_GICD_H
#define BOX_GICD_H

#include "lib/compiler.h"

/* gicd_init - reset values, for @vcpu_count vCPUs. */
void gicd_init(unsigned vcpu_count);

/**
 * gicd_read / gicd_write - one access of the VM.
 *
 * @offset  0 .. 0xffff
 * @bytes   1, 2, 4 or 8
 * A write delivers or takes back interrupts as it goes. Takes the gicd lock.
 */
uint64_t gicd_read(uint64_t offset, unsigned bytes);
void gicd_write(uint64_t offset, unsigned bytes, uint64_t value);

/**
 * gicd_line_set - a device's interrupt line is now @high or low.
 *
 * @intid  32 .. 287. Takes the gicd lock.
 */
void gicd_line_set(unsigned intid, bool high);

#endif
