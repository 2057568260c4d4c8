/*
 * HKDF over Mbed TLS. The library allocates its contexts, and wipes them before it gives them back.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "crypto/hkdf.h"
#include "crypto/pool.h"
#include "lib/memory.h"
#include <mbedtls/hkdf.h>
#include <mbedtls/md.h>

enum status hkdf_sha256(struct hash_piece salt, struct hash_piece key, struct hash_piece info, uint8_t *out,
			size_t bytes)
{
	int result;

	pool_open();
	result = mbedtls_hkdf(mbedtls_md_info_from_type(MBEDTLS_MD_SHA256), salt.data, salt.bytes, key.data, key.bytes,
			      info.data, info.bytes, out, bytes);
	if (result == 0 && bytes != 0)
		return OK;
	memory_wipe(out, bytes);
	return ERR_AUTH;
}
