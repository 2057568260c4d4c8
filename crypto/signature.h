/*
 * ECDSA with P-384 and SHA-384 for the trusted rooms: only the check, no key is ever secret here. Needs Normal memory
 * (MMU on) and the vector registers, as hash.h does. One check at a time.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#ifndef CRYPTO_SIGNATURE_H
#define CRYPTO_SIGNATURE_H

#include "crypto/hash.h"
#include "lib/compiler.h"
#include "lib/signed.h"
#include "lib/status.h"

#define SIGNATURE_PIECE_MAX	3

/**
 * signature_begin - start to check whether a signature holds for a message. A check that was under way is forgotten.
 *
 * @key        public key: an uncompressed point of P-384
 * @pieces     the message: @count pieces in order, 1 .. SIGNATURE_PIECE_MAX; their bytes stay and do not change
 *             until the check has ended
 * @signature  r || s, 48 bytes each, big-endian
 * @is_sliced  whether a step is bounded; if not, the first one is the last
 */
void signature_begin(const uint8_t key[SIGNED_KEY_BYTES], const struct hash_piece *pieces, size_t count,
		     const uint8_t signature[SIGNED_SIGNATURE_BYTES], bool is_sliced);

/**
 * signature_step - go on with the check.
 *
 * Returns ERR_BUSY while it is under way; OK; ERR_AUTH if the signature does not hold, if the key is no point of the
 * curve, if no check was begun, or if the library fails: whatever the reason, nothing may be trusted.
 */
MUST_CHECK enum status signature_step(void);

/* signature_verify - the check in one. Returns OK or ERR_AUTH. */
MUST_CHECK static inline enum status signature_verify(const uint8_t key[SIGNED_KEY_BYTES],
						      const struct hash_piece *pieces, size_t count,
						      const uint8_t signature[SIGNED_SIGNATURE_BYTES])
{
	signature_begin(key, pieces, count, signature, false);
	return signature_step();
}

#endif
