/*
 * Which measurements may be activated: the list of the verified policy, through the boot page.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#ifndef MEDIATOR_POLICY_H
#define MEDIATOR_POLICY_H

#include "mediator/room.h"

/* policy_allows - is this measurement of a box or VM (HOST_ROLE_*) listed? */
bool policy_allows(unsigned role, const uint64_t measurement[4]);

#endif
