/*
 * A mediator that finds a fault in itself in the call that reads a measurement: `info` at the control prompt.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "lib/check.h"
#include "mediator/anchor.h"

enum status __wrap_anchor_measurement(uint64_t index, struct smc_args *out);

enum status __wrap_anchor_measurement(uint64_t index, struct smc_args *out)
{
	(void)index;
	(void)out;
	CHECK(false);
	return ERR_STATE;
}
