/*
 * The box's virtio transports and queues: what a driver finds, hostile rings, memory that is taken back, resets. The
 * disk stands for every device.
 * Links: box/virtio_mmio.c box/virtio_block.c box/virtio_console.c box/virtqueue.c box/window.c box/bus.c box/pl031.c
 * Links: box/pl011.c box/gicd.c box/console.c lib/print.c
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "tests/unit/box_window.h"

#define SLOT		VIRTIO_SLOT_BLOCK
#define FEATURES	(VIRTIO_F_VERSION_1 | VIRTIO_F_ACCESS_PLATFORM | VIRTIO_BLOCK_F_FLUSH)

/* Chain 0, 1, 2 of queue 0 reads @count sectors from the disk's start to DATA. */
static void read_describe(uint32_t count)
{
	struct virtio_block_request head = { .type = VIRTIO_BLOCK_IN };

	memcpy(&vm.ram[HEAD], &head, sizeof(head));
	vm.ram[STATUS] = 0xff;
	describe(0, 0, AT(HEAD) | vm.alias, sizeof(head), VIRTIO_DESC_NEXT, 1);
	describe(0, 1, AT(DATA) | vm.alias, count * VIRTIO_BLOCK_SECTOR_BYTES, VIRTIO_DESC_NEXT | VIRTIO_DESC_WRITE, 2);
	describe(0, 2, AT(STATUS) | vm.alias, 1, VIRTIO_DESC_WRITE, 0);
}

/* A read is served, and its data are those of the disk. */
static void assert_served(void)
{
	uint16_t before = used_index(0);

	for (size_t i = 0; i < 2 * VIRTIO_BLOCK_SECTOR_BYTES; i++)
		vm.disk[i] = (uint8_t)(i * 7 + 1);
	memset(&vm.ram[DATA], 0, 2 * VIRTIO_BLOCK_SECTOR_BYTES);
	read_describe(2);
	offer(0, 0);
	kick(SLOT, 0);
	assert_int_equal((uint16_t)(used_index(0) - before), 1);
	assert_int_equal(vm.ram[STATUS], VIRTIO_BLOCK_OK);
	assert_memory_equal(&vm.ram[DATA], vm.disk, 2 * VIRTIO_BLOCK_SECTOR_BYTES);
}

static void a_driver_finds_a_disk_and_a_console(void **state)
{
	(void)state;
	for (unsigned slot = 0; slot < VIRTIO_MMIO_COUNT; slot++) {
		static const uint32_t ids[VIRTIO_MMIO_COUNT] = { VIRTIO_ID_BLOCK, VIRTIO_ID_CONSOLE };

		assert_int_equal(get(slot, VIRTIO_MMIO_MAGIC), 0x74726976);
		assert_int_equal(get(slot, VIRTIO_MMIO_VERSION), 2);
		assert_int_equal(get(slot, VIRTIO_MMIO_DEVICE_ID), ids[slot]);
		assert_int_equal(get(slot, VIRTIO_MMIO_VENDOR_ID), 0x54424452);
	}
	for (uint32_t sel = 0; sel < 4; sel++) {
		static const uint32_t disk[] = { 1u << 9, 3, 0, 0 }, console[] = { 0, 3, 0, 0 };

		set(SLOT, VIRTIO_MMIO_DEVICE_FEATURES_SEL, sel);
		set(VIRTIO_SLOT_CONSOLE, VIRTIO_MMIO_DEVICE_FEATURES_SEL, sel);
		assert_int_equal(get(SLOT, VIRTIO_MMIO_DEVICE_FEATURES), disk[sel]);
		assert_int_equal(get(VIRTIO_SLOT_CONSOLE, VIRTIO_MMIO_DEVICE_FEATURES), console[sel]);
	}
	for (uint32_t sel = 0; sel < 4; sel++) {
		set(SLOT, VIRTIO_MMIO_QUEUE_SEL, sel);
		set(VIRTIO_SLOT_CONSOLE, VIRTIO_MMIO_QUEUE_SEL, sel);
		assert_int_equal(get(SLOT, VIRTIO_MMIO_QUEUE_NUM_MAX), sel < 1 ? NUM : 0);
		assert_int_equal(get(VIRTIO_SLOT_CONSOLE, VIRTIO_MMIO_QUEUE_NUM_MAX), sel < 2 ? NUM : 0);
		assert_int_equal(get(SLOT, VIRTIO_MMIO_QUEUE_READY), 0);
	}
	for (uint64_t offset = VIRTIO_MMIO_SHM_LEN_LOW; offset <= VIRTIO_MMIO_SHM_BASE_HIGH; offset += 4)
		assert_int_equal(get(SLOT, offset), ~0u);
	assert_int_equal(get(SLOT, VIRTIO_MMIO_CONFIG_GENERATION), 0);
}

