/*
 * A platform's cryptography for tests, from docs/formats.md and on its own: OpenSSL, and no line of the product.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#ifndef TESTS_UNIT_OPENER_H
#define TESTS_UNIT_OPENER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* opener_unwrap - the content key of this owner's image, for the platform whose key has this number (signer.h). */
bool opener_unwrap(unsigned platform, const uint8_t owner[97], const uint8_t ephemeral[97], const uint8_t wrapped[40],
		   uint8_t key[32]);

/* opener_decrypt - one chunk, if its tag holds for @head, 40 bytes that are authenticated with it. */
bool opener_decrypt(const uint8_t key[32], const void *head, uint32_t index, const uint8_t *chunk, const uint8_t *tag,
		    uint8_t *out);

#endif
