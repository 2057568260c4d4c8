/*
 * Boot and crash lines of the secure world, on both UARTs: the second is the secure world's alone,
 * so a copy exists that nobody else can have written. Callers serialise.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#ifndef PLAT_SECURE_CONSOLE_H
#define PLAT_SECURE_CONSOLE_H

#include "lib/print.h"

void secure_console_init(void);

/**
 * secure_print - one line, with the time since reset in front: "[   0.012345] text".
 */
PRINTF(1, 2) void secure_print(const char *format, ...);
/* secure_print_args - likewise, with @prefix before the text. */
PRINTF(2, 0) void secure_print_args(const char *prefix, const char *format, va_list args);

#endif