static void an_empty_transport_keeps_nothing(void **state)
{
	(void)state;
	for (unsigned slot = VIRTIO_SLOT_COUNT; slot < VIRTIO_MMIO_COUNT; slot++) {
		for (uint64_t offset = 0; offset < VIRTIO_MMIO_STRIDE; offset += 4)
			set(slot, offset, ~0u);
		for (uint64_t offset = VIRTIO_MMIO_DEVICE_FEATURES; offset < VIRTIO_MMIO_STRIDE; offset += 4)
			assert_int_equal(get(slot, offset), 0);
	}
	assert_int_equal(vm.copies, 0);
}

static void registers_are_accessed_as_words_and_the_configuration_in_any_width(void **state)
{
	(void)state;
	for (unsigned bytes = 0; bytes < 256; bytes++) {
		bool is_word = bytes == 4;

		assert_int_equal(wide_get(SLOT, VIRTIO_MMIO_MAGIC, bytes), is_word ? 0x74726976 : 0);
		wide_set(SLOT, VIRTIO_MMIO_STATUS, bytes, VIRTIO_STATUS_ACKNOWLEDGE);
		assert_int_equal(get(SLOT, VIRTIO_MMIO_STATUS), is_word ? VIRTIO_STATUS_ACKNOWLEDGE : 0);
		set(SLOT, VIRTIO_MMIO_STATUS, 0);
	}
	wide_set(SLOT, VIRTIO_MMIO_STATUS + 1, 4, 0xff);
	assert_int_equal(get(SLOT, VIRTIO_MMIO_STATUS), 0);
	assert_int_equal(wide_get(SLOT, VIRTIO_MMIO_MAGIC + 2, 4), 0);
	assert_int_equal(wide_get(SLOT, VIRTIO_MMIO_CONFIG, 8), 4096);
	assert_int_equal(wide_get(SLOT, VIRTIO_MMIO_CONFIG, 4), 4096);
	assert_int_equal(wide_get(SLOT, VIRTIO_MMIO_CONFIG + 1, 1), 16);
	assert_int_equal(wide_get(SLOT, VIRTIO_MMIO_CONFIG + 7, 255), 0);
	assert_int_equal(wide_get(SLOT, VIRTIO_MMIO_CONFIG + 8, 4), 0);
	assert_int_equal(wide_get(SLOT, VIRTIO_MMIO_STRIDE - 1, 8), 0);
	wide_set(SLOT, VIRTIO_MMIO_CONFIG, 4, 1);
	assert_int_equal(wide_get(SLOT, VIRTIO_MMIO_CONFIG, 4), 4096);
}

static void features_that_were_not_offered_are_refused(void **state)
{
	static const uint64_t bad[] = { 0, VIRTIO_F_ACCESS_PLATFORM, FEATURES | 1ull << 28, FEATURES | 1ull << 29,
					FEATURES | 1ull << 34, FEATURES | 1ull << 63, FEATURES | 1 };

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(bad); i++) {
		driver_negotiate(SLOT, bad[i]);
		set(SLOT, VIRTIO_MMIO_STATUS, LIVE_STATUS);
		assert_int_equal(get(SLOT, VIRTIO_MMIO_STATUS), VIRTIO_STATUS_ACKNOWLEDGE | VIRTIO_STATUS_DRIVER);
	}
	driver_negotiate(SLOT, FEATURES);
	/* Once they are agreed on, they stay. */
	set(SLOT, VIRTIO_MMIO_DRIVER_FEATURES_SEL, 1);
	set(SLOT, VIRTIO_MMIO_DRIVER_FEATURES, 0);
	set(SLOT, VIRTIO_MMIO_STATUS, LIVE_STATUS);
	assert_int_equal(get(SLOT, VIRTIO_MMIO_STATUS), LIVE_STATUS);
	/* No driver sets what is the device's to say. */
	set(SLOT, VIRTIO_MMIO_STATUS, 0xffffffff);
	assert_int_equal(get(SLOT, VIRTIO_MMIO_STATUS), LIVE_STATUS | VIRTIO_STATUS_FAILED);
}

