/*
 * HKDF with SHA-256 (RFC 5869) for the trust anchor: a thin layer over Mbed TLS. Needs what hash.h needs. One caller at
 * a time: the library's memory is one pool, which is wiped before the function returns.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#ifndef CRYPTO_HKDF_H
#define CRYPTO_HKDF_H

#include "crypto/hash.h"
#include "lib/compiler.h"
#include "lib/status.h"

#define HKDF_OUT_MAX (255 * HASH_BYTES)

/**
 * hkdf_sha256 - derive a key: extract, then expand.
 *
 * @salt   public; may be empty
 * @key    the input keying material
 * @info   what the derived key is for; may be empty
 * @out    @bytes bytes, 1 .. HKDF_OUT_MAX; zero on an error
 *
 * Returns OK; ERR_AUTH if the library fails, or for a size out of range: there is no key then.
 */
MUST_CHECK enum status hkdf_sha256(struct hash_piece salt, struct hash_piece key, struct hash_piece info, uint8_t *out,
				   size_t bytes);

#endif
