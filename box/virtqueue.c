/*
 * Decides what a driver may put in a ring.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "box/virtqueue.h"
#include <stdatomic.h>
#include "abi/virtio.h"
#include "box/window.h"

#define DESCRIPTORS_ALIGN	16
#define DRIVER_ALIGN		2
#define DEVICE_ALIGN		4

static bool fail(struct virtqueue *queue, const char *what)
{
	queue->fault = what;
	return false;
}

static bool area_is_good(uint64_t address, uint64_t bytes, uint64_t align)
{
	return is_aligned(address, align) && window_is_ram(address, bytes);
}

bool virtqueue_start(struct virtqueue *queue)
{
	uint32_t num = queue->num;

	if (num == 0 || num > VIRTQUEUE_NUM_MAX || (num & (num - 1)) != 0)
		return fail(queue, "its size is no power of two up to 64");
	if (!area_is_good(queue->descriptors, VIRTIO_DESC_BYTES(num), DESCRIPTORS_ALIGN) ||
	    !area_is_good(queue->driver, VIRTIO_DRIVER_BYTES(num), DRIVER_ALIGN) ||
	    !area_is_good(queue->device, VIRTIO_DEVICE_BYTES(num), DEVICE_ALIGN))
		return fail(queue, "a part of it is outside the VM's RAM, or not aligned");
	queue->is_ready = true;
	queue->is_used = false;
	queue->done = 0;
	queue->progress = 0;
	return true;
}

/* Memory of the queue itself was in RAM when it became ready: it can only be gone. */
static bool ring_read(struct virtqueue *queue, uint64_t address, void *to, size_t bytes)
{
	return window_read(address, to, bytes) || fail(queue, "its memory is not shared");
}

static bool ring_write(struct virtqueue *queue, uint64_t address, const void *from, size_t bytes)
{
	return window_write(address, from, bytes) || fail(queue, "its memory is not shared");
}

static bool segment_add(struct virtqueue *queue, struct virtqueue_chain *chain,
			const struct virtio_descriptor *descriptor)
{
	bool is_writable = (descriptor->flags & VIRTIO_DESC_WRITE) != 0;

	if ((descriptor->flags & VIRTIO_DESC_INDIRECT) != 0)
		return fail(queue, "an indirect descriptor, which was not offered");
	if (!window_is_ram(descriptor->address, descriptor->bytes))
		return fail(queue, "a buffer outside the VM's RAM");
	if (!is_writable && chain->readable_count != chain->count)
		return fail(queue, "a buffer to be read behind one to be written");
	chain->segments[chain->count++] = (struct virtqueue_segment){ descriptor->address, descriptor->bytes };
	if (is_writable) {
		chain->writable_bytes += descriptor->bytes;
	} else {
		chain->readable_bytes += descriptor->bytes;
		chain->readable_count++;
	}
	return true;
}

static bool chain_read(struct virtqueue *queue, struct virtqueue_chain *chain)
{
	struct virtio_descriptor descriptor = { .flags = VIRTIO_DESC_NEXT, .next = chain->head };

	while ((descriptor.flags & VIRTIO_DESC_NEXT) != 0) {
		if (descriptor.next >= queue->num)
			return fail(queue, "a descriptor that its table does not have");
		if (chain->count == queue->num)
			return fail(queue, "a chain of more descriptors than its table has");
		/* The one look at it: the driver may change it meanwhile. */
		if (!ring_read(queue, queue->descriptors + VIRTIO_DESC_BYTES(descriptor.next), &descriptor,
			       sizeof(descriptor)) || !segment_add(queue, chain, &descriptor))
			return false;
	}
	return true;
}

enum virtqueue_result virtqueue_next(struct virtqueue *queue, struct virtqueue_chain *out)
{
	uint16_t index, waiting;

	if (!ring_read(queue, queue->driver + VIRTIO_RING_INDEX, &index, sizeof(index)))
		return VIRTQUEUE_BROKEN;
	waiting = (uint16_t)(index - queue->done);
	if (waiting == 0)
		return VIRTQUEUE_EMPTY;
	if (waiting > queue->num) {
		(void)fail(queue, "an index ahead of what the queue can hold");
		return VIRTQUEUE_BROKEN;
	}
	/* The index first, then what it promises. */
	atomic_thread_fence(memory_order_acquire);
	queue->is_used = true;
	*out = (struct virtqueue_chain){ .count = 0 };
	if (!ring_read(queue, queue->driver + VIRTIO_RING_ELEMENTS + queue->done % queue->num * sizeof(out->head),
		       &out->head, sizeof(out->head)) || !chain_read(queue, out))
		return VIRTQUEUE_BROKEN;
	return VIRTQUEUE_CHAIN;
}

/* Calls of window_read and window_write have the same shape but for const. */
static bool piece_copy(uint64_t address, void *to, const void *from, size_t bytes)
{
	return to != NULL ? window_read(address, to, bytes) : window_write(address, from, bytes);
}

/* Walk segments [@first, @end) to byte @offset, and copy from there. Exactly one of @to and @from is there. */
static bool segments_copy(struct virtqueue *queue, const struct virtqueue_segment *first,
			  const struct virtqueue_segment *end, uint64_t offset, uint8_t *to, const uint8_t *from,
			  size_t bytes)
{
	for (const struct virtqueue_segment *at = first; at < end && bytes > 0; at++) {
		if (offset >= at->bytes) {
			offset -= at->bytes;
			continue;
		}
		size_t piece = at->bytes - offset < bytes ? (size_t)(at->bytes - offset) : bytes;

		if (!piece_copy(at->address + offset, to, from, piece))
			return fail(queue, "a buffer that is not shared");
		offset = 0;
		bytes -= piece;
		to = to != NULL ? to + piece : NULL;
		from = from != NULL ? from + piece : NULL;
	}
	return bytes == 0 || fail(queue, "a buffer that is too short");
}

bool virtqueue_read(struct virtqueue *queue, const struct virtqueue_chain *chain, uint64_t offset, void *to,
		    size_t bytes)
{
	return segments_copy(queue, chain->segments, chain->segments + chain->readable_count, offset, to, NULL, bytes);
}

bool virtqueue_write(struct virtqueue *queue, const struct virtqueue_chain *chain, uint64_t offset, const void *from,
		     size_t bytes)
{
	return segments_copy(queue, chain->segments + chain->readable_count, chain->segments + chain->count, offset,
			     NULL, from, bytes);
}

bool virtqueue_finish(struct virtqueue *queue, const struct virtqueue_chain *chain, uint32_t written, bool *notify)
{
	struct virtio_used used = { .id = chain->head, .bytes = written };
	uint16_t index = (uint16_t)(queue->done + 1), flags;

	if (!ring_write(queue, queue->device + VIRTIO_RING_ELEMENTS + queue->done % queue->num * sizeof(used), &used,
			sizeof(used)))
		return false;
	/* The buffer and its element are there before the index says so. */
	atomic_thread_fence(memory_order_release);
	if (!ring_write(queue, queue->device + VIRTIO_RING_INDEX, &index, sizeof(index)))
		return false;
	queue->done = index;
	queue->progress = 0;
	/* The driver switches interrupts on and looks at the index then; we do it the other way round. */
	atomic_thread_fence(memory_order_seq_cst);
	if (!ring_read(queue, queue->driver + VIRTIO_RING_FLAGS, &flags, sizeof(flags)))
		return false;
	*notify = (flags & VIRTIO_DRIVER_NO_INTERRUPT) == 0;
	return true;
}
