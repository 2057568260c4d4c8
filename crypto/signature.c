/*
 * ECDSA: decides when a signature holds (FIPS 186-5, section 6.4.2), and what a step of finding out does.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "crypto/signature.h"
#include "crypto/curve.h"
#include "lib/check.h"
#include "lib/memory.h"
#include <mbedtls/sha512.h>

/* Of the message, in a step that is a slice. */
#define SLICE_BYTES	1024

/* The check that is under way; what it does next. The first thing that is wrong ends it. */
static struct {
	enum { IDLE, MESSAGE, INVERSION, PRODUCT } state;
	bool is_sliced, is_good;
	struct hash_piece pieces[SIGNATURE_PIECE_MAX];
	size_t piece, count;
	mbedtls_sha512_context message;
	uint8_t digest[NUMBER_BYTES];
	struct point key;
	struct number r, s;
	struct inversion inversion;
	struct product product;
} check;

static bool number_of_group(const uint8_t bytes[NUMBER_BYTES], struct number *out)
{
	return number_read(&number_order, bytes, out) && !number_is_zero(out);
}

void signature_begin(const uint8_t key[SIGNED_KEY_BYTES], const struct hash_piece *pieces, size_t count,
		     const uint8_t signature[SIGNED_SIGNATURE_BYTES], bool is_sliced)
{
	CHECK(count >= 1 && count <= SIGNATURE_PIECE_MAX);
	memset(&check, 0, sizeof(check));
	for (size_t i = 0; i < count; i++)
		check.pieces[i] = pieces[i];
	check.count = count;
	check.is_sliced = is_sliced;
	mbedtls_sha512_init(&check.message);
	check.is_good = point_read(key, &check.key) && number_of_group(signature, &check.r) &&
			number_of_group(signature + NUMBER_BYTES, &check.s) &&
			mbedtls_sha512_starts(&check.message, 1) == 0;
	check.state = check.is_good ? MESSAGE : IDLE;
}

/* The next bytes of the message. */
static void message_step(void)
{
	struct hash_piece *piece = &check.pieces[check.piece];
	size_t bytes = check.is_sliced && piece->bytes > SLICE_BYTES ? SLICE_BYTES : piece->bytes;

	check.is_good = mbedtls_sha512_update(&check.message, piece->data, bytes) == 0;
	piece->data = (const uint8_t *)piece->data + bytes;
	piece->bytes -= bytes;
	if (piece->bytes == 0)
		check.piece++;
	if (!check.is_good || check.piece < check.count)
		return;
	check.is_good = mbedtls_sha512_finish(&check.message, check.digest) == 0;
	number_enter(&number_order, &check.s);
	inversion_begin(&check.inversion, &number_order, &check.s);
	check.state = INVERSION;
}

static void inversion_next(void)
{
	struct number a, b;

	if (inversion_step(&check.inversion))
		return;
	(void)number_read(&number_order, check.digest, &a);
	number_multiply(&number_order, &a, &a, &check.inversion.power);
	number_multiply(&number_order, &b, &check.r, &check.inversion.power);
	product_begin_sum(&check.product, &a, &b, &check.key);
	check.state = PRODUCT;
}

/* The x coordinate is below the prime, which is above the order. */
static bool product_is_right(void)
{
	uint8_t bytes[NUMBER_BYTES];
	struct number x, y;

	if (!product_end(&check.product, &x, &y))
		return false;
	number_write(&x, bytes);
	(void)number_read(&number_order, bytes, &x);
	return number_is_equal(&x, &check.r);
}

/* Returns whether it is still under way. */
static bool step(void)
{
	switch (check.state) {
	case MESSAGE:
		message_step();
		return true;
	case INVERSION:
		inversion_next();
		return true;
	case PRODUCT:
		if (product_step(&check.product))
			return true;
		check.is_good = product_is_right();
		return false;
	case IDLE:
		break;
	}
	check.is_good = false;
	return false;
}

enum status signature_step(void)
{
	do {
		if (!step() || !check.is_good) {
			check.state = IDLE;
			return check.is_good ? OK : ERR_AUTH;
		}
	} while (!check.is_sliced);
	return ERR_BUSY;
}
