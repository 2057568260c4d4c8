/*
 * The box's own interrupts: doorbell of the outer OS, and the vCPU's alarm. They stay masked in PSTATE
 * and are acknowledged when the loop asks for them.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#ifndef BOX_INTERRUPT_H
#define BOX_INTERRUPT_H

/* interrupt_init - redistributor and CPU interface of box vCPU @vcpu, the caller. */
void interrupt_init(unsigned vcpu);

/* interrupt_take - acknowledge and handle all that is pending on this vCPU. No lock may be held. */
void interrupt_take(void);

#endif
