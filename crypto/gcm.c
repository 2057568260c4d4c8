/*
 * AES-256-GCM over Mbed TLS: turns its calls into one each, and its errors into one. The key's schedule is on the stack
 * while a call lasts, or where the caller keeps it; the library wipes it.
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

_Static_assert(sizeof(mbedtls_gcm_context) <= GCM_KEPT_BYTES, "the library's part of a key fits");

static mbedtls_gcm_context *kept(struct gcm_key *key)
{
	return (mbedtls_gcm_context *)(void *)key->library;
}

enum status gcm_key_open(struct gcm_key *out, const uint8_t key[GCM_KEY_BYTES])
{
	mbedtls_gcm_init(kept(out));
	if (mbedtls_gcm_setkey(kept(out), MBEDTLS_CIPHER_ID_AES, key, 8 * GCM_KEY_BYTES) == 0)
		return OK;
	gcm_key_close(out);
	return ERR_AUTH;
}

void gcm_key_close(struct gcm_key *key)
{
	mbedtls_gcm_free(kept(key));
	memory_wipe(key, sizeof(*key));
}

enum status gcm_key_begin(struct gcm_key *key, const uint8_t nonce[GCM_NONCE_BYTES], struct hash_piece header)
{
	int result = mbedtls_gcm_starts(kept(key), MBEDTLS_GCM_DECRYPT, nonce, GCM_NONCE_BYTES);

	if (result == 0)
		result = mbedtls_gcm_update_ad(kept(key), header.data, header.bytes);
	return result == 0 ? OK : ERR_AUTH;
}

enum status gcm_key_add(struct gcm_key *key, const uint8_t *in, uint8_t *out, size_t bytes)
{
	size_t done = 0;
	int result = mbedtls_gcm_update(kept(key), in, bytes, out, bytes, &done);

	return result == 0 && done == bytes ? OK : ERR_AUTH;
}

enum status gcm_key_end(struct gcm_key *key, const uint8_t tag[GCM_TAG_BYTES])
{
	uint8_t made[GCM_TAG_BYTES], differ = 0;
	size_t done = 0;
	int result = mbedtls_gcm_finish(kept(key), NULL, 0, &done, made, sizeof(made));

	for (size_t i = 0; i < sizeof(made); i++)
		differ |= made[i] ^ tag[i];
	return result == 0 && differ == 0 ? OK : ERR_AUTH;
}
