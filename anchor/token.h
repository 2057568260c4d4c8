/*
 * Attestation tokens: a call of abi/anchor.h. A token is a function of what is asked and of the boot, so all that is kept
 * here is kept to save work: the platform part, which is the same for all, and for each who may ask the signature of what it
 * asked last.
 *
 * One part is being signed at a time, in steps, and each call of anybody whose token is not ready makes one of them. Who
 * asks has a place of its own; the places that wait take turns. So each gets its token after a bounded number of calls of
 * anybody, whatever others ask, and keeps it until it asks for another one. Signing has a state of its own (signing.h):
 * neither images nor updates wait for tokens, nor tokens for them.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#ifndef ANCHOR_TOKEN_H
#define ANCHOR_TOKEN_H

#include "anchor/room.h"

/* token_init - what runs. Once, at boot. */
void token_init(const struct boot_info *boot_info);

/**
 * token_call - ANCHOR_TOKEN.
 *
 * Returns ANCHOR_OK: x1 bytes were written, x2 are the whole token; ANCHOR_INCOMPLETE after a bounded step; ANCHOR_ERR_ARGS for
 * a request that is not DRAM, a destination that is no part of one granule of a domain's, a place that is none, or more bytes
 * than the token has; ANCHOR_ERR_STATE if a signature cannot be made. Nothing was written unless it is ANCHOR_OK.
 */
int64_t token_call(struct call *call);

#endif
