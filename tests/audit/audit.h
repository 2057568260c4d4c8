/*
 * One audit of a machine that stands still. It believes registers, RAM, and the mediator's list of roots (abi/audit.h);
 * no ownership record, no state of a pair but that it is dead, and none of the mediator's code.
 *
 * A granule may be reached by one domain, or as declared here, with the reason:
 *   outer OS and box    BOX_CONSOLE_PAGE of the box (abi/console.h). A box may share any of its own pages, and the
 *                       leaf is the only record of it; the box that is shipped shares this one, so any other is a
 *                       finding.
 *   box and its VM      at bit 39 of the box, exactly where the VM has it: the window. Isolated: all of it, by the
 *                       class that was measured. Confidential: a valid leaf is the VM's own declaration, and its
 *                       only record.
 *   outer OS, reading   the notice page of a pair, which is nobody's memory (HOST_CONTROL_NOTICE).
 *   outer OS            the device pages PLAT_UART0_BASE and PLAT_RTC_BASE: the machine's operator's console and clock.
 *
 * What an audit cannot see: TLBs (tests/unit/bbm.h has them), and memory of a dead pair that is not reclaimed yet,
 * which only the records tell from the outer OS's.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#ifndef TESTS_AUDIT_AUDIT_H
#define TESTS_AUDIT_AUDIT_H

#include "tests/audit/domain.h"
#include "tests/audit/finding.h"
#include "tests/audit/machine.h"
#include "tests/audit/reach.h"

struct audit {
	struct domains domains;
	struct reaches reaches;
	/* What was looked at. */
	uint64_t tables, leaves, granules;
	unsigned shared;		/* granules that two domains reach, as declared */
};

/**
 * audit_run - look at all tables of @machine.
 *
 * @audit     zero, or what the last audit left: its memory is used again
 * @findings  where findings are added
 *
 * Returns false, and has looked at nothing, if the mediator is not up yet.
 */
bool audit_run(struct audit *audit, const struct machine *machine, struct findings *findings);

/* Between audit*.c: EL2's own stage 1, and the CPUs' registers. Before the domains are walked. */
void audit_el2(struct audit *audit, const struct machine *machine, struct findings *findings);

#endif
