/*
 * Mbed TLS for unit tests: as the rooms link it, but without the Armv8 instructions.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#ifndef TESTS_UNIT_MBEDTLS_CONFIG_H
#define TESTS_UNIT_MBEDTLS_CONFIG_H

#include "crypto/mbedtls_config.h"
#undef MBEDTLS_SHA256_USE_ARMV8_A_CRYPTO_ONLY
#undef MBEDTLS_AESCE_C
#undef MBEDTLS_AES_USE_HARDWARE_ONLY

#endif
