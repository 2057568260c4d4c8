/*
 * HMAC_DRBG over Mbed TLS. Its contexts are allocated, once a seed, from a pool of our own that they stay in.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "crypto/drbg.h"
#include "lib/memory.h"
#include <mbedtls/hmac_drbg.h>
#include <mbedtls/memory_buffer_alloc.h>

/* One context of SHA-256, the two blocks of an HMAC, and the allocator's heads. */
#define POOL_BYTES	1024

static uint8_t pool[POOL_BYTES] ALIGNED(16);
static mbedtls_hmac_drbg_context generator;
static bool is_seeded;

enum status drbg_seed(const uint8_t seed[DRBG_SEED_BYTES])
{
	int result;

	memory_wipe(pool, sizeof(pool));
	mbedtls_memory_buffer_alloc_init(pool, sizeof(pool));
	mbedtls_hmac_drbg_init(&generator);
	result = mbedtls_hmac_drbg_seed_buf(&generator, mbedtls_md_info_from_type(MBEDTLS_MD_SHA256), seed,
					    DRBG_SEED_BYTES);
	/* Leaves the pool as it is: nothing more is allocated, and others have pools of their own. */
	mbedtls_memory_buffer_alloc_free();
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
