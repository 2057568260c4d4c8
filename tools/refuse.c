/*
 * How a refusal looks: stable code, object, problem, expected, found, what to do.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include <stdarg.h>
#include <stdio.h>
#include "tools/verbs.h"

#define TEXT_COUNT 8
#define TEXT_BYTES 512

const char *text(const char *format, ...)
{
	static char texts[TEXT_COUNT][TEXT_BYTES];
	static unsigned next;
	char *out = texts[next++ % TEXT_COUNT];
	va_list args;

	va_start(args, format);
	(void)vsnprintf(out, TEXT_BYTES, format, args);
	va_end(args);
	return out;
}

static void line_print(const char *label, const char *line)
{
	if (line != NULL)
		fprintf(stderr, "  %-9s %s\n", label, line);
}

int refuse(int exit_code, const struct refusal *refusal)
{
	fprintf(stderr, "redoubt: %s: %s: %s\n", refusal->code, refusal->object, refusal->problem);
	line_print("expected:", refusal->expected);
	line_print("found:", refusal->found);
	line_print("do:", refusal->advice);
	return exit_code;
}
