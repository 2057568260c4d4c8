/*
 * Decides which pages the rings of a VM hold open.
 * Source: Virtual I/O Device (VIRTIO) 1.2, "MMIO Device Register Layout", "Split Virtqueues".
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "mediator/vring.h"
#include "mediator/log.h"
#include "mediator/window.h"

/* Whole pages of part @part of a ring: descriptor area, driver area, device area. */
static struct ipa_range part_pages(const struct vring *ring, unsigned part)
{
	static const struct { uint8_t fixed, each; } sizes[VRING_PARTS] = VIRTIO_QUEUE_SIZES;
	uint64_t first = align_down(ring->parts[part], GRANULE_BYTES);
	uint64_t end = ring->parts[part] + sizes[part].fixed + (uint64_t)sizes[part].each * ring->entry_count;

	return (struct ipa_range){ ipa_make(first), align_down(end + GRANULE_BYTES - 1, GRANULE_BYTES) - first };
}

/* Does any ring that is ready hold @page? */
static bool is_held(const struct pair *pair, uint64_t page)
{
	for (unsigned i = 0; i < VRING_MAX; i++) {
		const struct vring *ring = &pair->vrings[i];

		for (unsigned part = 0; ring->entry_count != 0 && part < VRING_PARTS; part++) {
			struct ipa_range range = part_pages(ring, part);

			if (range_is_inside(page, GRANULE_BYTES, ipa_value(range.base), range.bytes))
				return true;
		}
	}
	return false;
}

static void pages_open(struct pair *pair, struct ipa_range range)
{
	const struct stage2 *box = &pair->domains[HOST_ROLE_BOX].stage2;

	atomic_store(&pair->window_used, true);
	for (uint64_t done = 0; done < range.bytes; done += GRANULE_BYTES) {
		ipa_t page = ipa_add(range.base, done);
		struct pa_result found = stage2_lookup(&pair->domains[HOST_ROLE_VM].stage2, page);

		if (found.status == OK)
			window_open_page(box, page, found.pa, STAGE2_WINDOW_RING, false);
	}
}

static void pages_close(struct pair *pair, struct ipa_range range)
{
	const struct stage2 *box = &pair->domains[HOST_ROLE_BOX].stage2;

	for (uint64_t done = 0; done < range.bytes; done += GRANULE_BYTES) {
		ipa_t page = ipa_add(range.base, done);

		if (stage2_window_get(box, page) == STAGE2_WINDOW_RING && !is_held(pair, ipa_value(page)))
			stage2_window_close(box, page);
	}
	stage2_window_flush(box, range);
}

static void ring_end(struct pair *pair, struct vring *ring)
{
	struct vring old = *ring;

	ring->entry_count = 0;
	for (unsigned part = 0; part < VRING_PARTS; part++)
		pages_close(pair, part_pages(&old, part));
}

/* Rings of a transport end: the one of @queue, or all of them. */
static void rings_end(struct pair *pair, unsigned device, bool all, uint32_t queue)
{
	for (unsigned i = 0; i < VRING_MAX; i++) {
		struct vring *ring = &pair->vrings[i];

		if (ring->entry_count != 0 && ring->device == device && (all || ring->queue == queue))
			ring_end(pair, ring);
	}
}

MUST_CHECK static enum status ring_check(const struct pair *pair, const struct vring *ring)
{
	const struct domain *vm = &pair->domains[HOST_ROLE_VM];

	if (ring->entry_count == 0 || ring->entry_count > VIRTIO_QUEUE_NUM_MAX)
		return ERR_ARGS;
	for (unsigned part = 0; part < VRING_PARTS; part++) {
		if (ring->parts[part] >= IPA_HALF)
			return ERR_ARGS;
		struct ipa_range range = part_pages(ring, part);

		if (!range_is_inside(ipa_value(range.base), range.bytes, vm->ram_base, vm->ram_bytes))
			return ERR_ARGS;
	}
	return OK;
}

MUST_CHECK static enum status ring_begin(struct pair *pair, unsigned device)
{
	struct vring *ring = &pair->transports[device];

	rings_end(pair, device, false, ring->queue);
	if (ring_check(pair, ring) != OK)
		return ERR_ARGS;
	for (unsigned i = 0; i < VRING_MAX; i++) {
		if (pair->vrings[i].entry_count != 0)
			continue;
		pair->vrings[i] = *ring;
		pair->vrings[i].device = (uint8_t)device;
		for (unsigned part = 0; part < VRING_PARTS; part++)
			pages_open(pair, part_pages(ring, part));
		return OK;
	}
	return ERR_NO_MEMORY;
}

static void half_set(uint64_t *value, bool high, uint32_t half)
{
	*value = high ? (*value & 0xffffffff) | (uint64_t)half << 32 : (*value & ~0xffffffffull) | half;
}

MUST_CHECK static enum status register_write(struct pair *pair, unsigned device, uint64_t offset, uint32_t value)
{
	struct vring *setup = &pair->transports[device];

	switch (offset) {
	case VIRTIO_MMIO_QUEUE_SEL:
		/* What was programmed is the other queue's: this one starts with nothing. */
		if (setup->queue != value)
			*setup = (struct vring){ .queue = value };
		return OK;
	case VIRTIO_MMIO_QUEUE_NUM:
		setup->entry_count = value < UINT16_MAX ? (uint16_t)value : UINT16_MAX;
		return OK;
	case VIRTIO_MMIO_QUEUE_READY:
		if (value != 0)
			return ring_begin(pair, device);
		rings_end(pair, device, false, setup->queue);
		return OK;
	case VIRTIO_MMIO_STATUS:
		if (value == 0)
			rings_end(pair, device, true, 0);
		return OK;
	case VIRTIO_MMIO_QUEUE_DESC_LOW:
	case VIRTIO_MMIO_QUEUE_DESC_HIGH:
	case VIRTIO_MMIO_QUEUE_DRIVER_LOW:
	case VIRTIO_MMIO_QUEUE_DRIVER_HIGH:
	case VIRTIO_MMIO_QUEUE_DEVICE_LOW:
	case VIRTIO_MMIO_QUEUE_DEVICE_HIGH:
		half_set(&setup->parts[(offset - VIRTIO_MMIO_QUEUE_DESC_LOW) / 16], (offset & 4) != 0, value);
		return OK;
	default:
		return OK;
	}
}

void vring_register(struct cpu *cpu, const struct context *vm, const struct access *access)
{
	struct pair *pair = vm->pair;
	uint64_t at = access->address - VIRTIO_MMIO_BASE;

	if (!access->is_write || access->bytes != 4)
		return;
	spin_lock(&pair->vring_lock);
	enum status status = register_write(pair, (unsigned)(at / VIRTIO_MMIO_STRIDE), at % VIRTIO_MMIO_STRIDE,
					    (uint32_t)access->value);

	spin_unlock(&pair->vring_lock);
	if (status != OK)
		refusal(cpu, vm, HOST_EVENT_REFUSED_CALL, access->address, access->value,
			(uint64_t)(status == ERR_ARGS ? HOST_ERR_ARGS : HOST_ERR_NO_MEMORY), 0);
}
