/*
 * The box's virtio disk: what each request does, however the driver cut it, and what it refuses.
 * Links: box/virtio_mmio.c box/virtio_block.c box/virtio_console.c box/virtqueue.c box/window.c box/bus.c box/pl031.c
 * Links: box/pl011.c box/gicd.c box/console.c lib/print.c
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "tests/unit/box_window.h"

#define SLOT		VIRTIO_SLOT_BLOCK
#define SECTOR		VIRTIO_BLOCK_SECTOR_BYTES
#define SECTOR_COUNT	4096u

static int setup(void **state)
{
	window_setup(state);
	for (size_t i = 0; i < sizeof(vm.disk); i++)
		vm.disk[i] = (uint8_t)(i * 5 + (i >> 9));
	driver_begin(SLOT);
	return 0;
}

static void head_set(uint32_t type, uint64_t sector)
{
	struct virtio_block_request head = { .type = type, .reserved = 0xdeadbeef, .sector = sector };

	memcpy(&vm.ram[HEAD], &head, sizeof(head));
	vm.ram[STATUS] = 0xff;
}

static void serve(void)
{
	uint16_t before = used_index(0);

	offer(0, 0);
	kick(SLOT, 0);
	assert_int_equal((uint16_t)(used_index(0) - before), 1);
	assert_int_equal(get(SLOT, VIRTIO_MMIO_STATUS), LIVE_STATUS);
}

/* One request over @bytes at DATA; returns its status, @used receives the used length. */
static uint8_t request(uint32_t type, uint64_t sector, uint32_t bytes, uint32_t *used)
{
	unsigned data = VIRTIO_DESC_NEXT | (type == VIRTIO_BLOCK_OUT ? 0 : VIRTIO_DESC_WRITE);

	head_set(type, sector);
	describe(0, 0, AT(HEAD), sizeof(struct virtio_block_request), VIRTIO_DESC_NEXT, 1);
	describe(0, 1, AT(DATA), bytes, data, 2);
	describe(0, 2, AT(STATUS), 1, VIRTIO_DESC_WRITE, 0);
	serve();
	*used = used_last(0).bytes;
	return vm.ram[STATUS];
}

static void what_is_written_is_read_and_the_rest_stays(void **state)
{
	static uint8_t before[BOX_DISK_BYTES];
	uint32_t used;

	(void)state;
	memcpy(before, vm.disk, sizeof(before));
	for (unsigned i = 0; i < 4 * SECTOR; i++)
		vm.ram[DATA + i] = (uint8_t)~(i * 3);
	assert_int_equal(request(VIRTIO_BLOCK_OUT, 9, 4 * SECTOR, &used), VIRTIO_BLOCK_OK);
	assert_int_equal(used, 1);
	for (unsigned i = 0; i < 4 * SECTOR; i++)
		before[9 * SECTOR + i] = (uint8_t)~(i * 3);
	assert_memory_equal(vm.disk, before, sizeof(before));
	memset(&vm.ram[DATA], 0, 4 * SECTOR);
	assert_int_equal(request(VIRTIO_BLOCK_IN, 8, 6 * SECTOR, &used), VIRTIO_BLOCK_OK);
	assert_int_equal(used, 6 * SECTOR + 1);
	assert_memory_equal(&vm.ram[DATA], &before[8 * SECTOR], 6 * SECTOR);
	assert_int_equal(vm.ram[DATA + 6 * SECTOR], 0);
}

static void the_last_sector_is_there_and_none_behind_it(void **state)
{
	static const struct {
		uint64_t sector;
		uint32_t bytes;
		uint8_t status;
	} tries[] = {
		{ SECTOR_COUNT - 1, SECTOR, VIRTIO_BLOCK_OK }, { SECTOR_COUNT - 1, 2 * SECTOR, VIRTIO_BLOCK_ERROR },
		{ SECTOR_COUNT, SECTOR, VIRTIO_BLOCK_ERROR }, { SECTOR_COUNT + 1, SECTOR, VIRTIO_BLOCK_ERROR },
		{ UINT64_MAX, SECTOR, VIRTIO_BLOCK_ERROR }, { 1ull << 55, SECTOR, VIRTIO_BLOCK_ERROR },
		{ (1ull << 55) - 1, 2 * SECTOR, VIRTIO_BLOCK_ERROR }, { 0, SECTOR - 1, VIRTIO_BLOCK_ERROR },
		{ 0, SECTOR + 1, VIRTIO_BLOCK_ERROR }, { 0, 1, VIRTIO_BLOCK_ERROR },
	};
	static uint8_t before[BOX_DISK_BYTES];
	uint32_t used;

	(void)state;
	memset(&vm.ram[DATA], 0xa5, 2 * SECTOR);
	memcpy(before, vm.disk, sizeof(before));
	for (size_t i = 0; i < ARRAY_COUNT(tries); i++) {
		bool is_good = tries[i].status == VIRTIO_BLOCK_OK;

		assert_int_equal(request(VIRTIO_BLOCK_IN, tries[i].sector, tries[i].bytes, &used), tries[i].status);
		assert_int_equal(used, is_good ? tries[i].bytes + 1 : 0);
		assert_int_equal(vm.ram[DATA], is_good ? before[tries[i].sector * SECTOR] : 0xa5);
		memset(&vm.ram[DATA], 0xa5, 2 * SECTOR);
		assert_int_equal(request(VIRTIO_BLOCK_OUT, tries[i].sector, tries[i].bytes, &used), tries[i].status);
		if (is_good)
			memcpy(&vm.disk[tries[i].sector * SECTOR], &before[tries[i].sector * SECTOR], tries[i].bytes);
		assert_memory_equal(vm.disk, before, sizeof(before));
	}
}

