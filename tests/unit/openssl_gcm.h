/*
 * AES-256-GCM by OpenSSL, beside the anchor's. Apart from the tests because OpenSSL's names meet the product's.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#ifndef TESTS_UNIT_OPENSSL_GCM_H
#define TESTS_UNIT_OPENSSL_GCM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* openssl_gcm_seal - encrypt @bytes from @text to @out; 96-bit nonce, 128-bit tag. False if OpenSSL does not. */
bool openssl_gcm_seal(const uint8_t *key, const uint8_t *nonce, const uint8_t *header, size_t header_bytes,
		      const uint8_t *text, size_t bytes, uint8_t *out, uint8_t *tag);

#endif
