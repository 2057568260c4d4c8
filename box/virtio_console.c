/*
 * Decides what becomes of a console buffer.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "box/virtio_console.h"
#include "abi/virtio.h"
#include "box/console.h"
#include "box/pl011.h"

/* Bytes that are copied at a time. */
#define PIECE_BYTES	64u

bool virtio_console_is_listening(const struct virtio_device *device)
{
	const struct virtqueue *queue = &device->queues[VIRTIO_CONSOLE_RECEIVE];

	return queue->is_ready && queue->is_used && !pl011_is_listening();
}

/* As much input as there is and fits, into one buffer. */
static enum virtio_result receive(struct virtqueue *queue, const struct virtqueue_chain *chain, uint32_t *written)
{
	uint8_t bytes[PIECE_BYTES];
	uint32_t count = 0;

	if (chain->writable_bytes == 0) {
		queue->fault = "a receive buffer without room";
		return VIRTIO_BROKEN;
	}
	if (pl011_is_listening())
		return VIRTIO_LATER;
	while (count < PIECE_BYTES && count < chain->writable_bytes && console_in(&bytes[count]))
		count++;
	if (count == 0)
		return VIRTIO_LATER;
	*written = count;
	return virtqueue_write(queue, chain, 0, bytes, count) ? VIRTIO_DONE : VIRTIO_BROKEN;
}

static size_t smaller(uint64_t a, uint64_t b)
{
	return (size_t)(a < b ? a : b);
}

/*
 * Bytes of a chain from where the last try ended, at most a ring full of them: the lock that other vCPUs wait for is
 * not held for longer, however fast the outer OS reads.
 */
static enum virtio_result transmit(struct virtqueue *queue, const struct virtqueue_chain *chain, bool drops)
{
	uint8_t bytes[PIECE_BYTES];
	size_t budget = CONSOLE_OUT_BYTES;

	while (!drops && queue->progress < chain->readable_bytes) {
		size_t room = smaller(console_out_room(), budget);
		size_t count = smaller(chain->readable_bytes - queue->progress, smaller(room, PIECE_BYTES));

		if (count == 0)
			return VIRTIO_LATER;
		if (!virtqueue_read(queue, chain, queue->progress, bytes, count))
			return VIRTIO_BROKEN;
		budget -= count;
		for (size_t i = 0; i < count; i++) {
			/* The room was a hint: the UART may be faster. */
			if (!console_out(bytes[i]))
				return VIRTIO_LATER;
			queue->progress++;
		}
	}
	return VIRTIO_DONE;
}

static enum virtio_result handle(struct virtio_device *device, unsigned index, const struct virtqueue_chain *chain,
				 uint32_t *written)
{
	if (index == VIRTIO_CONSOLE_RECEIVE)
		return receive(&device->queues[index], chain, written);
	return transmit(&device->queues[index], chain, device->drops_output);
}

const struct virtio_kind virtio_console = {
	.name = "console",
	.device_id = VIRTIO_ID_CONSOLE,
	.queue_count = 2,
	.handle = handle,
};
