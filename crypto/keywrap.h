/*
 * AES Key Wrap with keys of 256 bits (RFC 3394), the way back only, for keys of 256 bits. The library's own needs its cipher
 * layer, which allocates for as long as a key is used; this is the RFC's loop over its AES. Needs what hash.h needs.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#ifndef CRYPTO_KEYWRAP_H
#define CRYPTO_KEYWRAP_H

#include "lib/compiler.h"
#include "lib/status.h"

#define KEYWRAP_KEY_BYTES	32
#define KEYWRAP_WRAPPED_BYTES	40

/**
 * keywrap_open - unwrap a key.
 *
 * @out  zero unless the answer is OK
 *
 * Returns OK; ERR_AUTH if @wrapped was not made with @key, or was changed, or if the library fails.
 */
MUST_CHECK enum status keywrap_open(const uint8_t key[KEYWRAP_KEY_BYTES], const uint8_t wrapped[KEYWRAP_WRAPPED_BYTES],
				    uint8_t out[KEYWRAP_KEY_BYTES]);

#endif
