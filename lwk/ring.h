/*
 * The mediator's rings, one log and one trace a CPU, read in the order of time.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#ifndef LWK_RING_H
#define LWK_RING_H

#include "lib/compiler.h"

/**
 * ring_print - print the newest @max records of all CPUs' rings, oldest first, in words.
 *
 * @ring  HOST_RING_TRACE or HOST_RING_LOG
 * Records made after the call began are left out. Context: one thread at a time (the shell).
 */
void ring_print(unsigned ring, unsigned max);

#endif
