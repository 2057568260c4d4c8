/*
 * Virtio as far as box and driver use it: registers of a transport beside those of abi/window.h, split virtqueues,
 * block device and console. All is little-endian.
 * Source: Virtual I/O Device (VIRTIO) 1.2, "MMIO Device Register Layout", "Split Virtqueues", "Block Device", "Console
 * Device", "Reserved Feature Bits".
 * SPDX-License-Identifier: BSD-3-Clause
 */
#ifndef ABI_VIRTIO_H
#define ABI_VIRTIO_H

#include <assert.h>
#include <stdint.h>
#include "abi/window.h"

/* Transports with a device behind them. */
#define VIRTIO_SLOT_BLOCK		0
#define VIRTIO_SLOT_CONSOLE		1
#define VIRTIO_SLOT_COUNT		2

#define VIRTIO_MMIO_MAGIC		0x000
#define VIRTIO_MMIO_MAGIC_VALUE		0x74726976	/* "virt" */
#define VIRTIO_MMIO_VERSION		0x004
#define VIRTIO_MMIO_VERSION_VALUE	2
#define VIRTIO_MMIO_DEVICE_ID		0x008
#define VIRTIO_MMIO_VENDOR_ID		0x00c
#define VIRTIO_MMIO_VENDOR_ID_VALUE	0x54424452	/* "RDBT" */
#define VIRTIO_MMIO_DEVICE_FEATURES	0x010
#define VIRTIO_MMIO_DEVICE_FEATURES_SEL	0x014
#define VIRTIO_MMIO_DRIVER_FEATURES	0x020
#define VIRTIO_MMIO_DRIVER_FEATURES_SEL	0x024
#define VIRTIO_MMIO_QUEUE_NUM_MAX	0x034
#define VIRTIO_MMIO_QUEUE_NOTIFY	0x050
#define VIRTIO_MMIO_INTERRUPT_STATUS	0x060
#define VIRTIO_MMIO_INTERRUPT_ACK	0x064
#define VIRTIO_MMIO_SHM_LEN_LOW		0x0b0	/* to SHM_BASE_HIGH: all ones where there is no such memory */
#define VIRTIO_MMIO_SHM_BASE_HIGH	0x0bc
#define VIRTIO_MMIO_CONFIG_GENERATION	0x0fc
#define VIRTIO_MMIO_CONFIG		0x100

#define VIRTIO_INTERRUPT_USED		1u
#define VIRTIO_INTERRUPT_CONFIG		2u

#define VIRTIO_STATUS_ACKNOWLEDGE	0x01u
#define VIRTIO_STATUS_DRIVER		0x02u
#define VIRTIO_STATUS_DRIVER_OK		0x04u
#define VIRTIO_STATUS_FEATURES_OK	0x08u
#define VIRTIO_STATUS_NEEDS_RESET	0x40u
#define VIRTIO_STATUS_FAILED		0x80u

#define VIRTIO_F_VERSION_1		(1ull << 32)
#define VIRTIO_F_ACCESS_PLATFORM	(1ull << 33)

/* Split virtqueue: a descriptor, an element of the used ring, and offsets in the driver's and the device's area. */
struct virtio_descriptor {
	uint64_t address;
	uint32_t bytes;
	uint16_t flags;			/* VIRTIO_DESC_* */
	uint16_t next;
};
_Static_assert(sizeof(struct virtio_descriptor) == VIRTIO_DESC_BYTES(1), "one descriptor");

struct virtio_used {
	uint32_t id;			/* head of the chain */
	uint32_t bytes;			/* written to it */
};
_Static_assert(sizeof(struct virtio_used) == 8, "an element of the used ring");

#define VIRTIO_DESC_NEXT		1u
#define VIRTIO_DESC_WRITE		2u	/* the device writes */
#define VIRTIO_DESC_INDIRECT		4u

#define VIRTIO_RING_FLAGS		0
#define VIRTIO_RING_INDEX		2
#define VIRTIO_RING_ELEMENTS		4
#define VIRTIO_DRIVER_NO_INTERRUPT	1u

#define VIRTIO_ID_BLOCK			2
#define VIRTIO_ID_CONSOLE		3

/* Block device: what a request begins with. Data follow, then a status byte that the device writes. */
struct virtio_block_request {
	uint32_t type;
	uint32_t reserved;
	uint64_t sector;
};
_Static_assert(sizeof(struct virtio_block_request) == 16, "head of a block request");

#define VIRTIO_BLOCK_F_FLUSH		(1ull << 9)
#define VIRTIO_BLOCK_SECTOR_BYTES	512
#define VIRTIO_BLOCK_IN			0
#define VIRTIO_BLOCK_OUT		1
#define VIRTIO_BLOCK_FLUSH		4
#define VIRTIO_BLOCK_GET_ID		8
#define VIRTIO_BLOCK_ID_BYTES		20
#define VIRTIO_BLOCK_OK			0
#define VIRTIO_BLOCK_ERROR		1
#define VIRTIO_BLOCK_UNSUPPORTED	2

/* Console with one port. */
#define VIRTIO_CONSOLE_RECEIVE		0	/* queues */
#define VIRTIO_CONSOLE_TRANSMIT		1

#endif
