/*
 * Between the parts of the simulated machine: interrupts and timers.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#ifndef FAKE_INTERRUPT_H
#define FAKE_INTERRUPT_H

#include <stdint.h>

void fake_interrupts_reset(void);
/* fake_interrupt_take - what reading ICC_IAR1_EL1 returns. */
uint64_t fake_interrupt_take(void);
/* fake_timer_control - a timer's control register as it reads: with ISTATUS. */
uint64_t fake_timer_control(uint64_t control, uint64_t compare, uint64_t count);

#endif
