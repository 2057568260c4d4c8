/*
 * Stores to stage-2 descriptors: the only way. The host build swaps this header for arch/fake's, where each is an event
 * with the old value and the new.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#ifndef ARCH_DESCRIPTOR_H
#define ARCH_DESCRIPTOR_H

#include <stdint.h>

/* descriptor_write - one store of 64 bits, single-copy atomic: a table walk sees the old descriptor or the new one. */
static inline void descriptor_write(volatile uint64_t *entry, uint64_t descriptor)
{
	*entry = descriptor;
}

#endif
