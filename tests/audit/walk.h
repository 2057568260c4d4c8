/*
 * Translation tables as hardware reads them, stage 1 of EL2 and stage 2, from registers and RAM. Shares no code and no
 * constant with the mediator, nor with the walker of the unit tests.
 * Source: Arm DDI 0487, "The AArch64 Virtual Memory System Architecture": "Translation process", "VMSAv8-64 translation
 * table format descriptors", "Concatenated translation tables"; TCR_EL2, VTCR_EL2, VTTBR_EL2.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#ifndef TESTS_AUDIT_WALK_H
#define TESTS_AUDIT_WALK_H

#include "tests/audit/memory.h"

/* A page or block that is mapped. */
struct leaf {
	uint64_t input;			/* IPA or VA of its first byte */
	uint64_t pa, bytes;
	bool read, write, execute;	/* execute: at any exception level that uses the tables */
	bool is_device;			/* stage 2 only: Device memory type */
};

/* Who is told what a walk finds; any may be NULL. */
struct visitor {
	void (*leaf)(void *context, const struct leaf *leaf);
	void (*table)(void *context, uint64_t pa, uint64_t input);	/* a page of tables, the root's too */
	void (*fault)(void *context, const char *what, uint64_t input, uint64_t value);
	void *context;
};

/**
 * walk_stage2 - all of a stage 2.
 *
 * @vtcr, @root  VTCR_EL2; the root's physical address
 *
 * What is malformed, or lies where no table can be read, is told to fault() and not entered.
 */
void walk_stage2(const struct memory *memory, uint64_t vtcr, uint64_t root, const struct visitor *visitor);

/* walk_stage1 - all of EL2's stage 1 without FEAT_VHE in use; likewise. */
void walk_stage1(const struct memory *memory, uint64_t tcr, uint64_t ttbr0, const struct visitor *visitor);

#endif
