/*
 * The machine as the monitor's device tree describes it: RAM, CPUs, and what was loaded where.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#ifndef LWK_MACHINE_H
#define LWK_MACHINE_H

#include "lib/status.h"
#include "lib/compiler.h"
#include "plat/memory.h"

#define MACHINE_RAM_MAX	16

struct machine_range {
	uint64_t base, bytes;
};

struct machine {
	struct machine_range ram[MACHINE_RAM_MAX];	/* ours: without the mediator's carve-out */
	unsigned ram_count;
	uint64_t affinity[PLAT_CPU_MAX];
	unsigned cpu_count;
	unsigned cpus_refused;				/* in the tree, beyond PLAT_CPU_MAX */
	struct machine_range initrd;			/* the loader window but for its last page; bytes 0: none */
	uint64_t anchor_page;				/* that page: what the anchor is asked about; 0: none */
	struct machine_range box;			/* the box image file */
	struct machine_range dtb;
};

extern struct machine machine;

/**
 * machine_read - fill struct machine from the tree at @dtb.
 *
 * Returns OK; what fdt_open and fdt_walk return; ERR_NOT_FOUND if the tree names no RAM or no CPU.
 * Context: boot CPU, MMU on, the tree's 2 MiB block mapped.
 */
MUST_CHECK enum status machine_read(uint64_t dtb);

/* machine_ram_end - first address above all RAM of the outer OS. */
uint64_t machine_ram_end(void);

#endif
