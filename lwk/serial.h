/*
 * UART0 (PL011) with buffers both ways. Nobody waits for the line: senders fill a ring, the transmit
 * interrupt empties it.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#ifndef LWK_SERIAL_H
#define LWK_SERIAL_H

#include "lib/compiler.h"

#define SERIAL_BYTES	8192	/* that wait to be sent, at most */

/* serial_init - FIFOs on, receive interrupts on. Before it nothing may be sent. */
void serial_init(void);

/* serial_send - queue bytes; returns how many fitted (0 .. @bytes). Any context. */
size_t serial_send(const void *data, size_t bytes);

/* serial_pending - bytes queued and not yet in the device. */
size_t serial_pending(void);

/* serial_drain - push queued bytes out by polling, for at most @ms. For boot and the end. */
void serial_drain(uint64_t ms);

/* serial_receive - next byte typed, or -1. */
int serial_receive(void);

/* serial_put_now - past the buffer, polled, bounded: for a kernel that is going down. */
void serial_put_now(char c);

/* serial_interrupt - the handler; wakes the console when something was typed or the ring has room again. */
void serial_interrupt(void);

#endif
