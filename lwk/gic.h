/*
 * GICv3 as the mediator shows it to the outer OS: interrupts 0-31 of each CPU and the UART's.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#ifndef LWK_GIC_H
#define LWK_GIC_H

#include "lwk/cpu.h"

#define GIC_INTID_KICK	0		/* SGI: look at the run queue again */

/* gic_init - distributor: group 1 on, the UART's interrupt to the boot CPU. Once. */
void gic_init(void);

/**
 * gic_init_cpu - redistributor and CPU interface of this CPU; enables its kick, notice and timer interrupts.
 *
 * Finds the frame whose GICR_TYPER has this CPU's affinity. Returns false if there is none.
 */
bool gic_init_cpu(struct cpu *cpu);

/* gic_acknowledge - INTID of the highest pending interrupt, 1020 and above if none. */
uint32_t gic_acknowledge(void);
/* gic_end - drop priority and deactivate. */
void gic_end(uint32_t intid);

/* gic_send - SGI @intid (0..15) to the CPU with affinity @mpidr; earlier stores are visible to its handler. */
void gic_send(uint64_t mpidr, unsigned intid);

#endif
