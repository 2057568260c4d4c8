/*
 * The small guest's disk driver: virtio-mmio, one request at a time, and the command that uses it. All that the device
 * reaches is in one place, whole granules, so that it can be shared as it is.
 * Source: Virtual I/O Device (VIRTIO) 1.2, "MMIO-specific Initialization And Device Operation", "Block Device".
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "abi/virtio.h"
#include "arch/cpu.h"
#include "guests/small/small.h"
#include "lib/memory.h"

#define QUEUE_NUM	8
#define TEST_SECTORS	8
#define DATA_BYTES	(TEST_SECTORS * VIRTIO_BLOCK_SECTOR_BYTES)
/* Data are cut in two where no sector ends. */
#define CUT		1000
#define FEATURES	(VIRTIO_F_VERSION_1 | VIRTIO_F_ACCESS_PLATFORM)

/* Start and prime of FNV-1a for 64 bits. */
#define CHECKSUM_START	0xcbf29ce484222325ull
#define CHECKSUM_PRIME	0x100000001b3ull

struct shared {
	struct virtio_descriptor descriptors[QUEUE_NUM];
	struct {
		uint16_t flags, index, heads[QUEUE_NUM];
	} driver;
	struct {
		uint16_t flags, index;
		struct virtio_used elements[QUEUE_NUM];
	} device;
	struct virtio_block_request request;
	uint8_t status;
	uint8_t data[DATA_BYTES];
};
static ALIGNED(4096) struct shared shared;

static uintptr_t base;			/* of the transport */
static uint64_t alias;			/* the device is told all addresses with it */
static volatile uint32_t interrupt_count;

static uint32_t get(uintptr_t offset)
{
	return mmio_read32(base + offset);
}

static void set(uintptr_t offset, uint32_t value)
{
	mmio_write32(base + offset, value);
}

void virtio_interrupt(void)
{
	set(VIRTIO_MMIO_INTERRUPT_ACK, get(VIRTIO_MMIO_INTERRUPT_STATUS));
	interrupt_count++;
}

static bool disk_find(void)
{
	for (unsigned slot = 0; slot < VIRTIO_MMIO_COUNT; slot++) {
		base = VIRTIO_MMIO_BASE + (uintptr_t)slot * VIRTIO_MMIO_STRIDE;
		if (get(VIRTIO_MMIO_MAGIC) == VIRTIO_MMIO_MAGIC_VALUE &&
		    get(VIRTIO_MMIO_VERSION) == VIRTIO_MMIO_VERSION_VALUE &&
		    get(VIRTIO_MMIO_DEVICE_ID) == VIRTIO_ID_BLOCK) {
			gic_spi_enable(VIRTIO_MMIO_INTID + slot);
			return true;
		}
	}
	print("disk: no block device\n");
	return false;
}

static void address_set(uintptr_t low, const void *at)
{
	uint64_t address = (uintptr_t)at | alias;

	set(low, (uint32_t)address);
	set(low + 4, (uint32_t)(address >> 32));
}

/* Reset, features, queue: from any state to one where requests are served. */
static bool disk_start(void)
{
	uint32_t status = VIRTIO_STATUS_ACKNOWLEDGE | VIRTIO_STATUS_DRIVER;

	memset(&shared, 0, sizeof(shared));
	set(VIRTIO_MMIO_STATUS, 0);
	set(VIRTIO_MMIO_STATUS, status);
	for (uint32_t i = 0; i < 2; i++) {
		set(VIRTIO_MMIO_DRIVER_FEATURES_SEL, i);
		set(VIRTIO_MMIO_DRIVER_FEATURES, (uint32_t)(FEATURES >> (32 * i)));
	}
	status |= VIRTIO_STATUS_FEATURES_OK;
	set(VIRTIO_MMIO_STATUS, status);
	set(VIRTIO_MMIO_QUEUE_SEL, 0);
	set(VIRTIO_MMIO_QUEUE_NUM, QUEUE_NUM);
	address_set(VIRTIO_MMIO_QUEUE_DESC_LOW, shared.descriptors);
	address_set(VIRTIO_MMIO_QUEUE_DRIVER_LOW, &shared.driver);
	address_set(VIRTIO_MMIO_QUEUE_DEVICE_LOW, &shared.device);
	set(VIRTIO_MMIO_QUEUE_READY, 1);
	set(VIRTIO_MMIO_STATUS, status | VIRTIO_STATUS_DRIVER_OK);
	if (get(VIRTIO_MMIO_STATUS) == (status | VIRTIO_STATUS_DRIVER_OK))
		return true;
	print("disk: status 0x%x after set-up\n", get(VIRTIO_MMIO_STATUS));
	return false;
}

