/*
 * The hypervisor box, NS-EL1: the VMM of exactly one VM. It emulates what the VM's platform has and the
 * mediator does not: distributor and SPIs, PL011, PL031, a virtio disk and console, power-off and reset.
 *
 * Trusted by nobody: whatever it does wrong ends with its own VM.
 * Distrusts: its VM (every address, width and value of an access, every byte of a virtqueue, and whether
 * it is still there), the outer OS (every byte of the console page, and whether it ever reads one).
 * Needs: the mediator, for running the VM, for interrupts and for its own redistributor and PSCI.
 *
 * Shape: box vCPU i runs VM vCPU i in a loop (vcpu.c). An exit is an access (bus.c finds the device), an
 * interrupt of the box's own (interrupt.c), or the VM's end. Devices are gicd.c, pl011.c, pl031.c, and
 * virtio_block.c and virtio_console.c behind virtio_mmio.c; bytes to and from the outer OS are console.c's,
 * bytes of the VM's memory window.c's, rings in it virtqueue.c's. The devices meet the machine only in
 * hvc.h, clock.h and window_copy, so that tests run them on the host.
 *
 * Interrupts stay masked: they are acknowledged where the loop wants them. Locks, taken in this order
 * and never held across a call that may leave for the outer OS: virtio device, pl011 or pl031, gicd, console, log.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#ifndef BOX_ROOM_H
#define BOX_ROOM_H

#include "lib/compiler.h"

#include "box/stack.h"

#define BOX_VCPU_MAX BOX_VCPU_COUNT_MAX

/* box_main - C entrance of box vCPU @vcpu, on its stack, MMU on; vCPU 0 starts the others. */
NORETURN void box_main(unsigned vcpu);

/* box_stop - say why on the log, then fault on purpose: the mediator ends the pair with an error. */
NORETURN void box_stop(const char *why, uint64_t detail);

/* box_exception - an exception in the box itself: its own bug. From the vectors, on the emergency stack. */
NORETURN void box_exception(uint64_t kind, uint64_t esr, uint64_t pc, uint64_t far);

#endif
