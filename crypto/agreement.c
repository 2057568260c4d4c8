/*
 * Products of points over Mbed TLS: turns its calls into two, and its errors into one. The library keeps what is between two
 * steps; its end gives all of that back, wiped.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "crypto/agreement.h"
#include "crypto/drbg.h"
#include "crypto/pool.h"
#include "lib/memory.h"
#include <mbedtls/ecp.h>

/* As many as signature.c does in a step. */
#define SLICE_OPERATIONS	40

static struct {
	bool is_begun;
	int result;
	mbedtls_ecp_group curve;
	mbedtls_ecp_point point, product;
	mbedtls_mpi number;
	mbedtls_ecp_restart_ctx restart;
} run;

static int blind(void *context, unsigned char *out, size_t bytes)
{
	(void)context;
	return drbg_make(out, bytes) == OK ? 0 : MBEDTLS_ERR_ECP_RANDOM_FAILED;
}

static int number_read(const uint8_t seed[AGREEMENT_SEED_BYTES])
{
	mbedtls_mpi most;
	int result;

	mbedtls_mpi_init(&most);
	result = mbedtls_mpi_sub_int(&most, &run.curve.N, 1);
	if (result == 0)
		result = mbedtls_mpi_read_binary(&run.number, seed, AGREEMENT_SEED_BYTES);
	if (result == 0)
		result = mbedtls_mpi_mod_mpi(&run.number, &run.number, &most);
	if (result == 0)
		result = mbedtls_mpi_add_int(&run.number, &run.number, 1);
	mbedtls_mpi_free(&most);
	return result;
}

static int point_read(const uint8_t *point)
{
	int result;

	if (point == NULL)
		return mbedtls_ecp_copy(&run.point, &run.curve.G);
	result = mbedtls_ecp_point_read_binary(&run.curve, &run.point, point, SIGNED_KEY_BYTES);
	return result == 0 ? mbedtls_ecp_check_pubkey(&run.curve, &run.point) : result;
}

void agreement_forget(void)
{
	if (!run.is_begun)
		return;
	mbedtls_ecp_restart_free(&run.restart);
	mbedtls_mpi_free(&run.number);
	mbedtls_ecp_point_free(&run.product);
	mbedtls_ecp_point_free(&run.point);
	mbedtls_ecp_group_free(&run.curve);
	run.is_begun = false;
}

void agreement_begin(const uint8_t seed[AGREEMENT_SEED_BYTES], const uint8_t *point)
{
	agreement_forget();
	pool_open();
	mbedtls_ecp_group_init(&run.curve);
	mbedtls_ecp_point_init(&run.point);
	mbedtls_ecp_point_init(&run.product);
	mbedtls_mpi_init(&run.number);
	mbedtls_ecp_restart_init(&run.restart);
	mbedtls_ecp_set_max_ops(SLICE_OPERATIONS);
	run.is_begun = true;
	run.result = mbedtls_ecp_group_load(&run.curve, MBEDTLS_ECP_DP_SECP384R1);
	if (run.result == 0)
		run.result = number_read(seed);
	if (run.result == 0)
		run.result = point_read(point);
}

enum status agreement_step(uint8_t out[SIGNED_KEY_BYTES])
{
	size_t bytes = 0;

	if (!run.is_begun)
		return ERR_AUTH;
	if (run.result == 0)
		run.result = mbedtls_ecp_mul_restartable(&run.curve, &run.product, &run.number, &run.point, blind, NULL,
							 &run.restart);
	if (run.result == MBEDTLS_ERR_ECP_IN_PROGRESS) {
		run.result = 0;
		return ERR_BUSY;
	}
	if (run.result == 0)
		run.result = mbedtls_ecp_point_write_binary(&run.curve, &run.product, MBEDTLS_ECP_PF_UNCOMPRESSED, &bytes,
							    out, SIGNED_KEY_BYTES);

	bool is_whole = run.result == 0 && bytes == SIGNED_KEY_BYTES;

	agreement_forget();
	if (!is_whole)
		memory_wipe(out, SIGNED_KEY_BYTES);
	return is_whole ? OK : ERR_AUTH;
}
