/*
 * The VM's memory as the box sees it through the window, and a virtio driver in it, for unit tests. Any page may be
 * gone, any copy may abort in its middle, and what was read may be changed at once. Included by one test each.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#ifndef TESTS_UNIT_BOX_WINDOW_H
#define TESTS_UNIT_BOX_WINDOW_H

#include "tests/unit/box_fake.h"
#include "abi/virtio.h"
#include "box/bus.h"
#include "box/gicd.h"
#include "box/gicd_registers.h"
#include "box/mmu.h"
#include "box/pl011.h"
#include "box/virtio_block.h"
#include "box/virtio_mmio.h"
#include "box/window.h"
#include "lib/vmplan.h"

#define RAM_BYTES	0x10000u
#define PAGE		0x1000u
#define UPPER		(1ull << 39)
#define AT(offset)	(VM_RAM_BASE + (uint64_t)(offset))

/* Where the driver keeps things: a page a queue, then buffers. */
#define DESCRIPTORS(queue)	((queue) * PAGE)
#define DRIVER_AREA(queue)	((queue) * PAGE + 0x400)
#define DEVICE_AREA(queue)	((queue) * PAGE + 0x600)
#define HEAD		0x4000u
#define STATUS		0x4100u
#define DATA		0x5000u

#define NUM		64u
#define LIVE_STATUS	(VIRTIO_STATUS_ACKNOWLEDGE | VIRTIO_STATUS_DRIVER | VIRTIO_STATUS_FEATURES_OK | \
			 VIRTIO_STATUS_DRIVER_OK)

static struct {
	uint8_t ram[RAM_BYTES];
	bool is_gone[RAM_BYTES / PAGE];
	unsigned copies;		/* so far */
	unsigned abort_at;		/* the copy of that number aborts; 0: none */
	void (*on_read)(uint64_t offset, size_t bytes);	/* after the box has read that */
	uint64_t alias;			/* the driver puts it in every address */
	uint16_t offered[2];		/* index of each queue's driver area */
	uint8_t disk[BOX_DISK_BYTES];
} vm;

/* Bytes up to the first that is gone. */
static inline size_t bytes_there(uint64_t offset, size_t bytes)
{
	size_t count = 0;

	while (count < bytes && !vm.is_gone[(offset + count) / PAGE])
		count++;
	return count;
}

bool window_copy(void *to, const void *from, size_t bytes)
{
	uintptr_t first = (uintptr_t)(MMU_WINDOW + VM_RAM_BASE), end = first + RAM_BYTES;
	bool is_read = (uintptr_t)from >= first && (uintptr_t)from < end;
	uint64_t offset = (is_read ? (uintptr_t)from : (uintptr_t)to) - first;

	/* Whoever asks has looked that all of it is in RAM. */
	if (offset > RAM_BYTES || bytes > RAM_BYTES - offset)
		fail_msg("the box copies %zu bytes at 0x%llx of the VM's RAM", bytes, (unsigned long long)offset);
	vm.copies++;
	size_t there = bytes_there(offset, bytes);

	if (vm.copies == vm.abort_at)
		there = bytes / 2;
	memcpy(is_read ? to : &vm.ram[offset], is_read ? &vm.ram[offset] : from, there);
	if (is_read && vm.on_read != NULL)
		vm.on_read(offset, bytes);
	return there == bytes;
}

static inline int window_setup(void **state)
{
	(void)state;
	memset(&fake, 0, sizeof(fake));
	memset(&vm, 0, sizeof(vm));
	fake.now = 1;
	console_init(&fake.page);
	gicd_init(1);
	gicd_write(GICD_CTLR, 4, GICD_CTLR_GROUP1);
	gicd_write(GICD_ISENABLER + 4, 4, ~0u);
	pl011_init();
	window_init(RAM_BYTES);
	virtio_block_init(vm.disk);
	virtio_mmio_init();
	return 0;
}

/* Accesses of the VM, as the bus gets them. */
static inline uint64_t wide_get(unsigned slot, uint64_t offset, unsigned bytes)
{
	struct hvc_exit exit = { BOX_EXIT_MMIO, VIRTIO_MMIO_BASE + slot * VIRTIO_MMIO_STRIDE + offset, bytes, 0 };
	uint64_t value = 0x5555;

	assert_int_equal(bus_access(&exit, &value), BOX_ANSWER_DONE);
	assert_int_equal(fake_locks_held, 0);
	return value;
}

static inline void wide_set(unsigned slot, uint64_t offset, unsigned bytes, uint64_t value)
{
	struct hvc_exit exit = { BOX_EXIT_MMIO, VIRTIO_MMIO_BASE + slot * VIRTIO_MMIO_STRIDE + offset,
				 bytes | BOX_ACCESS_WRITE, value };
	uint64_t ignored;

	assert_int_equal(bus_access(&exit, &ignored), BOX_ANSWER_DONE);
	assert_int_equal(fake_locks_held, 0);
}

static inline uint32_t get(unsigned slot, uint64_t offset)
{
	return (uint32_t)wide_get(slot, offset, 4);
}

static inline void set(unsigned slot, uint64_t offset, uint32_t value)
{
	wide_set(slot, offset, 4, value);
}

