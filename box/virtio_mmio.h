/*
 * The VM's virtio-mmio transports, version 2: a disk (virtio_block.c), a console (virtio_console.c), and behind them
 * transports without a device, where a driver that looks finds "nobody here". Each device has a level interrupt,
 * VIRTIO_MMIO_INTID and its slot.
 *
 * A ring or request that is malformed, or memory that the VM does not share, is the driver's fault: the device says
 * DEVICE_NEEDS_RESET, leaves a line in the log, and touches no ring until the driver has reset it.
 * Source: Virtual I/O Device (VIRTIO) 1.2, "MMIO Device Register Layout", "Device Status Field".
 * SPDX-License-Identifier: BSD-3-Clause
 */
#ifndef BOX_VIRTIO_MMIO_H
#define BOX_VIRTIO_MMIO_H

#include "lib/compiler.h"

/* virtio_mmio_init - every device as after its reset, the disk as it is. */
void virtio_mmio_init(void);

/**
 * virtio_mmio_read / virtio_mmio_write - one access of the VM.
 *
 * @offset  from VIRTIO_MMIO_BASE, inside the transports
 * @bytes   as the VM chose; registers are accessed by aligned 4 bytes, all else reads as zero and writes nothing
 *
 * The write of a queue's notifier serves that queue. Returns false if output of the console waits for room in the ring:
 * the caller lets the outer OS read (console_wait) and calls virtio_mmio_resume. Takes the device's lock.
 */
uint64_t virtio_mmio_read(uint64_t offset, unsigned bytes);
MUST_CHECK bool virtio_mmio_write(uint64_t offset, unsigned bytes, uint64_t value);

/* virtio_mmio_resume - go on with the console's output; without @has_room it is lost. Returns as virtio_mmio_write. */
MUST_CHECK bool virtio_mmio_resume(bool has_room);

/* virtio_mmio_receive - the outer OS may have put input in its ring. False: it is for the UART, not for the console. */
MUST_CHECK bool virtio_mmio_receive(void);

#endif
