/*
 * Sharing by RSI, by the doorbell, and by a ring.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "tests/attack/vm_share.h"
#include "abi/rsi.h"
#include "abi/window.h"
#include "arch/cpu.h"
#include "guests/small/small.h"
#include "lib/addr.h"

/* A ring whose three parts lie in one page. */
#define RING_ENTRIES	8
#define RING_DRIVER	0x400
#define RING_DEVICE	0x800

uint64_t vm_rsi(uint64_t id, uint64_t a, uint64_t b, uint64_t c, uint64_t results[2])
{
	const uint64_t args[8] = { id, a, b, c };
	struct probe out = { .esr = 0 };

	probe_smc(&out, args);
	results[0] = out.value[1];
	results[1] = out.value[2];
	return out.value[0];
}

static bool state_set(uint64_t page, uint64_t state)
{
	uint64_t results[2];

	return vm_rsi(RSI_IPA_STATE_SET, page, page + GRANULE_BYTES, state, results) == RSI_SUCCESS &&
	       results[1] == RSI_ACCEPT;
}

bool vm_doorbell(uint64_t offset, uint64_t value)
{
	struct probe probe = { .esr = 0 };

	probe_store(&probe, WINDOW_DOORBELL_BASE + offset, 8, value);
	return probe.esr == 0;
}

enum vm_scheme vm_scheme(void)
{
	static enum vm_scheme scheme;
	static bool is_known;
	uint64_t results[2];

	if (!is_known) {
		if (vm_rsi(RSI_VERSION, RSI_VERSION_1_0, 0, 0, results) == RSI_SUCCESS)
			scheme = VM_SHARES_BY_RSI;
		else
			scheme = vm_doorbell(WINDOW_DOORBELL_FIRST, 0) ? VM_SHARES_BY_WINDOW : VM_SHARES_ALL;
		is_known = true;
	}
	return scheme;
}

bool vm_share(uint64_t page)
{
	switch (vm_scheme()) {
	case VM_SHARES_BY_RSI:
		return state_set(page, RSI_RIPAS_EMPTY);
	case VM_SHARES_BY_WINDOW:
		return vm_doorbell(WINDOW_DOORBELL_FIRST, page) &&
		       vm_doorbell(WINDOW_DOORBELL_LAST, page + GRANULE_BYTES - 1);
	default:
		return true;
	}
}

static void ring_set(uint64_t offset, uint64_t value)
{
	mmio_write32(VIRTIO_MMIO_BASE + offset, (uint32_t)value);
}

static void ring_place(uint64_t low, uint64_t address)
{
	ring_set(low, address);
	ring_set(low + 4, address >> 32);
}

void vm_ring(uint64_t descriptors, uint64_t driver, uint64_t device, uint32_t entries)
{
	ring_set(VIRTIO_MMIO_QUEUE_SEL, 0);
	ring_set(VIRTIO_MMIO_QUEUE_NUM, entries);
	ring_place(VIRTIO_MMIO_QUEUE_DESC_LOW, descriptors);
	ring_place(VIRTIO_MMIO_QUEUE_DRIVER_LOW, driver);
	ring_place(VIRTIO_MMIO_QUEUE_DEVICE_LOW, device);
	ring_set(VIRTIO_MMIO_QUEUE_READY, 1);
}

void vm_ring_end(void)
{
	ring_set(VIRTIO_MMIO_STATUS, 0);
}

bool vm_open(uint64_t page)
{
	if (vm_scheme() == VM_SHARES_BY_RSI)
		return state_set(page, RSI_RIPAS_EMPTY);
	vm_ring(page, page + RING_DRIVER, page + RING_DEVICE, RING_ENTRIES);
	return vm_scheme() == VM_SHARES_BY_WINDOW;
}

bool vm_close(uint64_t page, uint64_t round)
{
	if (vm_scheme() == VM_SHARES_BY_RSI)
		return state_set(page, RSI_RIPAS_RAM);
	if (round % 2 == 0)
		ring_set(VIRTIO_MMIO_QUEUE_READY, 0);
	else
		vm_ring_end();
	return vm_scheme() == VM_SHARES_BY_WINDOW;
}
