/*
 * The kernel's own address space: 39 bits, identity, one table for all CPUs. Nothing is both writable
 * and executable; what is mapped here still has to pass the mediator's stage 2.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#ifndef LWK_MMU_H
#define LWK_MMU_H

#include "lib/compiler.h"

/* mmu_build - tables for the image, the devices and the block that holds @dtb. Once, MMU off. */
void mmu_build(uint64_t dtb);

/* mmu_enable - use the tables on this CPU. */
void mmu_enable(void);

/* mmu_map_ram - map the whole 2 MiB blocks of a range as data; blocks mapped already stay as they are. */
void mmu_map_ram(uint64_t base, uint64_t bytes);

/**
 * mmu_window - make the granule of any physical address visible in this CPU's window.
 *
 * @pa      any address below 2^48, owned by anybody: the access decides
 * @device  map it as Device-nGnRE instead of Normal write-back
 *
 * Returns the address at which @pa appears, until the next call on this CPU. Context: interrupts masked.
 */
uintptr_t mmu_window(uint64_t pa, bool device);

#endif
