/*
 * altered: every changed bit of a chain is refused, and so are thousands of bad packages of each kind that there is,
 * for what the kind is called. Good ones are not.
 * Links: crypto/package.c lib/chain.c lib/cose.c lib/endorsement.c lib/firmware.c lib/policy.c lib/signed.c lib/cbor.c
 * Links: tests/unit/cbor_write.c tests/unit/sample.c tests/unit/sample_write.c tests/unit/signer.c tests/unit/alter.c
 * Links: tests/unit/alter_file.c tests/unit/alter_items.c tests/unit/alter_signed.c
 * Links: openssl -Wl,--wrap=public_key_verify
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "tests/unit/test.h"
#include "tests/unit/alter.h"
#include "tools/public_key.h"

#define ALTERED_LEAST	10000	/* different ones, of all kinds */
#define HELD_MAX	32

/* Signatures that held: those of the good parts are asked for with nearly every package. */
static struct held {
	struct public_key key;
	uint8_t digest[SHA384_BYTES], signature[SIGNATURE_BYTES];
} held[HELD_MAX];
static size_t held_count;

bool __real_public_key_verify(const struct public_key *key, const uint8_t *digest, const uint8_t *signature);
bool __wrap_public_key_verify(const struct public_key *key, const uint8_t *digest, const uint8_t *signature);

bool __wrap_public_key_verify(const struct public_key *key, const uint8_t *digest, const uint8_t *signature)
{
	struct held one = { .key = *key };

	memcpy(one.digest, digest, sizeof(one.digest));
	memcpy(one.signature, signature, sizeof(one.signature));
	for (size_t i = 0; i < held_count; i++) {
		if (memcmp(&held[i], &one, sizeof(one)) == 0)
			return true;
	}
	if (!__real_public_key_verify(key, digest, signature))
		return false;
	if (held_count < HELD_MAX)
		held[held_count++] = one;
	return true;
}

/* It ends where an object ends, so that a read past its end is seen. */
static enum signed_problem verify(const struct written *bytes, const struct trust *trust)
{
	static struct package package;
	static uint8_t room[sizeof(bytes->bytes)];
	uint8_t *copy = room + sizeof(room) - bytes->count;
	struct cbor c = cbor_open(copy, bytes->count);

	memcpy(copy, bytes->bytes, bytes->count);
	return package_verify(&c, trust, &package);
}

static int open_once(void **state)
{
	(void)state;
	alter_open();
	return 0;
}

static void takes_every_good_package(void **state)
{
	struct trust trust = sample_trust();

	(void)state;
	for (unsigned version = 0; version < ALTER_VERSIONS; version++)
		assert_int_equal(verify(alter_good(version), &trust), SIGNED_OK);
}

static void refuses_every_changed_bit_of_a_chain(void **state)
{
	static struct written chain;
	struct trust trust = sample_trust();
	struct policy policy = sample_policy(), found;
	struct endorsement signer;

	(void)state;
	/* Each signed byte costs eight signatures. */
	policy.owner_count = policy.allowed_count = 1;
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

/* What makes two bad packages the same one: their bytes, and the device's numbers. */
struct mark {
	uint8_t sha256[HASH_BYTES];
};

static struct mark mark_make(const struct alter *alter)
{
	const struct hash_piece pieces[] = { { alter->bytes.bytes, alter->bytes.count },
					     { &alter->trust, sizeof(alter->trust) } };
	struct mark mark;

	assert_int_equal(hash_sha256(pieces, ARRAY_COUNT(pieces), mark.sha256), OK);
	return mark;
}

static int mark_compare(const void *a, const void *b)
{
	return memcmp(a, b, sizeof(struct mark));
}

static unsigned different_count(struct mark *marks, unsigned count)
{
	unsigned different = count != 0 ? 1 : 0;

	qsort(marks, count, sizeof(*marks), mark_compare);
	for (unsigned i = 1; i < count; i++)
		different += mark_compare(&marks[i - 1], &marks[i]) != 0 ? 1 : 0;
	return different;
}

/* All of a kind; returns how many different ones were refused. */
static unsigned kind_check(struct alter *alter, enum alter_kind kind)
{
	unsigned wanted = alter_wanted(kind), by_problem[SIGNED_PROBLEM_COUNT] = { 0 }, different;
	struct mark *marks = test_malloc(wanted * sizeof(*marks));
	unsigned refused = 0;
	char said[160] = "";
	size_t used = 0;

	for (alter->number = 0; alter->number < wanted; alter->number++) {
		uint64_t seed = alter->seed;
		enum signed_problem problem;

		alter_make(alter, kind);
		problem = verify(&alter->bytes, &alter->trust);
		if ((alter->problems >> problem & 1) == 0)
			fail_msg("%s %u, seed 0x%llx: %s; it may be refused for 0x%x", alter_name(kind), alter->number,
				 (unsigned long long)seed, signed_name(problem), alter->problems);
		by_problem[problem]++;
		marks[alter->number] = mark_make(alter);
	}
	for (unsigned i = SIGNED_OK + 1; i < SIGNED_PROBLEM_COUNT; i++) {
		refused += by_problem[i];
		if (by_problem[i] != 0 && used < sizeof(said))
			used += (size_t)snprintf(said + used, sizeof(said) - used, " %s %u",
						 signed_name((enum signed_problem)i), by_problem[i]);
	}
	different = different_count(marks, wanted);
	print_message("%-16s %5u made %5u different %5u refused:%s\n", alter_name(kind), wanted, different, refused,
		      said);
	assert_int_equal(refused, wanted);
	test_free(marks);
	return different;
}

static void refuses_bad_packages_of_each_kind(void **state)
{
	static struct alter alter = { .seed = 0x5eed0004 };
	unsigned all = 0;

	for (unsigned kind = 0; kind < ALTER_KIND_COUNT; kind++) {
		unsigned different = kind_check(&alter, (enum alter_kind)kind);

		/* Of zeros and of cuts there are not so many. */
		assert_true(different >= alter_wanted((enum alter_kind)kind) / 2 && different >= 50);
		all += different;
	}
	print_message("%-16s %5u different, 0 accepted\n", "all", all);
	assert_true(all >= ALTERED_LEAST);
	takes_every_good_package(state);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(takes_every_good_package),
		TEST(refuses_every_changed_bit_of_a_chain),
		TEST(refuses_bad_packages_of_each_kind),
	};

	return cmocka_run_group_tests_name("altered", tests, open_once, NULL);
}
