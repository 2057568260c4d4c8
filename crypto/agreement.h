/*
 * Products of points of P-384 with secret numbers for the trust anchor: the public half of a derived key, and
 * Diffie-Hellman (NIST SP 800-56A, section 5.7.1.2), in bounded steps. Needs what hash.h needs, and a generator that
 * was seeded (drbg.h), by which the number is hidden. One at a time.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#ifndef CRYPTO_AGREEMENT_H
#define CRYPTO_AGREEMENT_H

#include "lib/compiler.h"
#include "lib/signed.h"
#include "lib/status.h"

/* The number is made of so many bytes: 64 bits more than the order has, so that no number is likelier than another. */
#define AGREEMENT_SEED_BYTES	56

/**
 * agreement_begin - start to multiply a point. What was under way is forgotten.
 *
 * @seed   random bytes or a derived key, big-endian; the number is this modulo n - 1, plus 1 (FIPS 186-5, A.2.1)
 * @point  uncompressed point of P-384, SIGNED_KEY_BYTES; NULL for the curve's own (the result is the public key then)
 */
void agreement_begin(const uint8_t seed[AGREEMENT_SEED_BYTES], const uint8_t *point);

/**
 * agreement_step - go on.
 *
 * @out  the product as an uncompressed point, complete only on OK; its bytes 1 .. 48 are the shared secret
 *
 * Returns ERR_BUSY while it is under way; OK; ERR_AUTH if @point is no point of the curve, if nothing was begun, or if
 * there are no random numbers.
 */
MUST_CHECK enum status agreement_step(uint8_t out[SIGNED_KEY_BYTES]);

/* agreement_forget - give up what is under way, if anything is, and wipe it. */
void agreement_forget(void);

#endif
