/*
 * How an attacked VM shares a page with its box, whichever way it has.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#ifndef TESTS_ATTACK_VM_SHARE_H
#define TESTS_ATTACK_VM_SHARE_H

#include "lib/compiler.h"

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

#endif
