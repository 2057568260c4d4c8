/*
 * Exceptions from lower levels: what they mean and which context goes on.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#ifndef MEDIATOR_TRAP_H
#define MEDIATOR_TRAP_H

#include "mediator/cpu.h"

/* Called by assembly with the interrupted context, whose frame is saved; they return the context to enter. */
struct context *trap_sync(struct context *context);
struct context *trap_irq(struct context *context);
struct context *trap_serror(struct context *context);

/* An exception at EL2 itself: our bug. Recorded by the monitor, which stops the machine. */
NORETURN void trap_own(void);

/* In arch/arm64/mediator_entry.S: enter a context, for the first time on this CPU. */
NORETURN void context_enter(struct context *context);

#endif
