/*
 * Decides which device answers an access, and how a width that the device lacks is met.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "box/bus.h"
#include "abi/box.h"
#include "abi/window.h"
#include "box/console.h"
#include "box/gicd.h"
#include "box/pl011.h"
#include "box/pl031.h"
#include "box/virtio_mmio.h"
#include "lib/spinlock.h"
#include "lib/vmplan.h"

#define DEVICE_BYTES	0x1000
#define LOGGED_MAX	16

/* Addresses without a device that the log names already. */
static struct {
	struct spinlock lock;
	unsigned count;
	uint64_t addresses[LOGGED_MAX];
} logged;

static bool is_new(uint64_t address)
{
	bool result = true;

	spin_lock(&logged.lock);
	for (unsigned i = 0; i < logged.count; i++)
		result = result && logged.addresses[i] != address;
	result = result && logged.count < LOGGED_MAX;
	if (result)
		logged.addresses[logged.count++] = address;
	spin_unlock(&logged.lock);
	return result;
}

static uint64_t nobody(const struct hvc_exit *exit)
{
	if (is_new(exit->address))
		console_log("no device at 0x%lx: the VM's %u-byte %s is aborted", (unsigned long)exit->address,
			    (unsigned)(exit->access & BOX_ACCESS_BYTES),
			    (exit->access & BOX_ACCESS_WRITE) != 0 ? "write" : "read");
	return BOX_ANSWER_ABORT;
}

/* A full console ring is waited for once; then the byte is lost, as on a line without flow control. */
static void uart_write(uint64_t offset, uint32_t value)
{
	if (pl011_write(offset, value))
		return;
	if (console_wait() && pl011_write(offset, value))
		pl011_room_made();
}

/*
 * Devices of 32-bit registers. A narrower read gets its part of the register, a wider one zeros above it;
 * a write must start at the register. Writes carry no more than their width: the rest is cut here.
 */
static void registers_access(const struct hvc_exit *exit, uint64_t offset, uint64_t *value)
{
	uint64_t aligned = offset & ~3ull;
	bool is_rtc = (exit->address & ~(uint64_t)(DEVICE_BYTES - 1)) == VM_RTC_BASE;

	if ((exit->access & BOX_ACCESS_WRITE) == 0) {
		uint32_t word = is_rtc ? pl031_read(aligned) : pl011_read(aligned);

		*value = word >> (8 * (offset & 3));
		return;
	}
	if (offset != aligned)
		return;
	unsigned bytes = (unsigned)(exit->access & BOX_ACCESS_BYTES);
	uint32_t word = (uint32_t)exit->value & (bytes >= 4 ? ~0u : (1u << (8 * bytes)) - 1);

	if (is_rtc)
		pl031_write(aligned, word);
	else
		uart_write(aligned, word);
}

/* Console output that finds the ring full waits as the UART's does, once for each time that the ring is full. */
static void virtio_access(const struct hvc_exit *exit, unsigned bytes, uint64_t *value)
{
	uint64_t offset = exit->address - VIRTIO_MMIO_BASE;
	bool is_done;

	if ((exit->access & BOX_ACCESS_WRITE) == 0) {
		*value = virtio_mmio_read(offset, bytes);
		return;
	}
	is_done = virtio_mmio_write(offset, bytes, exit->value);
	while (!is_done)
		is_done = virtio_mmio_resume(console_wait());
}

uint64_t bus_access(const struct hvc_exit *exit, uint64_t *value)
{
	uint64_t address = exit->address;
	unsigned bytes = (unsigned)(exit->access & BOX_ACCESS_BYTES);

	*value = 0;
	/* UART and RTC are neighbours: one comparison finds both. */
	if (address - VM_UART_BASE < VM_RTC_BASE + DEVICE_BYTES - VM_UART_BASE &&
	    (address & (VM_RTC_BASE - VM_UART_BASE - 1)) < DEVICE_BYTES) {
		registers_access(exit, address & (DEVICE_BYTES - 1), value);
		return BOX_ANSWER_DONE;
	}
	if (address - VM_GICD_BASE < VM_GICD_BYTES && bytes <= 8 && (bytes & (bytes - 1)) == 0 && bytes != 0) {
		if ((exit->access & BOX_ACCESS_WRITE) != 0)
			gicd_write(address - VM_GICD_BASE, bytes, exit->value);
		else
			*value = gicd_read(address - VM_GICD_BASE, bytes);
		return BOX_ANSWER_DONE;
	}
	if (address - VIRTIO_MMIO_BASE < VIRTIO_MMIO_COUNT * VIRTIO_MMIO_STRIDE) {
		virtio_access(exit, bytes, value);
		return BOX_ANSWER_DONE;
	}
	return nobody(exit);
}
