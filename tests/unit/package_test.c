/*
 * package: chains and packages that hold, and for every problem one that does not.
 * Links: crypto/package.c lib/chain.c lib/cose.c lib/endorsement.c lib/firmware.c lib/policy.c lib/signed.c lib/cbor.c
 * Links: tests/unit/cbor_write.c tests/unit/sample.c tests/unit/sample_write.c tests/unit/signer.c
 * Links: openssl
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "tests/unit/test.h"
#include "tests/unit/sample.h"
#include "tests/unit/signer.h"

/* Where in a chain of the samples: behind the root key, string and tag and header of the endorsement; its payload. */
#define AT_ENDORSEMENT	100
#define AT_ENDORSED	112

static struct sample_chain parts;
static struct written bytes;
static struct package package;
static struct trust trust;

static int trust_make(void **state)
{
	(void)state;
	trust = sample_trust();
	return 0;
}

static enum signed_problem verify(size_t *offset)
{
	uint8_t *copy = sample_exactly(bytes.bytes, bytes.count);
	struct cbor c = cbor_open(copy, bytes.count);

	memset(&package, 0xee, sizeof(package));
	enum signed_problem problem = package_verify(&c, &trust, &package);

	assert_int_equal(problem, c.problem);
	*offset = (size_t)(c.at - copy);
	test_free(copy);
	return problem;
}

static void expect(enum signed_problem problem, size_t offset)
{
	size_t found_at;
	enum signed_problem found = verify(&found_at);

	if (found != problem || found_at != offset)
		fail_msg("found %s at %zu, expected %s at %zu", signed_name(found), found_at, signed_name(problem), offset);
}

/* The problem alone: where it is depends on sizes that do not matter here. */
static void expect_problem(enum signed_problem problem)
{
	size_t found_at;
	enum signed_problem found = verify(&found_at);

	if (found != problem)
		fail_msg("found %s at %zu, expected %s", signed_name(found), found_at, signed_name(problem));
}

static void good_package(void)
{
	struct firmware firmware = sample_firmware();
	struct policy policy = sample_policy();

	bytes.count = 0;
	sample_write_package(&bytes, &firmware, &policy);
}

/* The parts of a firmware chain, to be spoilt; chain_write puts them in the place of the package's. */
static void good_parts(void)
{
	static struct written payload;
	struct firmware firmware = sample_firmware();
	struct policy policy = sample_policy();
	struct endorsement endorsement = sample_endorsement(SIGNED_ROLE_FIRMWARE);

	bytes.count = payload.count = 0;
	sample_write_package(&bytes, &firmware, &policy);
	sample_write_firmware(&payload, &firmware);
	sample_chain_make(&parts, &endorsement, &payload);
}

static void chain_write(void)
{
	static struct written chain;

	chain.count = 0;
	sample_write_chain(&chain, &parts);
	write_zeros(&chain, 4096);
	memcpy(bytes.bytes, chain.bytes, 4096);
}

static void endorsement_replace(const struct endorsement *endorsement, enum sample_key key)
{
	parts.endorsement.payload.count = 0;
	sample_write_endorsement(&parts.endorsement.payload, endorsement);
	sample_sign(&parts.endorsement, key);
}

static void holds_and_gives_every_part(void **state)
{
	(void)state;
	good_package();
	expect(SIGNED_OK, 0);
	assert_string_equal(package.firmware_signer.name, "firmware-2025");
	assert_string_equal(package.policy_signer.name, "policy-2025");
	assert_int_equal(package.firmware.version, 12);
	assert_int_equal(package.policy.version, 300);
	assert_int_equal(package.policy.owner_count, 2);
}

static void takes_counters_and_serials_that_the_device_knows(void **state)
{
	(void)state;
	good_package();
	trust.least[SIGNED_ROLE_FIRMWARE].counter = 3;
	trust.least[SIGNED_ROLE_FIRMWARE].serial = 7;
	expect(SIGNED_OK, 0);
}

/* It does not matter which of the two signatures the signing made; nobody knows a package by its bytes. */
static void takes_the_twin_of_a_signature(void **state)
{
	(void)state;
	good_parts();
	signer_twin(parts.endorsement.signature);
	signer_twin(parts.object.signature);
	chain_write();
	expect(SIGNED_OK, 0);
}

