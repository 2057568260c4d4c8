/*
 * Calls to the anchor. An answer other than OK to a well-formed request is a fault of a trusted
 * room: the mediator stops.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "mediator/anchor.h"
#include "arch/linear.h"
#include "lib/memory.h"
#include "mediator/cpu.h"

/* What is hashed must lie in DRAM where the anchor reads it; one a CPU, so that no lock is needed. */
static ALIGNED(64) struct { uint8_t bytes[ANCHOR_FINAL_MAX]; } copies[PLAT_CPU_MAX];

static void chain_call(struct smc_args *args, uint64_t chain[4])
{
	smc_call(args);
	CHECK(args->x[0] == ANCHOR_OK);
	memcpy(chain, &args->x[1], 32);
}

void anchor_hash_init(uint64_t kind, uint64_t chain[4])
{
	struct smc_args args = { { ANCHOR_HASH_INIT, kind } };

	chain_call(&args, chain);
}

void anchor_hash_extend(pa_t pa, uint64_t ipa, uint64_t chain[4])
{
	struct smc_args args = { { ANCHOR_HASH_EXTEND, pa_value(pa), ipa, chain[0], chain[1], chain[2], chain[3] } };

	chain_call(&args, chain);
}

void anchor_hash_final(const void *data, uint64_t bytes, uint64_t chain[4])
{
	uint8_t *copy = copies[cpu_this()->index].bytes;

	CHECK(bytes <= ANCHOR_FINAL_MAX);
	memcpy(copy, data, bytes);
	struct smc_args args = { { ANCHOR_HASH_FINAL, linear_address(copy), bytes, chain[0], chain[1], chain[2],
				   chain[3] } };

	chain_call(&args, chain);
}

enum status anchor_image_chunk(uint64_t image, uint64_t pair, pa_t pa, uint64_t ipa, uint64_t *problem)
{
	struct smc_args args;

	do {
		args = (struct smc_args){ { ANCHOR_IMAGE_CHUNK, image, pair, pa_value(pa), ipa } };
		smc_call(&args);
	} while (args.x[0] == ANCHOR_INCOMPLETE);
	if (args.x[0] == ANCHOR_OK)
		return OK;
	*problem = (int64_t)args.x[0] == ANCHOR_ERR_REFUSED ? args.x[1] : 0;
	return ERR_AUTH;
}

bool anchor_image_check(uint64_t image, uint64_t pair, const uint64_t measurement[4], uint64_t owner[4],
			uint32_t *counter)
{
	struct smc_args args = { { ANCHOR_IMAGE_CHECK, image, pair, measurement[0], measurement[1], measurement[2],
				   measurement[3] } };

	smc_call(&args);
	if (args.x[0] != ANCHOR_OK)
		return false;
	memcpy(owner, &args.x[1], 32);
	*counter = (uint32_t)args.x[5];
	return true;
}

void anchor_image_close(uint64_t image, uint64_t pair)
{
	struct smc_args args = { { ANCHOR_IMAGE_CLOSE, image, pair } };

	smc_call(&args);
}

enum status anchor_secret(const uint64_t owner[4], uint64_t version, uint32_t counter, uint64_t secret[4])
{
	struct smc_args args = { { ANCHOR_SECRET, owner[0], owner[1], owner[2], owner[3], version, counter } };

	smc_call(&args);
	if (args.x[0] != ANCHOR_OK)
		return ERR_DENIED;
	memcpy(secret, &args.x[1], 32);
	memory_wipe(&args, sizeof(args));
	return OK;
}

enum status anchor_token(const struct token_request *request, unsigned place, const void *to, uint64_t *bytes, uint64_t had,
			 uint64_t *whole)
{
	struct smc_args args = { { ANCHOR_TOKEN, linear_address(request), linear_address(to), *bytes, had, place } };

	smc_call(&args);
	if (args.x[0] == ANCHOR_INCOMPLETE)
		return ERR_BUSY;
	if (args.x[0] != ANCHOR_OK)
		return ERR_AUTH;
	*bytes = args.x[1];
	*whole = args.x[2];
	return OK;
}

void anchor_forward(uint64_t x[ANCHOR_REGISTERS])
{
	struct smc_args args = { 0 };

	memcpy(args.x, x, ANCHOR_REGISTERS * sizeof(*x));
	smc_call(&args);
	memcpy(x, args.x, ANCHOR_REGISTERS * sizeof(*x));
}

enum status anchor_measurement(uint64_t index, struct smc_args *out)
{
	*out = (struct smc_args){ { ANCHOR_MEASUREMENT_READ, index } };
	smc_call(out);
	return out->x[0] == ANCHOR_OK ? OK : ERR_NOT_FOUND;
}
