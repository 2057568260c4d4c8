/*
 * Points of P-384: decides in which order what is added. Formulas: Renes, Costello and Batina, "Complete addition formulas
 * for prime order elliptic curves" (2016), algorithm 4, for curves y^2 = x^3 - 3x + b.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "crypto/curve.h"
#include "crypto/drbg.h"
#include "lib/memory.h"

/* Of the uncompressed form (SEC 1, section 2.3.3). */
#define UNCOMPRESSED	4

/* 1 in Montgomery form. */
#define ONE		{ { 0xffffffff00000001, 0x00000000ffffffff, 0x0000000000000001, 0, 0, 0 } }

/* SEC 2, section 2.5.1, in Montgomery form. */
static const struct number coefficient = {
	{ 0x081188719d412dcc, 0xf729add87a4c32ec, 0x77f2209b1920022e,
	  0xe3374bee94938ae2, 0xb62b21f41f022094, 0xcd08114b604fbff9 }
};
const struct point curve_generator = {
	.x = { { 0x3dd0756649c0b528, 0x20e378e2a0d6ce38, 0x879c3afc541b4d6e,
		 0x6454868459a30eff, 0x812ff723614ede2b, 0x4d3aadc2299e1513 } },
	.y = { { 0x23043dad4b03a4fe, 0xa1bfa8bf7bb4a9ac, 0x8bade7562e83b050,
		 0xc6c3521968f4ffd9, 0xdd8002263969a840, 0x2b78abc25a15c5e9 } },
	.z = ONE,
};
static const struct point neutral = { .y = ONE };

static struct number times(const struct number *a, const struct number *b)
{
	struct number out;

	number_multiply(&number_prime, &out, a, b);
	return out;
}

static struct number plus(const struct number *a, const struct number *b)
{
	struct number out;

	number_add(&number_prime, &out, a, b);
	return out;
}

static struct number minus(const struct number *a, const struct number *b)
{
	struct number out;

	number_subtract(&number_prime, &out, a, b);
	return out;
}

static struct number thrice(const struct number *a)
{
	struct number twice = plus(a, a);

	return plus(&twice, a);
}

/* a1 * b2 + a2 * b1, by one product, where a1 * a2 and b1 * b2 are known. */
static struct number crosswise(const struct number *a1, const struct number *b1, const struct number *a2,
			       const struct number *b2, const struct number *aa, const struct number *bb)
{
	struct number first = plus(a1, b1), second = plus(a2, b2), both = plus(aa, bb);

	first = times(&first, &second);
	return minus(&first, &both);
}

/* Any two points; @out may be one of them. */
static void point_add(struct point *out, const struct point *a, const struct point *b)
{
	struct number xx = times(&a->x, &b->x), yy = times(&a->y, &b->y), zz = times(&a->z, &b->z);
	struct number xy = crosswise(&a->x, &a->y, &b->x, &b->y, &xx, &yy);
	struct number yz = crosswise(&a->y, &a->z, &b->y, &b->z, &yy, &zz);
	struct number xz = crosswise(&a->x, &a->z, &b->x, &b->z, &xx, &zz);
	struct number bzz = times(&coefficient, &zz), bxz = times(&coefficient, &xz), zz3 = thrice(&zz);
	struct number u, v, w, low, high, part;

	u = minus(&xz, &bzz);
	u = thrice(&u);
	low = minus(&yy, &u);
	high = plus(&yy, &u);
	v = minus(&bxz, &zz3);
	v = minus(&v, &xx);
	v = thrice(&v);
	w = thrice(&xx);
	w = minus(&w, &zz3);

	out->x = times(&xy, &high);
	part = times(&yz, &v);
	out->x = minus(&out->x, &part);
	out->y = times(&high, &low);
	part = times(&w, &v);
	out->y = plus(&out->y, &part);
	out->z = times(&yz, &low);
	part = times(&xy, &w);
	out->z = plus(&out->z, &part);
}

bool point_read(const uint8_t bytes[SIGNED_KEY_BYTES], struct point *out)
{
	bool is_in_range = number_read(&number_prime, bytes + 1, &out->x);

	is_in_range &= number_read(&number_prime, bytes + 1 + NUMBER_BYTES, &out->y);
	number_enter(&number_prime, &out->x);
	number_enter(&number_prime, &out->y);
	out->z = curve_generator.z;

	struct number left = times(&out->y, &out->y), right = times(&out->x, &out->x), x3 = thrice(&out->x);

	right = times(&right, &out->x);
	right = minus(&right, &x3);
	right = plus(&right, &coefficient);
	return bytes[0] == UNCOMPRESSED && is_in_range && number_is_equal(&left, &right);
}

