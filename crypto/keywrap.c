/*
 * Key unwrap as RFC 3394, section 2.2.2 has it with an index; names are the RFC's.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "crypto/keywrap.h"
#include "lib/memory.h"
#include <mbedtls/aes.h>

#define BLOCK_BYTES	8	/* of the RFC: half a block of AES */
#define BLOCKS		(KEYWRAP_KEY_BYTES / BLOCK_BYTES)
#define ROUNDS		6
#define START		0xa6	/* every byte of the default initial value (section 2.2.3.1) */

static int unwrap(mbedtls_aes_context *aes, const uint8_t *wrapped, uint8_t a[2 * BLOCK_BYTES], uint8_t *r)
{
	int result = 0;

	memcpy(a, wrapped, BLOCK_BYTES);
	memcpy(r, wrapped + BLOCK_BYTES, KEYWRAP_KEY_BYTES);
	for (unsigned t = ROUNDS * BLOCKS; t > 0 && result == 0; t--) {
		uint8_t *block = r + (t - 1) % BLOCKS * BLOCK_BYTES;

		a[BLOCK_BYTES - 1] ^= (uint8_t)t;
		memcpy(a + BLOCK_BYTES, block, BLOCK_BYTES);
		result = mbedtls_aes_crypt_ecb(aes, MBEDTLS_AES_DECRYPT, a, a);
		memcpy(block, a + BLOCK_BYTES, BLOCK_BYTES);
	}
	return result;
}

enum status keywrap_open(const uint8_t key[KEYWRAP_KEY_BYTES], const uint8_t wrapped[KEYWRAP_WRAPPED_BYTES],
			 uint8_t out[KEYWRAP_KEY_BYTES])
{
	mbedtls_aes_context aes;
	uint8_t a[2 * BLOCK_BYTES], differ = 0;
	int result;

	mbedtls_aes_init(&aes);
	result = mbedtls_aes_setkey_dec(&aes, key, 8 * KEYWRAP_KEY_BYTES);
	if (result == 0)
		result = unwrap(&aes, wrapped, a, out);
	mbedtls_aes_free(&aes);
	for (unsigned i = 0; result == 0 && i < BLOCK_BYTES; i++)
		differ |= a[i] ^ START;
	memory_wipe(a, sizeof(a));
	if (result == 0 && differ == 0)
		return OK;
	memory_wipe(out, KEYWRAP_KEY_BYTES);
	return ERR_AUTH;
}
