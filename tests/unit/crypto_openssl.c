/*
 * What crypto/hash.h and crypto/signature.h promise, by OpenSSL: the readers are tested against another implementation
 * than the rooms link.
 * SPDX-License-Identifier: BSD-3-Clause
 */
/* OpenSSL has a type of the name of one of our statuses. */
#define ERR_STATE	openssl_err_state
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ecdsa.h>
#include <openssl/evp.h>
#include <openssl/params.h>
#undef ERR_STATE
#include "crypto/hash.h"
#include "crypto/signature.h"
#include <string.h>

static bool digest(const EVP_MD *kind, const struct hash_piece *pieces, size_t count, uint8_t *out)
{
	EVP_MD_CTX *context = EVP_MD_CTX_new();
	bool is_done = EVP_DigestInit_ex(context, kind, NULL) == 1;

	for (size_t i = 0; i < count; i++)
		is_done = is_done && EVP_DigestUpdate(context, pieces[i].data, pieces[i].bytes) == 1;
	is_done = is_done && EVP_DigestFinal_ex(context, out, NULL) == 1;
	EVP_MD_CTX_free(context);
	return is_done;
}

enum status hash_sha256(const struct hash_piece *pieces, size_t count, uint8_t out[HASH_BYTES])
{
	return digest(EVP_sha256(), pieces, count, out) ? OK : ERR_AUTH;
}

bool hash_is_equal(const uint8_t a[HASH_BYTES], const uint8_t b[HASH_BYTES])
{
	return memcmp(a, b, HASH_BYTES) == 0;
}

static EVP_PKEY *key_read(const uint8_t key[SIGNED_KEY_BYTES])
{
	char group[] = "P-384";
	uint8_t point[SIGNED_KEY_BYTES];
	OSSL_PARAM params[] = {
		OSSL_PARAM_construct_utf8_string(OSSL_PKEY_PARAM_GROUP_NAME, group, 0),
		OSSL_PARAM_construct_octet_string(OSSL_PKEY_PARAM_PUB_KEY, point, sizeof(point)),
		OSSL_PARAM_construct_end(),
	};
	EVP_PKEY_CTX *context = EVP_PKEY_CTX_new_from_name(NULL, "EC", NULL);
	EVP_PKEY *out = NULL;

	memcpy(point, key, sizeof(point));
	if (EVP_PKEY_fromdata_init(context) != 1 || EVP_PKEY_fromdata(context, &out, EVP_PKEY_PUBLIC_KEY, params) != 1)
		out = NULL;
	EVP_PKEY_CTX_free(context);
	return out;
}

static int der_make(const uint8_t signature[SIGNED_SIGNATURE_BYTES], uint8_t **out)
{
	ECDSA_SIG *pair = ECDSA_SIG_new();

	ECDSA_SIG_set0(pair, BN_bin2bn(signature, 48, NULL), BN_bin2bn(signature + 48, 48, NULL));

	int bytes = i2d_ECDSA_SIG(pair, out);

	ECDSA_SIG_free(pair);
	return bytes;
}

static enum status verdict = ERR_AUTH;
static bool is_half_way;

/* A sliced check takes two steps. */
void signature_begin(const uint8_t key[SIGNED_KEY_BYTES], const struct hash_piece *pieces, size_t count,
		     const uint8_t signature[SIGNED_SIGNATURE_BYTES], bool is_sliced)
{
	EVP_PKEY *public = key_read(key);
	EVP_PKEY_CTX *context = public == NULL ? NULL : EVP_PKEY_CTX_new(public, NULL);
	uint8_t hash[48], *der = NULL;
	int bytes = der_make(signature, &der);
	bool holds = context != NULL && digest(EVP_sha384(), pieces, count, hash) && EVP_PKEY_verify_init(context) == 1 &&
		     EVP_PKEY_verify(context, der, (size_t)bytes, hash, sizeof(hash)) == 1;

	OPENSSL_free(der);
	EVP_PKEY_CTX_free(context);
	EVP_PKEY_free(public);
	verdict = holds ? OK : ERR_AUTH;
	is_half_way = is_sliced;
}

enum status signature_step(void)
{
	enum status status = is_half_way ? ERR_BUSY : verdict;

	if (!is_half_way)
		verdict = ERR_AUTH;
	is_half_way = false;
	return status;
}
