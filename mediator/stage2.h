/*
 * Stage-2 tables: this file's .c alone writes their entries.
 *
 * Every domain has a 40-bit guest-physical space: two concatenated level-1 pages (1,024 entries of
 * 1 GiB), level-2 entries of 2 MiB, level-3 entries of 4 KiB. The outer OS's tables are complete
 * from boot and only its leaves change; a domain's tables grow until activation and then stand still.
 * Source: Arm DDI 0487, "VMSAv8-64 translation table format descriptors", "Concatenated translation tables".
 * SPDX-License-Identifier: BSD-3-Clause
 */
#ifndef MEDIATOR_STAGE2_H
#define MEDIATOR_STAGE2_H

#include "mediator/room.h"

/* VTCR_EL2: 40-bit input from level 1, 4 KiB granule, write-back inner shareable walks, 8-bit VMIDs. */
#define STAGE2_VTCR	(BIT(31) | 2ull << 16 | 3ull << 12 | BIT(10) | BIT(8) | 1ull << 6 | 24)

#define STAGE2_ROOT_BYTES (2 * GRANULE_BYTES)

/* Granules for tables that a pair gave, zero and linked through their first word; nobody else reaches them. */
struct table_pool {
	pa_t head;
	uint64_t count;
};

struct stage2 {
	pa_t root;		/* two granules, 8 KiB aligned */
	uint16_t vmid;
};

enum stage2_access { STAGE2_READ_ONLY, STAGE2_READ_WRITE };

/**
 * stage2_outer_init - build the outer OS's identity map in @memory.
 *
 * @memory     8 KiB aligned, zero, inside the carve-out, as large as plat_carveout_bytes() allows for
 * @ram        DRAM; every granule that granule_get() calls OUTER or LOADER gets a leaf
 * @devices, @device_count  4 KiB device pages that the outer OS may touch
 *
 * Context: boot, one CPU, after granule_init.
 */
void stage2_outer_init(void *memory, struct boot_range ram, const uint64_t *devices, unsigned device_count);

/* stage2_outer - the outer OS's root and VMID, for VTTBR_EL2. */
const struct stage2 *stage2_outer(void);

/**
 * stage2_outer_close - the outer OS no longer reaches @range, on any CPU, when this returns.
 *
 * @range  DRAM
 * Context: any VTTBR_EL2, which is kept. One invalidation for the whole range.
 */
void stage2_outer_close(struct pa_range range);

/* stage2_outer_open - the outer OS reaches @range from now on; its leaves are clear. */
void stage2_outer_open(struct pa_range range, enum stage2_access access);

/* stage2_vttbr - value of VTTBR_EL2. */
static inline uint64_t stage2_vttbr(const struct stage2 *stage2)
{
	return (uint64_t)stage2->vmid << 48 | pa_value(stage2->root);
}

/* pool_add - a zeroed granule becomes a spare table. */
void pool_add(struct table_pool *pool, pa_t granule);

/* In all of the following a range lies in the lower half, inside one 2 MiB region. */

/* stage2_is_clear - is no byte of @range mapped? */
bool stage2_is_clear(const struct stage2 *stage2, struct ipa_range range);

/* stage2_tables_needed - spare tables that stage2_map takes for this range, of which nothing is mapped. */
uint64_t stage2_tables_needed(const struct stage2 *stage2, struct ipa_range range, pa_t pa);

/**
 * stage2_map - map @range to [@pa, ...), Normal write-back memory, read, write and execute.
 *
 * A 2 MiB block if both addresses and the size are 2 MiB aligned, else pages. 512 pages, or blocks, that have become one
 * aligned piece of memory are folded into a block of 2 MiB, or 1 GiB, and their table is spare again.
 * Cannot fail: the caller saw stage2_is_clear() and pool->count >= stage2_tables_needed().
 * Context: the domain does not run yet, so no invalidation is needed (invalid -> valid, never cached).
 */
void stage2_map(struct stage2 *stage2, struct table_pool *pool, struct ipa_range range, pa_t pa);

/* stage2_show - the upper half (bit 39) of @to becomes the VM's lower half: the mirror of the VM itself, the window of its
 * box if it is isolated. Before the pair runs. */
void stage2_show(struct stage2 *to, const struct stage2 *vm);

/* stage2_flush - no CPU holds a translation under the VMID of @stage2 when this returns. Any VTTBR_EL2, which is kept. */
void stage2_flush(const struct stage2 *stage2);

struct pa_result {
	enum status status;
	pa_t pa;
};

/* stage2_lookup - where @ipa is mapped to; ERR_NOT_FOUND if it is not. The only way from IPA to PA. */
struct pa_result stage2_lookup(const struct stage2 *stage2, ipa_t ipa);

/*
 * The window of a confidential VM's box: one leaf for each page of the VM, at the page's address | bit 39 in the box's
 * space. Its tables are made with the VM's; from activation on only leaves change, and a page is shared exactly while
 * its leaf is valid. Read and write, no execute.
 */
enum stage2_window { STAGE2_WINDOW_CLOSED, STAGE2_WINDOW_OPEN, STAGE2_WINDOW_RING /* open, for a ring only */ };

/* stage2_window_tables_needed - spare tables that stage2_window_prepare takes for VM addresses @range. */
uint64_t stage2_window_tables_needed(const struct stage2 *box, struct ipa_range range);

/* stage2_window_prepare - tables for the leaves of @range, closed. Before the pair runs. */
void stage2_window_prepare(struct stage2 *box, struct table_pool *pool, struct ipa_range range);

/* stage2_window_get - what the leaf of VM page @page says; CLOSED where the window has no table. */
enum stage2_window stage2_window_get(const struct stage2 *box, ipa_t page);

/**
 * stage2_window_open - the box reaches VM page @page, which lies at @pa, from now on.
 *
 * @how  STAGE2_WINDOW_OPEN or STAGE2_WINDOW_RING; a leaf that is open may be set again, to the same @pa
 * Context: the page is mapped for the VM, so its window has tables. One CPU of the pair is inside.
 */
void stage2_window_open(const struct stage2 *box, ipa_t page, pa_t pa, enum stage2_window how);

/* stage2_window_close - the leaf is invalid; the box may still hold the translation until stage2_window_flush. */
void stage2_window_close(const struct stage2 *box, ipa_t page);

/* stage2_window_flush - no CPU holds a translation of the box for VM addresses @range when this returns. */
void stage2_window_flush(const struct stage2 *box, struct ipa_range range);

#endif
