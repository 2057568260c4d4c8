/*
 * Decides how a bar looks, and that it is drawn a hundred times at most.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "tools/progress.h"
#include <stdio.h>
#include <unistd.h>

#define BAR_CHARACTERS	40

void progress_show(struct progress *progress, uint64_t done)
{
	static const char full[] = "########################################";
	unsigned hundredths = (unsigned)(done * 100 / progress->all);

	if (hundredths == progress->shown || isatty(STDERR_FILENO) == 0)
		return;
	progress->shown = hundredths;
	fprintf(stderr, "\r%s [%-*.*s] %3u %%", progress->name, BAR_CHARACTERS, (int)(hundredths * BAR_CHARACTERS / 100), full,
		hundredths);
}

void progress_end(const struct progress *progress)
{
	if (progress->shown > 0)
		fprintf(stderr, "\r\033[K");
}
