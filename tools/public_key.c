/*
 * P-384 public keys through OpenSSL's EVP interface.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "tools/public_key_evp.h"
#include <string.h>
#include <openssl/bio.h>
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ecdsa.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>
#include <openssl/pem.h>

/* Whatever else a person may name by mistake is read, and refused as what it is. */
#define PEM_BYTES_MAX		(16 << 20)
#define COORDINATE_BYTES	48
#define POINT_UNCOMPRESSED	4

EVP_PKEY *public_key_evp(const struct public_key *key)
{
	char group[] = "P-384";
	struct public_key copy = *key;
	OSSL_PARAM parameters[] = {
		OSSL_PARAM_construct_utf8_string(OSSL_PKEY_PARAM_GROUP_NAME, group, 0),
		OSSL_PARAM_construct_octet_string(OSSL_PKEY_PARAM_PUB_KEY, copy.point, sizeof(copy.point)),
		OSSL_PARAM_construct_end(),
	};
	EVP_PKEY *evp = NULL;
	EVP_PKEY_CTX *context = EVP_PKEY_CTX_new_from_name(NULL, "EC", NULL), *check = NULL;
	bool ok = key->point[0] == POINT_UNCOMPRESSED && context != NULL && EVP_PKEY_fromdata_init(context) == 1 &&
		  EVP_PKEY_fromdata(context, &evp, EVP_PKEY_PUBLIC_KEY, parameters) == 1 &&
		  (check = EVP_PKEY_CTX_new_from_pkey(NULL, evp, NULL)) != NULL && EVP_PKEY_public_check_quick(check) == 1;

	EVP_PKEY_CTX_free(check);
	EVP_PKEY_CTX_free(context);
	if (ok)
		return evp;
	EVP_PKEY_free(evp);
	return NULL;
}

bool public_key_is_valid(const struct public_key *key)
{
	EVP_PKEY *evp = public_key_evp(key);

	EVP_PKEY_free(evp);
	return evp != NULL;
}

bool public_key_take(const EVP_PKEY *evp, struct public_key *key)
{
	char group[32];
	size_t count = 0;
	BIGNUM *x = NULL, *y = NULL;
	bool ok = EVP_PKEY_get_utf8_string_param(evp, OSSL_PKEY_PARAM_GROUP_NAME, group, sizeof(group), &count) == 1 &&
		  (strcmp(group, "secp384r1") == 0 || strcmp(group, "P-384") == 0) &&
		  EVP_PKEY_get_bn_param(evp, OSSL_PKEY_PARAM_EC_PUB_X, &x) == 1 &&
		  EVP_PKEY_get_bn_param(evp, OSSL_PKEY_PARAM_EC_PUB_Y, &y) == 1 &&
		  BN_bn2binpad(x, key->point + 1, COORDINATE_BYTES) == COORDINATE_BYTES &&
		  BN_bn2binpad(y, key->point + 1 + COORDINATE_BYTES, COORDINATE_BYTES) == COORDINATE_BYTES;

	key->point[0] = POINT_UNCOMPRESSED;
	BN_free(x);
	BN_free(y);
	return ok && public_key_is_valid(key);
}

int public_key_read(struct public_key *key, const char *path)
{
	struct file file;
	int result = file_read(&file, path, PEM_BYTES_MAX);

	if (result != TOOL_DONE)
		return result;

	BIO *bio = BIO_new_mem_buf(file.bytes, (int)file.count);
	EVP_PKEY *evp = bio != NULL ? PEM_read_bio_PUBKEY(bio, NULL, NULL, NULL) : NULL;
	bool ok = evp != NULL && public_key_take(evp, key);
	const char *found = evp == NULL ? "no such block" : "a key of another kind";

	EVP_PKEY_free(evp);
	BIO_free(bio);
	file_free(&file);
	if (ok)
		return TOOL_DONE;
	return refuse(TOOL_CONFIGURATION, &(struct refusal){
		.code = "not-a-public-key", .object = path, .problem = "the file does not hold a public key that fits",
		.expected = "a PEM block 'PUBLIC KEY' with a key of P-384", .found = found,
		.advice = "'redoubt keys export' writes such a file" });
}

