/*
 * TLB invalidation: the only place that issues TLBI. Each function begins with the barrier that makes descriptor stores
 * visible to table walks, and ends complete on every CPU that it names (DSB), with ISB. Host builds use this file as it
 * is, on arch/fake's instructions and barriers, so that the order of the two is tested.
 * Source: Arm DDI 0487, "TLB maintenance instructions".
 * SPDX-License-Identifier: BSD-3-Clause
 */
#ifndef ARCH_TLB_H
#define ARCH_TLB_H

#include "arch/cpu.h"
#include "arch/tlbi.h"

/* tlb_flush_vmid - stage 1 and 2 entries of the VMID in VTTBR_EL2, on every CPU. */
static inline void tlb_flush_vmid(void)
{
	dsb_ishst();
	tlbi_vmalls12e1is();
	dsb_ish();
	isb();
}

/* tlb_flush_ipa - entries of one 4 KiB page of guest-physical space, for the VMID in VTTBR_EL2, on every CPU. */
static inline void tlb_flush_ipa(uint64_t ipa)
{
	dsb_ishst();
	tlbi_ipas2e1is(ipa);
	dsb_ish();
	/* Combined stage 1 and 2 entries go by stage 1 operations only. */
	tlbi_vmalle1is();
	dsb_ish();
	isb();
}

static inline void tlb_flush_el2(void)
{
	dsb_ishst();
	tlbi_alle2is();
	dsb_ish();
	isb();
}

/* tlb_flush_all_guests - every VMID, on every CPU. */
static inline void tlb_flush_all_guests(void)
{
	dsb_ishst();
	tlbi_alle1is();
	dsb_ish();
	isb();
}

static inline void tlb_flush_el3(void)
{
	dsb_ishst();
	tlbi_alle3();
	dsb_sy();
	isb();
}

/* tlb_flush_el1 - for a kernel at EL1: its own entries on every CPU. */
static inline void tlb_flush_el1(void)
{
	dsb_ishst();
	tlbi_vmalle1is();
	dsb_ish();
	isb();
}

#endif
