/*
 * Updates: a signed package from the loader window becomes what the other slot holds, or nothing does. A call does one
 * bounded step; between calls the update is kept here, until it ends, is refused, or another one begins.
 *
 * What the outer OS may change meanwhile is copied before it is looked at. The state says "empty" before the first byte
 * of the slot changes, and "staged" only when all that is in flash then holds: no cut of power leaves half a package
 * that the state calls one.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#ifndef ANCHOR_UPDATE_H
#define ANCHOR_UPDATE_H

#include "anchor/room.h"

/* update_open - once, at the start: remember where packages may come from and which root key they need. */
void update_open(const struct boot_info *boot_info);

/**
 * update_begin - ANCHOR_UPDATE_BEGIN: take a package of x2 bytes at x1 into the other slot. An update, a revert or an image
 * whose head is being checked is forgotten.
 *
 * Returns ANCHOR_OK; ANCHOR_ERR_ARGS if the range is not in the loader window, empty, or larger than a slot;
 * ANCHOR_ERR_STATE unless the active slot is the one that runs.
 */
int64_t update_begin(struct call *call);

/* update_forget - give up what is under way: signatures are checked one at a time. */
void update_forget(void);

/**
 * update_step - ANCHOR_UPDATE_STEP: the next step of what update_begin began.
 *
 * Returns ANCHOR_INCOMPLETE, x1 the phase, x2 bytes done, x3 bytes in all; ANCHOR_OK when the package is staged. The
 * update ends with ANCHOR_ERR_REFUSED, x1 the problem, x2 the byte of the file, x3 the part; ANCHOR_ERR_FLASH if the
 * flash does not take it. Before anything was erased the other slot is as it was, then it is empty. ANCHOR_ERR_STATE if
 * nothing is under way.
 */
int64_t update_step(struct call *call);

/**
 * update_revert - ANCHOR_UPDATE_REVERT: verify the previous package where it lies, a step a call, then make it the
 * active one. The first call begins; an update under way is forgotten.
 *
 * Returns as update_step; ANCHOR_OK when the previous package is the active one; ANCHOR_ERR_STATE if the other slot does
 * not hold one, or this run is a try.
 */
int64_t update_revert(struct call *call);

#endif
