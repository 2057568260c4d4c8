/*
 * Products of points for the trust anchor: decides what is kept between two steps, and that it is wiped at the end.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "crypto/agreement.h"
#include "crypto/curve.h"
#include "lib/memory.h"

_Static_assert(AGREEMENT_SEED_BYTES == NUMBER_SEED_BYTES, "what numbers are made of");

static struct {
	bool is_begun, is_good;
	struct product product;
} run;

void agreement_forget(void)
{
	memory_wipe(&run, sizeof(run));
}

void agreement_begin(const uint8_t seed[AGREEMENT_SEED_BYTES], const uint8_t *point)
{
	struct point factor = curve_generator;
	struct number number;

	agreement_forget();
	run.is_begun = true;
	number_of_seed(seed, &number);
	run.is_good = (point == NULL || point_read(point, &factor)) &&
		      product_begin(&run.product, &number, &factor) == OK;
	memory_wipe(&number, sizeof(number));
}

enum status agreement_step(uint8_t out[SIGNED_KEY_BYTES])
{
	if (!run.is_begun)
		return ERR_AUTH;
	if (run.is_good && product_step(&run.product))
		return ERR_BUSY;

	bool is_whole = run.is_good && product_write(&run.product, out);

	agreement_forget();
	if (!is_whole)
		memory_wipe(out, SIGNED_KEY_BYTES);
	return is_whole ? OK : ERR_AUTH;
}
