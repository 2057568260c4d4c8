/*
 * policy: lists that are empty, full and too long; fields at their limits and beyond.
 * Links: lib/endorsement.c lib/firmware.c lib/policy.c lib/signed.c lib/cbor.c tests/unit/cbor_write.c
 * Links: tests/unit/payload.c tests/unit/sample.c tests/unit/sample_write.c tests/unit/signer.c
 * Links: openssl
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "tests/unit/test.h"
#include "tests/unit/payload.h"
#include "tests/unit/sample.h"

static struct written bytes;

/* Offsets in a good one: values of the keys 1, 5, 7 and 10, the first owner, its key and counter. */
#define AT_TYPE		2
#define AT_VERSION	20
#define AT_COUNTER	24
#define AT_OWNERS	30
#define AT_OWNER	31
#define AT_OWNER_KEY	38
#define AT_OWNER_COUNTER (AT_OWNER_KEY + 2 + 97)

static const struct written *written(const struct policy *policy)
{
	bytes.count = 0;
	sample_write_policy(&bytes, policy);
	return &bytes;
}

static void expect(const struct policy *policy, enum signed_problem problem, size_t offset)
{
	written(policy);
	payload_expect(&payload_policy, &bytes, problem, problem == SIGNED_OK ? bytes.count : offset);
}

static void gives_every_field(void **state)
{
	struct policy good = sample_policy(), found;

	(void)state;
	written(&good);
	struct cbor c = cbor_open(bytes.bytes, bytes.count);

	assert_int_equal(policy_read(&c, &found), SIGNED_OK);
	assert_string_equal(found.name, "site_a.example");
	assert_int_equal(found.version, 300);
	assert_int_equal(found.counter, 70000);
	assert_int_equal(found.owner_count, 2);
	assert_string_equal(found.owners[1].name, "bob");
	assert_memory_equal(found.owners[1].key, good.owners[1].key, 97);
	assert_int_equal(found.owners[0].counter, 0);
	assert_int_equal(found.owners[1].counter, 0x90000);
	assert_int_equal(found.allowed_count, 3);
	assert_int_equal(found.allowed[0].role, 0);
	assert_int_equal(found.allowed[2].role, 1);
	assert_string_equal(found.allowed[2].name, "0123456789a");
	assert_memory_equal(found.allowed[2].sha256, good.allowed[2].sha256, 32);
}

static void takes_lists_up_to_their_length(void **state)
{
	struct policy policy = sample_policy();

	(void)state;
	for (unsigned i = 0; i < POLICY_OWNER_MAX; i++)
		policy.owners[i] = policy.owners[i % 2];
	for (unsigned i = 0; i < POLICY_ALLOWED_MAX; i++)
		policy.allowed[i] = policy.allowed[i % 3];
	for (unsigned owners = 0; owners <= POLICY_OWNER_MAX; owners++) {
		policy.owner_count = owners;
		policy.allowed_count = 3 * owners;
		expect(&policy, SIGNED_OK, 0);
	}
}

static void refuses_lists_that_are_too_long(void **state)
{
	struct policy policy = sample_policy();

	(void)state;
	written(&policy);
	bytes.bytes[AT_OWNERS] = 0x89;
	payload_expect(&payload_policy, &bytes, SIGNED_SHAPE, AT_OWNERS);
	policy.owner_count = policy.allowed_count = 0;
	size_t at_allowed = written(&policy)->count - 1;

	bytes.count = at_allowed;
	write_head(&bytes, WRITE_ARRAY, POLICY_ALLOWED_MAX + 1);
	payload_expect(&payload_policy, &bytes, SIGNED_SHAPE, at_allowed);
}

static void takes_versions_and_counters_in_their_range(void **state)
{
	struct policy policy = sample_policy();

	(void)state;
	policy.version = 0;
	expect(&policy, SIGNED_RANGE, AT_VERSION);
	policy.version = UINT32_MAX;
	expect(&policy, SIGNED_OK, 0);
	policy = sample_policy();
	policy.counter = 0;
	expect(&policy, SIGNED_RANGE, AT_COUNTER);
	policy.counter = 1;
	expect(&policy, SIGNED_OK, 0);
}

