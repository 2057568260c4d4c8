/*
 * Host calls that move memory between the outer OS and pairs. Each is decode -> check and reserve ->
 * commit, bounded in its work, and says how far it came.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#ifndef MEDIATOR_MEMORY_H
#define MEDIATOR_MEMORY_H

#include "mediator/calls.h"
#include "mediator/pair.h"

/* Handlers of calls.c's table; their contract is in abi/host.h and docs/abi.md. */
enum status memory_create(struct call *call);
enum status memory_pool_add(struct call *call);
enum status memory_populate(struct call *call);
enum status memory_populate_image(struct call *call);
enum status memory_donate(struct call *call);
enum status memory_activate(struct call *call);
enum status memory_reclaim(struct call *call);

/* Handlers of box calls: one granule of the box's own RAM, shared with the outer OS or no longer. */
enum status memory_share(struct call *call);

/* memory_run_end - the last run of a domain, if there is one, goes into a chain. */
void memory_run_end(const struct measurement_run *run, uint64_t chain[PAIR_CHAIN_WORDS]);

#endif
