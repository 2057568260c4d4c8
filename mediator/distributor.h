/*
 * The outer OS's view of the physical distributor: a filter by an ownership table. The interrupts
 * of its own devices are its to configure; of all others it reads zero and changes nothing.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#ifndef MEDIATOR_DISTRIBUTOR_H
#define MEDIATOR_DISTRIBUTOR_H

#include "mediator/redistributor.h"

/**
 * distributor_access - carry out @access by the outer OS.
 *
 * Returns false if a write tried to enable, pend, activate or route an interrupt that is not the outer OS's: nothing
 * of that interrupt changed, and the caller logs it.
 */
bool distributor_access(struct context *outer, struct access *access);

#endif
