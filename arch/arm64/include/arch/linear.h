/*
 * Physical memory as EL2 and EL3 see it: identity mapped. The host build maps a simulated DRAM.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#ifndef ARCH_LINEAR_H
#define ARCH_LINEAR_H

#include <stdint.h>

static inline void *linear_pointer(uint64_t pa) { return (void *)pa; }
static inline uint64_t linear_address(const volatile void *pointer) { return (uint64_t)pointer; }

#endif
