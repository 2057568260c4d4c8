/*
 * Public keys as OpenSSL holds them, for what uses its interface beside tools/public_key.c.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#ifndef TOOLS_PUBLIC_KEY_EVP_H
#define TOOLS_PUBLIC_KEY_EVP_H

#include <openssl/evp.h>
#include "tools/public_key.h"

/* public_key_evp - NULL if it is not on the curve; all of P-384 is one group. Free with EVP_PKEY_free. */
EVP_PKEY *public_key_evp(const struct public_key *key);

/* public_key_take - the point of a key of P-384; false for any other key. */
MUST_CHECK bool public_key_take(const EVP_PKEY *evp, struct public_key *key);

#endif
