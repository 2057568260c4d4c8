/*
 * Keys of P-384 for tests, and signatures with them, by OpenSSL. A key is made from its number: always the same one.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#ifndef TESTS_UNIT_SIGNER_H
#define TESTS_UNIT_SIGNER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* signer_public - the public key of a number, uncompressed. */
void signer_public(unsigned number, uint8_t out[97]);

/* signer_sign - ES384 over @bytes: r || s. */
void signer_sign(unsigned number, const uint8_t *bytes, size_t count, uint8_t out[96]);

/* signer_twin - of (r, s) make (r, n - s), the other signature that the same signing could have made. */
void signer_twin(uint8_t signature[96]);

/* signer_small - a key, and a signature of @bytes by it of which s is 1: small enough for signer_over. */
void signer_small(const uint8_t *bytes, size_t count, uint8_t key[97], uint8_t signature[96]);

/* signer_over - of (r, s), s less than 2^384 - n, make (r, s + n). */
void signer_over(uint8_t signature[96]);

/* signer_agree - the x coordinate of ECDH with a public key; zeros if that is no point of the curve. */
void signer_agree(unsigned number, const uint8_t peer[97], uint8_t out[48]);

/* signer_sha384 - of @count bytes. */
void signer_sha384(const void *bytes, size_t count, uint8_t out[48]);

/* signer_holds - whether OpenSSL accepts r || s over a digest by a public key. */
bool signer_holds(const uint8_t key[97], const uint8_t digest[48], const uint8_t signature[96]);

#endif
