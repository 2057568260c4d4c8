/*
 * Split virtqueues, the device's side. The driver is hostile: each descriptor is read once and checked, every walk ends
 * after as many steps as the queue has entries, every index is masked or compared before it is used.
 *
 * Whatever is wrong with a queue is said in fault, and the transport then waits for its reset (virtio_mmio.c).
 * Source: Virtual I/O Device (VIRTIO) 1.2, "Split Virtqueues".
 * SPDX-License-Identifier: BSD-3-Clause
 */
#ifndef BOX_VIRTQUEUE_H
#define BOX_VIRTQUEUE_H

#include "lib/compiler.h"

/* Most entries of a queue, and so of a chain. */
#define VIRTQUEUE_NUM_MAX	64

struct virtqueue {
	/* As the driver set them: VM addresses, bit 39 as it likes. Checked when the queue becomes ready. */
	uint32_t num;
	uint64_t descriptors, driver, device;
	bool is_ready;
	bool is_used;			/* a buffer was in it since it became ready */
	uint16_t done;			/* chains done, modulo 2^16: they are done in the order in which they came */
	uint64_t progress;		/* bytes of the next chain that were done already; the device's own */
	const char *fault;		/* in words, or NULL */
};

struct virtqueue_segment {
	uint64_t address;
	uint32_t bytes;
};

/* A chain of descriptors: segments that the device reads, then those that it writes. All lie in the VM's RAM. */
struct virtqueue_chain {
	uint16_t head;
	unsigned readable_count, count;
	uint64_t readable_bytes, writable_bytes;
	struct virtqueue_segment segments[VIRTQUEUE_NUM_MAX];
};

/* virtqueue_start - check size and addresses, and begin at index 0. False: it is not ready, and fault says why. */
MUST_CHECK bool virtqueue_start(struct virtqueue *queue);

enum virtqueue_result {
	VIRTQUEUE_EMPTY,
	VIRTQUEUE_CHAIN,		/* written to out */
	VIRTQUEUE_BROKEN,		/* fault says why */
};

/**
 * virtqueue_next - the oldest chain that is not done yet. It stays that until virtqueue_finish.
 *
 * @queue  ready. Nobody else may use it meanwhile.
 */
MUST_CHECK enum virtqueue_result virtqueue_next(struct virtqueue *queue, struct virtqueue_chain *out);

/**
 * virtqueue_read / virtqueue_write - copy out of the readable, or into the writable bytes of a chain.
 *
 * @offset, @bytes  inside what the chain has of them; how the driver cut it into segments does not matter
 *
 * Returns false, with fault set, if the VM does not share that memory any more; a part may have been copied.
 */
MUST_CHECK bool virtqueue_read(struct virtqueue *queue, const struct virtqueue_chain *chain, uint64_t offset, void *to,
			       size_t bytes);
MUST_CHECK bool virtqueue_write(struct virtqueue *queue, const struct virtqueue_chain *chain, uint64_t offset,
				const void *from, size_t bytes);

/**
 * virtqueue_finish - give the chain back to the driver.
 *
 * @written  bytes from the start of the writable ones that were written
 * @notify   receives whether the driver wants to be interrupted
 *
 * Returns false, with fault set, as virtqueue_write does.
 */
MUST_CHECK bool virtqueue_finish(struct virtqueue *queue, const struct virtqueue_chain *chain, uint32_t written,
				 bool *notify);

#endif
