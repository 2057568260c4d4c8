/*
 * The TLB invalidation instructions, one function each, without the barriers that each needs: only arch/tlb.h calls
 * them. The host build swaps this header for arch/fake's, where each is an event.
 * Source: Arm DDI 0487, "TLB maintenance instructions".
 * SPDX-License-Identifier: BSD-3-Clause
 */
#ifndef ARCH_TLBI_H
#define ARCH_TLBI_H

#include <stdint.h>

#define TLBI(operation)									\
	static inline void tlbi_##operation(void)					\
	{										\
		__asm__ volatile("tlbi " #operation : : : "memory");			\
	}

TLBI(vmalls12e1is)
TLBI(vmalle1is)
TLBI(alle1is)
TLBI(alle2is)
TLBI(alle3)

/* Stage-2 entries of the page at @ipa. */
static inline void tlbi_ipas2e1is(uint64_t ipa)
{
	__asm__ volatile("tlbi ipas2e1is, %0" : : "r"(ipa >> 12) : "memory");
}

#endif
