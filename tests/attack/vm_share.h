/*
 * How an attacked VM shares a page with its box, whichever way it has.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#ifndef TESTS_ATTACK_VM_SHARE_H
#define TESTS_ATTACK_VM_SHARE_H

#include "lib/compiler.h"

/* The harness gives the attacking VM this much RAM. */
#define VM_ATTACK_RAM_BYTES	0x1000000

enum vm_scheme { VM_SHARES_ALL, VM_SHARES_BY_RSI, VM_SHARES_BY_WINDOW };

/* vm_scheme - which way there is; VM_SHARES_ALL: an isolated VM. */
enum vm_scheme vm_scheme(void);

/* vm_share - share the page at @page; for good, if it is by the doorbell. False if that was refused. */
MUST_CHECK bool vm_share(uint64_t page);

/*
 * vm_open, vm_close - share a page and take it back: by RSI, or as the only page of a ring. An even @round ends a ring by
 * QUEUE_READY, an odd one by STATUS.
 */
MUST_CHECK bool vm_open(uint64_t page);
MUST_CHECK bool vm_close(uint64_t page, uint64_t round);

/* vm_rsi - a call of the realm services interface; x1, x2 of the result go to @results. Returns x0. */
uint64_t vm_rsi(uint64_t id, uint64_t a, uint64_t b, uint64_t c, uint64_t results[2]);

/* vm_doorbell - 64-bit write to the doorbell. False if it aborts. */
bool vm_doorbell(uint64_t offset, uint64_t value);

/* vm_ring - make queue 0 of the first transport ready, with its parts and size as they are. vm_ring_end - and end it. */
void vm_ring(uint64_t descriptors, uint64_t driver, uint64_t device, uint32_t entries);
void vm_ring_end(void);

/* vm_sharing_attack - attempts to share what is not this VM's (vm_sharing.c). */
void vm_sharing_attack(void);

#endif
