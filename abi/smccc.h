/*
 * SMC Calling Convention 1.2: the id layout and the general service queries that Redoubt answers.
 * Numbers only; safe for C and assembly.
 * Source: Arm DEN0028, "Function Identifiers" and "Arm Architecture Calls"; TRNG: Arm DEN0098.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#ifndef ABI_SMCCC_H
#define ABI_SMCCC_H

#define SMCCC_VERSION			0x80000000
#define SMCCC_ARCH_FEATURES		0x80000001

#define SMCCC_VERSION_1_2		0x00010002

#define SMCCC_SUCCESS			0
#define SMCCC_NOT_SUPPORTED		(-1)

/* Vendor-specific hypervisor service: who answers, and in which revision. */
#define SMCCC_VENDOR_HYP_UID		0x8600ff01
#define SMCCC_VENDOR_HYP_REVISION	0x8600ff03

/* Redoubt's own UID: c6a3f1d2-5b0e-4e7a-9d41-2f88e07b6c15, as w0..w3 (little-endian bytes). */
#define REDOUBT_UID_W0			0xd2f1a3c6
#define REDOUBT_UID_W1			0x7a4e0e5b
#define REDOUBT_UID_W2			0x882f419d
#define REDOUBT_UID_W3			0x156c7be0

/* TRNG 1.0. The random bits are in x3 (the lowest 64), x2, x1 of RND64 and in w3, w2, w1 of RND32; the rest is zero. */
#define TRNG_VERSION			0x84000050
#define TRNG_FEATURES			0x84000051
#define TRNG_GET_UUID			0x84000052
#define TRNG_RND32			0x84000053
#define TRNG_RND64			0xc4000053

#define TRNG_VERSION_1_0		0x00010000
#define TRNG_SUCCESS			0
#define TRNG_NOT_SUPPORTED		(-1)
#define TRNG_INVALID_PARAMETERS		(-2)
#define TRNG_NO_ENTROPY			(-3)
#define TRNG_BITS32_MAX			96
#define TRNG_BITS64_MAX			192

/* The entropy source's UUID: 4b0f8c52-9d17-4c6e-a3b8-70d2e15f9a64, as w0..w3. */
#define TRNG_UUID_W0			0x528c0f4b
#define TRNG_UUID_W1			0x6e4c179d
#define TRNG_UUID_W2			0xd270b8a3
#define TRNG_UUID_W3			0x649a5fe1

#endif
