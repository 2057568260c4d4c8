/*
 * SHA-256, and SHA-384 of what is signed, for the trusted rooms: a thin layer over Mbed TLS. Needs Normal memory (MMU on) and the
 * vector registers, which the caller's room owns while it runs.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#ifndef CRYPTO_HASH_H
#define CRYPTO_HASH_H

#include "lib/compiler.h"
#include "lib/status.h"

#define HASH_BYTES 32
#define HASH_SHA384_BYTES 48

/* One piece of a message that is hashed as if its pieces were joined. */
struct hash_piece {
	const void *data;
	size_t bytes;
};

/**
 * hash_sha256 - digest of @count pieces in order.
 *
 * @out  32 bytes, written only on OK
 *
 * Returns OK; ERR_AUTH if the library fails (then nothing may be trusted; callers stop).
 */
MUST_CHECK enum status hash_sha256(const struct hash_piece *pieces, size_t count, uint8_t out[HASH_BYTES]);

/* hash_sha384 - likewise, 48 bytes. */
MUST_CHECK enum status hash_sha384(const struct hash_piece *pieces, size_t count, uint8_t out[HASH_SHA384_BYTES]);

/* A message that is hashed piece by piece. Its content is the library's. */
struct hash_run {
	uint64_t words[16];
};

/**
 * hash_run_begin, hash_run_add, hash_run_end - as hash_sha256, of pieces that come one after the other. The run is the
 * caller's and holds no memory of the library.
 *
 * Return OK; ERR_AUTH if the library fails. hash_run_end writes @out only on OK; then the run has ended.
 */
MUST_CHECK enum status hash_run_begin(struct hash_run *run);
MUST_CHECK enum status hash_run_add(struct hash_run *run, const void *data, size_t bytes);
MUST_CHECK enum status hash_run_end(struct hash_run *run, uint8_t out[HASH_BYTES]);

/* hash_is_equal - constant-time comparison of two digests. */
MUST_CHECK bool hash_is_equal(const uint8_t a[HASH_BYTES], const uint8_t b[HASH_BYTES]);

#endif
