/*
 * Public keys: points of P-384, as signed objects carry them, in PEM files and as digests that people compare.
 * Cryptography is OpenSSL's.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#ifndef TOOLS_PUBLIC_KEY_H
#define TOOLS_PUBLIC_KEY_H

#include "tools/verbs.h"

#define POINT_BYTES		97	/* 04 || X || Y (SEC 1, section 2.3.3) */
#define SIGNATURE_BYTES		96	/* r || s */
#define SHA384_BYTES		48

struct public_key {
	uint8_t point[POINT_BYTES];
};

/* public_key_is_valid - is it an uncompressed point of the curve? */
MUST_CHECK bool public_key_is_valid(const struct public_key *key);

/**
 * public_key_read - a PEM file with a public key (SubjectPublicKeyInfo, as 'openssl pkey -pubin' reads it).
 *
 * Returns TOOL_DONE; TOOL_FAILED if the file cannot be read; TOOL_CONFIGURATION if it holds something else or a key of
 * another curve. A refusal was printed then.
 */
MUST_CHECK int public_key_read(struct public_key *key, const char *path);

/* public_key_write - as PEM; the file appears whole or not at all. TOOL_DONE, or TOOL_FAILED after printing. */
MUST_CHECK int public_key_write(const struct public_key *key, const char *path);

/*
 * public_key_digest - SHA-256 of the point: what a device is provisioned with. TOOL_DONE, or TOOL_FAILED after
 * printing.
 */
MUST_CHECK int public_key_digest(const struct public_key *key, uint8_t out[DIGEST_BYTES]);

/* public_key_verify - does the signature of a SHA-384 digest hold? */
MUST_CHECK bool public_key_verify(const struct public_key *key, const uint8_t digest[SHA384_BYTES],
				  const uint8_t signature[SIGNATURE_BYTES]);

/* One piece of a message that is hashed as if its pieces were joined. */
struct digest_piece {
	const void *data;
	size_t bytes;
};

enum digest_kind { DIGEST_SHA256, DIGEST_SHA384 };

/* digest_pieces - digest of @count pieces in order; @out has room for 32 or 48 bytes. False if the library fails. */
MUST_CHECK bool digest_pieces(enum digest_kind kind, const struct digest_piece *pieces, size_t count, uint8_t *out);

/* sha384_make - digest of @count bytes. TOOL_DONE, or TOOL_FAILED after printing. */
MUST_CHECK int sha384_make(const void *bytes, size_t count, uint8_t out[SHA384_BYTES]);

#endif
