/*
 * signing: the anchor's signatures, on the host: published vectors, OpenSSL and the rooms' own check beside them, jobs
 * that take turns, and jobs that are left.
 * Links: tests/unit/signer.c mbedtls -lcrypto
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "tests/unit/test.h"
#include "crypto/agreement.h"
#include "crypto/drbg.h"
#include "crypto/signature.h"
#include "crypto/signing.h"
#include "lib/check.h"
#include "lib/memory.h"
#include "tests/unit/signer.h"

#define ROUNDS		1000
#define STEPS_MAX	1000

void check_failed(const char *file, int line)
{
	fail_msg("CHECK failed at %s:%d", file, line);
	abort();
}

void memory_wipe(void *dst, size_t bytes)
{
	memset(dst, 0, bytes);
}

static void hex_read(const char *hex, uint8_t *out)
{
	for (size_t i = 0; hex[2 * i] != '\0'; i++) {
		char digits[3] = { hex[2 * i], hex[2 * i + 1], '\0' };

		out[i] = (uint8_t)strtoul(digits, NULL, 16);
	}
}

/* RFC 6979, section A.2.6: the private key less 1, as a seed has it, the public key, what is signed with SHA-384. */
static const char *const vector_seed = "0000000000000000"
	"6B9D3DAD2E1B8C1C05B19875B6659F4DE23C3B667BF297BA9AA47740787137D896D5724E4C70A825F872C9EA60D2EDF4";
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

static uint8_t seed[SIGNING_SEED_BYTES], digest[SIGNING_DIGEST_BYTES], signature[SIGNED_SIGNATURE_BYTES];
static uint8_t key[SIGNED_KEY_BYTES];
static const uint8_t zeros[SIGNED_KEY_BYTES];

/* The same numbers every time: a test that fails, fails again. */
static void fill(uint64_t number, uint8_t *out, size_t bytes)
{
	for (size_t i = 0; i < bytes; i++) {
		number = number * 6364136223846793005 + 1442695040888963407;
		out[i] = (uint8_t)(number >> 56);
	}
}

static int generator_seed(void **state)
{
	uint8_t entropy[DRBG_SEED_BYTES] = { 9 };

	(void)state;
	return drbg_seed(entropy) == OK ? 0 : -1;
}

static unsigned sign(void)
{
	enum status status;
	unsigned steps = 1;

	signing_begin(seed, digest);
	for (; (status = signing_step(signature)) == ERR_BUSY; steps++)
		assert_true(steps < STEPS_MAX);
	assert_int_equal(status, OK);
	return steps;
}

static unsigned public_make(void)
{
	enum status status;
	unsigned steps = 1;

	public_begin(seed);
	for (; (status = public_step(key)) == ERR_BUSY; steps++)
		assert_true(steps < STEPS_MAX);
	assert_int_equal(status, OK);
	return steps;
}

static void is_refused(enum status status, const uint8_t *out, size_t bytes)
{
	assert_int_equal(status, ERR_AUTH);
	assert_memory_equal(out, zeros, bytes < sizeof(zeros) ? bytes : sizeof(zeros));
}

/* First of all: the generator was not seeded yet. */
static void without_random_numbers_nothing_is_made(void **state)
{
	enum status status;

	(void)state;
	signing_begin(seed, digest);
	while ((status = signing_step(signature)) == ERR_BUSY)
		;
	assert_int_equal(status, ERR_AUTH);
	public_begin(seed);
	assert_int_equal(public_step(key), ERR_AUTH);
}

static void published_signatures_are_made(void **state)
{
	uint8_t expected[SIGNED_SIGNATURE_BYTES], expected_key[SIGNED_KEY_BYTES];

	(void)state;
	hex_read(vector_seed, seed);
	hex_read(vector_key, expected_key);
	(void)public_make();
	assert_memory_equal(key, expected_key, sizeof(key));
	for (unsigned i = 0; i < 2; i++) {
		hex_read(vectors[i].signature, expected);
		signer_sha384(vectors[i].message, strlen(vectors[i].message), digest);
		(void)sign();
		assert_memory_equal(signature, expected, sizeof(signature));
	}
}

