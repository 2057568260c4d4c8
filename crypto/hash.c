/*
 * SHA-256 over Mbed TLS: turns its calls into one, and its errors into one.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "crypto/hash.h"
#include "lib/memory.h"
#include <mbedtls/platform_util.h>
#include <mbedtls/sha256.h>

/* Mbed TLS wipes its state through this function, which it leaves to us. */
void mbedtls_platform_zeroize(void *buffer, size_t bytes)
{
	memory_wipe(buffer, bytes);
}

enum status hash_sha256(const struct hash_piece *pieces, size_t count, uint8_t out[HASH_BYTES])
{
	mbedtls_sha256_context context;
	uint8_t digest[HASH_BYTES];
	int result;

	mbedtls_sha256_init(&context);
	result = mbedtls_sha256_starts(&context, 0);
	for (size_t i = 0; i < count && result == 0; i++)
		result = mbedtls_sha256_update(&context, pieces[i].data, pieces[i].bytes);
	if (result == 0)
		result = mbedtls_sha256_finish(&context, digest);
	mbedtls_sha256_free(&context);
	if (result != 0)
		return ERR_AUTH;
	memcpy(out, digest, HASH_BYTES);
	return OK;
}

bool hash_is_equal(const uint8_t a[HASH_BYTES], const uint8_t b[HASH_BYTES])
{
	uint8_t difference = 0;

	/* No early end: the time says nothing about where two digests differ. */
	for (size_t i = 0; i < HASH_BYTES; i++)
		difference |= a[i] ^ b[i];
	return difference == 0;
}
