/*
 * PL011 output, polled and bounded.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "plat/uart.h"
#include "arch/cpu.h"
#include "lib/compiler.h"

/* Arm DDI 0183, "Register descriptions". */
#define UARTDR		0x00
#define UARTFR		0x18
#define UARTFR_TXFF	BIT(5)
#define UARTLCR_H	0x2c
#define UARTLCR_H_8N1	0x70	/* WLEN = 8 bits, FEN */
#define UARTCR		0x30
#define UARTCR_ENABLE	0x301	/* UARTEN, TXE, RXE */

#define POLL_MAX	100000

void uart_init(uintptr_t base)
{
	mmio_write32(base + UARTCR, 0);
	mmio_write32(base + UARTLCR_H, UARTLCR_H_8N1);
	mmio_write32(base + UARTCR, UARTCR_ENABLE);
}

void uart_put(uintptr_t base, char c)
{
	for (unsigned polls = 0; (mmio_read32(base + UARTFR) & UARTFR_TXFF) != 0; polls++) {
		if (polls == POLL_MAX)
			return;
	}
	mmio_write32(base + UARTDR, (uint8_t)c);
}
