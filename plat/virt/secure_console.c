/*
 * Lines on both UARTs, with a time stamp.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "plat/secure_console.h"
#include "arch/sysreg.h"
#include "plat/memory.h"
#include "plat/uart.h"

static void both_put(void *context, char c)
{
	(void)context;
	if (c == '\n')
		both_put(context, '\r');
	uart_put(PLAT_UART0_BASE, c);
	uart_put(PLAT_UART1_BASE, c);
}

static const struct print_sink both_sink = { both_put };

PRINTF(1, 2) static void both_print(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	print_to(&both_sink, NULL, format, args);
	va_end(args);
}

void secure_console_init(void)
{
	uart_init(PLAT_UART0_BASE);
	uart_init(PLAT_UART1_BASE);
}

void secure_print_args(const char *prefix, const char *format, va_list args)
{
	uint64_t hertz = read_cntfrq_el0();
	uint64_t ticks = read_cntpct_el0();

	/* A board that left the frequency unset gets no time, but its message. */
	if (hertz != 0)
		both_print("[%4lu.%06lu] ", ticks / hertz, ticks % hertz * 1000000 / hertz);
	both_print("%s", prefix);
	print_to(&both_sink, NULL, format, args);
	both_put(NULL, '\n');
}

void secure_print(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	secure_print_args("", format, args);
	va_end(args);
}
