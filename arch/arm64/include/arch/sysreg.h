/*
 * System registers: read_x() and write_x() for each register that Redoubt touches, and their
 * fields as the Arm manual spells them. The host build swaps this header for arch/fake's.
 * Source: Arm DDI 0487, "AArch64 System register descriptions".
 * SPDX-License-Identifier: BSD-3-Clause
 */
#ifndef ARCH_SYSREG_H
#define ARCH_SYSREG_H

#include <stdint.h>

#define SYSREG_READ(name, encoding)					\
	static inline uint64_t read_##name(void)			\
	{								\
		uint64_t value;						\
		__asm__ volatile("mrs %0, " #encoding : "=r"(value));	\
		return value;						\
	}

#define SYSREG_WRITE(name, encoding)					\
	static inline void write_##name(uint64_t value)			\
	{								\
		__asm__ volatile("msr " #encoding ", %0" : : "r"(value) : "memory"); \
	}

#define SYSREG(name, encoding) SYSREG_READ(name, encoding) SYSREG_WRITE(name, encoding)

#include "arch/sysreg_list.h"
#include "arch/sysreg_fields.h"

#endif
