/*
 * TLB invalidation of the simulated machine: each is an event that names the VMID it is for.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#ifndef ARCH_TLB_H
#define ARCH_TLB_H

#include "arch/cpu.h"

static inline void tlb_flush_vmid(void) { fake_tlb(FAKE_TLB_VMID, 0); }
static inline void tlb_flush_ipa(uint64_t ipa) { fake_tlb(FAKE_TLB_IPA, ipa); }
static inline void tlb_flush_all_guests(void) { fake_tlb(FAKE_TLB_ALL_GUESTS, 0); }
static inline void tlb_flush_el1(void) { fake_tlb(FAKE_TLB_OTHER, 0); }
static inline void tlb_flush_el2(void) { fake_tlb(FAKE_TLB_OTHER, 0); }
static inline void tlb_flush_el3(void) { fake_tlb(FAKE_TLB_OTHER, 0); }

#endif
