/*
 * Rings of a confidential VM of scheme window: the mediator reads the queue registers that the VM writes on their way to
 * the box, and opens the window over the parts of a virtqueue while it is ready. It never reads a ring.
 *
 * A page is taken back when the last ring that holds it ends, unless the VM announced it by the doorbell.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#ifndef MEDIATOR_VRING_H
#define MEDIATOR_VRING_H

#include "mediator/pair.h"
#include "mediator/redistributor.h"

/**
 * vring_register - the VM accesses a virtio-mmio transport; before the box sees it.
 *
 * @access  its address lies in the transports' space
 * Context: @vm is loaded. Takes the pair's vring_lock. What cannot be shared is not, and is logged: the device then meets
 * a closed window.
 */
void vring_register(struct cpu *cpu, const struct context *vm, const struct access *access);

#endif
