/*
 * Keys and signatures by OpenSSL: the private key of number n is the SHA-384 of "key n", less its top bit.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "tests/unit/signer.h"
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/ecdsa.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>
#include <stdio.h>
#include <stdlib.h>

#define HALF_BYTES	48
#define SIGNER_MAX	16

static struct key {
	EVP_PKEY *pair;
	uint8_t public[97];
} keys[SIGNER_MAX];

/* OpenSSL failing is no test result. */
static void must(int done)
{
	if (!done)
		abort();
}

static BIGNUM *private_make(unsigned number)
{
	char text[16];
	uint8_t digest[HALF_BYTES];

	must(EVP_Digest(text, (size_t)snprintf(text, sizeof(text), "key %u", number), digest, NULL, EVP_sha384(), NULL));
	/* Below half the order, and not zero. */
	digest[0] &= 0x7f;
	return BN_bin2bn(digest, sizeof(digest), NULL);
}

static void key_make(unsigned number, struct key *out)
{
	EC_GROUP *group = EC_GROUP_new_by_curve_name(NID_secp384r1);
	EC_POINT *point = EC_POINT_new(group);
	BIGNUM *private = private_make(number);
	OSSL_PARAM_BLD *build = OSSL_PARAM_BLD_new();
	EVP_PKEY_CTX *context = EVP_PKEY_CTX_new_from_name(NULL, "EC", NULL);

	must(EC_POINT_mul(group, point, private, NULL, NULL, NULL));
	must(EC_POINT_point2oct(group, point, POINT_CONVERSION_UNCOMPRESSED, out->public, 97, NULL) == 97);
	must(OSSL_PARAM_BLD_push_utf8_string(build, OSSL_PKEY_PARAM_GROUP_NAME, "P-384", 0));
	must(OSSL_PARAM_BLD_push_octet_string(build, OSSL_PKEY_PARAM_PUB_KEY, out->public, 97));
	must(OSSL_PARAM_BLD_push_BN(build, OSSL_PKEY_PARAM_PRIV_KEY, private));

	OSSL_PARAM *params = OSSL_PARAM_BLD_to_param(build);

	must(EVP_PKEY_fromdata_init(context) == 1 && EVP_PKEY_fromdata(context, &out->pair, EVP_PKEY_KEYPAIR, params) == 1);
	OSSL_PARAM_free(params);
	EVP_PKEY_CTX_free(context);
	OSSL_PARAM_BLD_free(build);
	BN_free(private);
	EC_POINT_free(point);
	EC_GROUP_free(group);
}

static const struct key *key_of(unsigned number)
{
	must(number < SIGNER_MAX);
	if (keys[number].pair == NULL)
		key_make(number, &keys[number]);
	return &keys[number];
}

void signer_public(unsigned number, uint8_t out[97])
{
	const struct key *key = key_of(number);

	for (unsigned i = 0; i < 97; i++)
		out[i] = key->public[i];
}

void signer_sign(unsigned number, const uint8_t *bytes, size_t count, uint8_t out[96])
{
	EVP_MD_CTX *context = EVP_MD_CTX_new();
	uint8_t der[128];
	const uint8_t *at = der;
	size_t der_count = sizeof(der);

	must(EVP_DigestSignInit(context, NULL, EVP_sha384(), NULL, key_of(number)->pair) == 1);
	must(EVP_DigestSign(context, der, &der_count, bytes, count) == 1);

	ECDSA_SIG *signature = d2i_ECDSA_SIG(NULL, &at, (long)der_count);

	must(BN_bn2binpad(ECDSA_SIG_get0_r(signature), out, HALF_BYTES) == HALF_BYTES);
	must(BN_bn2binpad(ECDSA_SIG_get0_s(signature), out + HALF_BYTES, HALF_BYTES) == HALF_BYTES);
	ECDSA_SIG_free(signature);
	EVP_MD_CTX_free(context);
}

void signer_sha384(const void *bytes, size_t count, uint8_t out[48])
{
	must(EVP_Digest(bytes, count, out, NULL, EVP_sha384(), NULL));
}