/* Each by another key, over a message of another length. How many steps it takes tells nothing. */
static void signatures_hold_for_openssl_and_here(void **state)
{
	unsigned steps = 0, public_steps = 0;
	uint8_t message[ROUNDS];

	(void)state;
	for (unsigned i = 0; i < ROUNDS; i++) {
		struct hash_piece piece = { message, i };

		fill(i, seed, sizeof(seed));
		fill(~i, message, i);
		signer_sha384(message, i, digest);

		unsigned now = public_make();

		assert_true(i == 0 || now == public_steps);
		public_steps = now;
		now = sign();
		assert_true(i == 0 || now == steps);
		steps = now;
		assert_true(signer_holds(key, digest, signature));
		assert_int_equal(signature_verify(key, &piece, 1, signature), OK);
		digest[i % sizeof(digest)] ^= 1;
		assert_false(signer_holds(key, digest, signature));
	}
	assert_true(steps > 500 && public_steps > 500);
}

/* The least and the largest private key, and digests above the order. */
static void keys_and_digests_at_the_edges_sign(void **state)
{
	static const char *const seeds[] = {
		"0000000000000000"
		"000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000",
		"0000000000000000"
		"FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFC7634D81F4372DDF581A0DB248B0A77AECEC196ACCC52971",
		"FFFFFFFFFFFFFFFF"
		"FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF",
	};

	(void)state;
	for (unsigned i = 0; i < 3; i++) {
		hex_read(seeds[i], seed);
		(void)public_make();
		for (unsigned byte = 0; byte < 256; byte += 255) {
			memset(digest, (int)byte, sizeof(digest));
			(void)sign();
			assert_true(signer_holds(key, digest, signature));
		}
	}
}

static void a_public_key_is_the_one_that_agrees(void **state)
{
	uint8_t theirs[SIGNED_KEY_BYTES], shared[SIGNED_KEY_BYTES], expected[48];
	enum status status;

	(void)state;
	signer_public(5, theirs);
	for (unsigned i = 0; i < 20; i++) {
		fill(i, seed, sizeof(seed));
		(void)public_make();
		agreement_begin(seed, theirs);
		while ((status = agreement_step(shared)) == ERR_BUSY)
			;
		assert_int_equal(status, OK);
		signer_agree(5, key, expected);
		assert_memory_equal(shared + 1, expected, sizeof(expected));
		agreement_begin(seed, NULL);
		while ((status = agreement_step(shared)) == ERR_BUSY)
			;
		assert_int_equal(status, OK);
		assert_memory_equal(shared, key, sizeof(key));
	}
}

/* A point of another curve would tell of the number. */
static void nothing_agrees_with_what_is_no_point(void **state)
{
	uint8_t theirs[SIGNED_KEY_BYTES], shared[SIGNED_KEY_BYTES];

	(void)state;
	fill(3, seed, sizeof(seed));
	for (unsigned i = 0; i < SIGNED_KEY_BYTES; i++) {
		signer_public(i % 8, theirs);
		theirs[i] ^= (uint8_t)(1 << i % 8);
		memset(shared, 0xaa, sizeof(shared));
		agreement_begin(seed, theirs);
		is_refused(agreement_step(shared), shared, sizeof(shared));
		is_refused(agreement_step(shared), shared, sizeof(shared));
	}
}

