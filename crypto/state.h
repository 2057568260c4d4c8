/*
 * What a snapshot of a device's state is, and which one is the state (abi/state.h). The ROM, the anchor and the host tool
 * share this source; how a page gets here is theirs. Reads pages and nothing else.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#ifndef CRYPTO_STATE_H
#define CRYPTO_STATE_H

#include "abi/state.h"
#include "lib/compiler.h"
#include "lib/status.h"

/* What state_find says if no place has a valid snapshot. */
#define STATE_NOWHERE	UINT32_MAX

/**
 * state_is_valid - is this page a snapshot that was written whole?
 *
 * Magic, version and digest are those of a snapshot, each number is one that its field may have, fields that say
 * something of each other agree, and all that is reserved is zero.
 */
MUST_CHECK bool state_is_valid(const struct state *state);

/**
 * state_seal - make a snapshot of what the other fields say: magic, version and digest.
 *
 * Returns OK; ERR_ARGS if it is no valid state for its fields (then it must not be written).
 */
MUST_CHECK enum status state_seal(struct state *state);

/* How the pages of a log are read: a copy of page @place. */
typedef void state_read(uint32_t place, struct state *out);

/**
 * state_find - the valid snapshot with the highest sequence number among @count places.
 *
 * @newest  a copy of it, checked as it is here; scratch if there is none
 *
 * Returns its place, or STATE_NOWHERE.
 */
MUST_CHECK uint32_t state_find(state_read *read, uint32_t count, struct state *newest);

#endif
