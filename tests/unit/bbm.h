/*
 * Break before make: a model of what TLBs may hold of stage 2, fed with every descriptor store, TLBI, barrier and
 * write to VTTBR_EL2 of the simulated machine. It is as hostile as the architecture allows: from the moment at which a
 * domain is entered every valid descriptor that its root leads to is cached, on every CPU and at once, and stays so
 * until an invalidation that covers it is complete. What a violation is:
 *   - a valid descriptor becomes another valid one, or a cleared one becomes valid again as something else, before
 *     that. Access permissions and the access flag may change in one store, but need the invalidation; software bits
 *     need none;
 *   - a lower level is entered while a translation that was taken away may still be used by anybody;
 *   - an invalidation begins before a DSB has made the stores visible that it is for, or right behind a write to
 *     VTTBR_EL2;
 *   - a page that may be walked is zeroed, filled or used for something else; a table is linked before its content is
 *     visible;
 *   - a VMID gets another root while translations of the old one may be cached.
 * A domain that nobody entered since its VMID was invalidated as a whole may be changed at will.
 * Shares no code and no constant with mediator/stage2.c: 40-bit space, two concatenated root pages at level 1.
 * Source: Arm DDI 0487, "Using break-before-make when updating translation table entries", "TLB maintenance
 * requirements and the TLB maintenance instructions", "Ordering and completion of TLB maintenance instructions".
 * SPDX-License-Identifier: BSD-3-Clause
 */
#ifndef TESTS_UNIT_BBM_H
#define TESTS_UNIT_BBM_H

#include "arch/fake.h"

/* bbm_reset - nothing is cached; tables lie in DRAM [@base, @base + @bytes). */
void bbm_reset(uint64_t base, uint64_t bytes);

/* bbm_event - this CPU (fake_cpu) does it, and it has not taken effect yet. */
void bbm_event(const struct fake_event *event);

/* bbm_entered - this CPU goes to a lower level with @vttbr in VTTBR_EL2. */
void bbm_entered(uint64_t vttbr);

#endif