static void a_request_is_served_and_its_interrupt_stays_until_it_is_acknowledged(void **state)
{
	(void)state;
	driver_begin(SLOT);
	assert_served();
	assert_int_equal(used_last(0).id, 0);
	assert_int_equal(used_last(0).bytes, 2 * VIRTIO_BLOCK_SECTOR_BYTES + 1);
	assert_int_equal(get(SLOT, VIRTIO_MMIO_INTERRUPT_STATUS), VIRTIO_INTERRUPT_USED);
	assert_true(line_is_high(SLOT));
	assert_false(line_is_high(VIRTIO_SLOT_CONSOLE));
	set(SLOT, VIRTIO_MMIO_INTERRUPT_ACK, VIRTIO_INTERRUPT_CONFIG);
	assert_true(line_is_high(SLOT));
	set(SLOT, VIRTIO_MMIO_INTERRUPT_ACK, VIRTIO_INTERRUPT_USED);
	assert_false(line_is_high(SLOT));
	assert_int_equal(get(SLOT, VIRTIO_MMIO_INTERRUPT_STATUS), 0);
	ram16_set(DRIVER_AREA(0) + VIRTIO_RING_FLAGS, VIRTIO_DRIVER_NO_INTERRUPT);
	assert_served();
	assert_false(line_is_high(SLOT));
}

static void the_upper_half_is_the_same_memory(void **state)
{
	(void)state;
	vm.alias = UPPER;
	driver_begin(SLOT);
	assert_served();
}

static void nothing_is_read_before_driver_ok_or_while_the_queue_is_not_ready(void **state)
{
	(void)state;
	driver_negotiate(SLOT, FEATURES);
	queue_begin(SLOT, 0, NUM);
	read_describe(1);
	offer(0, 0);
	kick(SLOT, 0);
	assert_int_equal(vm.copies, 0);
	set(SLOT, VIRTIO_MMIO_STATUS, LIVE_STATUS);
	set(SLOT, VIRTIO_MMIO_QUEUE_READY, 0);
	assert_int_equal(get(SLOT, VIRTIO_MMIO_QUEUE_READY), 0);
	kick(SLOT, 0);
	kick(SLOT, 1);
	kick(SLOT, 0xffffffff);
	assert_int_equal(vm.copies, 0);
	set(SLOT, VIRTIO_MMIO_QUEUE_READY, 1);
	kick(SLOT, 0);
	assert_int_equal(used_index(0), 1);
	/* Where a queue is stays as long as it is ready. */
	half_set(SLOT, VIRTIO_MMIO_QUEUE_DEVICE_LOW, 0);
	set(SLOT, VIRTIO_MMIO_QUEUE_NUM, 3);
	assert_served();
}

static void a_queue_that_is_not_in_ram_or_has_an_odd_size_is_refused(void **state)
{
	static const struct {
		uint64_t offset, value;
	} bad[] = {
		{ VIRTIO_MMIO_QUEUE_DESC_LOW, AT(RAM_BYTES - 1008) }, { VIRTIO_MMIO_QUEUE_DESC_LOW, AT(8) },
		{ VIRTIO_MMIO_QUEUE_DESC_LOW, 0 }, { VIRTIO_MMIO_QUEUE_DESC_LOW, AT(0) | 1ull << 40 },
		{ VIRTIO_MMIO_QUEUE_DESC_LOW, 0xfffffffffffffff0 }, { VIRTIO_MMIO_QUEUE_DRIVER_LOW, AT(1) },
		{ VIRTIO_MMIO_QUEUE_DRIVER_LOW, AT(RAM_BYTES - 132) }, { VIRTIO_MMIO_QUEUE_DRIVER_LOW, AT(0) - 2 },
		{ VIRTIO_MMIO_QUEUE_DEVICE_LOW, AT(2) }, { VIRTIO_MMIO_QUEUE_DEVICE_LOW, AT(RAM_BYTES - 516) },
		{ VIRTIO_MMIO_QUEUE_DEVICE_LOW, AT(0) | 1ull << 63 },
	};
	static const uint32_t sizes[] = { 0, 3, 63, 128, 1024, 0x10040, 0x80000000, 0xffffffff };

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(bad); i++) {
		window_setup(state);
		driver_begin(SLOT);
		set(SLOT, VIRTIO_MMIO_QUEUE_READY, 0);
		half_set(SLOT, bad[i].offset, bad[i].value);
		set(SLOT, VIRTIO_MMIO_QUEUE_READY, 1);
		assert_int_equal(get(SLOT, VIRTIO_MMIO_QUEUE_READY), 0);
		assert_broken(SLOT, "outside the VM's RAM, or not aligned");
		assert_int_equal(get(SLOT, VIRTIO_MMIO_INTERRUPT_STATUS), VIRTIO_INTERRUPT_CONFIG);
		assert_true(line_is_high(SLOT));
	}
	for (size_t i = 0; i < ARRAY_COUNT(sizes); i++) {
		window_setup(state);
		driver_negotiate(SLOT, FEATURES);
		queue_begin(SLOT, 0, sizes[i]);
		assert_broken(SLOT, "queue 0: its size is no power of two up to 64");
		/* Before DRIVER_OK nobody is interrupted. */
		assert_false(line_is_high(SLOT));
	}
	assert_int_equal(vm.copies, 0);
}