/* truncated */
static void says_truncated_wherever_it_is_cut(void **state)
{
	size_t offset;

	(void)state;
	good_package();
	while (bytes.count > 0) {
		/* Each byte of the chain, then each page and its neighbours. */
		bytes.count -= bytes.count > 4097 && bytes.count % 4096 > 1 ? bytes.count % 4096 - 1 : 1;
		assert_int_equal(verify(&offset), SIGNED_TRUNCATED);
	}
}

/* trailing */
static void refuses_bytes_behind_its_end(void **state)
{
	(void)state;
	good_package();
	size_t end = bytes.count;

	write_zeros(&bytes, end + 1);
	expect(SIGNED_TRAILING, end);
	write_zeros(&bytes, end + 4096);
	expect(SIGNED_TRAILING, end);
}

static void refuses_filling_that_is_not_zero(void **state)
{
	(void)state;
	good_package();
	bytes.bytes[4095] = 1;
	expect(SIGNED_TRAILING, 4095);
}

/* not-canonical, unknown, shape and range of a payload whose signature holds, by the key that may */
static void payload_replace(size_t at, const void *new, size_t count, size_t old)
{
	static struct written changed;
	struct written *payload = &parts.object.payload;

	good_parts();
	changed.count = 0;
	write_raw(&changed, payload->bytes, at);
	write_raw(&changed, new, count);
	write_raw(&changed, payload->bytes + at + old, payload->count - at - old);
	*payload = changed;
	sample_sign(&parts.object, KEY_FIRMWARE);
	chain_write();
}

static void refuses_a_signed_object_that_is_not_canonical(void **state)
{
	(void)state;
	/* The version, 12, in two bytes. */
	payload_replace(13, "\x18\x0c", 2, 1);
	expect_problem(SIGNED_NOT_CANONICAL);
	/* Key 5 becomes a second key 3. */
	payload_replace(12, "\x03", 1, 1);
	expect_problem(SIGNED_NOT_CANONICAL);
}

static void refuses_a_signed_object_with_an_unknown_key(void **state)
{
	(void)state;
	payload_replace(12, "\x04", 1, 1);
	expect_problem(SIGNED_UNKNOWN);
	/* A date, as a float. */
	payload_replace(13, "\xfb\x41\xd9\x00\x00\x00\x00\x00\x00", 9, 1);
	expect_problem(SIGNED_UNKNOWN);
}

static void refuses_a_signed_object_of_another_shape(void **state)
{
	(void)state;
	payload_replace(13, "\x41\x0c", 2, 1);
	expect_problem(SIGNED_SHAPE);
}

static void refuses_a_signed_object_with_a_number_out_of_range(void **state)
{
	(void)state;
	payload_replace(13, "\x00", 1, 1);
	expect_problem(SIGNED_RANGE);
}

/* root-key */
static void refuses_another_root_key(void **state)
{
	struct endorsement endorsement = sample_endorsement(SIGNED_ROLE_FIRMWARE);

	(void)state;
	good_parts();
	signer_public(KEY_STRANGER, parts.root);
	endorsement_replace(&endorsement, KEY_STRANGER);
	chain_write();
	expect(SIGNED_ROOT_KEY, 3);
	good_parts();
	trust.root_sha256[31] ^= 1;
	expect(SIGNED_ROOT_KEY, 3);
}

/* algorithm */
static void refuses_another_algorithm_of_either_signature(void **state)
{
	(void)state;
	for (unsigned i = 0; i < 2; i++) {
		good_parts();
		struct sample_signed *object = i == 0 ? &parts.endorsement : &parts.object;

		/* ES256; then also signed with the right key. */
		object->protected.count = 0;
		write_raw(&object->protected, "\xa1\x01\x26", 3);
		chain_write();
		expect_problem(SIGNED_ALGORITHM);
		sample_sign(object, i == 0 ? KEY_ROOT : KEY_FIRMWARE);
		chain_write();
		expect_problem(SIGNED_ALGORITHM);
	}
}

/* signature */
static void refuses_an_object_that_the_endorsed_key_did_not_sign(void **state)
{
	static const enum sample_key others[] = { KEY_ROOT, KEY_POLICY, KEY_VM, KEY_STRANGER };

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(others); i++) {
		good_parts();
		sample_sign(&parts.object, others[i]);
		chain_write();
		expect_problem(SIGNED_SIGNATURE);
	}
	good_parts();
	memset(parts.object.signature, 0, 96);
	chain_write();
	expect_problem(SIGNED_SIGNATURE);
}

