/*
 * SHA-2 over Mbed TLS: turns its calls into one, and its errors into one.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "crypto/hash.h"
#include "lib/memory.h"
#include <mbedtls/platform_util.h>
#include <mbedtls/sha256.h>
#include <mbedtls/sha512.h>

/* Mbed TLS wipes its state through this function, which it leaves to us. */
void mbedtls_platform_zeroize(void *buffer, size_t bytes)
{
	memory_wipe(buffer, bytes);
}

_Static_assert(sizeof(mbedtls_sha256_context) <= sizeof(struct hash_run), "a run has room for the library's state");

static mbedtls_sha256_context *context_of(struct hash_run *run)
{
	return (mbedtls_sha256_context *)(void *)run;
}

enum status hash_run_begin(struct hash_run *run)
{
	mbedtls_sha256_init(context_of(run));
	return mbedtls_sha256_starts(context_of(run), 0) == 0 ? OK : ERR_AUTH;
}

enum status hash_run_add(struct hash_run *run, const void *data, size_t bytes)
{
	return mbedtls_sha256_update(context_of(run), data, bytes) == 0 ? OK : ERR_AUTH;
}

enum status hash_run_end(struct hash_run *run, uint8_t out[HASH_BYTES])
{
	uint8_t digest[HASH_BYTES];
	int result = mbedtls_sha256_finish(context_of(run), digest);

	mbedtls_sha256_free(context_of(run));
	if (result == 0)
		memcpy(out, digest, HASH_BYTES);
	return result == 0 ? OK : ERR_AUTH;
}

enum status hash_sha256(const struct hash_piece *pieces, size_t count, uint8_t out[HASH_BYTES])
{
	struct hash_run run;
	enum status status = hash_run_begin(&run);

	for (size_t i = 0; i < count && status == OK; i++)
		status = hash_run_add(&run, pieces[i].data, pieces[i].bytes);
	return status == OK ? hash_run_end(&run, out) : status;
}

enum status hash_sha384(const struct hash_piece *pieces, size_t count, uint8_t out[HASH_SHA384_BYTES])
{
	mbedtls_sha512_context message;
	uint8_t digest[HASH_SHA384_BYTES];
	int result;

	mbedtls_sha512_init(&message);
	result = mbedtls_sha512_starts(&message, 1);
	for (size_t i = 0; i < count && result == 0; i++)
		result = mbedtls_sha512_update(&message, pieces[i].data, pieces[i].bytes);
	if (result == 0)
		result = mbedtls_sha512_finish(&message, digest);
	mbedtls_sha512_free(&message);
	if (result == 0)
		memcpy(out, digest, sizeof(digest));
	return result == 0 ? OK : ERR_AUTH;
}

bool hash_is_equal(const uint8_t a[HASH_BYTES], const uint8_t b[HASH_BYTES])
{
	uint8_t difference = 0;

	/* No early end: the time says nothing about where two digests differ. */
	for (size_t i = 0; i < HASH_BYTES; i++)
		difference |= a[i] ^ b[i];
	return difference == 0;
}
