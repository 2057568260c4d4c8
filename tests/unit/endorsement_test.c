/*
 * endorsement: fields at their limits and beyond.
 * Links: lib/endorsement.c lib/firmware.c lib/policy.c lib/signed.c lib/cbor.c tests/unit/cbor_write.c
 * Links: tests/unit/payload.c tests/unit/sample.c tests/unit/sample_write.c tests/unit/signer.c
 * Links: openssl
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "tests/unit/test.h"
#include "tests/unit/payload.h"
#include "tests/unit/sample.h"

static struct written bytes;

/* Offsets in a good one: the values of the keys 1 and 2, the text, the key, and behind it the two serials. */
#define AT_TYPE		2
#define AT_ROLE		4
#define AT_NAME		6
#define NAME_BYTES	14
#define AT_KEY		(AT_NAME + NAME_BYTES + 1)
#define AT_SERIAL	(AT_KEY + 2 + 97 + 1)

static void expect(const struct endorsement *endorsement, enum signed_problem problem, size_t offset)
{
	bytes.count = 0;
	sample_write_endorsement(&bytes, endorsement);
	payload_expect(&payload_endorsement, &bytes, problem, problem == SIGNED_OK ? bytes.count : offset);
}

static void gives_every_field(void **state)
{
	struct endorsement good = sample_endorsement(SIGNED_ROLE_FIRMWARE), found;

	(void)state;
	bytes.count = 0;
	sample_write_endorsement(&bytes, &good);
	struct cbor c = cbor_open(bytes.bytes, bytes.count);

	assert_int_equal(endorsement_read(&c, &found), SIGNED_OK);
	assert_int_equal(found.role, SIGNED_ROLE_FIRMWARE);
	assert_string_equal(found.name, "firmware-2025");
	assert_memory_equal(found.key, good.key, sizeof(found.key));
	assert_int_equal(found.serial, 7);
	assert_int_equal(found.serial_least, 5);
}

static void takes_roles_that_there_are(void **state)
{
	struct endorsement e = sample_endorsement(SIGNED_ROLE_FIRMWARE);

	(void)state;
	for (unsigned role = 0; role <= 4; role++) {
		e.role = (enum signed_role)role;
		expect(&e, role >= 1 && role <= 3 ? SIGNED_OK : SIGNED_RANGE, AT_ROLE);
	}
}

static void takes_serials_in_their_range(void **state)
{
	struct endorsement e = sample_endorsement(SIGNED_ROLE_FIRMWARE);

	(void)state;
	e.serial = 0;
	expect(&e, SIGNED_RANGE, AT_SERIAL);
	e.serial = 1;
	e.serial_least = 1;
	expect(&e, SIGNED_OK, 0);
	e.serial_least = 2;
	expect(&e, SIGNED_RANGE, AT_SERIAL + 2);
	e.serial_least = 0;
	expect(&e, SIGNED_OK, 0);
	e.serial = e.serial_least = UINT32_MAX;
	expect(&e, SIGNED_OK, 0);
	/* One more than 2^32 - 1. */
	bytes.count = AT_SERIAL;
	write_head(&bytes, WRITE_UINT, (uint64_t)UINT32_MAX + 1);
	write_raw(&bytes, "\x06\x00", 2);
	payload_expect(&payload_endorsement, &bytes, SIGNED_RANGE, AT_SERIAL);
}

static void refuses_a_key_that_is_no_uncompressed_point(void **state)
{
	struct endorsement e = sample_endorsement(SIGNED_ROLE_FIRMWARE);

	(void)state;
	e.key[0] = 2;
	expect(&e, SIGNED_RANGE, AT_KEY);
}

static void refuses_names_out_of_the_alphabet(void **state)
{
	struct endorsement e = sample_endorsement(SIGNED_ROLE_FIRMWARE);

	(void)state;
	e.name[3] = ' ';
	expect(&e, SIGNED_RANGE, AT_NAME);
	e.name[0] = '\0';
	expect(&e, SIGNED_RANGE, AT_NAME);
}

static void refuses_objects_of_other_types(void **state)
{
	struct firmware firmware = sample_firmware();
	struct policy policy = sample_policy();

	(void)state;
	bytes.count = 0;
	sample_write_firmware(&bytes, &firmware);
	payload_expect(&payload_endorsement, &bytes, SIGNED_TYPE, AT_TYPE);
	bytes.count = 0;
	sample_write_policy(&bytes, &policy);
	payload_expect(&payload_endorsement, &bytes, SIGNED_TYPE, AT_TYPE);
}

static void says_truncated_wherever_it_is_cut(void **state)
{
	struct endorsement e = sample_endorsement(SIGNED_ROLE_POLICY);

	(void)state;
	bytes.count = 0;
	sample_write_endorsement(&bytes, &e);
	payload_check_ends(&payload_endorsement, &bytes);
}

static void takes_no_changed_byte_for_what_it_is_not(void **state)
{
	struct endorsement e = sample_endorsement(SIGNED_ROLE_POLICY);

	(void)state;
	bytes.count = 0;
	sample_write_endorsement(&bytes, &e);
	assert_true(payload_check_changes(&payload_endorsement, &bytes) > 1000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(gives_every_field),
		TEST(takes_roles_that_there_are),
		TEST(takes_serials_in_their_range),
		TEST(refuses_a_key_that_is_no_uncompressed_point),
		TEST(refuses_names_out_of_the_alphabet),
		TEST(refuses_objects_of_other_types),
		TEST(says_truncated_wherever_it_is_cut),
		TEST(takes_no_changed_byte_for_what_it_is_not),
	};

	return cmocka_run_group_tests_name("endorsement", tests, NULL, NULL);
}
