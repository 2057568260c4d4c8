/*
 * The box's own address space: its RAM and its redistributors, each at its address.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#ifndef BOX_MMU_H
#define BOX_MMU_H

#include "abi/console.h"

/* Mapped as code, and nothing behind it in a box's guest-physical space: the block after its RAM. */
#define MMU_NOTHING	(BOX_RAM_BASE + BOX_RAM_BYTES)

/**
 * mmu_build - write the tables, from the linker's section boundaries.
 *
 * Context: vCPU 0, MMU off; called from assembly, which then enables the MMU.
 */
void mmu_build(void);

#endif
