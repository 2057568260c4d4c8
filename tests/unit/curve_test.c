/*
 * number and curve: arithmetic modulo the two primes of P-384 and sums of points, beside OpenSSL's, for random numbers and
 * for those at which carries and special cases lie.
 * Links: tests/unit/signer.c mbedtls -lcrypto
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "tests/unit/test.h"
#include "crypto/curve.h"
#include "crypto/drbg.h"
#include "lib/check.h"
#include "lib/memory.h"
#include "tests/unit/signer.h"
/* OpenSSL has a type of the name that lib/status.h gives to an error. */
#define ERR_STATE	OPENSSL_ERR_STATE
#include <openssl/bn.h>
#include <openssl/ec.h>
#include <openssl/obj_mac.h>
#include <openssl/rand.h>
#undef ERR_STATE

#define EDGES		14
#define RANDOM_ROUNDS	20000

void check_failed(const char *file, int line)
{
	fail_msg("CHECK failed at %s:%d", file, line);
	abort();
}

void memory_wipe(void *dst, size_t bytes)
{
	memset(dst, 0, bytes);
}

static BN_CTX *context;
static EC_GROUP *group;
static BIGNUM *shift;	/* 2^384 */

static int openssl_open(void **state)
{
	static const uint8_t seed[DRBG_SEED_BYTES] = { 7 };

	(void)state;
	context = BN_CTX_new();
	group = EC_GROUP_new_by_curve_name(NID_secp384r1);
	shift = BN_new();
	return BN_set_bit(shift, NUMBER_BITS) && drbg_seed(seed) == OK ? 0 : -1;
}

static int openssl_close(void **state)
{
	(void)state;
	BN_free(shift);
	EC_GROUP_free(group);
	BN_CTX_free(context);
	return 0;
}

static BIGNUM *value_of(const struct number *number)
{
	uint8_t bytes[NUMBER_BYTES];

	number_write(number, bytes);
	return BN_bin2bn(bytes, NUMBER_BYTES, NULL);
}

static const BIGNUM *prime_of(const struct modulus *m)
{
	return m == &number_prime ? EC_GROUP_get0_field(group) : EC_GROUP_get0_order(group);
}

static bool is_value(const struct number *number, const BIGNUM *expected)
{
	BIGNUM *found = value_of(number);
	bool is_it = BN_cmp(found, expected) == 0;

	BN_free(found);
	return is_it;
}

/* Number @at of those at the edges: small, near the modulus, words of ones and of zeros; a random one behind them. */
static void edge(const struct modulus *m, unsigned at, uint8_t out[NUMBER_BYTES])
{
	BIGNUM *value = BN_new();

	memset(out, 0, NUMBER_BYTES);
	if (at < 3) {
		out[NUMBER_BYTES - 1] = (uint8_t)at;
	} else if (at < 6) {
		(void)BN_copy(value, prime_of(m));
		assert_true(BN_sub_word(value, at - 2));
		assert_int_equal(BN_bn2binpad(value, out, NUMBER_BYTES), NUMBER_BYTES);
	} else if (at < 12) {
		memset(out + 8 * (at - 6), 0xff, 8);
	} else if (at == 12) {
		memset(out, 0x7f, NUMBER_BYTES);
	} else if (at == 13) {
		assert_true(BN_rshift1(value, prime_of(m)));
		assert_int_equal(BN_bn2binpad(value, out, NUMBER_BYTES), NUMBER_BYTES);
	} else {
		assert_int_equal(RAND_bytes(out, NUMBER_BYTES), 1);
	}
	BN_free(value);
}

static void pair_is_as_openssl_says(const struct modulus *m, const struct number *a, const struct number *b)
{
	BIGNUM *x = value_of(a), *y = value_of(b), *expected = BN_new(), *inverse = BN_new();
	struct number found;

	number_add(m, &found, a, b);
	assert_true(BN_mod_add(expected, x, y, prime_of(m), context) && is_value(&found, expected));
	number_subtract(m, &found, a, b);
	assert_true(BN_mod_sub(expected, x, y, prime_of(m), context) && is_value(&found, expected));
	number_multiply(m, &found, a, b);
	assert_non_null(BN_mod_inverse(inverse, shift, prime_of(m), context));
	assert_true(BN_mod_mul(expected, x, y, prime_of(m), context) &&
		    BN_mod_mul(expected, expected, inverse, prime_of(m), context) && is_value(&found, expected));
	assert_int_equal(number_is_equal(a, b), BN_cmp(x, y) == 0);
	assert_int_equal(number_is_zero(a), BN_is_zero(x));
	BN_free(inverse);
	BN_free(expected);
	BN_free(y);
	BN_free(x);
}

static const struct modulus *const moduli[] = { &number_prime, &number_order };

