/*
 * Decides from what the wrapping key comes, and what a chunk's nonce is (docs/formats.md, "VM images").
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "tools/content_key.h"
#include <string.h>
#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/kdf.h>
#include "tools/public_key_evp.h"

#define SECRET_BYTES	48	/* of ECDH with P-384: the x coordinate */
#define NONCE_BYTES	12

static int failed(const char *what)
{
	return refuse(TOOL_FAILED, &(struct refusal){
		.code = "no-encryption", .object = "libcrypto", .problem = text("%s failed", what),
		.expected = "OpenSSL 3.0 or newer with P-384, HKDF and AES", .found = "an error",
		.advice = "check OpenSSL: 'openssl version'" });
}

static bool secret_make(EVP_PKEY *own, EVP_PKEY *peer, uint8_t out[SECRET_BYTES])
{
	EVP_PKEY_CTX *derive = EVP_PKEY_CTX_new_from_pkey(NULL, own, NULL);
	size_t bytes = SECRET_BYTES;
	bool ok = derive != NULL && EVP_PKEY_derive_init(derive) == 1 && EVP_PKEY_derive_set_peer(derive, peer) == 1 &&
		  EVP_PKEY_derive(derive, out, &bytes) == 1 && bytes == SECRET_BYTES;

	EVP_PKEY_CTX_free(derive);
	return ok;
}

static bool wrapping_key_make(uint8_t secret[SECRET_BYTES], const struct public_key *owner, uint8_t out[VMIMAGE_KEY_BYTES])
{
	uint8_t info[VMIMAGE_CONTEXT_BYTES];
	char digest[] = "SHA256";
	OSSL_PARAM parameters[] = {
		OSSL_PARAM_construct_utf8_string(OSSL_KDF_PARAM_DIGEST, digest, 0),
		OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_KEY, secret, SECRET_BYTES),
		OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_INFO, info, sizeof(info)),
		OSSL_PARAM_construct_end(),
	};
	EVP_KDF *kdf = EVP_KDF_fetch(NULL, "HKDF", NULL);
	EVP_KDF_CTX *derive = kdf != NULL ? EVP_KDF_CTX_new(kdf) : NULL;

	vmimage_context_write(owner->point, info);

	bool ok = derive != NULL && EVP_KDF_derive(derive, out, VMIMAGE_KEY_BYTES, parameters) == 1;

	EVP_KDF_CTX_free(derive);
	EVP_KDF_free(kdf);
	return ok;
}

/* RFC 3394. */
static bool wrap(const uint8_t wrapping[VMIMAGE_KEY_BYTES], const uint8_t key[VMIMAGE_KEY_BYTES],
		 uint8_t out[VMIMAGE_WRAPPED_BYTES])
{
	EVP_CIPHER_CTX *cipher = EVP_CIPHER_CTX_new();
	int bytes = 0;

	if (cipher != NULL)
		EVP_CIPHER_CTX_set_flags(cipher, EVP_CIPHER_CTX_FLAG_WRAP_ALLOW);

	bool ok = cipher != NULL && EVP_EncryptInit_ex(cipher, EVP_aes_256_wrap(), NULL, wrapping, NULL) == 1 &&
		  EVP_EncryptUpdate(cipher, out, &bytes, key, VMIMAGE_KEY_BYTES) == 1 && bytes == VMIMAGE_WRAPPED_BYTES;

	EVP_CIPHER_CTX_free(cipher);
	return ok;
}

int content_key_wrap(const uint8_t key[VMIMAGE_KEY_BYTES], const struct public_key *platform, const struct public_key *owner,
		     struct vmimage_recipient *out)
{
	uint8_t secret[SECRET_BYTES], wrapping[VMIMAGE_KEY_BYTES];
	EVP_PKEY *peer = public_key_evp(platform), *ephemeral = EVP_EC_gen("P-384");
	struct vmimage_recipient recipient;
	struct public_key public;
	bool ok = peer != NULL && ephemeral != NULL && public_key_take(ephemeral, &public) &&
		  secret_make(ephemeral, peer, secret) && wrapping_key_make(secret, owner, wrapping) &&
		  wrap(wrapping, key, recipient.wrapped);

	OPENSSL_cleanse(secret, sizeof(secret));
	OPENSSL_cleanse(wrapping, sizeof(wrapping));
	EVP_PKEY_free(ephemeral);
	EVP_PKEY_free(peer);
	if (!ok)
		return failed("wrapping the content key");
	memcpy(recipient.ephemeral, public.point, sizeof(recipient.ephemeral));
	if (public_key_digest(platform, recipient.platform) != TOOL_DONE)
		return TOOL_FAILED;
	*out = recipient;
	return TOOL_DONE;
}

struct chunk_cipher *chunk_cipher_make(const uint8_t key[VMIMAGE_KEY_BYTES])
{
	EVP_CIPHER_CTX *cipher = EVP_CIPHER_CTX_new();

	/* Its usual nonce has 12 bytes. The key is expanded once. */
	if (cipher != NULL && EVP_EncryptInit_ex(cipher, EVP_aes_256_gcm(), NULL, key, NULL) == 1)
		return (struct chunk_cipher *)cipher;
	EVP_CIPHER_CTX_free(cipher);
	(void)failed("AES-256-GCM");
	return NULL;
}

void chunk_cipher_free(struct chunk_cipher *cipher)
{
	EVP_CIPHER_CTX_free((EVP_CIPHER_CTX *)cipher);
}

bool chunk_encrypt(struct chunk_cipher *cipher, const struct vmimage_chunk *head, uint8_t content[VMIMAGE_CHUNK_BYTES],
		   uint8_t tag[VMIMAGE_TAG_BYTES])
{
	EVP_CIPHER_CTX *gcm = (EVP_CIPHER_CTX *)cipher;
	uint8_t nonce[NONCE_BYTES] = { 0 };
	int bytes = 0;

	for (unsigned i = 0; i < sizeof(head->index); i++)
		nonce[NONCE_BYTES - 1 - i] = (uint8_t)(head->index >> 8 * i);
	return EVP_EncryptInit_ex(gcm, NULL, NULL, NULL, nonce) == 1 &&
	       EVP_EncryptUpdate(gcm, NULL, &bytes, (const uint8_t *)head, sizeof(*head)) == 1 &&
	       EVP_EncryptUpdate(gcm, content, &bytes, content, VMIMAGE_CHUNK_BYTES) == 1 && bytes == VMIMAGE_CHUNK_BYTES &&
	       EVP_EncryptFinal_ex(gcm, content + VMIMAGE_CHUNK_BYTES, &bytes) == 1 &&
	       EVP_CIPHER_CTX_ctrl(gcm, EVP_CTRL_GCM_GET_TAG, VMIMAGE_TAG_BYTES, tag) == 1;
}
