/*
 * All of flash for tests of updates: plat/flash.h on memory, and power that goes in the middle of a write. What was being written may hold
 * anything then, all else is as it was. Pages at a time; the state log word by word is flash_model.h's.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#ifndef TESTS_UNIT_POWER_FLASH_H
#define TESTS_UNIT_POWER_FLASH_H

#include <setjmp.h>
#include <stdint.h>
#include "plat/memory.h"

extern uint8_t power_flash[PLAT_FLASH_BYTES];
/* Erases and programs since the start of the test. */
extern unsigned power_flash_writes;
/* Where the end of power leads. */
extern jmp_buf power_flash_gone;

/* power_flash_cut - power goes in the @write-th write from now on (1: the next); 0: never. @seed: what it leaves. */
void power_flash_cut(unsigned write, uint32_t seed);

/* power_flash_break - the @write-th write from now on fails, and leaves anything. */
void power_flash_break(unsigned write);

#endif
