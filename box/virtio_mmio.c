/*
 * Registers of the VM's virtio transports. Decides when a device is alive, and what a driver's fault costs.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "box/virtio_mmio.h"
#include "abi/virtio.h"
#include "box/console.h"
#include "box/gicd.h"
#include "box/virtio_block.h"
#include "box/virtio_console.h"
#include "lib/memory.h"

#define FEATURES_ALL	(VIRTIO_F_VERSION_1 | VIRTIO_F_ACCESS_PLATFORM)
#define STATUS_DRIVERS	(VIRTIO_STATUS_ACKNOWLEDGE | VIRTIO_STATUS_DRIVER | VIRTIO_STATUS_DRIVER_OK | \
			 VIRTIO_STATUS_FEATURES_OK | VIRTIO_STATUS_FAILED)
/* A driver that goes on and on making faults does not fill the log. */
#define LOGGED_MAX	16

static struct virtio_device devices[VIRTIO_SLOT_COUNT];

static unsigned slot_of(const struct virtio_device *device)
{
	return (unsigned)(device - devices);
}

static void line_update(const struct virtio_device *device)
{
	gicd_line_set(VIRTIO_MMIO_INTID + slot_of(device), device->interrupts != 0);
}

/* A device touches its rings between DRIVER_OK and the first fault. */
static bool is_alive(const struct virtio_device *device)
{
	return (device->status & (VIRTIO_STATUS_DRIVER_OK | VIRTIO_STATUS_NEEDS_RESET)) == VIRTIO_STATUS_DRIVER_OK;
}

static void reset(struct virtio_device *device)
{
	device->status = 0;
	device->device_features_sel = 0;
	device->driver_features_sel = 0;
	device->driver_features = 0;
	device->queue_sel = 0;
	device->interrupts = 0;
	memset(device->queues, 0, sizeof(device->queues));
	line_update(device);
}

static void fault(struct virtio_device *device, const struct virtqueue *queue)
{
	if ((device->status & VIRTIO_STATUS_DRIVER_OK) != 0)
		device->interrupts |= VIRTIO_INTERRUPT_CONFIG;
	device->status |= VIRTIO_STATUS_NEEDS_RESET;
	if (device->logged++ < LOGGED_MAX)
		console_log("virtio %s needs a reset by its driver: queue %u: %s", device->kind->name,
			    (unsigned)(queue - device->queues), queue->fault);
}

/* All that is in a queue now, and no more: a driver that adds as fast as it is served tells so again. */
static enum virtio_result serve(struct virtio_device *device, unsigned index)
{
	struct virtqueue *queue = &device->queues[index];
	enum virtio_result result = VIRTIO_DONE;
	struct virtqueue_chain chain;
	bool notify;

	if (!is_alive(device) || !queue->is_ready)
		return VIRTIO_DONE;
	for (uint32_t count = 0; count < queue->num && result == VIRTIO_DONE; count++) {
		enum virtqueue_result next = virtqueue_next(queue, &chain);
		uint32_t written = 0;

		if (next == VIRTQUEUE_EMPTY)
			break;
		result = VIRTIO_BROKEN;
		if (next == VIRTQUEUE_CHAIN)
			result = device->kind->handle(device, index, &chain, &written);
		if (result == VIRTIO_DONE && !virtqueue_finish(queue, &chain, written, &notify))
			result = VIRTIO_BROKEN;
		if (result == VIRTIO_DONE && notify)
			device->interrupts |= VIRTIO_INTERRUPT_USED;
	}
	if (result == VIRTIO_BROKEN)
		fault(device, queue);
	line_update(device);
	return result;
}

static void status_write(struct virtio_device *device, uint32_t value)
{
	uint64_t accepted = device->driver_features;

	if (value == 0) {
		reset(device);
		return;
	}
	value &= STATUS_DRIVERS;
	/* Features must be a subset of what was offered; without VERSION_1 it is a driver for devices of old. */
	if ((accepted & ~(FEATURES_ALL | device->kind->features)) != 0 || (accepted & VIRTIO_F_VERSION_1) == 0)
		value &= ~VIRTIO_STATUS_FEATURES_OK;
	device->status |= value;
	if ((device->status & VIRTIO_STATUS_FEATURES_OK) == 0)
		device->status &= ~VIRTIO_STATUS_DRIVER_OK;
}

