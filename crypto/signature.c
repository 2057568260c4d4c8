/*
 * ECDSA over Mbed TLS: turns its calls into two, and its errors into one. The library keeps what is
 * between two steps of a check; its end gives all of that back.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "crypto/signature.h"
#include "crypto/pool.h"
#include "lib/check.h"
#include "lib/memory.h"
#include <mbedtls/ecdsa.h>
#include <mbedtls/sha512.h>

#define SHA384_BYTES	48
#define NUMBER_BYTES	(SIGNED_SIGNATURE_BYTES / 2)

/*
 * What a step does when it is a slice: bytes of the message, or operations of the library, as it counts them. It can't do
 * less than a doubling and an addition of points (38), and inverts a number in one.
 */
#define SLICE_BYTES		2048
#define SLICE_OPERATIONS	40

/* The check that is under way, and what it needs of the library. The first error of any function ends it. */
static struct {
	bool is_begun, is_sliced;
	int result;
	struct hash_piece pieces[SIGNATURE_PIECE_MAX];
	size_t piece, count;
	mbedtls_sha512_context message;
	uint8_t digest[SHA384_BYTES];
	mbedtls_ecp_group curve;
	mbedtls_ecp_point key;
	mbedtls_mpi r, s;
	mbedtls_ecdsa_restart_ctx restart;
} check;

static int numbers_read(const uint8_t *key, const uint8_t *signature)
{
	int result = mbedtls_ecp_group_load(&check.curve, MBEDTLS_ECP_DP_SECP384R1);

	if (result == 0)
		result = mbedtls_ecp_point_read_binary(&check.curve, &check.key, key, SIGNED_KEY_BYTES);
	if (result == 0)
		result = mbedtls_ecp_check_pubkey(&check.curve, &check.key);
	if (result == 0)
		result = mbedtls_mpi_read_binary(&check.r, signature, NUMBER_BYTES);
	if (result == 0)
		result = mbedtls_mpi_read_binary(&check.s, signature + NUMBER_BYTES, NUMBER_BYTES);
	return result;
}

/* What the library still holds is given back. */
static enum status end(void)
{
	enum status status = check.result == 0 ? OK : ERR_AUTH;

	mbedtls_sha512_free(&check.message);
	mbedtls_ecdsa_restart_free(&check.restart);
	mbedtls_mpi_free(&check.s);
	mbedtls_mpi_free(&check.r);
	mbedtls_ecp_point_free(&check.key);
	mbedtls_ecp_group_free(&check.curve);
	check.is_begun = false;
	return status;
}

void signature_begin(const uint8_t key[SIGNED_KEY_BYTES], const struct hash_piece *pieces, size_t count,
		     const uint8_t signature[SIGNED_SIGNATURE_BYTES], bool is_sliced)
{
	CHECK(count >= 1 && count <= SIGNATURE_PIECE_MAX);
	if (check.is_begun)
		(void)end();
	memset(&check, 0, sizeof(check));
	pool_open();
	mbedtls_ecp_group_init(&check.curve);
	mbedtls_ecp_point_init(&check.key);
	mbedtls_mpi_init(&check.r);
	mbedtls_mpi_init(&check.s);
	mbedtls_ecdsa_restart_init(&check.restart);
	mbedtls_ecp_set_max_ops(SLICE_OPERATIONS);
	mbedtls_sha512_init(&check.message);
	for (size_t i = 0; i < count; i++)
		check.pieces[i] = pieces[i];
	check.count = count;
	check.is_sliced = is_sliced;
	check.is_begun = true;
	check.result = numbers_read(key, signature);
	if (check.result == 0)
		check.result = mbedtls_sha512_starts(&check.message, 1);
}

/* The next bytes of the message. */
static void message_step(void)
{
	struct hash_piece *piece = &check.pieces[check.piece];
	size_t bytes = check.is_sliced && piece->bytes > SLICE_BYTES ? SLICE_BYTES : piece->bytes;

	check.result = mbedtls_sha512_update(&check.message, piece->data, bytes);
	piece->data = (const uint8_t *)piece->data + bytes;
	piece->bytes -= bytes;
	if (piece->bytes == 0)
		check.piece++;
	if (check.result == 0 && check.piece == check.count)
		check.result = mbedtls_sha512_finish(&check.message, check.digest);
}

enum status signature_step(void)
{
	if (!check.is_begun)
		return ERR_AUTH;
	while (check.result == 0 && check.piece < check.count) {
		message_step();
		if (check.is_sliced && check.result == 0)
			return ERR_BUSY;
	}
	if (check.result == 0)
		check.result = mbedtls_ecdsa_verify_restartable(&check.curve, check.digest, SHA384_BYTES, &check.key,
								&check.r, &check.s,
								check.is_sliced ? &check.restart : NULL);
	if (check.result != MBEDTLS_ERR_ECP_IN_PROGRESS)
		return end();
	check.result = 0;
	return ERR_BUSY;
}
