/*
 * The loop of a box vCPU.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#ifndef BOX_VCPU_H
#define BOX_VCPU_H

#include "lib/compiler.h"

/* vcpu_loop - run this vCPU's VM vCPU for ever, and answer what it does. */
NORETURN void vcpu_loop(void);

#endif