static void sums_and_products_are_those_of_openssl(void **state)
{
	uint8_t bytes[NUMBER_BYTES];
	struct number a, b;

	(void)state;
	for (unsigned k = 0; k < 2; k++) {
		for (unsigned i = 0; i < EDGES; i++) {
			edge(moduli[k], i, bytes);
			assert_true(number_read(moduli[k], bytes, &a));
			for (unsigned j = 0; j < EDGES; j++) {
				edge(moduli[k], j, bytes);
				assert_true(number_read(moduli[k], bytes, &b));
				pair_is_as_openssl_says(moduli[k], &a, &b);
			}
		}
		for (unsigned i = 0; i < RANDOM_ROUNDS; i++) {
			edge(moduli[k], EDGES, bytes);
			(void)number_read(moduli[k], bytes, &a);
			edge(moduli[k], EDGES, bytes);
			(void)number_read(moduli[k], bytes, &b);
			pair_is_as_openssl_says(moduli[k], &a, &b);
		}
	}
}

static void the_moduli_are_those_of_openssl(void **state)
{
	BIGNUM *expected = BN_new();

	(void)state;
	for (unsigned k = 0; k < 2; k++) {
		assert_true(is_value(&moduli[k]->value, prime_of(moduli[k])));
		assert_true(BN_mod_sqr(expected, shift, prime_of(moduli[k]), context));
		assert_true(is_value(&moduli[k]->square, expected));
	}
	BN_free(expected);
}

/* In range or not, a number is read modulo the modulus. */
static void numbers_out_of_range_are_told(void **state)
{
	uint8_t bytes[NUMBER_BYTES];
	BIGNUM *value = BN_new();
	struct number found;

	(void)state;
	for (unsigned k = 0; k < 2; k++) {
		for (unsigned more = 0; more < 3; more++) {
			assert_true(BN_copy(value, prime_of(moduli[k])) && BN_add_word(value, more));
			assert_int_equal(BN_bn2binpad(value, bytes, NUMBER_BYTES), NUMBER_BYTES);
			assert_false(number_read(moduli[k], bytes, &found));
			BN_set_word(value, more);
			assert_true(is_value(&found, value));
		}
		memset(bytes, 0xff, sizeof(bytes));
		assert_false(number_read(moduli[k], bytes, &found));
		assert_true(BN_sub(value, shift, prime_of(moduli[k])) && BN_sub_word(value, 1));
		assert_true(is_value(&found, value));
	}
	BN_free(value);
}

static void inverses_are_those_of_openssl(void **state)
{
	uint8_t bytes[NUMBER_BYTES];
	BIGNUM *expected = BN_new(), *value;
	struct inversion inversion;
	struct number a;

	(void)state;
	for (unsigned round = 0; round < 400; round++) {
		const struct modulus *m = moduli[round % 2];
		unsigned steps = 1;

		edge(m, 1 + round / 2, bytes);
		(void)number_read(m, bytes, &a);
		value = value_of(&a);
		number_enter(m, &a);
		inversion_begin(&inversion, m, &a);
		while (inversion_step(&inversion))
			steps++;
		assert_in_range(steps, NUMBER_BITS / NUMBER_STEP_PRODUCTS,
				2 * NUMBER_BITS / (NUMBER_STEP_PRODUCTS - 1) + 1);
		number_leave(m, &inversion.power);
		assert_non_null(BN_mod_inverse(expected, value, prime_of(m), context));
		assert_true(is_value(&inversion.power, expected));
		BN_free(value);
	}
	memset(&a, 0, sizeof(a));
	inversion_begin(&inversion, &number_prime, &a);
	while (inversion_step(&inversion))
		;
	assert_true(number_is_zero(&inversion.power));
	BN_free(expected);
}

/* Seeds around the multiples of n - 1, the largest of them, and random ones. */
static void keys_are_made_of_seeds_as_the_standard_says(void **state)
{
	uint8_t seed[NUMBER_SEED_BYTES];
	BIGNUM *least = BN_new(), *value = BN_new(), *factor = BN_new();
	struct number found;

	(void)state;
	assert_true(BN_copy(least, EC_GROUP_get0_order(group)) && BN_sub_word(least, 1));
	for (unsigned round = 0; round < 2000; round++) {
		assert_int_equal(RAND_bytes(seed, sizeof(seed)), 1);
		if (round < 200) {
			/* A multiple of n - 1, and one less and more. */
			memset(seed, round < 20 ? 0xff : seed[0], 8);
			assert_non_null(BN_bin2bn(seed, 8, factor));
			if (round < 100)
				BN_set_word(factor, round / 3);
			assert_true(BN_mul(value, factor, least, context));
			if (round % 3 == 1)
				assert_true(BN_add_word(value, 1));
			if (round % 3 == 2 && !BN_is_zero(value))
				assert_true(BN_sub_word(value, 1));
			assert_int_equal(BN_bn2binpad(value, seed, sizeof(seed)), sizeof(seed));
		} else if (round == 200) {
			memset(seed, 0xff, sizeof(seed));
		}
		assert_non_null(BN_bin2bn(seed, sizeof(seed), value));
		assert_true(BN_mod(value, value, least, context) && BN_add_word(value, 1));
		number_of_seed(seed, &found);
		assert_true(is_value(&found, value));
	}
	BN_free(factor);
	BN_free(value);
	BN_free(least);
}

