/*
 * Mbed TLS 3.6 as Redoubt links it: SHA-256 by the Armv8 instructions, nothing else.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#ifndef CRYPTO_MBEDTLS_CONFIG_H
#define CRYPTO_MBEDTLS_CONFIG_H

#define MBEDTLS_SHA256_C
/* Every supported CPU has the instructions; run-time detection would need an operating system. */
#define MBEDTLS_SHA256_USE_ARMV8_A_CRYPTO_ONLY
/* hash.c supplies it, so that platform_util.c and its system headers stay out. */
#define MBEDTLS_PLATFORM_ZEROIZE_ALT

#endif
