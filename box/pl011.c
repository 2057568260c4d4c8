/*
 * State of the VM's UART. Decides its interrupts and what its FIFO takes.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "box/pl011.h"
#include "box/console.h"
#include "box/gicd.h"
#include "lib/memory.h"
#include "lib/spinlock.h"
#include "lib/vmplan.h"

#define UARTDR		0x000
#define UARTFR		0x018
#define UARTFR_RXFE	(1u << 4)
#define UARTFR_TXFF	(1u << 5)
#define UARTFR_RXFF	(1u << 6)
#define UARTFR_TXFE	(1u << 7)
#define UARTILPR	0x020
#define UARTIBRD	0x024
#define UARTFBRD	0x028
#define UARTLCR_H	0x02c
#define UARTLCR_H_FEN	(1u << 4)
#define UARTCR		0x030
#define UARTCR_LBE	(1u << 7)
#define UARTCR_RESET	0x300u		/* TXE, RXE */
#define UARTIFLS	0x034
#define UARTIFLS_RESET	0x12u		/* both half full */
#define UARTIMSC	0x038
#define UARTRIS		0x03c
#define UARTMIS		0x040
#define UARTICR		0x044
#define UARTDMACR	0x048
#define UARTIDS		0xfe0

#define INTERRUPT_RX	(1u << 4)
#define INTERRUPT_TX	(1u << 5)
#define INTERRUPT_RT	(1u << 6)
#define INTERRUPT_ALL	0x7ffu

#define FIFO_COUNT	16u
/* A driver that was told "half empty" may send half a FIFO without looking. */
#define ROOM_FOR_TX	(FIFO_COUNT / 2)

static struct {
	struct spinlock lock;		/* everything below */
	uint8_t fifo[FIFO_COUNT];
	unsigned fifo_first, fifo_used;
	uint32_t ilpr, ibrd, fbrd, lcr_h, cr, ifls, imsc, dmacr;
	uint32_t raw;			/* UARTRIS */
	bool tx_owed;			/* INTERRUPT_TX waits for room in the console ring */
} uart;

static void line_update(void)
{
	gicd_line_set(VM_UART_INTID, (uart.raw & uart.imsc) != 0);
}

static unsigned fifo_max(void)
{
	return (uart.lcr_h & UARTLCR_H_FEN) != 0 ? FIFO_COUNT : 1;
}

/* Characters that raise the receive interrupt; without FIFOs one does. */
static unsigned receive_trigger(void)
{
	static const uint8_t levels[8] = { 2, 4, 8, 12, 14, 14, 14, 14 };

	return (uart.lcr_h & UARTLCR_H_FEN) != 0 ? levels[uart.ifls >> 3 & 7] : 1;
}

/* After a byte came or went: RX follows the level; fewer than that count as timed out at once. */
static void receive_update(void)
{
	uart.raw &= ~(INTERRUPT_RX | INTERRUPT_RT);
	if (uart.fifo_used >= receive_trigger())
		uart.raw |= INTERRUPT_RX;
	else if (uart.fifo_used > 0)
		uart.raw |= INTERRUPT_RT;
}

static void fifo_push(uint8_t byte)
{
	uart.fifo[(uart.fifo_first + uart.fifo_used) % FIFO_COUNT] = byte;
	uart.fifo_used++;
}

/* From the input ring as far as the FIFO takes it; the rest waits there. */
static void fifo_fill(void)
{
	unsigned before = uart.fifo_used;
	uint8_t byte;

	while (uart.fifo_used < fifo_max() && console_in(&byte))
		fifo_push(byte);
	if (uart.fifo_used != before)
		receive_update();
}

static uint32_t data_read(void)
{
	uint32_t byte = 0;

	if (uart.fifo_used > 0) {
		byte = uart.fifo[uart.fifo_first];
		uart.fifo_first = (uart.fifo_first + 1) % FIFO_COUNT;
		uart.fifo_used--;
		receive_update();
		fifo_fill();
		line_update();
	}
	return byte;
}

/*
 * The FIFO has passed its trigger level on the way down: at once, unless the ring is nearly full. Nobody
 * says when the outer OS has read, so that is looked for again with the next alarm.
 */
static void sent_update(void)
{
	uart.tx_owed = console_out_room() < ROOM_FOR_TX;
	if (uart.tx_owed)
		console_alarm();
	else
		uart.raw |= INTERRUPT_TX;
}

