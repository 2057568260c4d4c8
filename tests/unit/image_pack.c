/*
 * The owner's side of a VM image over OpenSSL. A failure of the library ends the program.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "tests/unit/image_pack.h"
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/kdf.h>
#include <openssl/params.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MUST(condition) must((condition), #condition)

static void must(int holds, const char *what)
{
	if (holds)
		return;
	fprintf(stderr, "image_pack: %s\n", what);
	abort();
}

static void hkdf(const char *salt, const uint8_t *key, size_t key_bytes, const void *info, size_t info_bytes, uint8_t *out,
		 size_t bytes)
{
	EVP_KDF *kdf = EVP_KDF_fetch(NULL, "HKDF", NULL);
	EVP_KDF_CTX *context = EVP_KDF_CTX_new(kdf);
	char digest[] = "SHA256";
	OSSL_PARAM params[] = {
		OSSL_PARAM_construct_utf8_string(OSSL_KDF_PARAM_DIGEST, digest, 0),
		OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_KEY, (void *)(uintptr_t)key, key_bytes),
		OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_SALT, (void *)(uintptr_t)salt, strlen(salt)),
		OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_INFO, (void *)(uintptr_t)info, info_bytes),
		OSSL_PARAM_construct_end(),
	};

	MUST(EVP_KDF_derive(context, out, bytes, params) == 1);
	EVP_KDF_CTX_free(context);
	EVP_KDF_free(kdf);
}

static void put_le32(uint8_t *out, uint32_t value)
{
	for (unsigned i = 0; i < 4; i++)
		out[i] = (uint8_t)(value >> 8 * i);
}

void pack_key(const uint8_t secret[32], const char *label, uint32_t lifecycle, const uint8_t digest[32], uint8_t out[97])
{
	uint8_t info[64] = { 0 }, seed[56];
	EC_GROUP *group = EC_GROUP_new_by_curve_name(NID_secp384r1);
	EC_POINT *point = EC_POINT_new(group);
	BIGNUM *number, *most = BN_dup(EC_GROUP_get0_order(group));
	BN_CTX *context = BN_CTX_new();

	memcpy(info, label, strlen(label));
	put_le32(info + 24, lifecycle);
	memcpy(info + 32, digest, 32);
	hkdf("redoubt keys 1", secret, 32, info, sizeof(info), seed, sizeof(seed));
	number = BN_bin2bn(seed, sizeof(seed), NULL);
	MUST(BN_sub_word(most, 1) == 1 && BN_mod(number, number, most, context) == 1 && BN_add_word(number, 1) == 1);
	MUST(EC_POINT_mul(group, point, number, NULL, NULL, context) == 1);
	MUST(EC_POINT_point2oct(group, point, POINT_CONVERSION_UNCOMPRESSED, out, 97, context) == 97);
	BN_CTX_free(context);
	BN_free(most);
	BN_free(number);
	EC_POINT_free(point);
	EC_GROUP_free(group);
}

void pack_platform(const uint8_t secret[32], uint32_t lifecycle, const uint8_t root_sha256[32], uint8_t out[97])
{
	pack_key(secret, "image wrap", lifecycle, root_sha256, out);
}

static EVP_PKEY *public_key(const uint8_t point[97])
{
	EVP_PKEY_CTX *context = EVP_PKEY_CTX_new_from_name(NULL, "EC", NULL);
	EVP_PKEY *key = NULL;
	char curve[] = "P-384";
	OSSL_PARAM params[] = {
		OSSL_PARAM_construct_utf8_string(OSSL_PKEY_PARAM_GROUP_NAME, curve, 0),
		OSSL_PARAM_construct_octet_string(OSSL_PKEY_PARAM_PUB_KEY, (void *)(uintptr_t)point, 97),
		OSSL_PARAM_construct_end(),
	};

	MUST(EVP_PKEY_fromdata_init(context) == 1 && EVP_PKEY_fromdata(context, &key, EVP_PKEY_PUBLIC_KEY, params) == 1);
	EVP_PKEY_CTX_free(context);
	return key;
}

static void agree(EVP_PKEY *mine, const uint8_t theirs[97], uint8_t secret[48])
{
	EVP_PKEY *peer = public_key(theirs);
	EVP_PKEY_CTX *context = EVP_PKEY_CTX_new(mine, NULL);
	size_t bytes = 48;

	MUST(EVP_PKEY_derive_init(context) == 1 && EVP_PKEY_derive_set_peer(context, peer) == 1);
	MUST(EVP_PKEY_derive(context, secret, &bytes) == 1 && bytes == 48);
	EVP_PKEY_CTX_free(context);
	EVP_PKEY_free(peer);
}

void pack_wrap(const uint8_t platform[97], const uint8_t owner[97], const uint8_t key[32], uint8_t ephemeral[97],
	       uint8_t wrapped[40])
{
	/* [-5, [owner, nil, nil], [nil, nil, nil], [256, h'a101381e']] */
	uint8_t info[117] = "\x84\x24\x83\x58\x61";
	EVP_PKEY *mine = EVP_EC_gen("P-384");
	EVP_CIPHER_CTX *cipher = EVP_CIPHER_CTX_new();
	uint8_t secret[48], wrapping[32];
	size_t bytes;
	int done;

	MUST(mine != NULL && EVP_PKEY_get_octet_string_param(mine, OSSL_PKEY_PARAM_PUB_KEY, ephemeral, 97, &bytes) == 1);
	MUST(bytes == 97);
	agree(mine, platform, secret);
	memcpy(info + 5, owner, 97);
	memcpy(info + 102, "\xf6\xf6\x83\xf6\xf6\xf6\x82\x19\x01\x00\x44\xa1\x01\x38\x1e", 15);
	hkdf("", secret, sizeof(secret), info, sizeof(info), wrapping, sizeof(wrapping));
	EVP_CIPHER_CTX_set_flags(cipher, EVP_CIPHER_CTX_FLAG_WRAP_ALLOW);
	MUST(EVP_EncryptInit_ex(cipher, EVP_aes_256_wrap(), NULL, wrapping, NULL) == 1);
	MUST(EVP_EncryptUpdate(cipher, wrapped, &done, key, 32) == 1 && done == 40);
	EVP_CIPHER_CTX_free(cipher);
	EVP_PKEY_free(mine);
}

void pack_chunk(const uint8_t key[32], uint32_t index, const void *header, size_t header_bytes, const uint8_t *text,
		uint8_t *out, uint8_t tag[16])
{
	EVP_CIPHER_CTX *cipher = EVP_CIPHER_CTX_new();
	uint8_t nonce[12] = { [8] = (uint8_t)(index >> 24), [9] = (uint8_t)(index >> 16), [10] = (uint8_t)(index >> 8),
			      [11] = (uint8_t)index };
	int done;

	MUST(EVP_EncryptInit_ex(cipher, EVP_aes_256_gcm(), NULL, key, nonce) == 1);
	MUST(EVP_EncryptUpdate(cipher, NULL, &done, header, (int)header_bytes) == 1);
	MUST(EVP_EncryptUpdate(cipher, out, &done, text, 4096) == 1 && done == 4096);
	MUST(EVP_EncryptFinal_ex(cipher, out + done, &done) == 1 && done == 0);
	MUST(EVP_CIPHER_CTX_ctrl(cipher, EVP_CTRL_GCM_GET_TAG, 16, tag) == 1);
	EVP_CIPHER_CTX_free(cipher);
}
