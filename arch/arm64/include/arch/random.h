/*
 * The CPU's own random numbers.
 * Source: Arm DDI 0487, "RNDR, Random Number".
 * SPDX-License-Identifier: BSD-3-Clause
 */
#ifndef ARCH_RANDOM_H
#define ARCH_RANDOM_H

#include <stdbool.h>
#include <stdint.h>
#include "arch/sysreg.h"

/* random_word - 64 bits of RNDR; false if this CPU has none, or has nothing to give at the moment. */
static inline bool random_word(uint64_t *out)
{
	uint64_t word;
	uint32_t is_random;

	/* ID_AA64ISAR0_EL1.RNDR */
	if (read_id_aa64isar0_el1() >> 60 == 0)
		return false;
	/* Z says that there is nothing. */
	__asm__ volatile("mrs %0, s3_3_c2_c4_0\n\tcset %w1, ne" : "=r"(word), "=r"(is_random) : : "cc");
	*out = word;
	return is_random != 0;
}

#endif