/* What is wrong with a ring: made by a function each. */
static void loop_of_one(void) { describe(0, 0, AT(HEAD), 16, VIRTIO_DESC_NEXT, 0); }
static void loop_of_two(void) { describe(0, 1, AT(DATA), 512, VIRTIO_DESC_NEXT | VIRTIO_DESC_WRITE, 1); }
static void next_outside(void) { describe(0, 0, AT(HEAD), 16, VIRTIO_DESC_NEXT, NUM); }
static void head_outside(void) { ram16_set(DRIVER_AREA(0) + VIRTIO_RING_ELEMENTS, 0xffff); }
static void index_ahead(void) { ram16_set(DRIVER_AREA(0) + VIRTIO_RING_INDEX, NUM + 1); }
static void index_behind(void) { ram16_set(DRIVER_AREA(0) + VIRTIO_RING_INDEX, 0xffff); }
static void buffer_below(void) { describe(0, 1, VM_RAM_BASE - 1, 512, VIRTIO_DESC_NEXT | VIRTIO_DESC_WRITE, 2); }
static void buffer_above(void) { describe(0, 1, AT(RAM_BYTES - 511), 512, VIRTIO_DESC_NEXT | VIRTIO_DESC_WRITE, 2); }
static void buffer_huge(void) { describe(0, 1, AT(DATA), 0xffffffff, VIRTIO_DESC_NEXT | VIRTIO_DESC_WRITE, 2); }
static void buffer_wraps(void) { describe(0, 1, 0 - 256ull, 512, VIRTIO_DESC_NEXT | VIRTIO_DESC_WRITE, 2); }
static void buffer_in_bit_40(void) { describe(0, 1, AT(DATA) | 1ull << 40, 512, 3, 2); }
static void indirect(void) { describe(0, 0, AT(DATA), 16, VIRTIO_DESC_INDIRECT, 0); }
static void read_behind_write(void) { describe(0, 2, AT(STATUS), 1, 0, 0); }
static void head_short(void) { describe(0, 0, AT(HEAD), 15, VIRTIO_DESC_NEXT, 1); }
static void no_status(void) { describe(0, 0, AT(HEAD), 16, 0, 0); }

