/*
 * signature: the rooms' check of ECDSA, on the host: published vectors, OpenSSL's signatures, and what must not hold.
 * Links: tests/unit/signer.c mbedtls -lcrypto
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "tests/unit/test.h"
#include "crypto/signature.h"
#include "lib/check.h"
#include "lib/memory.h"
#include "tests/unit/signer.h"

void check_failed(const char *file, int line)
{
	fail_msg("CHECK failed at %s:%d", file, line);
	abort();
}

void memory_wipe(void *dst, size_t bytes)
{
	memset(dst, 0, bytes);
}

/* RFC 6979, section A.2.6: the key, and r and s with SHA-384 of "sample" and of "test". */
static const char *const vector_key = "04"
	"EC3A4E415B4E19A4568618029F427FA5DA9A8BC4AE92E02E06AAE5286B300C64DEF8F0EA9055866064A254515480BC13"
	"8015D9B72D7D57244EA8EF9AC0C621896708A59367F9DFB9F54CA84B3F1C9DB1288B231C3AE0D4FE7344FD2533264720";
static const struct { const char *message, *signature; } vectors[] = {
	{ "sample",
	  "94EDBB92A5ECB8AAD4736E56C691916B3F88140666CE9FA73D64C4EA95AD133C81A648152E44ACF96E36DD1E80FABE46"
	  "99EF4AEB15F178CEA1FE40DB2603138F130E740A19624526203B6351D0A3A94FA329C145786E679E7B82C71A38628AC8" },
	{ "test",
	  "8203B63D3C853E8D77227FB377BCF7B7B772E97892A80F36AB775D509D7A5FEB0542A7F0812998DA8F1DD3CA3CF023DB"
	  "DDD0760448D42D8A43AF45AF836FCE4DE8BE06B485E9B61B827C2F13173923E06A739F040649A667BF3B828246BAA5A5" },
};

/* SEC 2, section 2.5.1: the order of the group, and the prime of the field. */
static const char *const order =
	"FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFC7634D81F4372DDF581A0DB248B0A77AECEC196ACCC52973";
static const char *const prime =
	"FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEFFFFFFFF0000000000000000FFFFFFFF";

static void hex_read(const char *hex, uint8_t *out)
{
	for (; *hex != '\0'; hex += 2) {
		char digits[3] = { hex[0], hex[1], '\0' };

		*out++ = (uint8_t)strtoul(digits, NULL, 16);
	}
}

static enum status verify(const uint8_t *key, const char *message, const uint8_t *signature)
{
	struct hash_piece piece = { message, strlen(message) };

	return signature_verify(key, &piece, 1, signature);
}

static uint8_t key[97], signature[96];

/* A message and the signature that OpenSSL makes of it. */
static const char *good(void)
{
	static const char message[] = "what is signed";

	signer_public(3, key);
	signer_sign(3, (const uint8_t *)message, strlen(message), signature);
	assert_int_equal(verify(key, message, signature), OK);
	return message;
}

static void published_vectors_hold(void **state)
{
	(void)state;
	hex_read(vector_key, key);
	for (size_t i = 0; i < ARRAY_COUNT(vectors); i++) {
		hex_read(vectors[i].signature, signature);
		assert_int_equal(verify(key, vectors[i].message, signature), OK);
		assert_int_equal(verify(key, vectors[1 - i].message, signature), ERR_AUTH);
	}
}

static void signatures_of_openssl_hold(void **state)
{
	char message[300];

	(void)state;
	for (unsigned i = 0; i < 100; i++) {
		unsigned number = i % 16;

		memset(message, 'a' + (int)(i % 26), sizeof(message));
		message[3 * i] = '\0';
		signer_public(number, key);
		signer_sign(number, (const uint8_t *)message, strlen(message), signature);
		assert_int_equal(verify(key, message, signature), OK);
		signer_twin(signature);
		assert_int_equal(verify(key, message, signature), OK);
		signer_public((number + 1) % 16, key);
		assert_int_equal(verify(key, message, signature), ERR_AUTH);
	}
}

