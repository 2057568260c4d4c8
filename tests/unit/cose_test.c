/*
 * cose: the parts of a COSE_Sign1, what its signature covers, and every part spoilt.
 * Links: lib/cose.c lib/signed.c lib/cbor.c tests/unit/cbor_write.c tests/unit/sample.c tests/unit/sample_write.c
 * Links: tests/unit/signer.c openssl
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "tests/unit/test.h"
#include "lib/cose.h"
#include "tests/unit/sample.h"

static struct sample_chain chain;
static struct written bytes;

/* A good object of a payload of @count bytes, written. */
static struct sample_signed *good(size_t count)
{
	static struct written payload;
	struct endorsement endorsement = sample_endorsement(SIGNED_ROLE_FIRMWARE);

	payload.count = 0;
	while (payload.count < count)
		write_raw(&payload, "p", 1);
	sample_chain_make(&chain, &endorsement, &payload);
	bytes.count = 0;
	sample_write_signed(&bytes, &chain.object);
	return &chain.object;
}

static enum signed_problem take(struct cose *out, size_t *offset)
{
	uint8_t *copy = sample_exactly(bytes.bytes, bytes.count);
	struct cbor c = cbor_open(copy, bytes.count);

	cose_take(&c, out);
	cbor_end(&c);
	cose_check_algorithm(&c, out);
	*offset = (size_t)(c.at - copy);
	test_free(copy);
	return c.problem;
}

static void expect(enum signed_problem problem, size_t offset)
{
	struct cose cose;
	size_t found_at;
	enum signed_problem found = take(&cose, &found_at);

	if (found != problem || found_at != offset)
		fail_msg("found %s at %zu, expected %s at %zu", signed_name(found), found_at, signed_name(problem), offset);
}

static void gives_the_parts_as_they_lie(void **state)
{
	struct sample_signed *object = good(300);
	struct cbor c = cbor_open(bytes.bytes, bytes.count);
	struct cose cose;

	(void)state;
	cose_take(&c, &cose);
	assert_int_equal(cbor_end(&c), SIGNED_OK);
	assert_int_equal(cose.protected.count, 4);
	assert_memory_equal(cose.protected.data, "\xa1\x01\x38\x22", 4);
	assert_int_equal(cose.payload.count, 300);
	assert_memory_equal(cose.payload.data, object->payload.bytes, 300);
	assert_int_equal(cose.signature.count, 96);
	assert_memory_equal(cose.signature.data, object->signature, 96);
}

/* Sizes whose heads have one, two and three bytes, up to the largest. */
static const size_t sizes[] = { 1, 23, 24, 255, 256, SIGNED_PAYLOAD_MAX };

static void what_is_signed_is_the_sig_structure(void **state)
{
	static struct written structure;

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(sizes); i++) {
		struct sample_signed *object = good(sizes[i]);
		struct cbor c = cbor_open(bytes.bytes, bytes.count);
		struct cose cose;

		cose_take(&c, &cose);
		assert_int_equal(c.problem, SIGNED_OK);
		structure.count = 0;
		write_head(&structure, WRITE_ARRAY, 4);
		write_text(&structure, "Signature1");
		write_bytes(&structure, object->protected.bytes, object->protected.count);
		write_bytes(&structure, "", 0);
		write_bytes(&structure, object->payload.bytes, object->payload.count);
		assert_int_equal(COSE_SIGNED_START_BYTES + cose.signed_rest.count, structure.count);
		assert_memory_equal(cose_signed_start, structure.bytes, COSE_SIGNED_START_BYTES);
		assert_memory_equal(cose.signed_rest.data, structure.bytes + COSE_SIGNED_START_BYTES, cose.signed_rest.count);
	}
}

static void refuses_payloads_of_no_and_of_too_many_bytes(void **state)
{
	(void)state;
	good(0);
	expect(SIGNED_RANGE, 8);
	good(SIGNED_PAYLOAD_MAX);
	expect(SIGNED_OK, bytes.count);
	good(SIGNED_PAYLOAD_MAX + 1);
	expect(SIGNED_RANGE, 8);
}

