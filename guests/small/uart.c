/*
 * The small guest's console: PL011, sending by polling; receiving polls too, and sleeps between.
 * Source: Arm DDI 0183, "Register descriptions".
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "arch/cpu.h"
#include "guests/small/small.h"
#include "lib/print.h"
#include "lib/spinlock.h"
#include "lib/vmplan.h"

#define UARTDR		(VM_UART_BASE + 0x00)
#define UARTFR		(VM_UART_BASE + 0x18)
#define UARTFR_RXFE	BIT(4)
#define UARTFR_TXFF	BIT(5)
#define UARTLCR_H	(VM_UART_BASE + 0x2c)
#define UARTLCR_H_8N1	0x70
#define UARTCR		(VM_UART_BASE + 0x30)
#define UARTCR_ENABLE	0x301
#define UARTIMSC	(VM_UART_BASE + 0x38)
#define INTERRUPT_RX	0x50		/* receive and receive timeout */

static struct spinlock lock;		/* one line at a time */

void console_init(void)
{
	mmio_write32(UARTCR, 0);
	mmio_write32(UARTLCR_H, UARTLCR_H_8N1);
	mmio_write32(UARTIMSC, 0);
	mmio_write32(UARTCR, UARTCR_ENABLE);
}

void console_put(char c)
{
	if (c == '\n')
		console_put('\r');
	while ((mmio_read32(UARTFR) & UARTFR_TXFF) != 0)
		cpu_relax();
	mmio_write32(UARTDR, (uint8_t)c);
}

static void sink_put(void *context, char c)
{
	(void)context;
	console_put(c);
}

static const struct print_sink sink = { sink_put };

void print(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	spin_lock(&lock);
	print_to(&sink, NULL, format, args);
	spin_unlock(&lock);
	va_end(args);
}

char console_get(void)
{
	while ((mmio_read32(UARTFR) & UARTFR_RXFE) != 0) {
		/* The handler masks the interrupt again: it only ends the sleep. */
		irq_disable();
		mmio_write32(UARTIMSC, INTERRUPT_RX);
		wfi();
		irq_enable();
		isb();
	}
	return (char)mmio_read32(UARTDR);
}

void console_interrupt(void)
{
	mmio_write32(UARTIMSC, 0);
}