/* One more in the chain, if there is something in it. */
static void descriptor_add(uint16_t *count, void *at, uint32_t bytes, unsigned flags)
{
	if (bytes == 0)
		return;
	shared.descriptors[*count] = (struct virtio_descriptor){
		.address = (uintptr_t)at | alias, .bytes = bytes, .flags = (uint16_t)flags,
		.next = (uint16_t)(*count + 1),
	};
	(*count)++;
}

/* Serve one request over the first @bytes of shared.data; sleep until its interrupt. False, and said, if it failed. */
static bool request_run(uint32_t type, uint64_t sector, uint32_t bytes)
{
	unsigned data = VIRTIO_DESC_NEXT | (type == VIRTIO_BLOCK_OUT ? 0 : VIRTIO_DESC_WRITE);
	uint32_t cut = bytes < CUT ? bytes : CUT, before = interrupt_count;
	uint16_t count = 0;

	shared.request = (struct virtio_block_request){ .type = type, .sector = sector };
	shared.status = 0xff;
	descriptor_add(&count, &shared.request, sizeof(shared.request), VIRTIO_DESC_NEXT);
	descriptor_add(&count, shared.data, cut, data);
	descriptor_add(&count, shared.data + cut, bytes - cut, data);
	descriptor_add(&count, &shared.status, sizeof(shared.status), VIRTIO_DESC_WRITE);
	shared.driver.heads[shared.driver.index % QUEUE_NUM] = 0;
	/* The chain first, then the index that promises it, then the word to the device. */
	dmb_ish();
	shared.driver.index++;
	dsb_ish();
	set(VIRTIO_MMIO_QUEUE_NOTIFY, 0);
	cpu_wait(&interrupt_count, before);
	dmb_ish();
	if (shared.status == VIRTIO_BLOCK_OK && shared.device.index == shared.driver.index)
		return true;
	print("disk: request %u at sector %lu: status %u, device at %u of %u, device status 0x%x\n", type, sector,
	      shared.status, shared.device.index, shared.driver.index, get(VIRTIO_MMIO_STATUS));
	return false;
}

static uint64_t checksum_add(uint64_t checksum)
{
	for (unsigned i = 0; i < DATA_BYTES; i++)
		checksum = (checksum ^ shared.data[i]) * CHECKSUM_PRIME;
	return checksum;
}

static bool part_write(uint64_t seed, uint64_t sector, uint64_t *checksum)
{
	for (uint64_t i = 0; i < DATA_BYTES; i++)
		shared.data[i] = (uint8_t)(seed + 31 * sector + 7 * i + (i >> 8));
	*checksum = checksum_add(*checksum);
	return request_run(VIRTIO_BLOCK_OUT, sector, DATA_BYTES);
}

static bool part_read(uint64_t sector, uint64_t *checksum)
{
	/* What was in the buffer is not what comes from the disk. */
	memset(shared.data, 0x55, sizeof(shared.data));
	if (!request_run(VIRTIO_BLOCK_IN, sector, DATA_BYTES))
		return false;
	*checksum = checksum_add(*checksum);
	return true;
}

/* Start, middle and end of the disk: what they hold, a pattern into them, and what a new driver finds there. */
static bool parts_try(uint64_t seed, uint64_t sectors, uint64_t *held, uint64_t *written, uint64_t *found)
{
	const uint64_t parts[] = { 0, sectors / 2 - 3, sectors - TEST_SECTORS };

	for (unsigned i = 0; i < ARRAY_COUNT(parts); i++) {
		if (!part_read(parts[i], held))
			return false;
	}
	for (unsigned i = 0; i < ARRAY_COUNT(parts); i++) {
		if (!part_write(seed, parts[i], written))
			return false;
	}
	if (!request_run(VIRTIO_BLOCK_FLUSH, 0, 0) || !disk_start())
		return false;
	for (unsigned i = 0; i < ARRAY_COUNT(parts); i++) {
		if (!part_read(parts[i], found))
			return false;
	}
	return true;
}

void command_disk(const struct words *words)
{
	uint64_t held = CHECKSUM_START, written = CHECKSUM_START, found = CHECKSUM_START;
	char name[VIRTIO_BLOCK_ID_BYTES + 1] = "";

	alias = words->number[2];
	if (!disk_find() || !disk_start() || !request_run(VIRTIO_BLOCK_GET_ID, 0, VIRTIO_BLOCK_ID_BYTES))
		return;
	memcpy(name, shared.data, VIRTIO_BLOCK_ID_BYTES);
	uint64_t sectors = get(VIRTIO_MMIO_CONFIG) | (uint64_t)get(VIRTIO_MMIO_CONFIG + 4) << 32;

	if (!parts_try(words->number[1], sectors, &held, &written, &found))
		return;
	print("disk: %s, %lu sectors, held 0x%lx, wrote 0x%lx, read 0x%lx: %s\n", name, sectors, held, written, found,
	      found == written ? "ok" : "they differ");
}