/* A signature, an agreement and a check at once, with as many steps in a row as chance has it. */
static void jobs_that_take_turns_do_not_disturb_each_other(void **state)
{
	static const char message[] = "turns";
	struct hash_piece piece = { message, sizeof(message) };
	uint8_t expected[SIGNED_SIGNATURE_BYTES], theirs[SIGNED_KEY_BYTES], shared[SIGNED_KEY_BYTES];
	uint8_t other[48], good[96];

	(void)state;
	for (unsigned round = 0; round < 10; round++) {
		enum status signing = ERR_BUSY, agreement = ERR_BUSY, checking = ERR_BUSY;
		uint8_t chance[4 * STEPS_MAX];

		fill(round, seed, sizeof(seed));
		fill(round + 100, digest, sizeof(digest));
		fill(round + 200, chance, sizeof(chance));
		(void)public_make();
		(void)sign();
		memcpy(expected, signature, sizeof(expected));
		memset(signature, 0, sizeof(signature));
		signer_public(round % 8, theirs);
		signer_agree(round % 8, key, other);
		signer_sign(round % 8, (const uint8_t *)message, sizeof(message), good);
		good[0] ^= (uint8_t)(round % 2);

		signing_begin(seed, digest);
		agreement_begin(seed, theirs);
		signature_begin(theirs, &piece, 1, good, true);
		for (unsigned i = 0; signing == ERR_BUSY || agreement == ERR_BUSY || checking == ERR_BUSY; i++) {
			assert_true(i < sizeof(chance));
			if (chance[i] % 3 == 0 && signing == ERR_BUSY)
				signing = signing_step(signature);
			else if (chance[i] % 3 == 1 && agreement == ERR_BUSY)
				agreement = agreement_step(shared);
			else if (checking == ERR_BUSY)
				checking = signature_step();
		}
		assert_int_equal(signing, OK);
		assert_memory_equal(signature, expected, sizeof(expected));
		assert_int_equal(agreement, OK);
		assert_memory_equal(shared + 1, other, sizeof(other));
		assert_int_equal(checking, round % 2 == 0 ? OK : ERR_AUTH);
	}
}

/* Whoever's job was given up is told, and gets nothing; the one that came after it is right. */
static void a_job_that_was_given_up_makes_nothing(void **state)
{
	uint8_t expected[SIGNED_SIGNATURE_BYTES];

	(void)state;
	fill(1, seed, sizeof(seed));
	fill(2, digest, sizeof(digest));
	(void)sign();
	memcpy(expected, signature, sizeof(expected));
	for (unsigned left = 0; left < 660; left += 30) {
		signing_begin(seed, digest);
		for (unsigned i = 0; i < left && i < 640; i++)
			assert_int_equal(signing_step(signature), ERR_BUSY);
		memset(signature, 0xaa, sizeof(signature));
		public_begin(seed);
		is_refused(signing_step(signature), signature, sizeof(signature));
		memset(key, 0xaa, sizeof(key));
		is_refused(public_step(key), key, sizeof(key));

		public_begin(seed);
		assert_int_equal(public_step(key), ERR_BUSY);
		signing_begin(seed, digest);
		memset(key, 0xaa, sizeof(key));
		is_refused(public_step(key), key, sizeof(key));

		signing_begin(seed, digest);
		if (left > 0)
			assert_int_equal(signing_step(signature), ERR_BUSY);
		signing_forget();
		memset(signature, 0xaa, sizeof(signature));
		is_refused(signing_step(signature), signature, sizeof(signature));
		(void)sign();
		assert_memory_equal(signature, expected, sizeof(expected));
	}
	/* After its end there is nothing, either. */
	is_refused(signing_step(signature), signature, sizeof(signature));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(without_random_numbers_nothing_is_made),
		TEST_FROM(generator_seed, published_signatures_are_made),
		TEST(signatures_hold_for_openssl_and_here),
		TEST(keys_and_digests_at_the_edges_sign),
		TEST(a_public_key_is_the_one_that_agrees),
		TEST(nothing_agrees_with_what_is_no_point),
		TEST(jobs_that_take_turns_do_not_disturb_each_other),
		TEST(a_job_that_was_given_up_makes_nothing),
	};

	return cmocka_run_group_tests_name("signing", tests, NULL, NULL);
}
