/*
 * A stage-2 walk as hardware does it: from VTCR_EL2 and VTTBR_EL2 through descriptors in memory to what an access
 * meets. Shares no code and no constant with mediator/stage2.c.
 * Source: Arm DDI 0487, "Translation process", "VMSAv8-64 translation table format descriptors".
 * SPDX-License-Identifier: BSD-3-Clause
 */
#ifndef TESTS_UNIT_WALKER_H
#define TESTS_UNIT_WALKER_H

#include <stdbool.h>
#include <stdint.h>

/* What an IPA meets. Zero: a translation fault. */
struct walk_leaf {
	bool valid;
	bool read, write, execute;
	bool is_device;			/* Device-nGnRE; else Normal, write-back, inner shareable */
	unsigned level;
	uint64_t ipa, pa;		/* of the first byte of the page or block */
	uint64_t bytes;			/* of the page or block */
};

/* walk_lookup - the leaf that decides @ipa; a malformed descriptor fails the test. */
struct walk_leaf walk_lookup(uint64_t vtcr, uint64_t vttbr, uint64_t ipa);

/* walk_table - address of the level-3 table that @ipa is looked up in; 0 if there is none. */
uint64_t walk_table(uint64_t vtcr, uint64_t vttbr, uint64_t ipa);

/* walk_each - all leaves in ascending order; and each table page, the root's too, if @table is given. */
void walk_each(uint64_t vtcr, uint64_t vttbr, void (*leaf)(void *context, const struct walk_leaf *leaf),
	       void (*table)(void *context, uint64_t pa), void *context);

/* walk_decode - a descriptor found at @level for @ipa. */
struct walk_leaf walk_decode(uint64_t descriptor, unsigned level, uint64_t ipa);

#endif