static void begin(struct product *product, const struct point *point)
{
	product->table[0] = neutral;
	product->table[1] = *point;
	product->sum = neutral;
	product->bit = NUMBER_BITS;
	product->is_doubled = false;
	product->inversion.modulus = NULL;
}

enum status product_begin(struct product *product, const struct number *number, const struct point *point)
{
	struct point *first = &product->table[1];
	uint8_t bytes[NUMBER_BYTES];
	struct number factor;

	if (drbg_make(bytes, sizeof(bytes)) != OK)
		return ERR_AUTH;
	(void)number_read(&number_prime, bytes, &factor);
	begin(product, point);
	first->x = times(&first->x, &factor);
	first->y = times(&first->y, &factor);
	first->z = times(&first->z, &factor);
	product->number[0] = *number;
	/* Digits of two bits: the second number is the first one without its lowest bit. */
	for (unsigned i = 0; i < NUMBER_LIMBS; i++)
		product->number[1].limb[i] = number->limb[i] >> 1 |
					     (i + 1 < NUMBER_LIMBS ? number->limb[i + 1] << 63 : 0);
	product->stride = 2;
	product->is_secret = true;
	product->prepared = 1;
	memory_wipe(&factor, sizeof(factor));
	memory_wipe(bytes, sizeof(bytes));
	return OK;
}

void product_begin_sum(struct product *product, const struct number *a, const struct number *b,
		       const struct point *point)
{
	begin(product, &curve_generator);
	product->table[2] = *point;
	product->number[0] = *a;
	product->number[1] = *b;
	product->stride = 1;
	product->is_secret = false;
	product->prepared = 2;
}

static unsigned digit_of(const struct product *product)
{
	return number_bit(&product->number[0], product->bit) | number_bit(&product->number[1], product->bit) << 1;
}

/* The entry of the table, without telling which by the accesses. */
static void digit_add(struct product *product)
{
	unsigned digit = digit_of(product);
	struct point entry = product->table[0];

	for (unsigned i = 1; i < 4; i++) {
		number_assign(&entry.x, &product->table[i].x, i == digit);
		number_assign(&entry.y, &product->table[i].y, i == digit);
		number_assign(&entry.z, &product->table[i].z, i == digit);
	}
	point_add(&product->sum, &product->sum, &entry);
	memory_wipe(&entry, sizeof(entry));
}

static void sum_step(struct product *product)
{
	if (!product->is_doubled) {
		point_add(&product->sum, &product->sum, &product->sum);
		product->bit--;
		/* Nothing need be added for a digit of 0; if there is a secret, nobody may see that it was one. */
		product->is_doubled = product->bit % product->stride == 0 &&
				      (product->is_secret || digit_of(product) != 0);
	} else {
		digit_add(product);
		product->is_doubled = false;
	}
}

bool product_step(struct product *product)
{
	struct point *table = product->table;

	if (product->prepared < 3) {
		point_add(&table[product->prepared + 1], &table[product->prepared], &table[1]);
		product->prepared++;
	} else if (product->bit > 0 || product->is_doubled) {
		sum_step(product);
	} else if (product->inversion.modulus == NULL) {
		inversion_begin(&product->inversion, &number_prime, &product->sum.z);
	} else {
		return inversion_step(&product->inversion);
	}
	return true;
}

bool product_end(const struct product *product, struct number *x, struct number *y)
{
	*x = times(&product->sum.x, &product->inversion.power);
	*y = times(&product->sum.y, &product->inversion.power);
	number_leave(&number_prime, x);
	number_leave(&number_prime, y);
	return !number_is_zero(&product->sum.z);
}

bool product_write(const struct product *product, uint8_t bytes[SIGNED_KEY_BYTES])
{
	struct number x, y;
	bool is_point = product_end(product, &x, &y);

	bytes[0] = UNCOMPRESSED;
	number_write(&x, bytes + 1);
	number_write(&y, bytes + 1 + NUMBER_BYTES);
	memory_wipe(&x, sizeof(x));
	memory_wipe(&y, sizeof(y));
	return is_point;
}
