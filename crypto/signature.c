/*
 * ECDSA over Mbed TLS: turns its calls into one, and its errors into one. Its big numbers live in a pool of our own,
 * which is made anew for each check: what one leaves behind is not the next one's.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "crypto/signature.h"
#include "lib/check.h"
#include <mbedtls/ecdsa.h>
#include <mbedtls/memory_buffer_alloc.h>
#include <mbedtls/platform.h>
#include <mbedtls/sha512.h>

#define SHA384_BYTES	48
#define NUMBER_BYTES	(SIGNED_SIGNATURE_BYTES / 2)
#define POOL_BYTES	16384

static uint8_t pool[POOL_BYTES] ALIGNED(16);

void pool_damaged(int status)
{
	(void)status;
	CHECK(false);
}

static int sha384(const struct hash_piece *pieces, size_t count, uint8_t out[SHA384_BYTES])
{
	mbedtls_sha512_context context;
	int result;

	mbedtls_sha512_init(&context);
	result = mbedtls_sha512_starts(&context, 1);
	for (size_t i = 0; i < count && result == 0; i++)
		result = mbedtls_sha512_update(&context, pieces[i].data, pieces[i].bytes);
	if (result == 0)
		result = mbedtls_sha512_finish(&context, out);
	mbedtls_sha512_free(&context);
	return result;
}

/* What a check needs of the library; one of its functions after the other, the first error ends it. */
struct check {
	mbedtls_ecp_group curve;
	mbedtls_ecp_point key;
	mbedtls_mpi r, s;
};

static int check_run(struct check *check, const uint8_t *key, const uint8_t *digest, const uint8_t *signature)
{
	int result = mbedtls_ecp_group_load(&check->curve, MBEDTLS_ECP_DP_SECP384R1);

	if (result == 0)
		result = mbedtls_ecp_point_read_binary(&check->curve, &check->key, key, SIGNED_KEY_BYTES);
	if (result == 0)
		result = mbedtls_ecp_check_pubkey(&check->curve, &check->key);
	if (result == 0)
		result = mbedtls_mpi_read_binary(&check->r, signature, NUMBER_BYTES);
	if (result == 0)
		result = mbedtls_mpi_read_binary(&check->s, signature + NUMBER_BYTES, NUMBER_BYTES);
	if (result == 0)
		result = mbedtls_ecdsa_verify(&check->curve, digest, SHA384_BYTES, &check->key, &check->r, &check->s);
	return result;
}

enum status signature_verify(const uint8_t key[SIGNED_KEY_BYTES], const struct hash_piece *pieces, size_t count,
			     const uint8_t signature[SIGNED_SIGNATURE_BYTES])
{
	uint8_t digest[SHA384_BYTES];
	struct check check;
	int result = sha384(pieces, count, digest);

	mbedtls_memory_buffer_alloc_init(pool, sizeof(pool));
	mbedtls_ecp_group_init(&check.curve);
	mbedtls_ecp_point_init(&check.key);
	mbedtls_mpi_init(&check.r);
	mbedtls_mpi_init(&check.s);
	if (result == 0)
		result = check_run(&check, key, digest, signature);
	mbedtls_mpi_free(&check.s);
	mbedtls_mpi_free(&check.r);
	mbedtls_ecp_point_free(&check.key);
	mbedtls_ecp_group_free(&check.curve);
	mbedtls_memory_buffer_alloc_free();
	return result == 0 ? OK : ERR_AUTH;
}
