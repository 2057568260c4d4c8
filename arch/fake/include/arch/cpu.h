/*
 * Barriers, cache maintenance, device access and calls of the simulated machine. There is no hvc_call: nothing above
 * EL2 is linked into the host tests.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#ifndef ARCH_CPU_H
#define ARCH_CPU_H

#include <stddef.h>
#include <stdint.h>
#include "arch/fake.h"

/* The host is ordered strongly enough; those barriers that table walks and TLBs wait for are events too. */
static inline void fake_barrier(void) { __atomic_thread_fence(__ATOMIC_SEQ_CST); }
static inline void isb(void) { fake_event(FAKE_BARRIER, FAKE_ISB, 0); }
static inline void dsb_sy(void) { fake_event(FAKE_BARRIER, FAKE_DSB_SY, 0); }
static inline void dsb_ish(void) { fake_event(FAKE_BARRIER, FAKE_DSB_ISH, 0); }
static inline void dsb_ishst(void) { fake_event(FAKE_BARRIER, FAKE_DSB_ISHST, 0); }
static inline void dmb_ish(void) { fake_barrier(); }
static inline void wfi(void) { fake_event(FAKE_WAIT, 0, 0); }
static inline void wfe(void) { fake_event(FAKE_WAIT, 0, 0); }
static inline void sev(void) { fake_barrier(); }
static inline void cpu_relax(void) { fake_barrier(); }
static inline void irq_enable(void) { fake_barrier(); }
static inline void irq_disable(void) { fake_barrier(); }

static inline void cache_clean_invalidate(const void *base, size_t bytes)
{
	fake_event(FAKE_CLEAN, fake_address(base), bytes);
}

static inline void cache_invalidate_instructions(void)
{
	fake_event(FAKE_ICACHE, 0, 0);
}

void zero_granule(void *page);

static inline uint32_t mmio_read32(uintptr_t at) { return (uint32_t)fake_mmio_read(at, 4); }
static inline void mmio_write32(uintptr_t at, uint32_t value) { fake_mmio_write(at, value, 4); }
static inline uint64_t mmio_read64(uintptr_t at) { return fake_mmio_read(at, 8); }
static inline void mmio_write64(uintptr_t at, uint64_t value) { fake_mmio_write(at, value, 8); }
static inline uint8_t mmio_read8(uintptr_t at) { return (uint8_t)fake_mmio_read(at, 1); }
static inline void mmio_write8(uintptr_t at, uint8_t value) { fake_mmio_write(at, value, 1); }

struct smc_args {
	uint64_t x[8];
};

void smc_call(struct smc_args *args);

#endif
