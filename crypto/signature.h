/*
 * ECDSA with P-384 and SHA-384 for the trusted rooms: only the check, no key is ever secret here. Needs Normal memory
 * (MMU on) and the vector registers, as hash.h does. One caller at a time: the library's memory is one pool.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#ifndef CRYPTO_SIGNATURE_H
#define CRYPTO_SIGNATURE_H

#include "crypto/hash.h"
#include "lib/compiler.h"
#include "lib/signed.h"
#include "lib/status.h"

/**
 * signature_verify - does a signature hold for a message?
 *
 * @key        public key: an uncompressed point of P-384
 * @pieces     the message: @count pieces in order
 * @signature  r || s, 48 bytes each, big-endian
 *
 * Returns OK; ERR_AUTH if it does not hold, if the key is no point of the curve, or if the library fails: whatever the
 * reason, nothing may be trusted.
 */
MUST_CHECK enum status signature_verify(const uint8_t key[SIGNED_KEY_BYTES], const struct hash_piece *pieces,
					size_t count, const uint8_t signature[SIGNED_SIGNATURE_BYTES]);

#endif