static void refuses_an_endorsement_that_the_root_key_did_not_sign(void **state)
{
	struct endorsement endorsement = sample_endorsement(SIGNED_ROLE_FIRMWARE);

	(void)state;
	good_parts();
	/* The firmware key endorses itself. */
	endorsement_replace(&endorsement, KEY_FIRMWARE);
	chain_write();
	expect(SIGNED_SIGNATURE, AT_ENDORSED + parts.endorsement.payload.count + 2);
	memset(parts.endorsement.signature, 0xff, 96);
	chain_write();
	expect_problem(SIGNED_SIGNATURE);
}

static void refuses_signatures_in_each_others_place(void **state)
{
	uint8_t signature[96];

	(void)state;
	good_parts();
	memcpy(signature, parts.object.signature, 96);
	memcpy(parts.object.signature, parts.endorsement.signature, 96);
	memcpy(parts.endorsement.signature, signature, 96);
	chain_write();
	expect_problem(SIGNED_SIGNATURE);
}

/* type */
static void refuses_another_type_in_either_place(void **state)
{
	struct endorsement endorsement = sample_endorsement(SIGNED_ROLE_FIRMWARE);
	struct policy policy = sample_policy();

	(void)state;
	good_parts();
	/* The firmware key signs a policy, and an endorsement. */
	parts.object.payload.count = 0;
	sample_write_policy(&parts.object.payload, &policy);
	sample_sign(&parts.object, KEY_FIRMWARE);
	chain_write();
	expect_problem(SIGNED_TYPE);
	parts.object.payload.count = 0;
	sample_write_endorsement(&parts.object.payload, &endorsement);
	sample_sign(&parts.object, KEY_FIRMWARE);
	chain_write();
	expect_problem(SIGNED_TYPE);
	/* The root key signs firmware itself. */
	good_parts();
	parts.endorsement = parts.object;
	sample_sign(&parts.endorsement, KEY_ROOT);
	chain_write();
	expect_problem(SIGNED_TYPE);
}

/* role */
static void refuses_keys_of_other_roles(void **state)
{
	static const enum signed_role others[] = { SIGNED_ROLE_POLICY, SIGNED_ROLE_VM };

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(others); i++) {
		struct endorsement endorsement = sample_endorsement(others[i]);

		good_parts();
		endorsement_replace(&endorsement, KEY_ROOT);
		sample_sign(&parts.object, KEY_ROOT + others[i]);
		chain_write();
		expect(SIGNED_ROLE, AT_ENDORSED);
	}
}

static void refuses_a_policy_that_the_firmware_key_signed(void **state)
{
	static struct written chain, payload;
	struct endorsement endorsement = sample_endorsement(SIGNED_ROLE_FIRMWARE);
	struct policy policy = sample_policy(), found;
	struct endorsement signer;

	(void)state;
	chain.count = payload.count = 0;
	sample_write_policy(&payload, &policy);
	sample_chain_make(&parts, &endorsement, &payload);
	sample_write_chain(&chain, &parts);
	struct cbor c = cbor_open(chain.bytes, chain.count);

	assert_int_equal(policy_verify(&c, &trust, &signer, &found), SIGNED_ROLE);
}

/* revoked */
static void refuses_a_key_that_a_newer_endorsement_revoked(void **state)
{
	(void)state;
	good_package();
	trust.least[SIGNED_ROLE_FIRMWARE].serial = 8;
	expect(SIGNED_REVOKED, AT_ENDORSED);
	trust.least[SIGNED_ROLE_FIRMWARE].serial = 7;
	trust.least[SIGNED_ROLE_POLICY].serial = 8;
	expect(SIGNED_REVOKED, 8 * 4096 + AT_ENDORSED);
}

/* rolled-back */
static void refuses_a_smaller_security_counter(void **state)
{
	(void)state;
	good_package();
	trust.least[SIGNED_ROLE_FIRMWARE].counter = 4;
	expect_problem(SIGNED_ROLLED_BACK);
	trust.least[SIGNED_ROLE_FIRMWARE].counter = 3;
	trust.least[SIGNED_ROLE_POLICY].counter = 70001;
	expect_problem(SIGNED_ROLLED_BACK);
}

