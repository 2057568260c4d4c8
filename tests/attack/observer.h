/*
 * A page that a VM shares and takes back, over and over, while another vCPU of its box looks at it without an exit that
 * would let translations go. VM and observer meet in a second page, which stays shared all the time.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#ifndef TESTS_ATTACK_OBSERVER_H
#define TESTS_ATTACK_OBSERVER_H

#include "guests/small/layout.h"
#include "lib/compiler.h"

#define OBSERVER_MAILBOX	SMALL_MARK_BASE
#define OBSERVER_PAGE		(SMALL_MARK_BASE + 0x1000)

/* Reading here: this box vCPU observes until the VM says OBSERVER_END. */
#define BOX_OBSERVE		0x0c005000

/* What the VM does with the page, in the lowest bits of a step; the others count rounds. */
enum observer_phase { OBSERVER_OPENING, OBSERVER_OPEN, OBSERVER_CLOSING, OBSERVER_CLOSED, OBSERVER_PHASES };
#define OBSERVER_STEP(round, phase)	((uint64_t)(round) * OBSERVER_PHASES + (phase))
#define OBSERVER_PHASE(step)		((step) % OBSERVER_PHASES)
#define OBSERVER_END			(~0ull)

struct observer_mailbox {
	volatile uint64_t step;		/* the VM's; all else is the observer's */
	volatile uint64_t seen;		/* the last step during all of which it looked: an open page it could read */
	volatile uint64_t looks;
	volatile uint64_t shared;	/* words of the secret seen while the page was opened or open */
	volatile uint64_t taken;	/* the same, while it was taken back or was private */
	volatile uint64_t late;		/* looks that succeeded at a private page */
};

#endif
