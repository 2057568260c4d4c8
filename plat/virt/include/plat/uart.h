/*
 * PL011: the one UART driver of the trusted rooms. Output only, polled, with a bounded wait, so
 * that a stuck UART costs characters and never time. Callers serialise.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#ifndef PLAT_UART_H
#define PLAT_UART_H

#include <stdint.h>

/**
 * uart_init - enable the transmitter of the PL011 at @base, 8n1, FIFOs on; the baud rate is left alone.
 *
 * @base  register base, mapped as device memory (or MMU off)
 *
 * Source: Arm DDI 0183, "Programmers model".
 */
void uart_init(uintptr_t base);

/**
 * uart_put - send one byte; gives up after a bounded number of polls of a full FIFO.
 */
void uart_put(uintptr_t base, char c);

#endif
