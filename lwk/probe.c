/*
 * Probing physical addresses: maps the granule for one access.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "lwk/probe.h"
#include "arch/cpu.h"
#include "arch/sysreg.h"
#include "lwk/mmu.h"

bool probe_read64(uint64_t pa, uint64_t *value)
{
	uint64_t mask = read_daif();

	irq_disable();
	bool done = probe_load64(mmu_window(pa, false), value);

	write_daif(mask);
	return done;
}

bool probe_write64(uint64_t pa, uint64_t value)
{
	uint64_t mask = read_daif();

	irq_disable();
	bool done = probe_store64(mmu_window(pa, false), value);

	write_daif(mask);
	return done;
}
