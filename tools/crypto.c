/*
 * crypto/hash.h and crypto/signature.h over OpenSSL: the verifier of packages is then the same source as in the
 * trusted rooms, with another library below it. OpenSSL's own headers stay out: they have a name in common with
 * lib/status.h.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include <string.h>
#include "crypto/hash.h"
#include "crypto/signature.h"
#include "tools/public_key.h"

#define PIECES_MAX	4

static bool pieces_digest(enum digest_kind kind, const struct hash_piece *pieces, size_t count, uint8_t *out)
{
	struct digest_piece copy[PIECES_MAX];

	if (count > PIECES_MAX)
		return false;
	for (size_t i = 0; i < count; i++)
		copy[i] = (struct digest_piece){ pieces[i].data, pieces[i].bytes };
	return digest_pieces(kind, copy, count, out);
}

enum status hash_sha256(const struct hash_piece *pieces, size_t count, uint8_t out[HASH_BYTES])
{
	uint8_t digest[HASH_BYTES];

	if (!pieces_digest(DIGEST_SHA256, pieces, count, digest))
		return ERR_AUTH;
	memcpy(out, digest, sizeof(digest));
	return OK;
}

bool hash_is_equal(const uint8_t a[HASH_BYTES], const uint8_t b[HASH_BYTES])
{
	return memcmp(a, b, HASH_BYTES) == 0;
}

/* Here a check is one step, and begun with it. */
static enum status verdict = ERR_AUTH;

void signature_begin(const uint8_t key[SIGNED_KEY_BYTES], const struct hash_piece *pieces, size_t count,
		     const uint8_t signature[SIGNED_SIGNATURE_BYTES], bool is_sliced)
{
	struct public_key public;
	uint8_t digest[SHA384_BYTES];

	(void)is_sliced;
	memcpy(public.point, key, sizeof(public.point));
	verdict = ERR_AUTH;
	if (pieces_digest(DIGEST_SHA384, pieces, count, digest) && public_key_verify(&public, digest, signature))
		verdict = OK;
}

enum status signature_step(void)
{
	return verdict;
}