static void hostile_rings_need_a_reset_and_nothing_else_happens(void **state)
{
	static const struct {
		void (*make)(void);
		const char *words;
	} rings[] = {
		{ loop_of_one, "a chain of more descriptors" }, { loop_of_two, "a chain of more descriptors" },
		{ next_outside, "a descriptor that its table does not have" },
		{ head_outside, "a descriptor that its table does not have" },
		{ index_ahead, "an index ahead" }, { index_behind, "an index ahead" },
		{ buffer_below, "a buffer outside" }, { buffer_above, "a buffer outside" },
		{ buffer_huge, "a buffer outside" }, { buffer_wraps, "a buffer outside" },
		{ buffer_in_bit_40, "a buffer outside" }, { indirect, "an indirect descriptor" },
		{ read_behind_write, "a buffer to be read behind" }, { head_short, "without its head" },
		{ no_status, "its status byte" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(rings); i++) {
		window_setup(state);
		driver_begin(SLOT);
		read_describe(1);
		offer(0, 0);
		rings[i].make();
		kick(SLOT, 0);
		assert_broken(SLOT, rings[i].words);
		assert_int_equal(used_index(0), 0);
		assert_int_equal(get(SLOT, VIRTIO_MMIO_INTERRUPT_STATUS), VIRTIO_INTERRUPT_CONFIG);
		/* It stays like that, whatever the driver writes, */
		unsigned copies = vm.copies;

		set(SLOT, VIRTIO_MMIO_STATUS, LIVE_STATUS);
		kick(SLOT, 0);
		assert_broken(SLOT, rings[i].words);
		assert_int_equal(vm.copies, copies);
		/* until its reset. */
		driver_begin(SLOT);
		assert_false(line_is_high(SLOT));
		assert_served();
	}
}

static void faults_do_not_fill_the_log(void **state)
{
	unsigned lines = 0;

	(void)state;
	for (unsigned i = 0; i < 100; i++) {
		driver_negotiate(SLOT, FEATURES);
		queue_begin(SLOT, 0, 3);
		/* The outer OS reads as fast as it comes. */
		for (; fake.page.log.tail != fake.page.log.head; fake.page.log.tail++)
			lines += fake.page.log_bytes[fake.page.log.tail % CONSOLE_LOG_BYTES] == '\n' ? 1 : 0;
	}
	assert_int_equal(lines, 16);
}

static void memory_that_is_taken_back_at_any_moment_needs_a_reset(void **state)
{
	unsigned abort_at = 1;

	(void)state;
	for (;; abort_at++) {
		window_setup(state);
		driver_begin(SLOT);
		read_describe(2);
		offer(0, 0);
		vm.abort_at = abort_at;
		kick(SLOT, 0);
		if (vm.copies < abort_at)
			break;
		assert_broken(SLOT, "not shared");
		assert_int_equal(vm.copies, abort_at);
		driver_begin(SLOT);
		assert_served();
	}
	/* Index, head, three descriptors, request, data, status, element, index, flags, and index again. */
	assert_int_equal(abort_at, 13);
	assert_int_equal(vm.ram[STATUS], VIRTIO_BLOCK_OK);
}

static void a_page_that_is_not_shared_is_found_in_the_middle_of_a_copy(void **state)
{
	(void)state;
	driver_begin(SLOT);
	read_describe(8);
	describe(0, 1, AT(DATA + 0xc00), 8 * VIRTIO_BLOCK_SECTOR_BYTES, VIRTIO_DESC_NEXT | VIRTIO_DESC_WRITE, 2);
	memset(vm.disk, 0x77, 0x1000);
	vm.is_gone[(DATA + 0x1000) / PAGE] = true;
	offer(0, 0);
	kick(SLOT, 0);
	assert_broken(SLOT, "a buffer that is not shared");
	assert_int_equal(vm.ram[STATUS], 0xff);
	assert_int_equal(vm.ram[DATA + 0x1000], 0);
}

static void a_reset_forgets_all_and_touches_no_memory(void **state)
{
	(void)state;
	driver_begin(SLOT);
	assert_served();
	unsigned copies = vm.copies;

	/* The mediator took the rings back before the box sees this write. */
	memset(vm.is_gone, true, sizeof(vm.is_gone));
	set(SLOT, VIRTIO_MMIO_STATUS, 0);
	assert_int_equal(vm.copies, copies);
	assert_int_equal(get(SLOT, VIRTIO_MMIO_STATUS), 0);
	assert_int_equal(get(SLOT, VIRTIO_MMIO_INTERRUPT_STATUS), 0);
	assert_false(line_is_high(SLOT));
	set(SLOT, VIRTIO_MMIO_QUEUE_SEL, 0);
	assert_int_equal(get(SLOT, VIRTIO_MMIO_QUEUE_READY), 0);
	kick(SLOT, 0);
	assert_int_equal(vm.copies, copies);
	memset(vm.is_gone, false, sizeof(vm.is_gone));
	driver_begin(SLOT);
	assert_served();
}

/* Whatever the box has read of descriptors and request is changed at once: a second look would find it hostile. */
static void scribble(uint64_t offset, size_t bytes)
{
	if (offset < DRIVER_AREA(0) || (offset >= HEAD && offset < STATUS))
		memset(&vm.ram[offset], 0xff, bytes);
}

static void nothing_is_read_twice(void **state)
{
	(void)state;
	driver_begin(SLOT);
	vm.on_read = scribble;
	assert_served();
	assert_served();
	assert_int_equal(get(SLOT, VIRTIO_MMIO_STATUS), LIVE_STATUS);
}

static void indices_wrap(void **state)
{
	(void)state;
	driver_begin(SLOT);
	read_describe(1);
	for (unsigned i = 0; i < 0x10000 + 3; i++) {
		offer(0, 0);
		kick(SLOT, 0);
		assert_int_equal(used_index(0), (uint16_t)(i + 1));
	}
	assert_served();
}

static void a_full_queue_is_served_at_once(void **state)
{
	(void)state;
	driver_begin(SLOT);
	read_describe(1);
	for (unsigned i = 0; i < NUM; i++)
		offer(0, 0);
	kick(SLOT, 0);
	assert_int_equal(used_index(0), NUM);
	assert_int_equal(get(SLOT, VIRTIO_MMIO_STATUS), LIVE_STATUS);
}

static uint64_t random_next(uint64_t *seed)
{
	*seed ^= *seed << 13;
	*seed ^= *seed >> 7;
	*seed ^= *seed << 17;
	return *seed;
}

/* window_copy fails the test if any of this leads out of RAM; the sanitizers, if it leads out of the box. */
static void any_bytes_in_rings_and_registers_are_survived(void **state)
{
	uint64_t seed = 0x9e3779b97f4a7c15;

	(void)state;
	for (unsigned round = 0; round < 3000; round++) {
		unsigned slot = (unsigned)random_next(&seed) % VIRTIO_SLOT_COUNT;

		driver_begin(slot);
		read_describe(1);
		offer(0, 0);
		for (unsigned i = 0; i < 12; i++)
			vm.ram[random_next(&seed) % (2 * PAGE)] = (uint8_t)random_next(&seed);
		ram16_set(DRIVER_AREA(0) + VIRTIO_RING_INDEX, (uint16_t)(random_next(&seed) % (NUM + 2)));
		ram16_set(DRIVER_AREA(1) + VIRTIO_RING_INDEX, (uint16_t)(random_next(&seed) % (NUM + 2)));
		vm.abort_at = (random_next(&seed) & 3) == 0 ? vm.copies + 1 + (unsigned)random_next(&seed) % 16 : 0;
		kick(slot, 0);
		kick(slot, 1);
		for (unsigned i = 0; i < 4; i++)
			set(slot, random_next(&seed) % 64 * 4, (uint32_t)(random_next(&seed) >> (i * 13)));
		kick(slot, 0);
		if (!virtio_mmio_receive())
			pl011_receive();
	}
	vm.abort_at = 0;
	driver_begin(SLOT);
	assert_served();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST_FROM(window_setup, a_driver_finds_a_disk_and_a_console),
		TEST_FROM(window_setup, an_empty_transport_keeps_nothing),
		TEST_FROM(window_setup, registers_are_accessed_as_words_and_the_configuration_in_any_width),
		TEST_FROM(window_setup, features_that_were_not_offered_are_refused),
		TEST_FROM(window_setup, a_request_is_served_and_its_interrupt_stays_until_it_is_acknowledged),
		TEST_FROM(window_setup, the_upper_half_is_the_same_memory),
		TEST_FROM(window_setup, nothing_is_read_before_driver_ok_or_while_the_queue_is_not_ready),
		TEST_FROM(window_setup, a_queue_that_is_not_in_ram_or_has_an_odd_size_is_refused),
		TEST_FROM(window_setup, hostile_rings_need_a_reset_and_nothing_else_happens),
		TEST_FROM(window_setup, faults_do_not_fill_the_log),
		TEST_FROM(window_setup, memory_that_is_taken_back_at_any_moment_needs_a_reset),
		TEST_FROM(window_setup, a_page_that_is_not_shared_is_found_in_the_middle_of_a_copy),
		TEST_FROM(window_setup, a_reset_forgets_all_and_touches_no_memory),
		TEST_FROM(window_setup, nothing_is_read_twice),
		TEST_FROM(window_setup, indices_wrap),
		TEST_FROM(window_setup, a_full_queue_is_served_at_once),
		TEST_FROM(window_setup, any_bytes_in_rings_and_registers_are_survived),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
