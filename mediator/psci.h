/*
 * PSCI at EL2: for the outer OS backed by the monitor, for boxes and VMs by the run nest.
 * Source: Arm DEN0022, "PSCI function prototypes".
 * SPDX-License-Identifier: BSD-3-Clause
 */
#ifndef MEDIATOR_PSCI_H
#define MEDIATOR_PSCI_H

#include "abi/psci.h"
#include "mediator/cpu.h"

/* psci_is - is @id one of PSCI's? Both calling conventions (bit 30), function numbers 0 .. 31. */
static inline bool psci_is(uint64_t id)
{
	return (id & ~(BIT(30) | 0x1full)) == PSCI_VERSION;
}

/* psci_call - carry out the call in x0..x3 of the loaded @context; returns the context to enter. */
struct context *psci_call(struct cpu *cpu, struct context *context);

#endif
