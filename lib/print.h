/*
 * Formatted output without allocation: a small printf onto a sink that the room chooses.
 * Conversions: %s %c %d %u %x %p %% with l, ll, z; width, '0' and '-' flags, precision for %s.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#ifndef LIB_PRINT_H
#define LIB_PRINT_H

#include <stdarg.h>
#include "lib/compiler.h"

/* Where characters go. Sinks are const and live in read-only memory. */
struct print_sink {
	void (*put)(void *context, char c);
};

/**
 * print_to - format onto @sink, which receives @context with each character.
 *
 * An unknown conversion is printed as it stands: a message never fails.
 */
void print_to(const struct print_sink *sink, void *context, const char *format, va_list args);

/**
 * print_string - format into @out, at most @bytes including the NUL that always ends it (@bytes > 0).
 *
 * Returns the length that the whole text has; >= @bytes means that it was cut.
 */
PRINTF(3, 4) size_t print_string(char *out, size_t bytes, const char *format, ...);

#endif
