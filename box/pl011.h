/*
 * The VM's PL011 UART. What it sends goes to the console ring at once, so its transmit FIFO is empty
 * unless that ring is full; what it receives waits in the input ring and in a FIFO of 16.
 *
 * Deviations, of use to small payloads: it sends and receives even if UARTCR does not enable it; a
 * receive timeout takes no time; baud rate, parity and DMA registers are kept and mean nothing.
 * Source: Arm DDI 0183, "Register descriptions" and "Interrupts".
 * SPDX-License-Identifier: BSD-3-Clause
 */
#ifndef BOX_PL011_H
#define BOX_PL011_H

#include "lib/compiler.h"

/* pl011_init - reset values. */
void pl011_init(void);

/* pl011_read - the register at @offset (0 .. 0xffc, a multiple of 4). */
uint32_t pl011_read(uint64_t offset);

/**
 * pl011_write - write the register at @offset (0 .. 0xffc, a multiple of 4).
 *
 * Returns false if a byte could not be sent because the console ring is full: nothing has changed. The
 * caller lets the outer OS read (console_wait) and writes again, or drops it.
 */
MUST_CHECK bool pl011_write(uint64_t offset, uint32_t value);

/* pl011_is_listening - does the VM let it interrupt for input? Takes its lock. */
bool pl011_is_listening(void);

/* pl011_receive - the outer OS may have put input in its ring. */
void pl011_receive(void);

/* pl011_room_made - the outer OS may have read from a ring that was full. */
void pl011_room_made(void);

#endif
