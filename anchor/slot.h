/*
 * Slots of flash, as the anchor names them.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#ifndef ANCHOR_SLOT_H
#define ANCHOR_SLOT_H

#include "abi/state.h"
#include "lib/compiler.h"

/* slot_offset - where in flash a slot begins. @slot is STATE_SLOT_*. */
uint64_t slot_offset(uint32_t slot);

/* slot_other - the one that @slot is not. */
uint32_t slot_other(uint32_t slot);

/* slot_version - what the head of the package in a slot calls its version, unverified; 0 if there is no such head. */
uint32_t slot_version(uint32_t slot);

/*
 * slot_swap - in a copy of the state: the other slot becomes the active one, and the active one the previous; if that has no
 * readable head, it counts as empty.
 */
void slot_swap(struct state *state, enum state_reason reason);

#endif
