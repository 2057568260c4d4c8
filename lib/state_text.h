/*
 * Words for what a device's state says (abi/state.h, abi/restart.h): the control prompt and the host tool say it alike.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#ifndef LIB_STATE_TEXT_H
#define LIB_STATE_TEXT_H

#include <stdint.h>

/* state_reason_text - why the active slot is it: STATE_REASON_*, "unknown" for another number. */
const char *state_reason_text(uint32_t reason);

/* state_other_text - what the other slot holds, in one word: STATE_OTHER_*, "unknown" for another number. */
const char *state_other_text(uint32_t other);

/* state_end_text - how a run ended (RESTART_END_*), as a sentence about it goes on. */
const char *state_end_text(uint32_t end);

#endif
