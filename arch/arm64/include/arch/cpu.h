/*
 * Barriers, hints, cache maintenance and the like: every instruction that is neither a system
 * register nor a TLB operation. One inline function each.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#ifndef ARCH_CPU_H
#define ARCH_CPU_H

#include <stddef.h>
#include <stdint.h>

static inline void isb(void) { __asm__ volatile("isb" : : : "memory"); }
static inline void dsb_sy(void) { __asm__ volatile("dsb sy" : : : "memory"); }
static inline void dsb_ish(void) { __asm__ volatile("dsb ish" : : : "memory"); }
static inline void dsb_ishst(void) { __asm__ volatile("dsb ishst" : : : "memory"); }
static inline void dmb_ish(void) { __asm__ volatile("dmb ish" : : : "memory"); }
static inline void wfi(void) { __asm__ volatile("wfi" : : : "memory"); }
static inline void wfe(void) { __asm__ volatile("wfe" : : : "memory"); }
static inline void sev(void) { __asm__ volatile("sev" : : : "memory"); }
static inline void cpu_relax(void) { __asm__ volatile("yield" : : : "memory"); }
static inline void irq_enable(void) { __asm__ volatile("msr daifclr, #2" : : : "memory"); }
static inline void irq_disable(void) { __asm__ volatile("msr daifset, #2" : : : "memory"); }




/**
 * cache_clean_invalidate - make [@base, @base + @bytes) the same for cached and non-cached observers.
 *
 * Ends with DSB SY. Source: Arm DDI 0487, "A64 cache maintenance instructions" (CTR_EL0.DminLine gives the step).
 */
static inline void cache_clean_invalidate(const void *base, size_t bytes)
{
	uint64_t ctr;
	uintptr_t at = (uintptr_t)base, end = at + bytes;

	__asm__ volatile("mrs %0, ctr_el0" : "=r"(ctr));
	uintptr_t line = (uintptr_t)4 << ((ctr >> 16) & 0xf);

	for (at &= ~(line - 1); at < end; at += line)
		__asm__ volatile("dc civac, %0" : : "r"(at) : "memory");
	dsb_sy();
}

/* cache_invalidate_instructions - all instruction caches of the inner shareable domain. */
static inline void cache_invalidate_instructions(void)
{
	__asm__ volatile("ic ialluis" : : : "memory");
	dsb_ish();
	isb();
}

/* zero_granule - 4 KiB at @page become zero, for cached and non-cached observers alike. */
void zero_granule(void *page);

/*
 * Device registers: one access of exactly this size, by an instruction without write-back, which is what
 * the syndrome of a trapped access describes (Arm DDI 0487, "ISS encoding for an exception from a Data Abort").
 */
#define MMIO(bits, load, store, width)						\
	static inline uint##bits##_t mmio_read##bits(uintptr_t at)		\
	{									\
		uint##bits##_t value;						\
		__asm__ volatile(load " %" width "0, [%1]" : "=r"(value) : "r"(at) : "memory");	\
		return value;							\
	}									\
	static inline void mmio_write##bits(uintptr_t at, uint##bits##_t value)	\
	{									\
		__asm__ volatile(store " %" width "0, [%1]" : : "r"(value), "r"(at) : "memory");	\
	}

MMIO(8, "ldrb", "strb", "w")
MMIO(16, "ldrh", "strh", "w")
MMIO(32, "ldr", "str", "w")
MMIO(64, "ldr", "str", "x")

/* Result and argument registers of an SMC or HVC: x0 .. x7. */
struct smc_args {
	uint64_t x[8];
};

/* smc_call / hvc_call - x0..x7 in and out; x8..x17 are taken as lost (SMCCC 1.2 would keep them). */
void smc_call(struct smc_args *args);
void hvc_call(struct smc_args *args);

#endif
