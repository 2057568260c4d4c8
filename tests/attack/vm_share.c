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

static uint64_t rsi(uint64_t id, uint64_t a, uint64_t b, uint64_t c)
{
	const uint64_t args[8] = { id, a, b, c };
	struct probe out = { .esr = 0 };

	probe_smc(&out, args);
	return out.value[0];
}

static bool state_set(uint64_t page, uint64_t state)
{
	return rsi(RSI_IPA_STATE_SET, page, page + GRANULE_BYTES, state) == RSI_SUCCESS;
}

static bool doorbell(uint64_t offset, uint64_t value)
{
	struct probe probe = { .esr = 0 };

	probe_store(&probe, WINDOW_DOORBELL_BASE + offset, 8, value);
	return probe.esr == 0;
}

enum vm_scheme vm_scheme(void)
{
	static enum vm_scheme scheme;
	static bool is_known;

	if (!is_known) {
		if (rsi(RSI_VERSION, RSI_VERSION_1_0, 0, 0) == RSI_SUCCESS)
			scheme = VM_SHARES_BY_RSI;
		else
			scheme = doorbell(WINDOW_DOORBELL_FIRST, 0) ? VM_SHARES_BY_WINDOW : VM_SHARES_ALL;
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
		return doorbell(WINDOW_DOORBELL_FIRST, page) && doorbell(WINDOW_DOORBELL_LAST, page + GRANULE_BYTES - 1);
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

bool vm_open(uint64_t page)
{
	if (vm_scheme() == VM_SHARES_BY_RSI)
		return state_set(page, RSI_RIPAS_EMPTY);
	ring_set(VIRTIO_MMIO_QUEUE_SEL, 0);
	ring_set(VIRTIO_MMIO_QUEUE_NUM, RING_ENTRIES);
	ring_place(VIRTIO_MMIO_QUEUE_DESC_LOW, page);
	ring_place(VIRTIO_MMIO_QUEUE_DRIVER_LOW, page + RING_DRIVER);
	ring_place(VIRTIO_MMIO_QUEUE_DEVICE_LOW, page + RING_DEVICE);
	ring_set(VIRTIO_MMIO_QUEUE_READY, 1);
	return vm_scheme() == VM_SHARES_BY_WINDOW;
}

bool vm_close(uint64_t page, uint64_t round)
{
	if (vm_scheme() == VM_SHARES_BY_RSI)
		return state_set(page, RSI_RIPAS_RAM);
	ring_set(round % 2 == 0 ? VIRTIO_MMIO_QUEUE_READY : VIRTIO_MMIO_STATUS, 0);
	return vm_scheme() == VM_SHARES_BY_WINDOW;
}
