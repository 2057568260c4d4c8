/*
 * Boot of the mediator: what other files need of it.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#ifndef MEDIATOR_MAIN_H
#define MEDIATOR_MAIN_H

#include "mediator/cpu.h"

/* main_secondary_entry - physical address at which a CPU that the monitor turns on enters, x0 = its index. */
uint64_t main_secondary_entry(void);

/* Called by assembly: first CPU with MMU off; every CPU with MMU on. main_cpu does not return. */
void main_tables(void);
NORETURN void main_first(void);
NORETURN void main_secondary(uint64_t index);

#endif
