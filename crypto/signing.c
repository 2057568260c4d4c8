/*
 * ECDSA: decides the secret number of a signature (RFC 6979, section 3.2) and makes the signature of it (FIPS 186-5,
 * section 6.4.1). That a number is out of range, upon which another would have to be taken, happens once in 2^189
 * signatures: it counts as a failure here.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "crypto/signing.h"
#include "crypto/curve.h"
#include "crypto/pool.h"
#include "lib/memory.h"
#include <mbedtls/md.h>

_Static_assert(SIGNING_SEED_BYTES == NUMBER_SEED_BYTES && SIGNING_DIGEST_BYTES == NUMBER_BYTES,
	       "what numbers are made of");

#define HMACS	5	/* until the secret number is there */

/* What is under way, and what it does next. The first failure of any function ends it. */
static struct {
	enum { IDLE, SECRET, POINT, INVERSION, PUBLIC } state;
	bool is_good;
	struct number key, secret, digest, r;
	/* K of RFC 6979; V, a byte, key and digest: what is hashed. */
	uint8_t hmac_key[NUMBER_BYTES], text[3 * NUMBER_BYTES + 1];
	unsigned hmacs;
	struct product product;
	struct inversion inversion;
} run;

void signing_forget(void)
{
	memory_wipe(&run, sizeof(run));
}

void signing_begin(const uint8_t seed[SIGNING_SEED_BYTES], const uint8_t digest[SIGNING_DIGEST_BYTES])
{
	signing_forget();
	pool_open();
	number_of_seed(seed, &run.key);
	(void)number_read(&number_order, digest, &run.digest);
	memset(run.text, 1, NUMBER_BYTES);
	number_write(&run.key, run.text + NUMBER_BYTES + 1);
	number_write(&run.digest, run.text + 2 * NUMBER_BYTES + 1);
	run.state = SECRET;
	run.is_good = true;
}

/* K and V in turns; K of all of the text, its byte 0 the first time and 1 the second. The last V is the number. */
static void secret_step(void)
{
	bool is_key = run.hmacs == 0 || run.hmacs == 2;
	size_t bytes = is_key ? sizeof(run.text) : NUMBER_BYTES;

	run.text[NUMBER_BYTES] = run.hmacs == 2;
	run.is_good = mbedtls_md_hmac(mbedtls_md_info_from_type(MBEDTLS_MD_SHA384), run.hmac_key, NUMBER_BYTES,
				      run.text, bytes, is_key ? run.hmac_key : run.text) == 0;
	if (!run.is_good || ++run.hmacs < HMACS)
		return;
	run.is_good = number_read(&number_order, run.text, &run.secret) && !number_is_zero(&run.secret) &&
		      product_begin(&run.product, &run.secret, &curve_generator) == OK;
	run.state = POINT;
}

static void point_step(void)
{
	uint8_t bytes[NUMBER_BYTES];
	struct number x, y;

	if (product_step(&run.product))
		return;
	run.is_good = product_end(&run.product, &x, &y);
	number_write(&x, bytes);
	(void)number_read(&number_order, bytes, &run.r);
	run.is_good = run.is_good && !number_is_zero(&run.r);
	number_enter(&number_order, &run.secret);
	inversion_begin(&run.inversion, &number_order, &run.secret);
	run.state = INVERSION;
}

/* s = (digest + r * key) / secret */
static void signature_write(uint8_t signature[SIGNED_SIGNATURE_BYTES])
{
	struct number s;

	number_enter(&number_order, &run.key);
	number_multiply(&number_order, &s, &run.r, &run.key);
	number_add(&number_order, &s, &s, &run.digest);
	number_multiply(&number_order, &s, &s, &run.inversion.power);
	number_write(&run.r, signature);
	number_write(&s, signature + NUMBER_BYTES);
	run.is_good = !number_is_zero(&s);
}

/* Returns whether it is still under way. */
static bool step(uint8_t signature[SIGNED_SIGNATURE_BYTES])
{
	if (run.state == SECRET)
		secret_step();
	else if (run.state == POINT)
		point_step();
	else if (run.state != INVERSION)
		run.is_good = false;
	else if (!inversion_step(&run.inversion)) {
		signature_write(signature);
		return false;
	}
	return run.is_good;
}

static enum status end(uint8_t *out, size_t bytes)
{
	bool is_good = run.is_good;

	signing_forget();
	if (!is_good)
		memory_wipe(out, bytes);
	return is_good ? OK : ERR_AUTH;
}

enum status signing_step(uint8_t signature[SIGNED_SIGNATURE_BYTES])
{
	return step(signature) ? ERR_BUSY : end(signature, SIGNED_SIGNATURE_BYTES);
}

void public_begin(const uint8_t seed[SIGNING_SEED_BYTES])
{
	signing_forget();
	number_of_seed(seed, &run.key);
	run.is_good = product_begin(&run.product, &run.key, &curve_generator) == OK;
	run.state = PUBLIC;
}

enum status public_step(uint8_t key[SIGNED_KEY_BYTES])
{
	run.is_good = run.is_good && run.state == PUBLIC;
	if (run.is_good && product_step(&run.product))
		return ERR_BUSY;
	run.is_good = run.is_good && product_write(&run.product, key);
	return end(key, SIGNED_KEY_BYTES);
}
