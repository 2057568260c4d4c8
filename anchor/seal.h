/*
 * Sealing: data that only this device opens again, for whom its seal names (abi/seal.h). Keeps nothing between calls.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#ifndef ANCHOR_SEAL_H
#define ANCHOR_SEAL_H

#include "lib/compiler.h"

/* seal_init - the security counter of the firmware that runs; once, before the calls below. */
void seal_init(uint32_t security_counter);

/**
 * seal_make, seal_open - ANCHOR_SEAL and ANCHOR_UNSEAL.
 *
 * @pa   of a page with struct anchor_seal; it is copied once, and the result written back to it
 * @out  ANCHOR_OK: bytes of the blob, or of the data; ANCHOR_ERR_SEAL: enum anchor_seal_reason
 *
 * Returns ANCHOR_OK; ANCHOR_ERR_ARGS if @pa is no page of the loader window; ANCHOR_ERR_SEAL; ANCHOR_ERR_STATE if there
 * are no random numbers or the library fails. On an error the page is unchanged.
 */
MUST_CHECK int64_t seal_make(uint64_t pa, uint64_t *out);
MUST_CHECK int64_t seal_open(uint64_t pa, uint64_t *out);

#endif
