/*
 * What a virtio transport and the device behind it know of each other.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#ifndef BOX_VIRTIO_H
#define BOX_VIRTIO_H

#include "box/virtqueue.h"
#include "lib/spinlock.h"

#define VIRTIO_DEVICE_QUEUES	2

struct virtio_device;

enum virtio_result {
	VIRTIO_DONE,			/* the chain goes back to the driver */
	VIRTIO_LATER,			/* it stays the queue's next: what it needs is not there now */
	VIRTIO_BROKEN,			/* the queue's fault says why: the device waits for its reset */
};

/* One kind of device. */
struct virtio_kind {
	const char *name;
	uint32_t device_id;
	uint64_t features;		/* beside those that every device offers */
	unsigned queue_count;
	const void *config;		/* read-only for the driver */
	unsigned config_bytes;
	/*
	 * handle - one chain of queue @index. @written, on DONE: bytes from the start of its writable ones, 0 on entry.
	 * The device's lock is held. Bounded: what the chain asks for is limited by the device.
	 */
	enum virtio_result (*handle)(struct virtio_device *device, unsigned index,
				     const struct virtqueue_chain *chain, uint32_t *written);
};

struct virtio_device {
	const struct virtio_kind *kind;
	struct spinlock lock;		/* everything below */
	uint32_t status;
	uint32_t device_features_sel, driver_features_sel;
	uint64_t driver_features;
	uint32_t queue_sel;
	uint32_t interrupts;		/* InterruptStatus */
	unsigned logged;		/* faults that the log names already */
	bool drops_output;		/* console: nobody reads what it sends */
	struct virtqueue queues[VIRTIO_DEVICE_QUEUES];
};

#endif
