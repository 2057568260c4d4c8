/*
 * Points of P-384, and sums of their multiples in bounded steps: the part of elliptic-curve cryptography that
 * agreement.h, signature.h and signing.h have in common. Each of them has a struct product of its own, so none disturbs
 * another. Additions are by complete formulas, which know no special case; what is added when does not depend on a secret
 * number.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#ifndef CRYPTO_CURVE_H
#define CRYPTO_CURVE_H

#include "crypto/number.h"
#include "lib/signed.h"
#include "lib/status.h"

/* Homogeneous coordinates modulo number_prime, in Montgomery form: the point (x / z, y / z); z of the neutral one is 0. */
struct point {
	struct number x, y, z;
};

extern const struct point curve_generator;

/* point_read - from its uncompressed form. Returns whether it is a point of the curve; @out is nothing if not. */
bool point_read(const uint8_t bytes[SIGNED_KEY_BYTES], struct point *out);

/* A sum of two multiples that is under way. Whoever has it wipes it. */
struct product {
	struct point table[4], sum;	/* nothing, first, second, both */
	struct number number[2];
	unsigned prepared;		/* entries of the table that are still to be made are above it */
	unsigned bit, stride;		/* bits that are left, and how many a digit is made of */
	bool is_doubled, is_secret;
	struct inversion inversion;
};

/**
 * product_begin - start to multiply a point by a secret number, hidden by random coordinates.
 *
 * Returns OK; ERR_AUTH if there are no random numbers (drbg.h).
 */
MUST_CHECK enum status product_begin(struct product *product, const struct number *number, const struct point *point);

/* product_begin_sum - start to compute @a * generator + @b * point, of which nothing is secret. */
void product_begin_sum(struct product *product, const struct number *a, const struct number *b,
		       const struct point *point);

/* product_step - an addition, or a part of the division at the end. Returns whether it is still under way. */
bool product_step(struct product *product);

/* product_end - its coordinates, not in Montgomery form. Returns false if it is the neutral point, which has none. */
bool product_end(const struct product *product, struct number *x, struct number *y);

/* product_write - the same, as an uncompressed point. */
bool product_write(const struct product *product, uint8_t bytes[SIGNED_KEY_BYTES]);

#endif
