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
