/*
 * Identity stage 1 for the rooms that see physical memory as it is: ROM and monitor at EL3, anchor
 * at S-EL1. 36-bit space, 4 KiB granule, blocks where alignment allows; built once, never changed.
 * Source: Arm DDI 0487, "The AArch64 Virtual Memory System Architecture".
 * SPDX-License-Identifier: BSD-3-Clause
 */
#ifndef ARCH_STAGE1_H
#define ARCH_STAGE1_H

#include "arch/cpu.h"
#include "arch/sysreg.h"
#include "arch/tlb.h"
#include "lib/compiler.h"
#include "lib/status.h"

#define STAGE1_ENTRIES		512
#define STAGE1_BITS		36

/* What a range may be used for. Nothing is both writable and executable. */
enum stage1_use {
	STAGE1_CODE,		/* read, execute */
	STAGE1_CONSTANT,	/* read */
	STAGE1_DATA,		/* read, write */
	STAGE1_DEVICE,		/* read, write; Device-nGnRE */
	STAGE1_NS_DATA,		/* read, write; non-secure memory seen from the secure world */
	STAGE1_NS_CONSTANT,	/* read; likewise */
};

/* One translation table, and the tables of one room; tables[0] is the root (level 1). */
struct stage1_table {
	uint64_t entries[STAGE1_ENTRIES];
} ALIGNED(4096);

struct stage1 {
	struct stage1_table *tables;
	unsigned table_count;		/* that there are */
	unsigned used;			/* 1 before the first stage1_map */
	bool is_el1;			/* EL1&0 regime; else EL3 */
};

/**
 * stage1_map - map [@base, @base + @bytes) to itself.
 *
 * @base, @bytes  multiples of 4 KiB, below 2^36
 *
 * Returns OK; ERR_ARGS for a bad range; ERR_STATE if part of it is mapped already; ERR_NO_MEMORY if
 * the tables are used up. On an error part of the range may be mapped: callers stop. No TLB
 * maintenance: a new mapping replaces an invalid one only.
 */
MUST_CHECK enum status stage1_map(struct stage1 *stage1, uint64_t base, uint64_t bytes,
				  enum stage1_use use);

/* TCR_EL3 and TCR_EL1: 36 bits in and out, write-back inner-shareable walks; TTBR1_EL1 off. */
#define STAGE1_TCR_WALK		(UL(28) | UL(1) << 8 | UL(1) << 10 | UL(3) << 12)
#define STAGE1_TCR_EL3		(STAGE1_TCR_WALK | UL(1) << 16 | UL(1) << 23 | UL(1) << 31)
#define STAGE1_TCR_EL1		(STAGE1_TCR_WALK | UL(1) << 23 | UL(1) << 32)

/**
 * stage1_enable_el3 - turn on this CPU's MMU and caches at EL3. The running code and stack must be
 * mapped.
 *
 * What was written before with the MMU off is not in any cache: reset and the ROM left none of it
 * there.
 */
static inline void stage1_enable_el3(const struct stage1_table *root)
{
	write_mair_el3(MAIR_VALUE);
	write_tcr_el3(STAGE1_TCR_EL3);
	write_ttbr0_el3((uintptr_t)root);
	/* Table writes and the registers above before the first walk. */
	tlb_flush_el3();
	write_sctlr_el3(SCTLR_EL3_RES1 | SCTLR_M | SCTLR_C | SCTLR_I | SCTLR_SA | SCTLR_WXN);
	isb();
}

#endif
