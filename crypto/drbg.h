/*
 * Deterministic random bits: HMAC_DRBG with SHA-256 (NIST SP 800-90A) for the trust anchor, a thin layer over Mbed TLS.
 * Needs what hash.h needs. One generator, one caller at a time; what was given out can't be computed from its state.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#ifndef CRYPTO_DRBG_H
#define CRYPTO_DRBG_H

#include "lib/compiler.h"
#include "lib/status.h"

#define DRBG_SEED_BYTES	48	/* entropy and nonce for 256 bits of strength */
#define DRBG_OUT_MAX	1024	/* of one request */

/* drbg_seed - start the generator, anew if it runs. Returns OK; ERR_AUTH if the library fails: there are no numbers then. */
MUST_CHECK enum status drbg_seed(const uint8_t seed[DRBG_SEED_BYTES]);

/**
 * drbg_make - the next @bytes bytes, 1 .. DRBG_OUT_MAX.
 *
 * Returns OK; ERR_AUTH if the generator was not started, if the library fails, or for a size out of range: @out is zero
 * then.
 */
MUST_CHECK enum status drbg_make(void *out, size_t bytes);

#endif
