/*
 * Numbers modulo the two primes of P-384. The library's arithmetic on words does the work; here is which words.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "crypto/number.h"
#include "lib/memory.h"
#include <bignum_core.h>

_Static_assert(sizeof(mbedtls_mpi_uint) == sizeof(uint64_t), "the library's words");

/* SEC 2, section 2.5.1. */
const struct modulus number_prime = {
	.value = { { 0x00000000ffffffff, 0xffffffff00000000, 0xfffffffffffffffe,
		     0xffffffffffffffff, 0xffffffffffffffff, 0xffffffffffffffff } },
	.square = { { 0xfffffffe00000001, 0x0000000200000000, 0xfffffffe00000000,
		      0x0000000200000000, 0x0000000000000001, 0x0000000000000000 } },
};
const struct modulus number_order = {
	.value = { { 0xecec196accc52973, 0x581a0db248b0a77a, 0xc7634d81f4372ddf,
		     0xffffffffffffffff, 0xffffffffffffffff, 0xffffffffffffffff } },
	.square = { { 0x2d319b2419b409a9, 0xff3d81e5df1aa419, 0xbc3e483afcb82947,
		      0xd40d49174aab1cc5, 0x3fb05b7a28266895, 0x0c84ee012b39bf21 } },
};
static const struct number one = { { 1 } };

bool number_read(const struct modulus *m, const uint8_t bytes[NUMBER_BYTES], struct number *out)
{
	/* Six limbs take 48 bytes: this cannot fail. */
	(void)mbedtls_mpi_core_read_be(out->limb, NUMBER_LIMBS, bytes, NUMBER_BYTES);
	uint64_t borrow = mbedtls_mpi_core_sub(out->limb, out->limb, m->value.limb, NUMBER_LIMBS);

	(void)mbedtls_mpi_core_add_if(out->limb, m->value.limb, NUMBER_LIMBS, (unsigned)borrow);
	return borrow != 0;
}

void number_write(const struct number *number, uint8_t bytes[NUMBER_BYTES])
{
	(void)mbedtls_mpi_core_write_be(number->limb, NUMBER_LIMBS, bytes, NUMBER_BYTES);
}

/*
 * high * 2^384 + low is high * (2^384 - m) + low modulo m = order - 1. As 2^384 - m is below 2^191, that is below 2m.
 */
void number_of_seed(const uint8_t seed[NUMBER_SEED_BYTES], struct number *out)
{
	struct number least, rest = { { 0 } };
	uint64_t wide[NUMBER_LIMBS + 1], high;

	(void)mbedtls_mpi_core_sub(least.limb, number_order.value.limb, one.limb, NUMBER_LIMBS);
	(void)mbedtls_mpi_core_sub(rest.limb, rest.limb, least.limb, NUMBER_LIMBS);
	(void)mbedtls_mpi_core_read_be(wide, NUMBER_LIMBS + 1, seed, NUMBER_SEED_BYTES);
	high = wide[NUMBER_LIMBS];
	wide[NUMBER_LIMBS] = 0;
	(void)mbedtls_mpi_core_mla(wide, NUMBER_LIMBS + 1, rest.limb, NUMBER_LIMBS, high);

	uint64_t borrow = mbedtls_mpi_core_sub(out->limb, wide, least.limb, NUMBER_LIMBS);

	/* It was below m if nothing was above the limbs to borrow from. */
	(void)mbedtls_mpi_core_add_if(out->limb, least.limb, NUMBER_LIMBS, (unsigned)(borrow & ~wide[NUMBER_LIMBS]));
	(void)mbedtls_mpi_core_add_if(out->limb, one.limb, NUMBER_LIMBS, 1);
	memory_wipe(wide, sizeof(wide));
	memory_wipe(&high, sizeof(high));
}

bool number_is_zero(const struct number *number)
{
	return mbedtls_mpi_core_check_zero_ct(number->limb, NUMBER_LIMBS) == MBEDTLS_CT_FALSE;
}

bool number_is_equal(const struct number *a, const struct number *b)
{
	struct number difference;

	(void)mbedtls_mpi_core_sub(difference.limb, a->limb, b->limb, NUMBER_LIMBS);
	return number_is_zero(&difference);
}

unsigned number_bit(const struct number *number, unsigned at)
{
	return (unsigned)(number->limb[at / 64] >> at % 64) & 1;
}

void number_assign(struct number *to, const struct number *from, bool is_it)
{
	mbedtls_mpi_core_cond_assign(to->limb, from->limb, NUMBER_LIMBS, mbedtls_ct_bool(is_it));
}

void number_subtract(const struct modulus *m, struct number *out, const struct number *a, const struct number *b)
{
	uint64_t borrow = mbedtls_mpi_core_sub(out->limb, a->limb, b->limb, NUMBER_LIMBS);

	(void)mbedtls_mpi_core_add_if(out->limb, m->value.limb, NUMBER_LIMBS, (unsigned)borrow);
}

/* a - (m - b): what is above 2^384 need not be looked at. */
void number_add(const struct modulus *m, struct number *out, const struct number *a, const struct number *b)
{
	struct number negative;

	(void)mbedtls_mpi_core_sub(negative.limb, m->value.limb, b->limb, NUMBER_LIMBS);
	number_subtract(m, out, a, &negative);
}

void number_multiply(const struct modulus *m, struct number *out, const struct number *a, const struct number *b)
{
	uint64_t scratch[2 * NUMBER_LIMBS + 1];

	mbedtls_mpi_core_montmul(out->limb, a->limb, b->limb, NUMBER_LIMBS, m->value.limb, NUMBER_LIMBS,
				 mbedtls_mpi_core_montmul_init(m->value.limb), scratch);
}

void number_enter(const struct modulus *m, struct number *number)
{
	number_multiply(m, number, number, &m->square);
}

void number_leave(const struct modulus *m, struct number *number)
{
	number_multiply(m, number, number, &one);
}

void inversion_begin(struct inversion *inversion, const struct modulus *m, const struct number *number)
{
	inversion->modulus = m;
	inversion->base = *number;
	inversion->power = one;
	number_enter(m, &inversion->power);
	inversion->left = NUMBER_BITS;
}

/* The exponent is the modulus less 2, of which only the lowest limb differs. It is no secret: branches may tell of it. */
bool inversion_step(struct inversion *inversion)
{
	const struct modulus *m = inversion->modulus;
	struct number exponent = m->value;

	exponent.limb[0] -= 2;
	for (unsigned done = 0; inversion->left > 0 && done + 2 <= NUMBER_STEP_PRODUCTS; done++) {
		inversion->left--;
		number_multiply(m, &inversion->power, &inversion->power, &inversion->power);
		if (number_bit(&exponent, inversion->left) == 0)
			continue;
		number_multiply(m, &inversion->power, &inversion->power, &inversion->base);
		done++;
	}
	return inversion->left > 0;
}
