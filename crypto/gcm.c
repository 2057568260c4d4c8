/*
 * AES-256-GCM over Mbed TLS: turns its calls into one each, and its errors into one. The key's schedule is on the stack
 * while a call lasts; the library wipes it.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "crypto/gcm.h"
#include "lib/memory.h"
#include <mbedtls/gcm.h>

enum status gcm_seal(const struct gcm_message *message, const uint8_t *in, uint8_t *out, uint8_t tag[GCM_TAG_BYTES])
{
	mbedtls_gcm_context context;
	uint8_t made[GCM_TAG_BYTES];
	int result;

	mbedtls_gcm_init(&context);
	result = mbedtls_gcm_setkey(&context, MBEDTLS_CIPHER_ID_AES, message->key, 8 * GCM_KEY_BYTES);
	if (result == 0)
		result = mbedtls_gcm_crypt_and_tag(&context, MBEDTLS_GCM_ENCRYPT, message->bytes, message->nonce,
						   GCM_NONCE_BYTES, message->header.data, message->header.bytes, in,
						   out, sizeof(made), made);
	mbedtls_gcm_free(&context);
	if (result != 0)
		return ERR_AUTH;
	memcpy(tag, made, sizeof(made));
	return OK;
}

enum status gcm_open(const struct gcm_message *message, const uint8_t tag[GCM_TAG_BYTES], const uint8_t *in,
		     uint8_t *out)
{
	mbedtls_gcm_context context;
	int result;

	mbedtls_gcm_init(&context);
	result = mbedtls_gcm_setkey(&context, MBEDTLS_CIPHER_ID_AES, message->key, 8 * GCM_KEY_BYTES);
	if (result == 0)
		result = mbedtls_gcm_auth_decrypt(&context, message->bytes, message->nonce, GCM_NONCE_BYTES,
						  message->header.data, message->header.bytes, tag, GCM_TAG_BYTES, in,
						  out);
	mbedtls_gcm_free(&context);
	if (result == 0)
		return OK;
	memory_wipe(out, message->bytes);
	return ERR_AUTH;
}
