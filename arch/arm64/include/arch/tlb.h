/*
 * TLB invalidation: the only place that issues TLBI. Each function ends complete (DSB) and, where
 * the running context's translations are meant, with ISB.
 * Source: Arm DDI 0487, "TLB maintenance instructions".
 * SPDX-License-Identifier: BSD-3-Clause
 */
#ifndef ARCH_TLB_H
#define ARCH_TLB_H

#include "arch/cpu.h"

/* tlb_flush_vmid - stage 1 and 2 entries of the VMID in VTTBR_EL2, on every CPU. */
static inline void tlb_flush_vmid(void)
{
	dsb_ishst();
	__asm__ volatile("tlbi vmalls12e1is" : : : "memory");
	dsb_ish();
	isb();
}

/* tlb_flush_ipa - entries of one 4 KiB page of guest-physical space, for the VMID in VTTBR_EL2, on every CPU. */
static inline void tlb_flush_ipa(uint64_t ipa)
{
	dsb_ishst();
	__asm__ volatile("tlbi ipas2e1is, %0" : : "r"(ipa >> 12) : "memory");
	dsb_ish();
	/* Combined stage 1 and 2 entries go by stage 1 operations only. */
	__asm__ volatile("tlbi vmalle1is" : : : "memory");
	dsb_ish();
	isb();
}

static inline void tlb_flush_el2(void)
{
	dsb_ishst();
	__asm__ volatile("tlbi alle2is" : : : "memory");
	dsb_ish();
	isb();
}

/* tlb_flush_all_guests - every VMID, on every CPU. */
static inline void tlb_flush_all_guests(void)
{
	dsb_ishst();
	__asm__ volatile("tlbi alle1is" : : : "memory");
	dsb_ish();
	isb();
}

static inline void tlb_flush_el3(void)
{
	dsb_ishst();
	__asm__ volatile("tlbi alle3" : : : "memory");
	dsb_sy();
	isb();
}

/* tlb_flush_el1 - for a kernel at EL1: its own entries on every CPU. */
static inline void tlb_flush_el1(void)
{
	dsb_ishst();
	__asm__ volatile("tlbi vmalle1is" : : : "memory");
	dsb_ish();
	isb();
}

#endif
