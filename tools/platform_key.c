/*
 * Decides from what a platform's private key comes: HKDF-SHA-256 of the device secret, reduced as FIPS 186-5, A.2.1
 * does it. Numbers that depend on the secret are handled in constant time, as OpenSSL offers it.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "tools/platform_key.h"
#include <string.h>
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/kdf.h>
#include <openssl/obj_mac.h>

#define SALT		"redoubt keys 1"
#define MATERIAL_BYTES	56	/* 64 bits more than the order has, so that the remainder is as good as uniform */

/* As the anchor has it, integers little-endian. */
struct key_info {
	char label[16];
	uint32_t caller, role, lifecycle, security_counter;
	uint8_t digest[32];
};
_Static_assert(sizeof(struct key_info) == 64, "no padding goes into a key");
_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "a little-endian machine");

static bool material_make(const struct identity_page *identity, enum platform_key_use use, uint8_t out[MATERIAL_BYTES])
{
	static const char labels[][16] = { [PLATFORM_KEY_IMAGES] = "image wrap", [PLATFORM_KEY_ATTESTATION] = "attestation" };
	struct key_info info = { .lifecycle = identity->lifecycle };
	uint8_t secret[sizeof(identity->secret)];
	char digest[] = "SHA256", salt[] = SALT;
	OSSL_PARAM parameters[] = {
		OSSL_PARAM_construct_utf8_string(OSSL_KDF_PARAM_DIGEST, digest, 0),
		OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_SALT, salt, sizeof(salt) - 1),
		OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_KEY, secret, sizeof(secret)),
		OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_INFO, &info, sizeof(info)),
		OSSL_PARAM_construct_end(),
	};
	EVP_KDF *kdf = EVP_KDF_fetch(NULL, "HKDF", NULL);
	EVP_KDF_CTX *derive = kdf != NULL ? EVP_KDF_CTX_new(kdf) : NULL;

	memcpy(info.label, labels[use], sizeof(info.label));
	memcpy(secret, identity->secret, sizeof(secret));
	memcpy(info.digest, identity->root_sha256, sizeof(info.digest));

	bool ok = derive != NULL && EVP_KDF_derive(derive, out, MATERIAL_BYTES, parameters) == 1;

	OPENSSL_cleanse(secret, sizeof(secret));
	EVP_KDF_CTX_free(derive);
	EVP_KDF_free(kdf);
	return ok;
}

/* Material modulo n - 1, plus 1; and that times the generator. */
static bool pair_make(const uint8_t material[MATERIAL_BYTES], uint8_t private[PLATFORM_KEY_BYTES], struct public_key *public)
{
	EC_GROUP *group = EC_GROUP_new_by_curve_name(NID_secp384r1);
	EC_POINT *point = group != NULL ? EC_POINT_new(group) : NULL;
	BN_CTX *context = BN_CTX_secure_new();
	BIGNUM *number = BN_secure_new(), *modulus = BN_new(), *wide = BN_secure_new();
	bool ok = point != NULL && context != NULL && number != NULL && modulus != NULL && wide != NULL &&
		  BN_copy(modulus, EC_GROUP_get0_order(group)) != NULL && BN_sub_word(modulus, 1) == 1 &&
		  BN_bin2bn(material, MATERIAL_BYTES, wide) != NULL;

	if (ok) {
		BN_set_flags(wide, BN_FLG_CONSTTIME);
		BN_set_flags(number, BN_FLG_CONSTTIME);
		ok = BN_mod(number, wide, modulus, context) == 1 && BN_add_word(number, 1) == 1 &&
		     BN_bn2binpad(number, private, PLATFORM_KEY_BYTES) == PLATFORM_KEY_BYTES &&
		     EC_POINT_mul(group, point, number, NULL, NULL, context) == 1 &&
		     EC_POINT_point2oct(group, point, POINT_CONVERSION_UNCOMPRESSED, public->point, sizeof(public->point),
					context) == sizeof(public->point);
	}
	BN_clear_free(wide);
	BN_clear_free(number);
	BN_free(modulus);
	BN_CTX_free(context);
	EC_POINT_free(point);
	EC_GROUP_free(group);
	return ok;
}

int platform_key_derive(const struct identity_page *identity, enum platform_key_use use,
			uint8_t private[PLATFORM_KEY_BYTES], struct public_key *public)
{
	uint8_t material[MATERIAL_BYTES];
	bool ok = material_make(identity, use, material) && pair_make(material, private, public);

	OPENSSL_cleanse(material, sizeof(material));
	if (ok)
		return TOOL_DONE;
	OPENSSL_cleanse(private, PLATFORM_KEY_BYTES);
	return refuse(TOOL_FAILED, &(struct refusal){
		.code = "no-platform-key", .object = "libcrypto", .problem = "the platform's key cannot be derived",
		.expected = "OpenSSL 3.0 or newer with P-384 and HKDF", .found = "an error",
		.advice = "check OpenSSL: 'openssl version'" });
}