/* What the finished product is, as an uncompressed point; false if it is the neutral one. */
static bool finish(struct product *product, uint8_t found[SIGNED_KEY_BYTES], unsigned *steps)
{
	for (*steps = 1; product_step(product); (*steps)++)
		;
	return product_write(product, found);
}

static bool openssl_sum(const BIGNUM *a, const EC_POINT *point, const BIGNUM *b, uint8_t out[SIGNED_KEY_BYTES])
{
	EC_POINT *sum = EC_POINT_new(group);

	assert_true(EC_POINT_mul(group, sum, a, point, b, context));

	bool is_point = !EC_POINT_is_at_infinity(group, sum);

	if (is_point)
		assert_int_equal(EC_POINT_point2oct(group, sum, POINT_CONVERSION_UNCOMPRESSED, out, SIGNED_KEY_BYTES,
						    context), SIGNED_KEY_BYTES);
	EC_POINT_free(sum);
	return is_point;
}

static void multiples_are_those_of_openssl(void **state)
{
	uint8_t key[SIGNED_KEY_BYTES], bytes[NUMBER_BYTES], found[SIGNED_KEY_BYTES], expected[SIGNED_KEY_BYTES];
	EC_POINT *theirs = EC_POINT_new(group);
	unsigned steps, every = 0;

	(void)state;
	for (unsigned round = 0; round < 200; round++) {
		struct point point;
		struct product product;
		struct number number;

		signer_public(round % 8, key);
		assert_true(point_read(key, &point));
		assert_true(EC_POINT_oct2point(group, theirs, key, sizeof(key), context));
		edge(&number_order, round, bytes);
		(void)number_read(&number_order, bytes, &number);

		BIGNUM *value = value_of(&number);

		assert_int_equal(product_begin(&product, &number, &point), OK);
		assert_int_equal(finish(&product, found, &steps), openssl_sum(NULL, theirs, value, expected));
		if (!BN_is_zero(value))
			assert_memory_equal(found, expected, sizeof(found));
		/* Steps don't tell of the number. */
		assert_true(every == 0 || every == steps);
		every = steps;
		BN_free(value);
	}
	assert_true(every > 500);
	EC_POINT_free(theirs);
}

/* The other point is a random one, the generator, its double and its negative: sums that meet, and that are neutral. */
static void sums_are_those_of_openssl(void **state)
{
	uint8_t bytes[NUMBER_BYTES], found[SIGNED_KEY_BYTES], expected[SIGNED_KEY_BYTES];
	EC_POINT *theirs = EC_POINT_new(group);
	BIGNUM *factor = BN_new();
	unsigned steps, neutral = 0;

	(void)state;
	for (unsigned round = 0; round < 4 * EDGES * EDGES; round++) {
		unsigned kind = round % 4, i = round / 4 % EDGES, j = round / 4 / EDGES;
		struct point point;
		struct product product;
		struct number a, b;

		edge(&number_order, kind == 0 ? EDGES : kind == 2 ? 2 : 1, bytes);
		assert_non_null(BN_bin2bn(bytes, NUMBER_BYTES, factor));
		BN_set_negative(factor, kind == 3);
		assert_true(EC_POINT_mul(group, theirs, factor, NULL, NULL, context));
		assert_int_equal(EC_POINT_point2oct(group, theirs, POINT_CONVERSION_UNCOMPRESSED, found, sizeof(found),
						    context), sizeof(found));
		assert_true(point_read(found, &point));
		edge(&number_order, i, bytes);
		assert_true(number_read(&number_order, bytes, &a));
		edge(&number_order, j, bytes);
		assert_true(number_read(&number_order, bytes, &b));

		BIGNUM *x = value_of(&a), *y = value_of(&b);
		bool is_point = openssl_sum(x, theirs, y, expected);

		product_begin_sum(&product, &a, &b, &point);
		assert_int_equal(finish(&product, found, &steps), is_point);
		if (is_point)
			assert_memory_equal(found, expected, sizeof(found));
		neutral += !is_point;
		BN_free(y);
		BN_free(x);
	}
	assert_true(neutral >= EDGES);
	BN_free(factor);
	EC_POINT_free(theirs);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(the_moduli_are_those_of_openssl),
		TEST(sums_and_products_are_those_of_openssl),
		TEST(numbers_out_of_range_are_told),
		TEST(inverses_are_those_of_openssl),
		TEST(keys_are_made_of_seeds_as_the_standard_says),
		TEST(multiples_are_those_of_openssl),
		TEST(sums_are_those_of_openssl),
	};

	return cmocka_run_group_tests_name("curve", tests, openssl_open, openssl_close);
}