static void pieces_count_as_one_message(void **state)
{
	const char *message = good();
	struct hash_piece pieces[] = { { message, 1 }, { message + 1, 0 }, { message + 1, strlen(message) - 1 } };

	(void)state;
	assert_int_equal(signature_verify(key, pieces, 3, signature), OK);
	assert_int_equal(signature_verify(key, pieces, 2, signature), ERR_AUTH);
	assert_int_equal(signature_verify(key, pieces + 1, 1, signature), ERR_AUTH);
}

static void no_changed_bit_of_a_signature_holds(void **state)
{
	const char *message = good();

	(void)state;
	for (unsigned bit = 0; bit < 8 * sizeof(signature); bit++) {
		signature[bit / 8] ^= (uint8_t)(1u << bit % 8);
		assert_int_equal(verify(key, message, signature), ERR_AUTH);
		signature[bit / 8] ^= (uint8_t)(1u << bit % 8);
	}
	assert_int_equal(verify(key, message, signature), OK);
}

/* A changed bit makes a key that is no point of the curve, or another point. */
static void no_changed_bit_of_a_key_holds(void **state)
{
	const char *message = good();

	(void)state;
	for (unsigned bit = 0; bit < 8 * sizeof(key); bit++) {
		key[bit / 8] ^= (uint8_t)(1u << bit % 8);
		assert_int_equal(verify(key, message, signature), ERR_AUTH);
		key[bit / 8] ^= (uint8_t)(1u << bit % 8);
	}
	assert_int_equal(verify(key, message, signature), OK);
}

static void numbers_out_of_the_group_do_not_hold(void **state)
{
	static const size_t halves[] = { 0, 48 };
	const char *message = good();

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(halves); i++) {
		uint8_t *half = signature + halves[i], before[48];

		memcpy(before, half, 48);
		memset(half, 0, 48);
		assert_int_equal(verify(key, message, signature), ERR_AUTH);
		hex_read(order, half);
		assert_int_equal(verify(key, message, signature), ERR_AUTH);
		memset(half, 0xff, 48);
		assert_int_equal(verify(key, message, signature), ERR_AUTH);
		memcpy(half, before, 48);
	}
	memset(signature, 0, sizeof(signature));
	assert_int_equal(verify(key, message, signature), ERR_AUTH);
}

/* The order more is the same number of the group, but another signature. */
static void the_order_more_does_not_hold(void **state)
{
	const char *message = "small";
	struct hash_piece piece = { message, strlen(message) };

	(void)state;
	signer_small((const uint8_t *)message, strlen(message), key, signature);
	assert_int_equal(signature_verify(key, &piece, 1, signature), OK);
	signer_over(signature);
	assert_int_equal(signature_verify(key, &piece, 1, signature), ERR_AUTH);
}

static void keys_that_are_no_points_do_not_hold(void **state)
{
	const char *message = good();
	uint8_t bad[97] = { 4 };

	(void)state;
	/* The origin, which no curve of this form has; coordinates that are the prime; one above. */
	assert_int_equal(verify(bad, message, signature), ERR_AUTH);
	hex_read(prime, bad + 1);
	hex_read(prime, bad + 49);
	assert_int_equal(verify(bad, message, signature), ERR_AUTH);
	memset(bad + 1, 0xff, 96);
	assert_int_equal(verify(bad, message, signature), ERR_AUTH);
	/* The same point with heads that promise something else: infinity, compressed, hybrid. */
	for (unsigned head = 0; head < 256; head++) {
		memcpy(bad, key, sizeof(bad));
		bad[0] = (uint8_t)head;
		assert_int_equal(verify(bad, message, signature), head == 4 ? OK : ERR_AUTH);
	}
}