/* digest */
static void refuses_a_component_with_any_changed_page(void **state)
{
	/* Pages of the components, and where each begins. */
	static const unsigned starts[] = { 1, 2, 2, 4, 5, 5, 7, 8, 8 };

	(void)state;
	good_package();
	for (unsigned page = 1; page < 10; page++) {
		bytes.bytes[4096 * page + 17 * page] ^= 0x40;
		expect(SIGNED_DIGEST, 4096 * starts[page - 1]);
		bytes.bytes[4096 * page + 17 * page] ^= 0x40;
	}
}

static void refuses_components_of_another_version(void **state)
{
	static struct written other;
	struct firmware firmware = sample_firmware();
	struct policy policy = sample_policy();

	(void)state;
	good_package();
	firmware.version = 13;
	other.count = 0;
	sample_write_package(&other, &firmware, &policy);
	/* The new first page with old components; the old first page with one new component. */
	memcpy(other.bytes + 4096, bytes.bytes + 4096, bytes.count - 4096);
	memcpy(bytes.bytes, other.bytes, 4096);
	expect(SIGNED_DIGEST, 4096);
	good_package();
	other.count = 0;
	sample_write_package(&other, &firmware, &policy);
	memcpy(bytes.bytes + 4 * 4096, other.bytes + 4 * 4096, 4096);
	expect(SIGNED_DIGEST, 4 * 4096);
}

/* A policy that is no chain is found though its digest is right: the firmware key alone makes no policy. */
static void refuses_a_listed_component_that_is_no_policy(void **state)
{
	static struct written payload;
	struct firmware firmware = sample_firmware();
	struct policy policy = sample_policy();
	struct endorsement endorsement = sample_endorsement(SIGNED_ROLE_FIRMWARE);

	(void)state;
	bytes.count = payload.count = 0;
	sample_write_package(&bytes, &firmware, &policy);
	bytes.bytes[8 * 4096 + 3] ^= 1;
	struct hash_piece piece = { bytes.bytes + 8 * 4096, 8192 };

	assert_int_equal(hash_sha256(&piece, 1, firmware.components[FIRMWARE_POLICY].sha256), OK);
	sample_write_firmware(&payload, &firmware);
	sample_chain_make(&parts, &endorsement, &payload);
	chain_write();
	expect(SIGNED_ROOT_KEY, 8 * 4096 + 3);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST_FROM(trust_make, holds_and_gives_every_part),
		TEST_FROM(trust_make, takes_counters_and_serials_that_the_device_knows),
		TEST_FROM(trust_make, takes_the_twin_of_a_signature),
		TEST_FROM(trust_make, says_truncated_wherever_it_is_cut),
		TEST_FROM(trust_make, refuses_bytes_behind_its_end),
		TEST_FROM(trust_make, refuses_filling_that_is_not_zero),
		TEST_FROM(trust_make, refuses_a_signed_object_that_is_not_canonical),
		TEST_FROM(trust_make, refuses_a_signed_object_with_an_unknown_key),
		TEST_FROM(trust_make, refuses_a_signed_object_of_another_shape),
		TEST_FROM(trust_make, refuses_a_signed_object_with_a_number_out_of_range),
		TEST_FROM(trust_make, refuses_another_root_key),
		TEST_FROM(trust_make, refuses_another_algorithm_of_either_signature),
		TEST_FROM(trust_make, refuses_an_object_that_the_endorsed_key_did_not_sign),
		TEST_FROM(trust_make, refuses_an_endorsement_that_the_root_key_did_not_sign),
		TEST_FROM(trust_make, refuses_signatures_in_each_others_place),
		TEST_FROM(trust_make, refuses_another_type_in_either_place),
		TEST_FROM(trust_make, refuses_keys_of_other_roles),
		TEST_FROM(trust_make, refuses_a_policy_that_the_firmware_key_signed),
		TEST_FROM(trust_make, refuses_a_key_that_a_newer_endorsement_revoked),
		TEST_FROM(trust_make, refuses_a_smaller_security_counter),
		TEST_FROM(trust_make, refuses_a_component_with_any_changed_page),
		TEST_FROM(trust_make, refuses_components_of_another_version),
		TEST_FROM(trust_make, refuses_a_listed_component_that_is_no_policy),
	};

	return cmocka_run_group_tests_name("package", tests, NULL, NULL);
}
