/*
 * Accesses that may fail: to memory that somebody else can take away, or that was never ours. A
 * synchronous abort makes them return false and changes nothing else.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#ifndef LWK_PROBE_H
#define LWK_PROBE_H

#include "lib/compiler.h"

/* One access of the named width at a mapped address; false if it aborted. The stores wait for completion. */
MUST_CHECK bool probe_load64(uintptr_t at, uint64_t *value);
MUST_CHECK bool probe_load32(uintptr_t at, uint32_t *value);
MUST_CHECK bool probe_store64(uintptr_t at, uint64_t value);
MUST_CHECK bool probe_store32(uintptr_t at, uint32_t value);

/* probe_copy - bytes one by one; false if an access aborted (those before it were done). */
MUST_CHECK bool probe_copy(uintptr_t to, uintptr_t from, size_t bytes);

/* probe_read64, probe_write64 - one access to any physical address below 2^48, through this CPU's window. */
MUST_CHECK bool probe_read64(uint64_t pa, uint64_t *value);
MUST_CHECK bool probe_write64(uint64_t pa, uint64_t value);

/* The fixup table is one range of code: arch/arm64/lwk_switch.S. */
extern const char probe_code_start[], probe_code_end[], probe_failed[];

#endif
