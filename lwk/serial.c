/*
 * PL011 driver with interrupts. What the bytes mean is console.c's business.
 * Source: Arm DDI 0183, "Programmers model" and "Interrupts".
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "lwk/serial.h"
#include "arch/cpu.h"
#include "lwk/console.h"
#include "lwk/lock.h"
#include "lwk/timer.h"
#include "plat/memory.h"

#define UARTDR		0x00
#define UARTFR		0x18
#define UARTFR_RXFE	BIT(4)
#define UARTFR_TXFF	BIT(5)
#define UARTLCR_H	0x2c
#define UARTLCR_H_8N1	0x70
#define UARTCR		0x30
#define UARTCR_ENABLE	0x301
#define UARTIMSC	0x38
#define UARTICR		0x44
#define UARTICR_ALL	0x7ff
#define UARTINT_RX	BIT(4)
#define UARTINT_TX	BIT(5)
#define UARTINT_RT	BIT(6)

#define RX_BYTES	512
#define POLL_MAX	100000

static struct spinlock lock;
static uint8_t tx[SERIAL_BYTES], rx[RX_BYTES];
static uint32_t tx_head, tx_tail, rx_head, rx_tail;	/* free-running counts */

static uint32_t uart_read(uintptr_t reg) { return mmio_read32(PLAT_UART0_BASE + reg); }
static void uart_write(uintptr_t reg, uint64_t value) { mmio_write32(PLAT_UART0_BASE + reg, (uint32_t)value); }

/*
 * The transmit interrupt comes when the FIFO falls through its level, so it is enabled only after the
 * FIFO was filled to the brim.
 */
static void transmit(void) HOLDS(&lock)
{
	while (tx_tail != tx_head && (uart_read(UARTFR) & UARTFR_TXFF) == 0)
		uart_write(UARTDR, tx[tx_tail++ % SERIAL_BYTES]);
	uart_write(UARTIMSC, UARTINT_RX | UARTINT_RT | (tx_tail != tx_head ? UARTINT_TX : 0));
}

void serial_init(void)
{
	uart_write(UARTCR, 0);
	uart_write(UARTICR, UARTICR_ALL);
	/* A FIFO that filled up during the boot takes nothing more, so no interrupt would ever tell of it. */
	for (unsigned polls = 0; polls < POLL_MAX && (uart_read(UARTFR) & UARTFR_RXFE) == 0; polls++)
		(void)uart_read(UARTDR);
	uart_write(UARTLCR_H, UARTLCR_H_8N1);
	uart_write(UARTCR, UARTCR_ENABLE);
	uart_write(UARTIMSC, UARTINT_RX | UARTINT_RT);
}

size_t serial_send(const void *data, size_t bytes)
{
	const uint8_t *from = data;
	uint64_t mask = lock_take(&lock);
	size_t done = 0;

	for (; done < bytes && tx_head - tx_tail < SERIAL_BYTES; done++)
		tx[tx_head++ % SERIAL_BYTES] = from[done];
	transmit();
	lock_drop(&lock, mask);
	return done;
}

size_t serial_pending(void)
{
	uint64_t mask = lock_take(&lock);
	size_t bytes = tx_head - tx_tail;

	lock_drop(&lock, mask);
	return bytes;
}

void serial_drain(uint64_t ms)
{
	uint64_t deadline = timer_now() + timer_from_ms(ms);

	while (serial_pending() != 0 && timer_now() < deadline)
		serial_send(NULL, 0);
}

int serial_receive(void)
{
	uint64_t mask = lock_take(&lock);
	int byte = rx_tail != rx_head ? rx[rx_tail++ % RX_BYTES] : -1;

	lock_drop(&lock, mask);
	return byte;
}

void serial_put_now(char c)
{
	for (unsigned polls = 0; polls < POLL_MAX && (uart_read(UARTFR) & UARTFR_TXFF) != 0; polls++)
		;
	uart_write(UARTDR, (uint8_t)c);
}

void serial_interrupt(void)
{
	uint64_t mask = lock_take(&lock);

	uart_write(UARTICR, UARTICR_ALL);
	while ((uart_read(UARTFR) & UARTFR_RXFE) == 0) {
		uint8_t byte = (uint8_t)uart_read(UARTDR);

		/* A full ring loses what was typed last, never what was typed first. */
		if (rx_head - rx_tail < RX_BYTES)
			rx[rx_head++ % RX_BYTES] = byte;
	}
	transmit();
	lock_drop(&lock, mask);
	console_wake();
}
