/*
 * A device for tests of updates: flash with a package in slot A, another package in the loader window, and boots by the
 * ROM's own decision. Every boot checks that what it would run is one of the packages, whole, and that nothing fell that
 * may only rise.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#ifndef TESTS_UNIT_UPDATE_BOARD_H
#define TESTS_UNIT_UPDATE_BOARD_H

#include "abi/anchor.h"
#include "abi/restart.h"
#include "anchor/room.h"
#include "anchor/state.h"
#include "tests/unit/power_flash.h"
#include "tests/unit/sample.h"

/* The package that was provisioned, and the one that comes. */
enum board_package { BOARD_OLD, BOARD_NEW, BOARD_PACKAGES };
/* Versions 12 and 13; with the security counters that board_make gives them. */
#define BOARD_OLD_COUNTER	3
#define BOARD_NEW_COUNTER	4
#define BOARD_OLD_POLICY	70000
#define BOARD_NEW_POLICY	70001

extern struct written board_packages[BOARD_PACKAGES];
/* The loader window, with a package in it; the update is of its first @board_file_bytes. */
extern uint8_t board_window[262144];
extern uint64_t board_file_bytes;
/* What runs since the last boot, and what it was told. */
extern enum board_package board_runs;
extern struct boot_info board_info;
/* What refused or under-way calls said. */
extern struct call board_said;
/* How often an image that is being checked was to be given up. */
extern unsigned board_images_forgotten;

/* board_make - a device as it is provisioned, running; the new package is in the window. */
int board_make(void **state);
/* board_remake - the same with the packages as they are. */
int board_remake(void **state);
/* board_package - make one of the packages again, with these security counters. */
void board_package(enum board_package which, uint32_t counter, uint32_t policy_counter);
/* board_file - put a package into the window. */
void board_file(const struct written *package);

/* board_power_cycle, board_reset - boot anew; a reset leaves what secure RAM holds, and that it was asked for. */
void board_power_cycle(void);
void board_reset(void);

/* Calls of the outer OS. */
int64_t board_call(uint64_t id);
/* board_install - BEGIN and all steps. Returns the last code. */
int64_t board_install(void);
/* board_revert - all steps. */
int64_t board_revert(void);

#endif
