/*
 * Sharing in place: a confidential VM shows pages of its own to its box, through the box's window, and takes them back.
 * Nothing else changes when a page is shared, and no call of the outer OS or the box takes part.
 *
 * No granule is held meanwhile: the calling CPU has announced the pair (cpu->running), so nothing of it can be reclaimed,
 * and each leaf is one atomic store. Calls of the same VM on the same page meet as if one came after the other.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#ifndef MEDIATOR_WINDOW_H
#define MEDIATOR_WINDOW_H

#include "mediator/pair.h"
#include "mediator/redistributor.h"

/**
 * window_open_page - open the window over one page that lies at @pa, zeroed or with its content as it is now.
 *
 * @how  STAGE2_WINDOW_OPEN; or STAGE2_WINDOW_RING, which leaves a page that is open as it is
 */
void window_open_page(const struct stage2 *box, ipa_t page, pa_t pa, enum stage2_window how, bool is_zeroed);

/**
 * window_share - open the window over @range of the VM's RAM.
 *
 * @range      at most RSI_IPA_STATE_MAX
 * @is_zeroed  pages that are not open yet are zeroed first; else their content is kept
 *
 * Returns how many bytes were done from the start: fewer than asked where a page of the range is not mapped.
 * Context: one CPU of the pair is inside, no lock needed.
 */
uint64_t window_share(struct pair *pair, struct ipa_range range, bool is_zeroed);

/* window_take_back - close it; content is kept, and no CPU lets the box in when this returns. Same limits and context. */
void window_take_back(struct pair *pair, struct ipa_range range);

/* window_is_private - is this RAM of the VM that its box does not reach? */
bool window_is_private(const struct pair *pair, ipa_t address);

/* window_memory - the VM's byte at @address, as the mediator reaches it; NULL if nothing is mapped there. */
void *window_memory(const struct pair *pair, ipa_t address);

/**
 * window_doorbell - a VM of scheme window announces its bounce buffers (abi/window.h).
 *
 * Returns true when the access is over; false if it must be made again, because there was more to share than one exit may.
 */
bool window_doorbell(struct cpu *cpu, struct context *vm, const struct access *access);

#endif
