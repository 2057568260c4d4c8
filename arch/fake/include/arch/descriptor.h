/*
 * Stores to stage-2 descriptors of the simulated machine: each is an event, before it takes effect.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#ifndef ARCH_DESCRIPTOR_H
#define ARCH_DESCRIPTOR_H

#include "arch/fake.h"

static inline void descriptor_write(volatile uint64_t *entry, uint64_t descriptor)
{
	fake_descriptor(entry, descriptor);
	*entry = descriptor;
}

#endif
