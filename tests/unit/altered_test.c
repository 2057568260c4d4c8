/*
 * altered: every changed bit of a chain, and thousands of packages altered at random, are refused. Good ones are not.
 * Links: crypto/package.c lib/chain.c lib/cose.c lib/endorsement.c lib/firmware.c lib/policy.c lib/signed.c lib/cbor.c
 * Links: tests/unit/cbor_write.c tests/unit/sample.c tests/unit/sample_write.c tests/unit/signer.c
 * Links: tests/unit/alter.c openssl
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "tests/unit/test.h"
#include "tests/unit/alter.h"
#include "tests/unit/sample.h"

#define ALTERED_COUNT	12000

static struct written bytes;
static struct package package;
static struct trust trust;

static int trust_make(void **state)
{
	(void)state;
	trust = sample_trust();
	return 0;
}

static enum signed_problem verify(void)
{
	uint8_t *copy = sample_exactly(bytes.bytes, bytes.count);
	struct cbor c = cbor_open(copy, bytes.count);
	enum signed_problem problem = package_verify(&c, &trust, &package);

	test_free(copy);
	return problem;
}

static void refuses_every_changed_bit_of_a_chain(void **state)
{
	static struct written chain;
	struct policy policy = sample_policy(), found;
	struct endorsement signer;

	(void)state;
	chain.count = 0;
	sample_write_policy_chain(&chain, &policy);
	for (size_t bit = 0; bit < 8 * chain.count; bit++) {
		struct cbor c = cbor_open(chain.bytes, chain.count);

		chain.bytes[bit / 8] ^= (uint8_t)(1u << bit % 8);
		if (policy_verify(&c, &trust, &signer, &found) == SIGNED_OK)
			fail_msg("bit %zu of byte %zu makes no difference", bit % 8, bit / 8);
		chain.bytes[bit / 8] ^= (uint8_t)(1u << bit % 8);
	}
	struct cbor c = cbor_open(chain.bytes, chain.count);

	assert_int_equal(policy_verify(&c, &trust, &signer, &found), SIGNED_OK);
}

static void refuses_thousands_of_altered_packages(void **state)
{
	static struct written good[2];
	struct firmware firmware = sample_firmware();
	struct policy policy = sample_policy();
	unsigned by_problem[SIGNED_PROBLEM_COUNT] = { 0 };
	struct alter alter = { .seed = 0x5eed0004 };

	(void)state;
	/* Two versions by the same keys: pieces of the one are tried in the other. */
	for (unsigned i = 0; i < 2; i++) {
		good[i].count = 0;
		firmware.version = policy.version = 40 + i;
		sample_write_package(&good[i], &firmware, &policy);
		bytes = good[i];
		assert_int_equal(verify(), SIGNED_OK);
	}
	for (unsigned i = 0; i < ALTERED_COUNT; i++) {
		const char *what = alter_make(&alter, &good[i % 2], &good[1 - i % 2], &bytes);
		enum signed_problem problem = verify();

		if (problem == SIGNED_OK)
			fail_msg("altered package %u is accepted: %s", i, what);
		by_problem[problem]++;
	}
	for (unsigned i = 1; i < SIGNED_PROBLEM_COUNT; i++) {
		if (by_problem[i] != 0)
			print_message("%u %s\n", by_problem[i], signed_name((enum signed_problem)i));
	}
	/* The alterations reach behind the first look. */
	assert_true(by_problem[SIGNED_SIGNATURE] > 100 && by_problem[SIGNED_DIGEST] > 100);
	for (unsigned i = 0; i < 2; i++) {
		bytes = good[i];
		assert_int_equal(verify(), SIGNED_OK);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST_FROM(trust_make, refuses_every_changed_bit_of_a_chain),
		TEST_FROM(trust_make, refuses_thousands_of_altered_packages),
	};

	return cmocka_run_group_tests_name("altered", tests, NULL, NULL);
}
