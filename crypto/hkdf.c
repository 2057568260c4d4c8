/*
 * HKDF over Mbed TLS. Its contexts are allocated; they live in a small pool here and nothing of them outlives a call.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "crypto/hkdf.h"
#include "lib/memory.h"
#include <mbedtls/hkdf.h>
#include <mbedtls/md.h>
#include <mbedtls/memory_buffer_alloc.h>

/* One context of SHA-256 and the two blocks of an HMAC at a time, and the allocator's heads. */
#define POOL_BYTES	1024

static uint8_t pool[POOL_BYTES] ALIGNED(16);

enum status hkdf_sha256(struct hash_piece salt, struct hash_piece key, struct hash_piece info, uint8_t *out,
			size_t bytes)
{
	int result;

	mbedtls_memory_buffer_alloc_init(pool, sizeof(pool));
	result = mbedtls_hkdf(mbedtls_md_info_from_type(MBEDTLS_MD_SHA256), salt.data, salt.bytes, key.data, key.bytes,
			      info.data, info.bytes, out, bytes);
	mbedtls_memory_buffer_alloc_free();
	memory_wipe(pool, sizeof(pool));
	if (result == 0 && bytes != 0)
		return OK;
	memory_wipe(out, bytes);
	return ERR_AUTH;
}
