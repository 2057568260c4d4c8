/*
 * Virtual redistributor frames: the registers through which a vCPU of any domain configures its
 * private interrupts (INTID 0 .. 31). One frame of 0x20000 bytes a vCPU from PLAT_GICR_BASE.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#ifndef MEDIATOR_REDISTRIBUTOR_H
#define MEDIATOR_REDISTRIBUTOR_H

#include "mediator/cpu.h"

/* redistributor_is - does the address lie in the frames of @context's domain? */
bool redistributor_is(const struct context *context, uint64_t address);

/**
 * redistributor_access - carry out @access by @context; unknown registers read zero and ignore writes.
 *
 * Context: @context is loaded on this CPU. Takes the frame owner's vcpu->lock. Refills what it changes.
 */
void redistributor_access(struct context *context, struct access *access);

#endif
