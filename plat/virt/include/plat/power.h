/*
 * The end of a run, through the secure GPIO: the board powers off or resets. Secure world only.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#ifndef PLAT_POWER_H
#define PLAT_POWER_H

#include "lib/compiler.h"

/* power_off, power_reset - does not return. Source: Arm DDI 0190, "Programmers model" (PL061). */
NORETURN void power_off(void);
NORETURN void power_reset(void);

#endif
