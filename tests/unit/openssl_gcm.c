/*
 * AES-256-GCM by OpenSSL.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "tests/unit/openssl_gcm.h"
#include <openssl/evp.h>

bool openssl_gcm_seal(const uint8_t *key, const uint8_t *nonce, const uint8_t *header, size_t header_bytes,
		      const uint8_t *text, size_t bytes, uint8_t *out, uint8_t *tag)
{
	EVP_CIPHER_CTX *context = EVP_CIPHER_CTX_new();
	int count;
	bool is_made = context != NULL && EVP_EncryptInit_ex(context, EVP_aes_256_gcm(), NULL, key, nonce) == 1 &&
		       EVP_EncryptUpdate(context, NULL, &count, header, (int)header_bytes) == 1 &&
		       EVP_EncryptUpdate(context, out, &count, text, (int)bytes) == 1 &&
		       EVP_EncryptFinal_ex(context, out + count, &count) == 1 &&
		       EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_GCM_GET_TAG, 16, tag) == 1;

	EVP_CIPHER_CTX_free(context);
	return is_made;
}
