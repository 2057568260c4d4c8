/*
 * Time, and the one alarm of each box vCPU (its virtual timer). Tests replace this file's .c.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#ifndef BOX_CLOCK_H
#define BOX_CLOCK_H

#include "lib/compiler.h"

/* clock_ticks - the physical counter; the console page's epoch counts in it. clock_hz - ticks a second, never 0. */
uint64_t clock_ticks(void);
uint64_t clock_hz(void);

/**
 * clock_alarm - be interrupted in @ticks at the latest.
 *
 * Keeps an alarm of this vCPU that is due earlier. Whoever is woken finds out what is due.
 */
void clock_alarm(uint64_t ticks);

/* clock_alarm_stop - no alarm on this vCPU. */
void clock_alarm_stop(void);

/* clock_wait - sleep until this vCPU has an interrupt; it stays pending. */
void clock_wait(void);

#endif