bool signer_holds(const uint8_t key[97], const uint8_t digest[48], const uint8_t signature[96])
{
	OSSL_PARAM params[] = {
		OSSL_PARAM_construct_utf8_string(OSSL_PKEY_PARAM_GROUP_NAME, (char[]){ "P-384" }, 0),
		OSSL_PARAM_construct_octet_string(OSSL_PKEY_PARAM_PUB_KEY, (void *)(uintptr_t)key, 97),
		OSSL_PARAM_construct_end(),
	};
	EVP_PKEY_CTX *context = EVP_PKEY_CTX_new_from_name(NULL, "EC", NULL), *check;
	ECDSA_SIG *numbers = ECDSA_SIG_new();
	EVP_PKEY *public = NULL;
	uint8_t *der = NULL;
	int count;

	must(EVP_PKEY_fromdata_init(context) == 1);
	must(EVP_PKEY_fromdata(context, &public, EVP_PKEY_PUBLIC_KEY, params) == 1);
	must(ECDSA_SIG_set0(numbers, BN_bin2bn(signature, HALF_BYTES, NULL),
			    BN_bin2bn(signature + HALF_BYTES, HALF_BYTES, NULL)));
	count = i2d_ECDSA_SIG(numbers, &der);
	check = EVP_PKEY_CTX_new(public, NULL);
	must(count > 0 && EVP_PKEY_verify_init(check) == 1);

	bool holds = EVP_PKEY_verify(check, der, (size_t)count, digest, HALF_BYTES) == 1;

	OPENSSL_free(der);
	ECDSA_SIG_free(numbers);
	EVP_PKEY_CTX_free(check);
	EVP_PKEY_free(public);
	EVP_PKEY_CTX_free(context);
	return holds;
}

void signer_twin(uint8_t signature[96])
{
	EC_GROUP *group = EC_GROUP_new_by_curve_name(NID_secp384r1);
	BIGNUM *s = BN_bin2bn(signature + HALF_BYTES, HALF_BYTES, NULL);

	must(BN_sub(s, EC_GROUP_get0_order(group), s));
	must(BN_bn2binpad(s, signature + HALF_BYTES, HALF_BYTES) == HALF_BYTES);
	BN_free(s);
	EC_GROUP_free(group);
}

/* The key is (s * R - e * G) / r, for any point R with the x coordinate r. */
void signer_small(const uint8_t *bytes, size_t count, uint8_t key[97], uint8_t signature[96])
{
	EC_GROUP *group = EC_GROUP_new_by_curve_name(NID_secp384r1);
	EC_POINT *point = EC_POINT_new(group);
	BN_CTX *context = BN_CTX_new();
	const BIGNUM *order = EC_GROUP_get0_order(group);
	uint8_t digest[HALF_BYTES];
	BIGNUM *e, *r = BN_bin2bn(key_of(1)->public + 1, HALF_BYTES, NULL);
	BIGNUM *inverse = BN_mod_inverse(NULL, r, order, context);

	signer_sha384(bytes, count, digest);
	e = BN_bin2bn(digest, HALF_BYTES, NULL);
	must(BN_cmp(r, order) < 0 && BN_bn2binpad(r, signature, HALF_BYTES) == HALF_BYTES);
	must(BN_bn2binpad(BN_value_one(), signature + HALF_BYTES, HALF_BYTES) == HALF_BYTES);
	must(BN_mod_mul(e, e, inverse, order, context) && BN_sub(e, order, e));
	must(EC_POINT_oct2point(group, point, key_of(1)->public, 97, context));
	must(EC_POINT_mul(group, point, e, point, inverse, context));
	must(EC_POINT_point2oct(group, point, POINT_CONVERSION_UNCOMPRESSED, key, 97, context) == 97);
	BN_free(inverse);
	BN_free(r);
	BN_free(e);
	BN_CTX_free(context);
	EC_POINT_free(point);
	EC_GROUP_free(group);
}

void signer_over(uint8_t signature[96])
{
	EC_GROUP *group = EC_GROUP_new_by_curve_name(NID_secp384r1);
	BIGNUM *s = BN_bin2bn(signature + HALF_BYTES, HALF_BYTES, NULL);

	must(BN_add(s, EC_GROUP_get0_order(group), s));
	must(BN_bn2binpad(s, signature + HALF_BYTES, HALF_BYTES) == HALF_BYTES);
	BN_free(s);
	EC_GROUP_free(group);
}

void signer_agree(unsigned number, const uint8_t peer[97], uint8_t out[48])
{
	EC_GROUP *group = EC_GROUP_new_by_curve_name(NID_secp384r1);
	EC_POINT *point = EC_POINT_new(group);
	BIGNUM *private = private_make(number), *x = BN_new();
	bool on_curve = EC_POINT_oct2point(group, point, peer, 97, NULL) == 1;

	if (on_curve) {
		must(EC_POINT_mul(group, point, NULL, point, private, NULL));
		must(EC_POINT_get_affine_coordinates(group, point, x, NULL, NULL));
		must(BN_bn2binpad(x, out, HALF_BYTES) == HALF_BYTES);
	}
	for (unsigned i = 0; i < HALF_BYTES && !on_curve; i++)
		out[i] = 0;
	BN_free(x);
	BN_free(private);
	EC_POINT_free(point);
	EC_GROUP_free(group);
}

__attribute__((destructor)) static void keys_free(void)
{
	for (unsigned i = 0; i < SIGNER_MAX; i++)
		EVP_PKEY_free(keys[i].pair);
}