static void hashes_as_openssl_does(void **state)
{
	/* FIPS 180-4's example "abc". */
	static const char *const abc = "BA7816BF8F01CFEA414140DE5DAE2223B00361A396177A9CB410FF61F20015AD";
	struct hash_piece piece = { "abc", 3 };
	uint8_t expected[HASH_BYTES], found[HASH_BYTES];

	(void)state;
	hex_read(abc, expected);
	assert_int_equal(hash_sha256(&piece, 1, found), OK);
	assert_true(hash_is_equal(found, expected));
	found[31] ^= 1;
	assert_false(hash_is_equal(found, expected));
}

/* All steps of a sliced check; returns how many there were. */
static unsigned steps(const char *message, enum status *status)
{
	struct hash_piece piece = { message, strlen(message) };
	unsigned count = 1;

	signature_begin(key, &piece, 1, signature, true);
	for (; (*status = signature_step()) == ERR_BUSY; count++)
		assert_true(count < 10000);
	return count;
}

static void slices_say_what_the_check_in_one_says(void **state)
{
	static char message[10000];
	enum status status;

	(void)state;
	memset(message, 'm', sizeof(message) - 1);
	signer_public(3, key);
	for (unsigned i = 0; i < 8; i++) {
		message[i] = 'x';
		signer_sign(3, (const uint8_t *)message, strlen(message), signature);
		assert_true(steps(message, &status) > 20);
		assert_int_equal(status, OK);
		signature[12 * i] ^= 1;
		(void)steps(message, &status);
		assert_int_equal(status, ERR_AUTH);
		signature[12 * i] ^= 1;
		message[1000 * i] ^= 1;
		(void)steps(message, &status);
		assert_int_equal(status, ERR_AUTH);
		message[1000 * i] ^= 1;
	}
}

/* Left at any step: the next check finds nothing of it. */
static void a_check_that_is_left_is_forgotten(void **state)
{
	const char *message = good();
	struct hash_piece piece = { message, strlen(message) };
	enum status status;

	(void)state;
	for (unsigned left = 0; left < 720; left += 20) {
		signature_begin(key, &piece, 1, signature, true);
		for (unsigned i = 0; i < left; i++)
			assert_int_equal(signature_step(), ERR_BUSY);
		signature[0] ^= 1;
		(void)steps(message, &status);
		assert_int_equal(status, ERR_AUTH);
		signature[0] ^= 1;
	}
	(void)steps(message, &status);
	assert_int_equal(status, OK);
}

static void a_step_without_a_check_says_nothing_good(void **state)
{
	(void)state;
	(void)good();
	assert_int_equal(signature_step(), ERR_AUTH);
}

/* Nothing is computed with a key that is no point, or with numbers that are none of the group. */
static void what_is_out_of_range_ends_at_the_first_step(void **state)
{
	static const size_t at[] = { 0, 48 };
	const char *message = good();
	struct hash_piece piece = { message, strlen(message) };

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(at); i++) {
		(void)good();
		hex_read(order, signature + at[i]);
		signature_begin(key, &piece, 1, signature, true);
		assert_int_equal(signature_step(), ERR_AUTH);
	}
	(void)good();
	key[96] ^= 1;
	signature_begin(key, &piece, 1, signature, true);
	assert_int_equal(signature_step(), ERR_AUTH);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(what_is_out_of_range_ends_at_the_first_step),
		TEST(published_vectors_hold),
		TEST(signatures_of_openssl_hold),
		TEST(pieces_count_as_one_message),
		TEST(no_changed_bit_of_a_signature_holds),
		TEST(no_changed_bit_of_a_key_holds),
		TEST(numbers_out_of_the_group_do_not_hold),
		TEST(the_order_more_does_not_hold),
		TEST(keys_that_are_no_points_do_not_hold),
		TEST(slices_say_what_the_check_in_one_says),
		TEST(a_check_that_is_left_is_forgotten),
		TEST(a_step_without_a_check_says_nothing_good),
		TEST(hashes_as_openssl_does),
	};

	return cmocka_run_group_tests_name("signature", tests, NULL, NULL);
}