static inline void half_set(unsigned slot, uint64_t offset, uint64_t value)
{
	set(slot, offset, (uint32_t)value);
	set(slot, offset + 4, (uint32_t)(value >> 32));
}

static inline void ram16_set(uint64_t offset, uint16_t value)
{
	memcpy(&vm.ram[offset], &value, sizeof(value));
}

static inline uint16_t ram16(uint64_t offset)
{
	uint16_t value;

	memcpy(&value, &vm.ram[offset], sizeof(value));
	return value;
}

/* Reset, and features up to FEATURES_OK. */
static inline void driver_negotiate(unsigned slot, uint64_t features)
{
	set(slot, VIRTIO_MMIO_STATUS, 0);
	set(slot, VIRTIO_MMIO_STATUS, VIRTIO_STATUS_ACKNOWLEDGE);
	set(slot, VIRTIO_MMIO_STATUS, VIRTIO_STATUS_ACKNOWLEDGE | VIRTIO_STATUS_DRIVER);
	for (uint32_t i = 0; i < 2; i++) {
		set(slot, VIRTIO_MMIO_DRIVER_FEATURES_SEL, i);
		set(slot, VIRTIO_MMIO_DRIVER_FEATURES, (uint32_t)(features >> (32 * i)));
	}
	set(slot, VIRTIO_MMIO_STATUS, LIVE_STATUS & ~VIRTIO_STATUS_DRIVER_OK);
}

static inline void queue_begin(unsigned slot, uint32_t queue, uint32_t num)
{
	memset(&vm.ram[queue * PAGE], 0, PAGE);
	vm.offered[queue] = 0;
	set(slot, VIRTIO_MMIO_QUEUE_SEL, queue);
	set(slot, VIRTIO_MMIO_QUEUE_NUM, num);
	half_set(slot, VIRTIO_MMIO_QUEUE_DESC_LOW, AT(DESCRIPTORS(queue)) | vm.alias);
	half_set(slot, VIRTIO_MMIO_QUEUE_DRIVER_LOW, AT(DRIVER_AREA(queue)) | vm.alias);
	half_set(slot, VIRTIO_MMIO_QUEUE_DEVICE_LOW, AT(DEVICE_AREA(queue)) | vm.alias);
	set(slot, VIRTIO_MMIO_QUEUE_READY, 1);
}

/* The whole start of a driver. */
static inline void driver_begin(unsigned slot)
{
	driver_negotiate(slot, VIRTIO_F_VERSION_1 | VIRTIO_F_ACCESS_PLATFORM);
	queue_begin(slot, 0, NUM);
	if (slot == VIRTIO_SLOT_CONSOLE)
		queue_begin(slot, 1, NUM);
	set(slot, VIRTIO_MMIO_STATUS, LIVE_STATUS);
	assert_int_equal(get(slot, VIRTIO_MMIO_STATUS), LIVE_STATUS);
}

static inline void describe(unsigned queue, unsigned index, uint64_t address, uint32_t bytes, unsigned flags,
			    unsigned next)
{
	struct virtio_descriptor descriptor = { .address = address, .bytes = bytes, .flags = (uint16_t)flags,
						.next = (uint16_t)next };

	memcpy(&vm.ram[DESCRIPTORS(queue) + index * sizeof(descriptor)], &descriptor, sizeof(descriptor));
}

/* A chain head into the ring, without telling the device. */
static inline void offer(unsigned queue, unsigned head)
{
	ram16_set(DRIVER_AREA(queue) + VIRTIO_RING_ELEMENTS + 2ull * (vm.offered[queue] % NUM), (uint16_t)head);
	ram16_set(DRIVER_AREA(queue) + VIRTIO_RING_INDEX, ++vm.offered[queue]);
}

static inline void kick(unsigned slot, unsigned queue)
{
	set(slot, VIRTIO_MMIO_QUEUE_NOTIFY, queue);
}

static inline uint16_t used_index(unsigned queue)
{
	return ram16(DEVICE_AREA(queue) + VIRTIO_RING_INDEX);
}

/* The element that the device wrote last. */
static inline struct virtio_used used_last(unsigned queue)
{
	struct virtio_used used;
	unsigned last = (uint16_t)(used_index(queue) - 1) % NUM;

	memcpy(&used, &vm.ram[DEVICE_AREA(queue) + VIRTIO_RING_ELEMENTS + last * sizeof(used)], sizeof(used));
	return used;
}

static inline bool line_is_high(unsigned slot)
{
	return fake.level[0][VIRTIO_MMIO_INTID + slot];
}

/* A device that says NEEDS_RESET, interrupts for it, and has left @words in the log. */
static inline void assert_broken(unsigned slot, const char *words)
{
	char log[CONSOLE_LOG_BYTES + 1] = "";

	memcpy(log, fake.page.log_bytes, sizeof(fake.page.log_bytes));
	if ((get(slot, VIRTIO_MMIO_STATUS) & VIRTIO_STATUS_NEEDS_RESET) == 0 || strstr(log, words) == NULL)
		fail_msg("expected a device that needs a reset and says '%s', found status 0x%x and log:\n%s", words,
			 get(slot, VIRTIO_MMIO_STATUS), log);
}

#endif
