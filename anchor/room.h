/*
 * Trust anchor: S-EL1. It trusts ROM, monitor and board. Its callers (monitor, and the mediator
 * through it) are trusted with its results but not with its memory: every address and index is
 * checked.
 *
 * Promises: the measurement log is filled once, at boot, and never changes. A call reads DRAM only, writes only its own
 * memory, the flash behind the ROM, the order to try a package, to seal and open a page of the loader window, and for a chunk
 * of a VM image or an attestation token the granule that the mediator names, which is a VM's; it ends within 50,000
 * instructions, but where it erases a block of flash (docs/abi.md); what lasts is in the state (state.h), which changes by
 * whole snapshots. No key outlives the call that derives it, but for what an agreement or a signature that is under way is
 * made with.
 *
 * Concurrency: one CPU at a time, interrupts masked; the monitor holds the lock.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#ifndef ANCHOR_ROOM_H
#define ANCHOR_ROOM_H

#ifndef __ASSEMBLER__
#include "abi/boot.h"
#include "lib/compiler.h"
#include "lib/status.h"

/* Registers x0..x6 of a call, in and out. */
struct call {
	uint64_t x[7];
};

/*
 * main.c: entered once by anchor_start.S with the MMU off. Returns ANCHOR_OK with MMU and log set
 * up.
 */
int64_t anchor_main(const struct boot_info *boot_info);

/*
 * calls.c: one call. The result code goes to x[0]; on an error all other registers stay as they
 * came, but those that abi/anchor.h names for it.
 */
void calls_dispatch(struct call *call);

/*
 * log.c: fill the measurement log from the ROM's hand-over; adds the platform record. ERR_ARGS if
 * it is malformed.
 */
MUST_CHECK enum status log_fill(const struct boot_info *boot_info);
/* log.c: entry @index; ERR_NOT_FOUND past the end. */
MUST_CHECK enum status log_read(uint64_t index, struct boot_measurement *out);
/* log.c: 32 bytes, SHA-256 of all entries: names and digests in their order. */
const uint8_t *log_digest(void);

/* random.c: ANCHOR_RANDOM. */
int64_t random_call(struct call *call);

/* secret.c: ANCHOR_SECRET. */
int64_t secret_call(struct call *call);

/* counters.c: ANCHOR_COUNTER_READ and ANCHOR_COUNTER_RAISE. */
int64_t counters_read(struct call *call);
int64_t counters_raise(struct call *call);

/*
 * memory.c: the anchor's own map, with DRAM writable but for the mediator's carve-out; then the MMU is on.
 * ERR_NO_MEMORY if the tables do not suffice.
 */
MUST_CHECK enum status memory_map(const struct boot_range *ram, const struct boot_range *loader);
/* memory.c: is [@pa, @pa + @bytes) DRAM that is mapped? */
bool memory_is_ram(uint64_t pa, uint64_t bytes);
/* memory.c: does it lie in the loader window, which is the outer OS's for good? */
bool memory_is_loader(uint64_t pa, uint64_t bytes);
/* memory.c: is it DRAM that can be a domain's: neither loader window nor carve-out? */
bool memory_is_domain(uint64_t pa, uint64_t bytes);
#endif

#endif
