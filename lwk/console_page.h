/*
 * The page that a box shares: rings whose other end is hostile. Our own counts live in struct console
 * and are never read back from the page.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#ifndef LWK_CONSOLE_PAGE_H
#define LWK_CONSOLE_PAGE_H

#include "lwk/console.h"

enum console_page_ring { CONSOLE_PAGE_OUT, CONSOLE_PAGE_LOG };

/*
 * All with console->lock held. A page that can't be reached any more, because its box took it back, is
 * forgotten: console->page becomes 0 until the box shares it again.
 */

/* console_page_open - start with the page at @pa: check the magic, write the time of day. False: not such a page. */
MUST_CHECK bool console_page_open(struct console *console, uintptr_t pa);

/* console_page_read - take at most @max bytes out of a ring of the box. */
size_t console_page_read(struct console *console, enum console_page_ring ring, uint8_t *out, size_t max);

/* console_page_write - put one byte into the VM's input. False if the ring is full. */
bool console_page_write(struct console *console, uint8_t byte);

/* console_page_is_full - does the box have to wait with the VM's output? */
bool console_page_is_full(struct console *console);

#endif