static void features_write(struct virtio_device *device, uint32_t value)
{
	unsigned shift = 32 * device->driver_features_sel;

	if (device->driver_features_sel > 1 || (device->status & VIRTIO_STATUS_FEATURES_OK) != 0)
		return;
	device->driver_features = (device->driver_features & ~(0xffffffffull << shift)) | (uint64_t)value << shift;
}

static void half_write(uint64_t *address, unsigned shift, uint32_t value)
{
	*address = (*address & ~(0xffffffffull << shift)) | (uint64_t)value << shift;
}

/* Where a queue is can't change while it is ready. Nothing in it is looked at here: a driver may take it back first. */
static void queue_write(struct virtio_device *device, uint64_t offset, uint32_t value)
{
	struct virtqueue *queue = &device->queues[device->queue_sel];

	if (offset == VIRTIO_MMIO_QUEUE_READY && value == 0)
		queue->is_ready = false;
	if (queue->is_ready)
		return;
	switch (offset) {
	case VIRTIO_MMIO_QUEUE_NUM:
		queue->num = value;
		break;
	case VIRTIO_MMIO_QUEUE_DESC_LOW:
	case VIRTIO_MMIO_QUEUE_DESC_HIGH:
		half_write(&queue->descriptors, 8 * (offset & 4), value);
		break;
	case VIRTIO_MMIO_QUEUE_DRIVER_LOW:
	case VIRTIO_MMIO_QUEUE_DRIVER_HIGH:
		half_write(&queue->driver, 8 * (offset & 4), value);
		break;
	case VIRTIO_MMIO_QUEUE_DEVICE_LOW:
	case VIRTIO_MMIO_QUEUE_DEVICE_HIGH:
		half_write(&queue->device, 8 * (offset & 4), value);
		break;
	case VIRTIO_MMIO_QUEUE_READY:
		if (value == 1 && !virtqueue_start(queue)) {
			fault(device, queue);
			line_update(device);
		}
		break;
	default:
		break;
	}
}

/* Returns false if output waits: VIRTIO_LATER of a transmit queue. Input that is still to come waits for nobody. */
static bool register_write(struct virtio_device *device, uint64_t offset, uint32_t value)
{
	switch (offset) {
	case VIRTIO_MMIO_DEVICE_FEATURES_SEL:
		device->device_features_sel = value;
		break;
	case VIRTIO_MMIO_DRIVER_FEATURES_SEL:
		device->driver_features_sel = value;
		break;
	case VIRTIO_MMIO_DRIVER_FEATURES:
		features_write(device, value);
		break;
	case VIRTIO_MMIO_QUEUE_SEL:
		device->queue_sel = value;
		break;
	case VIRTIO_MMIO_QUEUE_NOTIFY:
		return value >= device->kind->queue_count || serve(device, value) != VIRTIO_LATER ||
		       value != VIRTIO_CONSOLE_TRANSMIT;
	case VIRTIO_MMIO_INTERRUPT_ACK:
		device->interrupts &= ~value;
		line_update(device);
		break;
	case VIRTIO_MMIO_STATUS:
		status_write(device, value);
		break;
	default:
		if (device->queue_sel < device->kind->queue_count)
			queue_write(device, offset, value);
		break;
	}
	return true;
}

static uint32_t features_read(const struct virtio_device *device)
{
	if (device->device_features_sel > 1)
		return 0;
	return (uint32_t)((FEATURES_ALL | device->kind->features) >> (32 * device->device_features_sel));
}

static uint32_t register_read(const struct virtio_device *device, uint64_t offset)
{
	bool has_queue = device->queue_sel < device->kind->queue_count;

	switch (offset) {
	case VIRTIO_MMIO_DEVICE_FEATURES:
		return features_read(device);
	case VIRTIO_MMIO_QUEUE_NUM_MAX:
		return has_queue ? VIRTQUEUE_NUM_MAX : 0;
	case VIRTIO_MMIO_QUEUE_READY:
		return has_queue && device->queues[device->queue_sel].is_ready ? 1 : 0;
	case VIRTIO_MMIO_INTERRUPT_STATUS:
		return device->interrupts;
	case VIRTIO_MMIO_STATUS:
		return device->status;
	default:
		return offset >= VIRTIO_MMIO_SHM_LEN_LOW && offset <= VIRTIO_MMIO_SHM_BASE_HIGH ? ~0u : 0;
	}
}

