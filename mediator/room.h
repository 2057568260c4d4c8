/*
 * The mediator, NS-EL2: owns every stage-2 table, every vCPU's registers, every cross-domain call
 * and every interrupt route.
 *
 * Trusts: monitor and anchor (through SMC), the boot page that the monitor wrote.
 * Distrusts: outer OS, boxes, VMs: every register and every byte they own.
 *
 * Invariants it keeps (ARCHITECTURE.md, "The isolation argument"):
 *   - granule.c alone writes ownership records; stage2.c alone writes stage-2 entries.
 *   - a granule changes owner in the order unmap, invalidate, zero, record, map.
 *   - a register leaves or enters a vCPU only where trap.c, run.c or psci.c names it.
 *   - nothing that an untrusted domain does reaches CHECK.
 *
 * Entrances: main.c (boot), trap.c (exceptions), calls.c (one table of host calls and box calls).
 * SPDX-License-Identifier: BSD-3-Clause
 */
#ifndef MEDIATOR_ROOM_H
#define MEDIATOR_ROOM_H

#include "abi/boot.h"
#include "abi/host.h"
#include "lib/addr.h"
#include "lib/check.h"
#include "plat/memory.h"

/* The page that the monitor wrote, checked by main.c; read-only from then on. */
extern const struct boot_info *const boot_info;

/* Identity of a domain in records and stage-2 VMIDs: 0 is the outer OS, pairs follow, two each. */
typedef struct { uint16_t who; } who_t;

static inline who_t who_make(unsigned pair_index, unsigned role)
{
	return (who_t){ (uint16_t)(2 * pair_index + 2 + role) };
}

#define WHO_OUTER ((who_t){ 0 })

#endif
