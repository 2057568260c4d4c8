/*
 * How far something long is: a bar on a terminal, nothing where nobody looks.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#ifndef TOOLS_PROGRESS_H
#define TOOLS_PROGRESS_H

#include <stdint.h>

struct progress {
	const char *name;		/* of what is made */
	uint64_t all;			/* more than 0 */
	unsigned shown;			/* hundredths */
};

/* progress_show - @done of it; on standard error, if that is a terminal. */
void progress_show(struct progress *progress, uint64_t done);

/* progress_end - take the bar away. */
void progress_end(const struct progress *progress);

#endif