/* Device-specific configuration, in any width; zero behind its end. It never changes, so its generation stays 0. */
static uint64_t config_read(const struct virtio_kind *kind, uint64_t offset, unsigned bytes)
{
	uint64_t value = 0;

	for (unsigned i = 0; i < bytes && i < sizeof(value) && offset + i < kind->config_bytes; i++)
		value |= (uint64_t)((const uint8_t *)kind->config)[offset + i] << (8 * i);
	return value;
}

/* What every transport has, with a device or without. */
static bool identity_read(uint64_t slot, uint64_t offset, uint64_t *value)
{
	switch (offset) {
	case VIRTIO_MMIO_MAGIC:
		*value = VIRTIO_MMIO_MAGIC_VALUE;
		return true;
	case VIRTIO_MMIO_VERSION:
		*value = VIRTIO_MMIO_VERSION_VALUE;
		return true;
	case VIRTIO_MMIO_DEVICE_ID:
		/* Zero is a placeholder: drivers leave it alone. */
		*value = slot < VIRTIO_SLOT_COUNT ? devices[slot].kind->device_id : 0;
		return true;
	case VIRTIO_MMIO_VENDOR_ID:
		*value = VIRTIO_MMIO_VENDOR_ID_VALUE;
		return true;
	default:
		return false;
	}
}

static bool is_register(uint64_t offset, unsigned bytes)
{
	return bytes == 4 && offset % 4 == 0 && offset < VIRTIO_MMIO_CONFIG;
}

uint64_t virtio_mmio_read(uint64_t offset, unsigned bytes)
{
	uint64_t slot = offset / VIRTIO_MMIO_STRIDE, value = 0;

	offset %= VIRTIO_MMIO_STRIDE;
	if (is_register(offset, bytes) && identity_read(slot, offset, &value))
		return value;
	if (slot >= VIRTIO_SLOT_COUNT)
		return 0;
	struct virtio_device *device = &devices[slot];

	if (offset >= VIRTIO_MMIO_CONFIG)
		return config_read(device->kind, offset - VIRTIO_MMIO_CONFIG, bytes);
	if (!is_register(offset, bytes))
		return 0;
	spin_lock(&device->lock);
	value = register_read(device, offset);
	spin_unlock(&device->lock);
	return value;
}

bool virtio_mmio_write(uint64_t offset, unsigned bytes, uint64_t value)
{
	uint64_t slot = offset / VIRTIO_MMIO_STRIDE;
	bool is_done;

	offset %= VIRTIO_MMIO_STRIDE;
	if (slot >= VIRTIO_SLOT_COUNT || !is_register(offset, bytes))
		return true;
	spin_lock(&devices[slot].lock);
	is_done = register_write(&devices[slot], offset, (uint32_t)value);
	spin_unlock(&devices[slot].lock);
	return is_done;
}

bool virtio_mmio_resume(bool has_room)
{
	struct virtio_device *device = &devices[VIRTIO_SLOT_CONSOLE];

	spin_lock(&device->lock);
	device->drops_output = !has_room;
	enum virtio_result result = serve(device, VIRTIO_CONSOLE_TRANSMIT);

	device->drops_output = false;
	spin_unlock(&device->lock);
	return result != VIRTIO_LATER;
}

bool virtio_mmio_receive(void)
{
	struct virtio_device *device = &devices[VIRTIO_SLOT_CONSOLE];

	spin_lock(&device->lock);
	(void)serve(device, VIRTIO_CONSOLE_RECEIVE);
	bool is_taken = is_alive(device) && virtio_console_is_listening(device);

	spin_unlock(&device->lock);
	return is_taken;
}

void virtio_mmio_init(void)
{
	memset(devices, 0, sizeof(devices));
	devices[VIRTIO_SLOT_BLOCK].kind = &virtio_block;
	devices[VIRTIO_SLOT_CONSOLE].kind = &virtio_console;
}
