/*
 * A node's console: a UNIX socket, or a terminal device on a serial line. What comes is taken apart into the lines that
 * a terminal would show. Nothing that a node says steers the terminal of the user.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#ifndef TOOLS_CONSOLE_H
#define TOOLS_CONSOLE_H

#include "tools/verbs.h"

#define CONSOLE_LINE_BYTES	512

struct console {
	const char *path;
	int descriptor;
	char line[CONSOLE_LINE_BYTES];	/* what stands on the line; longer ones are cut */
	size_t used;
	bool is_complete;		/* the line is over: the next byte begins another */
	bool is_returned;		/* a return came: what comes next takes the line's place */
	char escape;			/* an escape sequence is under way: its second byte, or ESC; else 0 */
	uint8_t input[1024];
	size_t taken, count;		/* of @input */
};

/* Why console_next came back. */
enum console_event {
	CONSOLE_LINE,		/* a line is complete */
	CONSOLE_PART,		/* what stands on the line is what was awaited */
	CONSOLE_LATE,		/* the time is over */
	CONSOLE_CLOSED,		/* the other side closed it */
};

/**
 * console_open - connect to the socket at @path, or open the terminal device and make it raw.
 *
 * Until console_close, a signal that ends the program restores the device first.
 *
 * Returns TOOL_DONE; TOOL_FAILED after printing why.
 */
MUST_CHECK int console_open(struct console *console, const char *path);

/* console_close - restore a device's settings, and close. */
void console_close(struct console *console);

/* console_now - milliseconds of a clock that only goes on; deadlines below are such times. */
uint64_t console_now(void);

/* console_send - type @text. CONSOLE_LINE when all of it is on its way, else CONSOLE_LATE or CONSOLE_CLOSED. */
MUST_CHECK enum console_event console_send(struct console *console, const char *text, uint64_t deadline);

/**
 * console_next - read until a line is complete, or what stands on it is @part.
 *
 * @part  NULL: only lines count
 */
MUST_CHECK enum console_event console_next(struct console *console, const char *part, uint64_t deadline);

#endif
