/*
 * Mbed TLS 3.6 as Redoubt links it: SHA-256 and AES-256-GCM by the Armv8 instructions, HKDF, HMAC_DRBG, SHA-384,
 * arithmetic on words, and the pool that what is allocated lives in. Nothing else.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#ifndef CRYPTO_MBEDTLS_CONFIG_H
#define CRYPTO_MBEDTLS_CONFIG_H

#define MBEDTLS_SHA256_C
/* Every supported CPU has the instructions; run-time detection would need an operating system. */
#define MBEDTLS_SHA256_USE_ARMV8_A_CRYPTO_ONLY

/* Likewise: without tables, in which time would tell of a key. */
#define MBEDTLS_AES_C
#define MBEDTLS_AESCE_C
#define MBEDTLS_AES_USE_HARDWARE_ONLY
/* GCM only ever encrypts a block. */
#define MBEDTLS_GCM_C

#define MBEDTLS_MD_C
#define MBEDTLS_HKDF_C
#define MBEDTLS_HMAC_DRBG_C

/* Only what works on words (bignum_core.h): number.c. */
#define MBEDTLS_BIGNUM_C
#define MBEDTLS_HAVE_ASM
/* The compiler's division of 128 bits is a library function. */
#define MBEDTLS_NO_UDBL_DIVISION
#define MBEDTLS_SHA384_C

#define MBEDTLS_PLATFORM_C
#define MBEDTLS_PLATFORM_MEMORY
#define MBEDTLS_PLATFORM_NO_STD_FUNCTIONS
#define MBEDTLS_MEMORY_BUFFER_ALLOC_C
/* Called by the pool when its bookkeeping is damaged; pool.c has it. */
#define MBEDTLS_PLATFORM_EXIT_MACRO pool_damaged
void pool_damaged(int status);
/* hash.c supplies it: there is no explicit_bzero here. */
#define MBEDTLS_PLATFORM_ZEROIZE_ALT

#endif
