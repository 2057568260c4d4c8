/*
 * Numbers modulo the prime of P-384 and modulo the order of its group. A thin layer over Mbed TLS's arithmetic on words,
 * in memory of the caller's; time and accesses do not depend on a number. Products are Montgomery's: what a sum of products
 * is made of is in Montgomery form, that is times 2^384; the product of one that is and one that isn't is one that isn't.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#ifndef CRYPTO_NUMBER_H
#define CRYPTO_NUMBER_H

#include "lib/compiler.h"

#define NUMBER_BYTES	48
#define NUMBER_BITS	384
#define NUMBER_LIMBS	6
/* A number is made of so many random bytes: 64 bits more than the order has, so that none is likelier than another. */
#define NUMBER_SEED_BYTES	56

struct number {
	uint64_t limb[NUMBER_LIMBS];	/* the lowest first */
};

/* An odd prime above 2^383, and 2^768 modulo it. */
struct modulus {
	struct number value, square;
};

extern const struct modulus number_prime, number_order;

/* number_read - @bytes, big-endian, modulo @m. Returns whether they were below it. */
bool number_read(const struct modulus *m, const uint8_t bytes[NUMBER_BYTES], struct number *out);
void number_write(const struct number *number, uint8_t bytes[NUMBER_BYTES]);

/* number_of_seed - a private key: @seed, big-endian, modulo the order less 1, plus 1 (FIPS 186-5, A.2.1). */
void number_of_seed(const uint8_t seed[NUMBER_SEED_BYTES], struct number *out);

bool number_is_zero(const struct number *number);
bool number_is_equal(const struct number *a, const struct number *b);
/* number_bit - 0 or 1; @at below NUMBER_BITS. */
unsigned number_bit(const struct number *number, unsigned at);
/* number_assign - *@to = *@from if @is_it, and the same work if not. */
void number_assign(struct number *to, const struct number *from, bool is_it);

/* Of numbers below @m; the result may be one of them. */
void number_add(const struct modulus *m, struct number *out, const struct number *a, const struct number *b);
void number_subtract(const struct modulus *m, struct number *out, const struct number *a, const struct number *b);
/* number_multiply - a * b / 2^384. */
void number_multiply(const struct modulus *m, struct number *out, const struct number *a, const struct number *b);
/* To and from Montgomery form. */
void number_enter(const struct modulus *m, struct number *number);
void number_leave(const struct modulus *m, struct number *number);

/* 1 / number, by the power of Fermat's theorem: in steps of at most NUMBER_STEP_PRODUCTS products. */
#define NUMBER_STEP_PRODUCTS	16

struct inversion {
	const struct modulus *modulus;
	struct number base, power;
	unsigned left;	/* bits of the exponent */
};

/* inversion_begin - of @number, which is in Montgomery form, and so is the inverse; that of 0 is 0. */
void inversion_begin(struct inversion *inversion, const struct modulus *m, const struct number *number);
/* inversion_step - returns whether it is still under way; if not, the inverse is @inversion->power. */
bool inversion_step(struct inversion *inversion);

#endif
