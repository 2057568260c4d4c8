/*
 * ECDSA with P-384 and SHA-384 by keys of the trust anchor's, and the public half of such a key, in bounded steps. A
 * signature is a function of key and digest (RFC 6979), so no random number can give a key away. Needs what hash.h needs,
 * and a generator that was seeded (drbg.h), by which numbers are hidden while points are multiplied. One at a time: a key or
 * a signature.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#ifndef CRYPTO_SIGNING_H
#define CRYPTO_SIGNING_H

#include "lib/compiler.h"
#include "lib/signed.h"
#include "lib/status.h"

/* A private key is made of so many bytes, as agreement.h makes one. */
#define SIGNING_SEED_BYTES	56
#define SIGNING_DIGEST_BYTES	48

/**
 * signing_begin - start to sign. What was under way is forgotten.
 *
 * @seed    random bytes or a derived key, big-endian; the private key is this modulo n - 1, plus 1 (FIPS 186-5, A.2.1)
 * @digest  SHA-384 of the message
 */
void signing_begin(const uint8_t seed[SIGNING_SEED_BYTES], const uint8_t digest[SIGNING_DIGEST_BYTES]);

/**
 * signing_step - go on.
 *
 * @signature  r || s, 48 bytes each, big-endian; complete only on OK, zero on ERR_AUTH
 *
 * Returns ERR_BUSY while it is under way; OK; ERR_AUTH if no signature was begun, if a public key was begun since, if
 * there are no random numbers, or if the library fails. After an error nothing is under way.
 */
MUST_CHECK enum status signing_step(uint8_t signature[SIGNED_SIGNATURE_BYTES]);

/* public_begin - start to compute the public half of the key that is made of @seed. What was under way is forgotten. */
void public_begin(const uint8_t seed[SIGNING_SEED_BYTES]);

/**
 * public_step - go on.
 *
 * @key  uncompressed point of P-384; complete only on OK, zero on ERR_AUTH
 *
 * Returns as signing_step.
 */
MUST_CHECK enum status public_step(uint8_t key[SIGNED_KEY_BYTES]);

/* signing_forget - give up what is under way, if anything is, and wipe it. */
void signing_forget(void);

#endif