static void refuses_a_payload_that_is_elsewhere(void **state)
{
	(void)state;
	good(1);
	bytes.bytes[8] = 0xf6;
	expect(SIGNED_UNKNOWN, 8);
}

static void refuses_every_other_algorithm(void **state)
{
	/* ES256, ES384 twice over, HMAC, EdDSA by its new number, by a name, no header, not even CBOR; with a key id. */
	static const struct { const char *bytes; size_t count; } headers[] = {
		{ "\xa1\x01\x26", 3 }, { "\xa1\x01\x39\x00\x22", 5 }, { "\xa1\x01\x05", 3 }, { "\xa1\x01\x32", 3 },
		{ "\xa1\x01\x65" "ES384", 8 }, { "\xa0", 1 }, { "\xff\xff\xff\xff", 4 },
		{ "\xa2\x01\x38\x22\x04\x41\x31", 7 }, { "\xa1\x01\x38\x23", 4 }, { "\xa1\x01\x38\x22\x00", 5 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(headers); i++) {
		struct sample_signed *object = good(20);

		object->protected.count = 0;
		write_raw(&object->protected, headers[i].bytes, headers[i].count);
		bytes.count = 0;
		sample_write_signed(&bytes, object);
		expect(SIGNED_ALGORITHM, 3);
	}
}

static void refuses_an_empty_protected_header(void **state)
{
	struct sample_signed *object = good(20);

	(void)state;
	object->protected.count = 0;
	bytes.count = 0;
	sample_write_signed(&bytes, object);
	expect(SIGNED_RANGE, 2);
}

static void refuses_anything_in_the_unprotected_header(void **state)
{
	struct sample_signed *object = good(20);

	(void)state;
	object->unprotected.count = 0;
	/* 4: the key's name. */
	write_raw(&object->unprotected, "\xa1\x04\x41" "1", 4);
	bytes.count = 0;
	sample_write_signed(&bytes, object);
	expect(SIGNED_UNKNOWN, 8);
}

static void refuses_signatures_of_another_size(void **state)
{
	(void)state;
	good(20);
	size_t at = bytes.count - 98;

	bytes.bytes[at + 1] = 95;
	expect(SIGNED_RANGE, at);
	bytes.bytes[at + 1] = 97;
	expect(SIGNED_RANGE, at);
}

static void refuses_another_tag_and_none(void **state)
{
	(void)state;
	good(20);
	/* 17 is a COSE_Mac0. */
	bytes.bytes[0] = 0xd1;
	expect(SIGNED_UNKNOWN, 0);
	memmove(bytes.bytes, bytes.bytes + 1, --bytes.count);
	expect(SIGNED_SHAPE, 0);
}

static void refuses_more_and_fewer_parts(void **state)
{
	(void)state;
	good(20);
	bytes.bytes[1] = 0x83;
	expect(SIGNED_SHAPE, 1);
	bytes.bytes[1] = 0x85;
	expect(SIGNED_SHAPE, 1);
}

static void says_truncated_wherever_it_is_cut(void **state)
{
	struct cose cose;
	size_t offset;

	(void)state;
	good(20);
	for (size_t whole = bytes.count; bytes.count > 0; ) {
		bytes.count--;
		assert_int_equal(take(&cose, &offset), SIGNED_TRUNCATED);
		assert_true(offset < whole);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(gives_the_parts_as_they_lie),
		TEST(what_is_signed_is_the_sig_structure),
		TEST(refuses_payloads_of_no_and_of_too_many_bytes),
		TEST(refuses_a_payload_that_is_elsewhere),
		TEST(refuses_every_other_algorithm),
		TEST(refuses_an_empty_protected_header),
		TEST(refuses_anything_in_the_unprotected_header),
		TEST(refuses_signatures_of_another_size),
		TEST(refuses_another_tag_and_none),
		TEST(refuses_more_and_fewer_parts),
		TEST(says_truncated_wherever_it_is_cut),
	};

	return cmocka_run_group_tests_name("cose", tests, NULL, NULL);
}
