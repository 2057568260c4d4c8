/*
 * The lightweight kernel: Redoubt's outer OS. It owns the machine's time, spare memory and UART, gives
 * memory to boxes and VMs through host calls, and runs their vCPUs as threads. NS-EL1, no EL0.
 *
 * Trust: nobody trusts it. It believes the mediator's answers and the monitor's device tree. It does
 * not trust boxes and VMs: a console page and the initial ramdisk are read as hostile input, and a box
 * may take its shared page away at any instant (probe.h).
 *
 * Shape: main.c boots; threads (thread.c) are a console (console.c), a shell (shell.c, commands_*.c),
 * one keeper per VM (vm.c) and one per box vCPU (vcpu.c). Interrupts: trap.c.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#ifndef LWK_ROOM_H
#define LWK_ROOM_H

#include "lib/compiler.h"

/* The image, from lwk.ld.S; page boundaries. */
extern const char image_start[], image_text_end[], image_rodata_end[], image_end[];

/* Entries, from arch/arm64/lwk_entry.S. */
void lwk_entry(uint64_t dtb);
void lwk_secondary_entry(uint64_t index);

/* What they call, with interrupts masked and the MMU off. */
NORETURN void main_boot(uint64_t dtb);
NORETURN void main_secondary(uint64_t index);

#endif
