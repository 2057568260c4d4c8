/*
 * The observer: a box vCPU that stays at EL1 and looks at one page of its VM.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "arch/cpu.h"
#include "box/mmu.h"
#include "tests/attack/box_seek.h"
#include "tests/attack/observer.h"
#include "tests/attack/seek.h"

static void look_once(struct observer_mailbox *mailbox, uint64_t before)
{
	uint64_t found;
	bool is_readable = seek_page(MMU_WINDOW + OBSERVER_PAGE, &found);

	/* What was read was read before the VM's next step is. */
	dmb_ish();
	uint64_t after = mailbox->step, phase = OBSERVER_PHASE(after);
	bool is_private = phase == OBSERVER_CLOSED;

	mailbox->looks++;
	if (phase == OBSERVER_OPENING || phase == OBSERVER_OPEN)
		mailbox->shared += found;
	else
		mailbox->taken += found;
	if (before != after)
		return;
	if (is_private && is_readable)
		mailbox->late++;
	dmb_ish();
	if (is_private || is_readable)
		mailbox->seen = after;
}

void box_observe(void)
{
	struct observer_mailbox *mailbox = (void *)(MMU_WINDOW + OBSERVER_MAILBOX);

	for (;;) {
		uint64_t step = mailbox->step;

		if (step == OBSERVER_END)
			return;
		/* The step first, then the page. */
		dmb_ish();
		look_once(mailbox, step);
	}
}