/* Head, data and status as one stream each way, cut at every place there is. */
static void a_request_may_be_cut_anywhere(void **state)
{
	(void)state;
	for (uint32_t cut = 1; cut < sizeof(struct virtio_block_request) + SECTOR; cut++) {
		uint32_t all = sizeof(struct virtio_block_request) + SECTOR;

		head_set(VIRTIO_BLOCK_OUT, 3);
		memset(&vm.ram[HEAD + sizeof(struct virtio_block_request)], (int)(cut & 0xff), SECTOR);
		vm.ram[DATA] = 0xff;
		describe(0, 0, AT(HEAD), cut, VIRTIO_DESC_NEXT, 7);
		describe(0, 7, AT(HEAD + cut), all - cut, VIRTIO_DESC_NEXT, 5);
		describe(0, 5, AT(DATA), 1, VIRTIO_DESC_WRITE, 0);
		serve();
		assert_int_equal(vm.ram[DATA], VIRTIO_BLOCK_OK);
		for (unsigned i = 0; i < SECTOR; i++)
			assert_int_equal(vm.disk[3 * SECTOR + i], cut & 0xff);
		assert_int_equal(vm.disk[4 * SECTOR], (uint8_t)(4 * SECTOR * 5 + 4));
	}
	for (uint32_t cut = 1; cut <= SECTOR; cut++) {
		head_set(VIRTIO_BLOCK_IN, 2);
		memset(&vm.ram[DATA], 0xff, SECTOR + 2);
		describe(0, 0, AT(HEAD), sizeof(struct virtio_block_request), VIRTIO_DESC_NEXT, 1);
		describe(0, 1, AT(DATA), cut, VIRTIO_DESC_NEXT | VIRTIO_DESC_WRITE, 2);
		describe(0, 2, AT(DATA + cut), SECTOR + 1 - cut, VIRTIO_DESC_WRITE, 0);
		serve();
		assert_int_equal(used_last(0).bytes, SECTOR + 1);
		assert_memory_equal(&vm.ram[DATA], &vm.disk[2 * SECTOR], SECTOR);
		assert_int_equal(vm.ram[DATA + SECTOR], VIRTIO_BLOCK_OK);
		assert_int_equal(vm.ram[DATA + SECTOR + 1], 0xff);
	}
}

static void the_longest_chain_is_served(void **state)
{
	(void)state;
	head_set(VIRTIO_BLOCK_IN, 0);
	describe(0, 0, AT(HEAD), sizeof(struct virtio_block_request), VIRTIO_DESC_NEXT, 1);
	/* Empty segments count as any other. */
	for (unsigned i = 1; i < NUM - 1; i++)
		describe(0, i, AT(DATA), 0, VIRTIO_DESC_NEXT | VIRTIO_DESC_WRITE, i + 1);
	describe(0, NUM - 1, AT(DATA), SECTOR + 1, VIRTIO_DESC_WRITE, 0);
	serve();
	assert_memory_equal(&vm.ram[DATA], vm.disk, SECTOR);
	assert_int_equal(vm.ram[DATA + SECTOR], VIRTIO_BLOCK_OK);
}

static void the_disk_has_a_name_and_nothing_to_flush(void **state)
{
	static const char name[20] = "redoubt-memory";
	uint32_t used;

	(void)state;
	memset(&vm.ram[DATA], 0xff, 64);
	assert_int_equal(request(VIRTIO_BLOCK_GET_ID, 0, 20, &used), VIRTIO_BLOCK_OK);
	assert_memory_equal(&vm.ram[DATA], name, sizeof(name));
	assert_int_equal(vm.ram[DATA + 20], 0xff);
	assert_int_equal(used, 21);
	assert_int_equal(request(VIRTIO_BLOCK_GET_ID, 0, 32, &used), VIRTIO_BLOCK_OK);
	assert_int_equal(used, 20);
	assert_int_equal(request(VIRTIO_BLOCK_GET_ID, 0, 19, &used), VIRTIO_BLOCK_ERROR);
	assert_int_equal(request(VIRTIO_BLOCK_FLUSH, 0, 0, &used), VIRTIO_BLOCK_OK);
	assert_int_equal(used, 1);
}

static void other_requests_are_unsupported(void **state)
{
	static const uint32_t types[] = { 2, 3, 5, 7, 9, 10, 11, 13, 14, 15, 26, 0x80000000, 0xffffffff };
	static uint8_t before[BOX_DISK_BYTES];
	uint32_t used;

	(void)state;
	memcpy(before, vm.disk, sizeof(before));
	for (size_t i = 0; i < ARRAY_COUNT(types); i++)
		assert_int_equal(request(types[i], 0, SECTOR, &used), VIRTIO_BLOCK_UNSUPPORTED);
	assert_memory_equal(vm.disk, before, sizeof(before));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST_FROM(setup, what_is_written_is_read_and_the_rest_stays),
		TEST_FROM(setup, the_last_sector_is_there_and_none_behind_it),
		TEST_FROM(setup, a_request_may_be_cut_anywhere),
		TEST_FROM(setup, the_longest_chain_is_served),
		TEST_FROM(setup, the_disk_has_a_name_and_nothing_to_flush),
		TEST_FROM(setup, other_requests_are_unsupported),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
