/*
 * HMAC_DRBG over Mbed TLS. The library allocates its contexts, once a seed; they stay.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "crypto/drbg.h"
#include "crypto/pool.h"
#include "lib/memory.h"
#include <mbedtls/hmac_drbg.h>

static mbedtls_hmac_drbg_context generator;
static bool is_seeded;

enum status drbg_seed(const uint8_t seed[DRBG_SEED_BYTES])
{
	int result;

	if (is_seeded)
		mbedtls_hmac_drbg_free(&generator);
	pool_open();
	mbedtls_hmac_drbg_init(&generator);
	result = mbedtls_hmac_drbg_seed_buf(&generator, mbedtls_md_info_from_type(MBEDTLS_MD_SHA256), seed,
					    DRBG_SEED_BYTES);
	is_seeded = result == 0;
	return is_seeded ? OK : ERR_AUTH;
}

enum status drbg_make(void *out, size_t bytes)
{
	if (is_seeded && bytes != 0 && mbedtls_hmac_drbg_random(&generator, out, bytes) == 0)
		return OK;
	memory_wipe(out, bytes);
	return ERR_AUTH;
}
