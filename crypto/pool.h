/*
 * The memory that Mbed TLS allocates from, for the contexts of HMAC: one pool, for all that crypto/ does.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#ifndef CRYPTO_POOL_H
#define CRYPTO_POOL_H

/* pool_open - make the pool, once; every function that lets the library allocate calls it first. */
void pool_open(void);

#endif
