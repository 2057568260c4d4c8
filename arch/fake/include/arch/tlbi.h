/*
 * TLB invalidation instructions of the simulated machine: each is an event that names the VMID it is for.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#ifndef ARCH_TLBI_H
#define ARCH_TLBI_H

#include "arch/fake.h"

static inline void tlbi_vmalls12e1is(void) { fake_tlb(FAKE_TLB_VMID, 0); }
static inline void tlbi_ipas2e1is(uint64_t ipa) { fake_tlb(FAKE_TLB_IPA, ipa); }
static inline void tlbi_vmalle1is(void) { fake_tlb(FAKE_TLB_STAGE1, 0); }
static inline void tlbi_alle1is(void) { fake_tlb(FAKE_TLB_ALL_GUESTS, 0); }
static inline void tlbi_alle2is(void) { fake_tlb(FAKE_TLB_OTHER, 0); }
static inline void tlbi_alle3(void) { fake_tlb(FAKE_TLB_OTHER, 0); }

#endif
