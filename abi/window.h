/*
 * The window scheme: how a confidential VM without RSI (Linux before 6.13) shares pages with its box. Content is kept.
 *
 * The VM announces its bounce buffers once, through the doorbell: the first byte to WINDOW_DOORBELL_FIRST, then the last
 * byte to WINDOW_DOORBELL_LAST, which shares every granule of the range. Rings of virtio-mmio devices are shared when
 * QUEUE_READY is written 1 and taken back when QUEUE_READY or STATUS is written 0, before the box sees that write: the
 * mediator reads the registers below from the VM's own accesses. Numbers only; safe for C and assembly.
 * Source: Virtual I/O Device (VIRTIO) 1.2, "MMIO Device Register Layout", "Split Virtqueues".
 * SPDX-License-Identifier: BSD-3-Clause
 */
#ifndef ABI_WINDOW_H
#define ABI_WINDOW_H

#define WINDOW_DOORBELL_BASE		0x0b000000	/* one granule */
#define WINDOW_DOORBELL_FIRST		0x0		/* 64-bit writes; reads return zero */
#define WINDOW_DOORBELL_LAST		0x8

#define VIRTIO_MMIO_BASE		0x0a000000
#define VIRTIO_MMIO_STRIDE		0x200
#define VIRTIO_MMIO_COUNT		32
#define VIRTIO_MMIO_INTID		48		/* of the first transport */

#define VIRTIO_MMIO_QUEUE_SEL		0x030
#define VIRTIO_MMIO_QUEUE_NUM		0x038
#define VIRTIO_MMIO_QUEUE_READY		0x044
#define VIRTIO_MMIO_STATUS		0x070
#define VIRTIO_MMIO_QUEUE_DESC_LOW	0x080
#define VIRTIO_MMIO_QUEUE_DESC_HIGH	0x084
#define VIRTIO_MMIO_QUEUE_DRIVER_LOW	0x090
#define VIRTIO_MMIO_QUEUE_DRIVER_HIGH	0x094
#define VIRTIO_MMIO_QUEUE_DEVICE_LOW	0x0a0
#define VIRTIO_MMIO_QUEUE_DEVICE_HIGH	0x0a4

/* Most entries of a queue that the mediator shares. */
#define VIRTIO_QUEUE_NUM_MAX		1024

/* Bytes of each part of a split virtqueue of n entries; and for all three: fixed, and for each entry. */
#define VIRTIO_DESC_BYTES(n)		(16 * (n))
#define VIRTIO_DRIVER_BYTES(n)		(6 + 2 * (n))
#define VIRTIO_DEVICE_BYTES(n)		(6 + 8 * (n))
#define VIRTIO_QUEUE_SIZES		{ { VIRTIO_DESC_BYTES(0), VIRTIO_DESC_BYTES(1) - VIRTIO_DESC_BYTES(0) },	\
					  { VIRTIO_DRIVER_BYTES(0), VIRTIO_DRIVER_BYTES(1) - VIRTIO_DRIVER_BYTES(0) }, \
					  { VIRTIO_DEVICE_BYTES(0), VIRTIO_DEVICE_BYTES(1) - VIRTIO_DEVICE_BYTES(0) } }

#endif
