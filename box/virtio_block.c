/*
 * Decides what a disk request does. The content is its own, so what it copies straight from or to the VM is data alone.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "box/virtio_block.h"
#include "abi/console.h"
#include "abi/virtio.h"

#define SECTOR_COUNT	(BOX_DISK_BYTES / VIRTIO_BLOCK_SECTOR_BYTES)

static uint8_t *disk;

/* A request while it is served. */
struct request {
	struct virtqueue *queue;
	const struct virtqueue_chain *chain;
	struct virtio_block_request head;
	uint64_t in_bytes, out_bytes;	/* data to the VM and from it */
};

void virtio_block_init(uint8_t *content)
{
	disk = content;
}

/* Whole sectors that the disk has? */
static bool range_is_good(uint64_t sector, uint64_t bytes)
{
	return bytes % VIRTIO_BLOCK_SECTOR_BYTES == 0 && sector <= SECTOR_COUNT &&
	       bytes / VIRTIO_BLOCK_SECTOR_BYTES <= SECTOR_COUNT - sector;
}

/* Each serve_ returns false if the VM's memory failed, with @status and @written set otherwise. */
static bool serve_in(const struct request *request, uint8_t *status, uint32_t *written)
{
	if (!range_is_good(request->head.sector, request->in_bytes))
		return true;
	if (!virtqueue_write(request->queue, request->chain, 0,
			     disk + request->head.sector * VIRTIO_BLOCK_SECTOR_BYTES, request->in_bytes))
		return false;
	*status = VIRTIO_BLOCK_OK;
	*written = (uint32_t)request->in_bytes;
	return true;
}

static bool serve_out(const struct request *request, uint8_t *status)
{
	if (!range_is_good(request->head.sector, request->out_bytes))
		return true;
	*status = VIRTIO_BLOCK_OK;
	return virtqueue_read(request->queue, request->chain, sizeof(request->head),
			      disk + request->head.sector * VIRTIO_BLOCK_SECTOR_BYTES, request->out_bytes);
}

static bool serve_id(const struct request *request, uint8_t *status, uint32_t *written)
{
	static const char id[VIRTIO_BLOCK_ID_BYTES] = "redoubt-memory";

	if (request->in_bytes < sizeof(id))
		return true;
	*status = VIRTIO_BLOCK_OK;
	*written = sizeof(id);
	return virtqueue_write(request->queue, request->chain, 0, id, sizeof(id));
}

static bool serve(const struct request *request, uint8_t *status, uint32_t *written)
{
	*status = VIRTIO_BLOCK_ERROR;
	switch (request->head.type) {
	case VIRTIO_BLOCK_IN:
		return serve_in(request, status, written);
	case VIRTIO_BLOCK_OUT:
		return serve_out(request, status);
	case VIRTIO_BLOCK_FLUSH:
		/* What was written is where it stays. */
		*status = VIRTIO_BLOCK_OK;
		return true;
	case VIRTIO_BLOCK_GET_ID:
		return serve_id(request, status, written);
	default:
		*status = VIRTIO_BLOCK_UNSUPPORTED;
		return true;
	}
}

static enum virtio_result handle(struct virtio_device *device, unsigned index, const struct virtqueue_chain *chain,
				 uint32_t *written)
{
	struct request request = { .queue = &device->queues[index], .chain = chain };
	uint8_t status;

	if (chain->readable_bytes < sizeof(request.head) || chain->writable_bytes < sizeof(status)) {
		request.queue->fault = "a request without its head or its status byte";
		return VIRTIO_BROKEN;
	}
	request.in_bytes = chain->writable_bytes - sizeof(status);
	request.out_bytes = chain->readable_bytes - sizeof(request.head);
	/* Read once: what is checked is what is done. */
	if (!virtqueue_read(request.queue, chain, 0, &request.head, sizeof(request.head)) ||
	    !serve(&request, &status, written) ||
	    !virtqueue_write(request.queue, chain, request.in_bytes, &status, sizeof(status)))
		return VIRTIO_BROKEN;
	/* Counted from the start: the status byte counts if all before it was written. */
	if (*written == request.in_bytes)
		(*written)++;
	return VIRTIO_DONE;
}

static const uint64_t capacity = SECTOR_COUNT;

const struct virtio_kind virtio_block = {
	.name = "disk",
	.device_id = VIRTIO_ID_BLOCK,
	.features = VIRTIO_BLOCK_F_FLUSH,
	.queue_count = 1,
	.config = &capacity,
	.config_bytes = sizeof(capacity),
	.handle = handle,
};
