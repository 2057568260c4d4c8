/*
 * The mediator's own translation: identity, W^X, guard pages between stacks, DRAM and the devices
 * that EL2 uses; nothing else is mapped, secure memory in particular.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#ifndef MEDIATOR_MMU_H
#define MEDIATOR_MMU_H

#include "mediator/room.h"

/* Read by assembly with the MMU off, when a CPU turns it on; cleaned to memory by mmu_build. */
struct mmu_registers {
	uint64_t mair, tcr, ttbr, sctlr;
};
extern struct mmu_registers mmu_registers;

/* mmu_build - fill the tables. Boot CPU, MMU off. @ram is what the boot page says. */
void mmu_build(struct boot_range ram);

#endif
