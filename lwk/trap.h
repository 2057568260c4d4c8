/*
 * Exceptions: what the vectors call, and how this kernel stops when it is itself at fault.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#ifndef LWK_TRAP_H
#define LWK_TRAP_H

#include "arch/frame.h"
#include "lib/compiler.h"

/* Called by arch/arm64/lwk_vectors.S with interrupts masked, the frame on the interrupted stack. */
void trap_sync(struct frame *frame);
void trap_irq(struct frame *frame);
NORETURN void trap_other(struct frame *frame);
NORETURN void trap_overflow(uint64_t sp);

extern uint8_t trap_emergency_stack[4096];

#endif
