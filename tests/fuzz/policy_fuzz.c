/*
 * Any bytes as the payload of a policy object, and of an endorsement; see firmware_fuzz.c.
 * Covers: lib/policy.c lib/endorsement.c lib/signed.c
 * Links: lib/cbor.c tests/unit/cbor_write.c tests/unit/sample_write.c
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "tests/fuzz/target.h"
#include "tests/unit/sample.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t count)
{
	static struct written again;
	static struct policy policy;
	struct endorsement endorsement;
	const struct cbor start = target_open(data, count);
	struct cbor c = start;

	again.count = 0;
	target_check_result(policy_read(&c, &policy), &c, &start);
	if (c.problem == SIGNED_OK)
		sample_write_policy(&again, &policy);
	target_check_again(&c, &start, &again);
	c = start;
	again.count = 0;
	target_check_result(endorsement_read(&c, &endorsement), &c, &start);
	if (c.problem == SIGNED_OK)
		sample_write_endorsement(&again, &endorsement);
	target_check_again(&c, &start, &again);
	return 0;
}
