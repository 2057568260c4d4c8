/*
 * The VM's PL031 real-time clock: Unix time by the outer OS's word, plus whatever the VM set.
 * Source: Arm DDI 0224, "Register descriptions".
 * SPDX-License-Identifier: BSD-3-Clause
 */
#ifndef BOX_PL031_H
#define BOX_PL031_H

#include "lib/compiler.h"

/* pl031_init - no alarm, no offset. */
void pl031_init(void);

/* pl031_read / pl031_write - the register at @offset (0 .. 0xffc, a multiple of 4). */
uint32_t pl031_read(uint64_t offset);
void pl031_write(uint64_t offset, uint32_t value);

/* pl031_poll - an alarm of this vCPU rang: is the match due? If it is still to come, the alarm is set again. */
void pl031_poll(void);

#endif