static void refuses_an_owner_whose_key_is_no_uncompressed_point(void **state)
{
	struct policy policy = sample_policy();

	(void)state;
	policy.owners[0].key[0] = 3;
	expect(&policy, SIGNED_RANGE, AT_OWNER_KEY);
}

static void refuses_an_owner_without_a_counter_or_with_more(void **state)
{
	struct policy policy = sample_policy();

	(void)state;
	written(&policy);
	bytes.bytes[AT_OWNER] = 0x82;
	payload_expect(&payload_policy, &bytes, SIGNED_SHAPE, AT_OWNER);
	bytes.bytes[AT_OWNER] = 0x84;
	payload_expect(&payload_policy, &bytes, SIGNED_SHAPE, AT_OWNER);
}

static void takes_counters_of_owners_in_their_range(void **state)
{
	struct policy policy = sample_policy();

	(void)state;
	policy.owners[0].counter = UINT32_MAX;
	expect(&policy, SIGNED_OK, 0);
	written(&policy);
	/* A head of four bytes becomes one of eight, with a number above 2^32 - 1 in it. */
	memmove(bytes.bytes + AT_OWNER_COUNTER + 9, bytes.bytes + AT_OWNER_COUNTER + 5, bytes.count - AT_OWNER_COUNTER - 5);
	memcpy(bytes.bytes + AT_OWNER_COUNTER, "\x1b\0\0\0\1\0\0\0\0", 9);
	bytes.count += 4;
	payload_expect(&payload_policy, &bytes, SIGNED_RANGE, AT_OWNER_COUNTER);
}

static void refuses_roles_that_no_domain_has(void **state)
{
	struct policy policy = sample_policy();

	(void)state;
	policy.owner_count = 0;
	policy.allowed[0].role = 2;
	/* Behind the list of owners: key, head of the list, head of the entry. */
	expect(&policy, SIGNED_RANGE, AT_OWNERS + 4);
}

static void refuses_labels_of_more_than_eleven_characters(void **state)
{
	struct policy policy = sample_policy();
	size_t last_label;

	(void)state;
	last_label = written(&policy)->count - 34 - 12;
	assert_int_equal(bytes.bytes[last_label], 0x6b);
	bytes.count = last_label;
	write_text(&bytes, "0123456789ab");
	payload_expect(&payload_policy, &bytes, SIGNED_RANGE, last_label);
}

static void refuses_objects_of_other_types(void **state)
{
	struct endorsement endorsement = sample_endorsement(SIGNED_ROLE_POLICY);
	struct firmware firmware = sample_firmware();

	(void)state;
	bytes.count = 0;
	sample_write_endorsement(&bytes, &endorsement);
	payload_expect(&payload_policy, &bytes, SIGNED_TYPE, AT_TYPE);
	bytes.count = 0;
	sample_write_firmware(&bytes, &firmware);
	payload_expect(&payload_policy, &bytes, SIGNED_TYPE, AT_TYPE);
}

static void says_truncated_wherever_it_is_cut(void **state)
{
	struct policy policy = sample_policy();

	(void)state;
	payload_check_ends(&payload_policy, written(&policy));
}

static void takes_no_changed_byte_for_what_it_is_not(void **state)
{
	struct policy policy = sample_policy();

	(void)state;
	assert_true(payload_check_changes(&payload_policy, written(&policy)) > 10000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(gives_every_field),
		TEST(takes_lists_up_to_their_length),
		TEST(refuses_lists_that_are_too_long),
		TEST(takes_versions_and_counters_in_their_range),
		TEST(refuses_an_owner_whose_key_is_no_uncompressed_point),
		TEST(refuses_an_owner_without_a_counter_or_with_more),
		TEST(takes_counters_of_owners_in_their_range),
		TEST(refuses_roles_that_no_domain_has),
		TEST(refuses_labels_of_more_than_eleven_characters),
		TEST(refuses_objects_of_other_types),
		TEST(says_truncated_wherever_it_is_cut),
		TEST(takes_no_changed_byte_for_what_it_is_not),
	};

	return cmocka_run_group_tests_name("policy", tests, NULL, NULL);
}
