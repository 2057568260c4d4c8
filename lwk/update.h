/*
 * Updates as the anchor offers them (abi/anchor.h): its calls, what they mean in words, and the confirmation of a try
 * that works.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#ifndef LWK_UPDATE_H
#define LWK_UPDATE_H

#include "lib/compiler.h"

/* ANCHOR_UPDATE_STATUS, taken apart. */
struct update_status {
	char running, active;			/* slots, 'A' or 'B' */
	bool is_trial;
	uint32_t other, failure;		/* STATE_OTHER_*, RESTART_END_* */
	uint32_t version, other_version;
	uint32_t reason, last_end;		/* STATE_REASON_*, RESTART_END_* */
	uint32_t firmware_least, policy_least;
};

/* update_status - ask the anchor. False, with an error printed, if it does not say. */
MUST_CHECK bool update_status(struct update_status *out);

/* update_install - let the anchor take @bytes at @file, which is in the loader window; prints how far it is and how it
 * ended. Returns whether the package is staged. Context: threads. */
MUST_CHECK bool update_install(const void *file, size_t bytes);

/* update_revert - let the anchor go back to the previous package, as update_install. */
MUST_CHECK bool update_revert(void);

/* update_order - ANCHOR_UPDATE_TRY; update_confirm - ANCHOR_UPDATE_CONFIRM. False, with an error printed, if refused. */
MUST_CHECK bool update_order(void);
MUST_CHECK bool update_confirm(void);

/**
 * update_boot_confirm - at the end of a boot that went well: if this run is a try, confirm it, unless the ramdisk has a
 * file update.by-hand. Prints a line in both cases.
 *
 * @is_whole  whether all that should have come up is up; a try that is not whole is not confirmed
 */
void update_boot_confirm(bool is_whole);

#endif
