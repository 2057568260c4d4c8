/*
 * What people see: text of the kernel, the line being edited, and the attached VM's output share one
 * screen without tearing each other apart.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#ifndef LWK_TERMINAL_H
#define LWK_TERMINAL_H

#include "lib/compiler.h"

#define TERMINAL_LINE_BYTES	256

/**
 * terminal_print - print text; "\n" becomes CR LF. While a line is being edited it moves below the text.
 *
 * Waits for a slow line at most a second a call, then loses the rest. Context: threads, or boot.
 */
PRINTF(1, 2) void terminal_print(const char *format, ...);

/* terminal_edit - show @prompt and @text as the line being edited, instead of what it was. */
void terminal_edit(const char *prompt, const char *text);

/* terminal_edit_end - the edited line is complete: go to the next. */
void terminal_edit_end(void);

/* terminal_raw - bytes of a VM as they are; returns how many the line took now, without waiting. */
size_t terminal_raw(const void *data, size_t bytes);

#endif
