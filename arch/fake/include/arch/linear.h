/*
 * Physical memory of the simulated machine: DRAM lies elsewhere, and only DRAM has pointers.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#ifndef ARCH_LINEAR_H
#define ARCH_LINEAR_H

#include <stdint.h>
#include "arch/fake.h"

static inline void *linear_pointer(uint64_t pa) { return fake_pointer(pa); }
static inline uint64_t linear_address(const volatile void *pointer) { return fake_address(pointer); }

#endif
