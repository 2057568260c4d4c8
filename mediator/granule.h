/*
 * Ownership of memory: one record for each 4 KiB granule of DRAM. This file's .c alone writes them.
 *
 * States (GRANULE_* in abi/host.h), who may reach the granule, and what it may become:
 *   OUTER    the outer OS                              -> MOVING
 *   LOADER   the outer OS, for good: content untrusted -> nothing
 *   CORE     the mediator                              -> nothing
 *   MOVING   the one call that set it; unmapped everywhere while its owner changes
 *            -> OUTER, TABLE, CONTEXT, NOTICE, DATA
 *   TABLE    the mediator, for a pair's tables         -> MOVING (pair dead)
 *   CONTEXT  the mediator, for a pair                  -> MOVING (pair dead)
 *   NOTICE   the mediator; the outer OS reads          -> MOVING (pair dead)
 *   DATA     its box or VM, and whom it shares it with -> MOVING (pair dead, or for a mediator access)
 * A record is one atomic word; a change names the value it expects, so of two calls one loses ("busy").
 * SPDX-License-Identifier: BSD-3-Clause
 */
#ifndef MEDIATOR_GRANULE_H
#define MEDIATOR_GRANULE_H

#include "mediator/room.h"

struct granule {
	uint8_t state;		/* GRANULE_* */
	who_t who;		/* the owner; for MOVING the owner before */
};

/**
 * granule_init - records for all DRAM: everything the outer OS's, except carve-out and loader window.
 *
 * @records  4 bytes for each granule of @ram, inside @carveout
 * Context: boot, one CPU.
 */
void granule_init(void *records, struct boot_range ram, struct boot_range carveout, struct boot_range loader);

/* granule_get - a snapshot; for addresses outside DRAM the state is GRANULE_CORE. */
struct granule granule_get(pa_t pa);

/* granule_is_ram - is the whole range DRAM? */
bool granule_is_ram(struct pa_range range);

/**
 * granule_hold - take every granule of @range from (@state, @who) to MOVING: all or none.
 *
 * @failed  the first granule that was something else, written on error
 *
 * Returns OK: until granule_release no other call can take them. ERR_DENIED if one is not DRAM or has another
 * state or owner; ERR_BUSY if one is MOVING. On error nothing has changed.
 */
MUST_CHECK enum status granule_hold(struct pa_range range, uint8_t state, who_t who, pa_t *failed);

/**
 * granule_release - set each granule of @range, held by this call, to (@state, @who).
 *
 * Cannot fail: the range is what granule_hold returned OK for, or a part of it.
 */
void granule_release(struct pa_range range, uint8_t state, who_t who);

/* granule_count - granules of DRAM, and those in state OUTER or LOADER. */
uint64_t granule_count(void);
uint64_t granule_count_outer(void);

#endif
