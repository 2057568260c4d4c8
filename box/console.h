/*
 * The page shared with the outer OS: bytes of the VM's console both ways, and the box's own log lines.
 * The outer OS may write anything there at any time: own indices are kept here, foreign ones only bound
 * how much may be moved.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#ifndef BOX_CONSOLE_H
#define BOX_CONSOLE_H

#include "abi/console.h"
#include "lib/compiler.h"

/* console_init - use @page (not yet shared) and make it say that it is ready. */
void console_init(struct console_page *page);

/* console_out - queue one byte of the VM's output. False: the ring is full, nothing happened. */
MUST_CHECK bool console_out(uint8_t byte);

/* console_out_room - bytes that can be queued. */
uint32_t console_out_room(void);

/* console_in - take one byte of input. False: there is none. */
MUST_CHECK bool console_in(uint8_t *byte);

/**
 * console_log - a line for whoever runs the machine; what does not fit in the ring is left out.
 *
 * The text may hold what a VM did, never bytes that it chose.
 */
PRINTF(1, 2) void console_log(const char *format, ...);

/*
 * When is the outer OS told? Leaving for it costs more than a byte is worth, and it is the only way that
 * it learns of one. So: at once when a ring is half full; else an alarm 2 ms after the first byte.
 */

/* console_alarm - ring this vCPU's alarm in 2 ms. */
void console_alarm(void);

/* console_is_due - must console_notify be called now? One load: asked at every exit. */
bool console_is_due(void);

/* console_notify - leave for the outer OS if it has not seen all bytes. No lock may be held. */
void console_notify(void);

/**
 * console_wait - after console_out or console_out_room found no room: let the outer OS read.
 *
 * Bounded (100 ms), and only once until there was room again: an outer OS that never reads costs the VM
 * output, not life. Returns whether there is room now. No lock may be held.
 */
MUST_CHECK bool console_wait(void);

/* console_epoch - Unix time that the outer OS wrote, and the counter value that belongs to it. */
void console_epoch(uint64_t *seconds, uint64_t *ticks);

#endif
