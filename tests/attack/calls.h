/*
 * Calls that a box or a VM must not have. Each function returns how many were answered.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#ifndef TESTS_ATTACK_CALLS_H
#define TESTS_ATTACK_CALLS_H

#include "lib/compiler.h"

unsigned calls_host(void);	/* the outer OS's */
unsigned calls_firmware(void);	/* the mediator's, to monitor and anchor */
unsigned calls_realm(void);	/* a realm's: the realm services interface */
unsigned calls_secret(void);	/* a confidential VM's, for its secret; by a VM that is none */
unsigned calls_unknown(void);	/* a few of every owner in the SMC calling convention */

#endif