int public_key_write(const struct public_key *key, const char *path)
{
	EVP_PKEY *evp = public_key_evp(key);
	BIO *bio = BIO_new(BIO_s_mem());
	char *pem = NULL;
	long count = 0;

	if (evp != NULL && bio != NULL && PEM_write_bio_PUBKEY(bio, evp) == 1)
		count = BIO_get_mem_data(bio, &pem);

	int result = count > 0 ? file_write(path, pem, (size_t)count, FILE_MODE_PUBLIC) :
		refuse(TOOL_FAILED, &(struct refusal){
			.code = "no-pem", .object = path, .problem = "libcrypto cannot write the key" });

	BIO_free(bio);
	EVP_PKEY_free(evp);
	return result;
}

int public_key_digest(const struct public_key *key, uint8_t out[DIGEST_BYTES])
{
	return digest_make(key->point, sizeof(key->point), out);
}

/* r || s in DER, which is what EVP takes. Free with OPENSSL_free. */
static int der_make(const uint8_t signature[SIGNATURE_BYTES], uint8_t **out)
{
	ECDSA_SIG *parts = ECDSA_SIG_new();
	BIGNUM *r = BN_bin2bn(signature, COORDINATE_BYTES, NULL);
	BIGNUM *s = BN_bin2bn(signature + COORDINATE_BYTES, COORDINATE_BYTES, NULL);
	int count = 0;

	if (parts != NULL && r != NULL && s != NULL && ECDSA_SIG_set0(parts, r, s) == 1) {
		count = i2d_ECDSA_SIG(parts, out);
	} else {
		BN_free(r);
		BN_free(s);
	}
	ECDSA_SIG_free(parts);
	return count;
}

bool public_key_verify(const struct public_key *key, const uint8_t digest[SHA384_BYTES],
		       const uint8_t signature[SIGNATURE_BYTES])
{
	EVP_PKEY *evp = public_key_evp(key);
	EVP_PKEY_CTX *context = evp != NULL ? EVP_PKEY_CTX_new_from_pkey(NULL, evp, NULL) : NULL;
	uint8_t *der = NULL;
	int der_bytes = der_make(signature, &der);
	bool ok = context != NULL && der_bytes > 0 && EVP_PKEY_verify_init(context) == 1 &&
		  EVP_PKEY_CTX_set_signature_md(context, EVP_sha384()) == 1 &&
		  EVP_PKEY_verify(context, der, (size_t)der_bytes, digest, SHA384_BYTES) == 1;

	OPENSSL_free(der);
	EVP_PKEY_CTX_free(context);
	EVP_PKEY_free(evp);
	return ok;
}

bool digest_pieces(enum digest_kind kind, const struct digest_piece *pieces, size_t count, uint8_t *out)
{
	EVP_MD_CTX *context = EVP_MD_CTX_new();
	bool ok = context != NULL &&
		  EVP_DigestInit_ex(context, kind == DIGEST_SHA256 ? EVP_sha256() : EVP_sha384(), NULL) == 1;

	for (size_t i = 0; i < count && ok; i++)
		ok = EVP_DigestUpdate(context, pieces[i].data, pieces[i].bytes) == 1;
	ok = ok && EVP_DigestFinal_ex(context, out, NULL) == 1;
	EVP_MD_CTX_free(context);
	return ok;
}

int sha384_make(const void *bytes, size_t count, uint8_t out[SHA384_BYTES])
{
	if (digest_pieces(DIGEST_SHA384, &(struct digest_piece){ bytes, count }, 1, out))
		return TOOL_DONE;
	return refuse(TOOL_FAILED, &(struct refusal){
		.code = "no-sha384", .object = "libcrypto", .problem = "SHA-384 failed",
		.advice = "check OpenSSL: 'openssl dgst -sha384 FILE' must work" });
}
