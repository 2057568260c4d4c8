/*
 * Unwraps content keys and decrypts chunks; see opener.h.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "tests/unit/test.h"
#include "tests/unit/opener.h"
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include "tests/unit/signer.h"

/* RFC 5869: extract with 32 zeros as salt, expand to one block. */
static void hkdf(const uint8_t secret[48], const uint8_t owner[97], uint8_t out[32])
{
	/* The context: [ -5, [ owner, nil, nil ], [ nil, nil, nil ], [ 256, {1: -31} in a string ] ], and the block's number. */
	static const uint8_t end[] = "\xf6\xf6\x83\xf6\xf6\xf6\x82\x19\x01\x00\x44\xa1\x01\x38\x1e\x01";
	uint8_t salt[32] = { 0 }, pseudorandom[32], info[5 + 97 + sizeof(end) - 1] = "\x84\x24\x83\x58\x61";

	memcpy(info + 5, owner, 97);
	memcpy(info + 102, end, sizeof(end) - 1);
	assert_non_null(HMAC(EVP_sha256(), salt, sizeof(salt), secret, 48, pseudorandom, NULL));
	assert_non_null(HMAC(EVP_sha256(), pseudorandom, sizeof(pseudorandom), info, sizeof(info), out, NULL));
}

bool opener_unwrap(unsigned platform, const uint8_t owner[97], const uint8_t ephemeral[97], const uint8_t wrapped[40],
		   uint8_t key[32])
{
	EVP_CIPHER_CTX *cipher = EVP_CIPHER_CTX_new();
	uint8_t secret[48], wrapping[32], room[40];
	int bytes = 0;

	signer_agree(platform, ephemeral, secret);
	hkdf(secret, owner, wrapping);
	EVP_CIPHER_CTX_set_flags(cipher, EVP_CIPHER_CTX_FLAG_WRAP_ALLOW);

	bool ok = EVP_DecryptInit_ex(cipher, EVP_aes_256_wrap(), NULL, wrapping, NULL) == 1 &&
		  EVP_DecryptUpdate(cipher, room, &bytes, wrapped, 40) == 1 && bytes == 32;

	memcpy(key, room, 32);
	EVP_CIPHER_CTX_free(cipher);
	return ok;
}

bool opener_decrypt(const uint8_t key[32], const void *head, uint32_t index, const uint8_t *chunk, const uint8_t *tag,
		    uint8_t *out)
{
	EVP_CIPHER_CTX *cipher = EVP_CIPHER_CTX_new();
	uint8_t nonce[12] = { 0 }, copy[16], end[16];
	int bytes;

	nonce[10] = (uint8_t)(index >> 8);
	nonce[11] = (uint8_t)index;
	memcpy(copy, tag, sizeof(copy));

	bool ok = EVP_DecryptInit_ex(cipher, EVP_aes_256_gcm(), NULL, key, nonce) == 1 &&
		  EVP_DecryptUpdate(cipher, NULL, &bytes, head, 40) == 1 &&
		  EVP_DecryptUpdate(cipher, out, &bytes, chunk, 4096) == 1 &&
		  EVP_CIPHER_CTX_ctrl(cipher, EVP_CTRL_AEAD_SET_TAG, 16, copy) == 1 &&
		  EVP_DecryptFinal_ex(cipher, end, &bytes) == 1;

	EVP_CIPHER_CTX_free(cipher);
	return ok;
}
