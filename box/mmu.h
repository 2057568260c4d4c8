/*
 * The box's own address space: its RAM and its redistributors, each at its address, and the window into its VM.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#ifndef BOX_MMU_H
#define BOX_MMU_H

#include "abi/console.h"

/* Mapped as code, and nothing behind it in a box's guest-physical space: the block after its RAM. */
#define MMU_NOTHING	(BOX_RAM_BASE + BOX_RAM_BYTES)

/* VM address p is mapped at p + MMU_WINDOW, from its RAM on up to MMU_WINDOW_BYTES, for window.c alone. */
#define MMU_WINDOW		0x2000000000ull
#define MMU_WINDOW_BYTES	0x2000000000ull

/**
 * mmu_build - write the tables, from the linker's section boundaries.
 *
 * Context: vCPU 0, MMU off; called from assembly, which then enables the MMU.
 */
void mmu_build(void);

#endif
