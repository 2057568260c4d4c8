/*
 * Identity stage 1: decides which level holds an entry, and its attribute bits.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "arch/stage1.h"
#include "lib/addr.h"

static uint64_t entry_bits(const struct stage1 *stage1, enum stage1_use use)
{
	/* Reads at EL3 are governed by AP[2] alone; AP[1] is then RES1. */
	uint64_t bits = DESC_AF | (stage1->is_el1 ? 0 : DESC_S1_AP_EL0);

	if (use == STAGE1_DEVICE)
		bits |= (uint64_t)MAIR_DEVICE << DESC_S1_ATTR_SHIFT;
	else
		bits |= (uint64_t)MAIR_NORMAL << DESC_S1_ATTR_SHIFT | DESC_SH_INNER;
	if (use == STAGE1_NS_DATA || use == STAGE1_NS_CONSTANT)
		bits |= DESC_S1_NS;
	if (use == STAGE1_CODE || use == STAGE1_CONSTANT || use == STAGE1_NS_CONSTANT)
		bits |= DESC_S1_AP_RO;
	/* The bit that is XN at EL3 is UXN at EL1, where nothing is executable at EL0. */
	if (use != STAGE1_CODE)
		bits |= DESC_S1_UXN | (stage1->is_el1 ? DESC_S1_PXN : 0);
	else if (stage1->is_el1)
		bits |= DESC_S1_UXN;
	return bits;
}

static unsigned level_shift(unsigned level)
{
	return 39 - 9 * level;
}

/*
 * The table below @entry, made if there is none; NULL if a block is in the way or tables are used
 * up.
 */
static struct stage1_table *table_below(struct stage1 *stage1, uint64_t *entry, enum status *status)
{
	if ((*entry & DESC_TABLE) == DESC_TABLE)
		return (struct stage1_table *)(uintptr_t)(*entry & DESC_ADDRESS_MASK);
	if ((*entry & DESC_VALID) != 0) {
		*status = ERR_STATE;
		return NULL;
	}
	if (stage1->used >= stage1->table_count) {
		*status = ERR_NO_MEMORY;
		return NULL;
	}

	struct stage1_table *table = &stage1->tables[stage1->used++];

	*entry = (uintptr_t)table | DESC_TABLE;
	return table;
}

/*
 * Map the largest piece that starts at @at and ends by @end; returns its size, or 0 with @status
 * set.
 */
static uint64_t piece_map(struct stage1 *stage1, uint64_t at, uint64_t end, uint64_t bits,
			  enum status *status)
{
	struct stage1_table *table = &stage1->tables[0];

	for (unsigned level = 1;; level++) {
		uint64_t span = BIT(level_shift(level));
		uint64_t *entry =
			&table->entries[bits_get(at, level_shift(level) + 8, level_shift(level))];

		if (level == 3 || (is_aligned(at, span) && end - at >= span &&
				   (*entry & DESC_TABLE) != DESC_TABLE)) {
			if ((*entry & DESC_VALID) != 0) {
				*status = ERR_STATE;
				return 0;
			}
			*entry = at | bits | (level == 3 ? DESC_PAGE : DESC_BLOCK);
			return span;
		}
		table = table_below(stage1, entry, status);
		if (table == NULL)
			return 0;
	}
}

enum status stage1_map(struct stage1 *stage1, uint64_t base, uint64_t bytes, enum stage1_use use)
{
	enum status status = OK;

	if (!is_aligned(base | bytes, GRANULE_BYTES) ||
	    !range_is_inside(base, bytes, 0, BIT(STAGE1_BITS)))
		return ERR_ARGS;
	for (uint64_t at = base; at < base + bytes && status == OK;)
		at += piece_map(stage1, at, base + bytes, entry_bits(stage1, use), &status);
	return status;
}
