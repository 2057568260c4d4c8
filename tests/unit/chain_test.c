/*
 * chain: the parts of a chain, where its filling begins, and every part spoilt.
 * Links: lib/chain.c lib/cose.c lib/signed.c lib/cbor.c tests/unit/cbor_write.c tests/unit/sample.c
 * Links: tests/unit/sample_write.c tests/unit/signer.c openssl
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "tests/unit/test.h"
#include "lib/chain.h"
#include "tests/unit/sample.h"

/* Offsets in a chain: the root key, and the string of the endorsement. */
#define AT_ROOT		1
#define AT_ENDORSEMENT	100

static struct sample_chain parts;
static struct written bytes, strings[2];

/* A good chain, in its parts and written. */
static void good(void)
{
	struct endorsement endorsement = sample_endorsement(SIGNED_ROLE_FIRMWARE);
	struct firmware firmware = sample_firmware();
	static struct written payload;

	payload.count = bytes.count = 0;
	sample_write_firmware(&payload, &firmware);
	sample_chain_make(&parts, &endorsement, &payload);
	sample_write_chain(&bytes, &parts);
	strings[0].count = strings[1].count = 0;
	sample_write_signed(&strings[0], &parts.endorsement);
	sample_write_signed(&strings[1], &parts.object);
}

/* The chain again, of the two strings as they are now. */
static void strings_write(void)
{
	bytes.count = 0;
	write_head(&bytes, WRITE_ARRAY, 3);
	write_bytes(&bytes, parts.root, sizeof(parts.root));
	write_bytes(&bytes, strings[0].bytes, strings[0].count);
	write_bytes(&bytes, strings[1].bytes, strings[1].count);
}

static size_t at_object(void)
{
	return AT_ENDORSEMENT + 2 + strings[0].count;
}

static enum signed_problem split(size_t *offset)
{
	uint8_t *copy = sample_exactly(bytes.bytes, bytes.count);
	struct cbor c = cbor_open(copy, bytes.count);
	struct chain chain;
	enum signed_problem problem = chain_split(&c, &chain);

	assert_int_equal(problem, c.problem);
	*offset = (size_t)(c.at - copy);
	test_free(copy);
	return problem;
}

static void expect(enum signed_problem problem, size_t offset)
{
	size_t found_at;
	enum signed_problem found = split(&found_at);

	if (found != problem || found_at != offset)
		fail_msg("found %s at %zu, expected %s at %zu", signed_name(found), found_at, signed_name(problem), offset);
}

static void gives_the_parts_as_they_lie(void **state)
{
	struct chain chain;

	(void)state;
	good();
	struct cbor c = cbor_open(bytes.bytes, bytes.count);

	assert_int_equal(chain_split(&c, &chain), SIGNED_OK);
	assert_int_equal(chain.root.count, 97);
	assert_memory_equal(chain.root.data, parts.root, 97);
	assert_int_equal(chain.endorsement.payload.count, parts.endorsement.payload.count);
	assert_memory_equal(chain.endorsement.payload.data, parts.endorsement.payload.bytes, parts.endorsement.payload.count);
	assert_memory_equal(chain.endorsement.signature.data, parts.endorsement.signature, 96);
	assert_int_equal(chain.object.payload.count, parts.object.payload.count);
	assert_memory_equal(chain.object.payload.data, parts.object.payload.bytes, parts.object.payload.count);
	assert_memory_equal(chain.object.signature.data, parts.object.signature, 96);
}

static void may_be_filled_up_with_zeros_only(void **state)
{
	(void)state;
	good();
	size_t end = bytes.count;

	assert_int_equal(bytes.bytes[AT_ENDORSEMENT - 1], parts.root[96]);
	expect(SIGNED_OK, end);
	write_zeros(&bytes, 4096);
	expect(SIGNED_OK, end);
	for (size_t at = end; at < 4096; at++) {
		bytes.bytes[at] = 1;
		expect(SIGNED_TRAILING, at);
		bytes.bytes[at] = 0;
	}
}

static void says_truncated_wherever_it_is_cut(void **state)
{
	size_t offset;

	(void)state;
	good();
	while (bytes.count > 0) {
		bytes.count--;
		assert_int_equal(split(&offset), SIGNED_TRUNCATED);
	}
}

/* A string that ends early is truncated, too, though the file goes on. */
static void says_truncated_wherever_a_string_is_cut(void **state)
{
	size_t offset;

	(void)state;
	for (unsigned i = 0; i < 2; i++) {
		good();
		for (size_t count = strings[i].count; count-- > 1; ) {
			strings[i].count = count;
			strings_write();
			assert_int_equal(split(&offset), SIGNED_TRUNCATED);
		}
		strings[i].count = 0;
		strings_write();
		expect(SIGNED_RANGE, i == 0 ? AT_ENDORSEMENT : at_object());
	}
}

static void refuses_what_follows_an_object_in_its_string(void **state)
{
	(void)state;
	good();
	write_raw(&strings[0], "", 1);
	strings_write();
	expect(SIGNED_TRAILING, at_object() - 1);
	good();
	write_raw(&strings[1], "", 1);
	strings_write();
	expect(SIGNED_TRAILING, bytes.count - 1);
}

static void refuses_more_and_fewer_parts(void **state)
{
	(void)state;
	good();
	bytes.bytes[0] = 0x82;
	expect(SIGNED_SHAPE, 0);
	bytes.bytes[0] = 0x84;
	expect(SIGNED_SHAPE, 0);
}

static void refuses_a_root_key_of_another_size(void **state)
{
	(void)state;
	good();
	bytes.bytes[AT_ROOT + 1] = 96;
	expect(SIGNED_RANGE, AT_ROOT);
	bytes.bytes[AT_ROOT] = 0x78;
	bytes.bytes[AT_ROOT + 1] = 97;
	expect(SIGNED_SHAPE, AT_ROOT);
}

static void refuses_an_indefinite_chain(void **state)
{
	(void)state;
	good();
	bytes.bytes[0] = 0x9f;
	expect(SIGNED_NOT_CANONICAL, 0);
}

static void refuses_nothing_at_all(void **state)
{
	(void)state;
	bytes.count = 0;
	expect(SIGNED_TRUNCATED, 0);
	/* A page that was erased, and one of zeros. */
	write_zeros(&bytes, 4096);
	expect(SIGNED_SHAPE, 0);
	memset(bytes.bytes, 0xff, 4096);
	expect(SIGNED_UNKNOWN, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(gives_the_parts_as_they_lie),
		TEST(may_be_filled_up_with_zeros_only),
		TEST(says_truncated_wherever_it_is_cut),
		TEST(says_truncated_wherever_a_string_is_cut),
		TEST(refuses_what_follows_an_object_in_its_string),
		TEST(refuses_more_and_fewer_parts),
		TEST(refuses_a_root_key_of_another_size),
		TEST(refuses_an_indefinite_chain),
		TEST(refuses_nothing_at_all),
	};

	return cmocka_run_group_tests_name("chain", tests, NULL, NULL);
}