/* Sent means in the ring: the FIFO is empty again. */
static bool data_write(uint8_t byte)
{
	if ((uart.cr & UARTCR_LBE) != 0) {
		if (uart.fifo_used < fifo_max())
			fifo_push(byte);
		receive_update();
	} else if (!console_out(byte)) {
		return false;
	}
	sent_update();
	return true;
}

static uint32_t flags_read(void)
{
	uint32_t flags = 0;

	flags |= console_out_room() == 0 ? UARTFR_TXFF : UARTFR_TXFE;
	if (uart.fifo_used == 0)
		flags |= UARTFR_RXFE;
	if (uart.fifo_used >= fifo_max())
		flags |= UARTFR_RXFF;
	return flags;
}

static uint32_t id_read(uint64_t offset)
{
	static const uint8_t ids[] = { 0x11, 0x10, 0x14, 0x00, 0x0d, 0xf0, 0x05, 0xb1 };

	return ids[(offset - UARTIDS) / 4];
}

static uint32_t register_read(uint64_t offset)
{
	switch (offset) {
	case UARTDR:
		return data_read();
	case UARTFR:
		return flags_read();
	case UARTILPR:
		return uart.ilpr;
	case UARTIBRD:
		return uart.ibrd;
	case UARTFBRD:
		return uart.fbrd;
	case UARTLCR_H:
		return uart.lcr_h;
	case UARTCR:
		return uart.cr;
	case UARTIFLS:
		return uart.ifls;
	case UARTIMSC:
		return uart.imsc;
	case UARTRIS:
		return uart.raw;
	case UARTMIS:
		return uart.raw & uart.imsc;
	case UARTDMACR:
		return uart.dmacr;
	default:
		return offset >= UARTIDS ? id_read(offset) : 0;
	}
}

static void line_control_write(uint32_t value)
{
	/* Switching the FIFOs empties them. */
	if (((uart.lcr_h ^ value) & UARTLCR_H_FEN) != 0)
		uart.fifo_used = 0;
	uart.lcr_h = value & 0xff;
	receive_update();
	fifo_fill();
}

static void setting_write(uint64_t offset, uint32_t value)
{
	switch (offset) {
	case UARTILPR:
		uart.ilpr = value & 0xff;
		break;
	case UARTIBRD:
		uart.ibrd = value & 0xffff;
		break;
	case UARTFBRD:
		uart.fbrd = value & 0x3f;
		break;
	case UARTLCR_H:
		line_control_write(value);
		break;
	case UARTCR:
		uart.cr = value & 0xff87;
		break;
	case UARTIFLS:
		uart.ifls = value & 0x3f;
		receive_update();
		break;
	case UARTIMSC:
		uart.imsc = value & INTERRUPT_ALL;
		break;
	case UARTICR:
		uart.raw &= ~value;
		break;
	case UARTDMACR:
		uart.dmacr = value & 7;
		break;
	default:
		break;
	}
}

uint32_t pl011_read(uint64_t offset)
{
	spin_lock(&uart.lock);
	uint32_t value = register_read(offset);

	spin_unlock(&uart.lock);
	return value;
}

bool pl011_write(uint64_t offset, uint32_t value)
{
	bool is_done = true;

	spin_lock(&uart.lock);
	if (offset == UARTDR)
		is_done = data_write((uint8_t)value);
	else
		setting_write(offset, value);
	line_update();
	spin_unlock(&uart.lock);
	return is_done;
}

bool pl011_is_listening(void)
{
	spin_lock(&uart.lock);
	bool result = (uart.imsc & (INTERRUPT_RX | INTERRUPT_RT)) != 0;

	spin_unlock(&uart.lock);
	return result;
}

void pl011_receive(void)
{
	spin_lock(&uart.lock);
	fifo_fill();
	line_update();
	spin_unlock(&uart.lock);
}

void pl011_room_made(void)
{
	spin_lock(&uart.lock);
	if (uart.tx_owed) {
		sent_update();
		line_update();
	}
	spin_unlock(&uart.lock);
}

void pl011_init(void)
{
	memset(&uart, 0, sizeof(uart));
	uart.cr = UARTCR_RESET;
	uart.ifls = UARTIFLS_RESET;
}
