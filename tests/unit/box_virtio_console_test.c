/*
 * The box's virtio console: output into the ring that the UART uses, a ring that is full, and whose input is whose.
 * Links: box/virtio_mmio.c box/virtio_block.c box/virtio_console.c box/virtqueue.c box/window.c box/bus.c box/pl031.c
 * Links: box/pl011.c box/gicd.c box/console.c lib/print.c
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "tests/unit/box_window.h"

#define SLOT		VIRTIO_SLOT_CONSOLE
#define RX		VIRTIO_CONSOLE_RECEIVE
#define TX		VIRTIO_CONSOLE_TRANSMIT
#define UARTDR		0x00
#define UARTIMSC	0x38
#define INTERRUPT_RX	(1u << 4)
#define INTERRUPT_RT	(1u << 6)

static char seen[4 * RAM_BYTES];	/* what the outer OS has read */
static size_t seen_count;

static void outer_reads(void)
{
	for (; fake.page.out.tail != fake.page.out.head; fake.page.out.tail++)
		seen[seen_count++] = (char)fake.page.out_bytes[fake.page.out.tail % CONSOLE_OUT_BYTES];
}

static int setup(void **state)
{
	seen_count = 0;
	memset(seen, 0, sizeof(seen));
	return window_setup(state);
}

/* The outer OS types, and rings the doorbell. */
static void type(const char *text)
{
	for (; *text != '\0'; text++)
		fake.page.in_bytes[fake.page.in.head++ % CONSOLE_IN_BYTES] = (uint8_t)*text;
	if (!virtio_mmio_receive())
		pl011_receive();
	assert_int_equal(fake_locks_held, 0);
}

static void buffer_give(unsigned index, uint32_t bytes)
{
	describe(RX, index, AT(DATA + 0x100 * index), bytes, VIRTIO_DESC_WRITE, 0);
	offer(RX, index);
	kick(SLOT, RX);
}

static void say(uint32_t bytes)
{
	describe(TX, 0, AT(DATA), bytes, 0, 0);
	offer(TX, 0);
	kick(SLOT, TX);
}

static void output_goes_where_that_of_the_uart_goes(void **state)
{
	(void)state;
	driver_begin(SLOT);
	memcpy(&vm.ram[DATA], "hello", 5);
	describe(TX, 0, AT(DATA), 2, VIRTIO_DESC_NEXT, 1);
	describe(TX, 1, AT(DATA + 2), 3, 0, 0);
	offer(TX, 0);
	kick(SLOT, TX);
	assert_true(pl011_write(UARTDR, '!'));
	outer_reads();
	assert_string_equal(seen, "hello!");
	assert_int_equal(used_index(TX), 1);
	assert_int_equal(used_last(TX).bytes, 0);
	assert_true(line_is_high(SLOT));
}

static void output_that_is_longer_than_the_ring_waits_for_the_outer_os(void **state)
{
	(void)state;
	driver_begin(SLOT);
	fake.on_notify = outer_reads;
	for (size_t i = 0; i < 0x6000; i++)
		vm.ram[DATA + i] = (uint8_t)(i * 11 + (i >> 8));
	say(0x6000);
	outer_reads();
	assert_int_equal(seen_count, 0x6000);
	assert_memory_equal(seen, &vm.ram[DATA], 0x6000);
	assert_int_equal(used_index(TX), 1);
}

static void output_that_nobody_reads_is_lost_and_the_vm_goes_on(void **state)
{
	(void)state;
	driver_begin(SLOT);
	memset(&vm.ram[DATA], 'x', 0x6000);
	for (unsigned i = 1; i <= 20; i++) {
		say(0x6000);
		assert_int_equal(used_index(TX), i);
	}
	assert_int_equal(fake.page.out.head, CONSOLE_OUT_BYTES);
	/* Waited for once, not each time. */
	assert_in_range(fake.waits, 1, 100);
	outer_reads();
	memcpy(&vm.ram[DATA], "back", 4);
	say(4);
	outer_reads();
	assert_string_equal(seen + seen_count - 5, "xback");
}

/* Between two looks at a chain that waits for room, the driver may make it another one. */
static void chain_change(void)
{
	outer_reads();
	describe(TX, 0, AT(DATA), 10, 0, 0);
}

static void a_chain_that_changes_while_it_waits_is_taken_as_it_is(void **state)
{
	(void)state;
	driver_begin(SLOT);
	fake.on_notify = chain_change;
	memset(&vm.ram[DATA], 'y', 0x6000);
	say(0x6000);
	outer_reads();
	assert_in_range(seen_count, 10, CONSOLE_OUT_BYTES);
	assert_int_equal(used_index(TX), 1);
	assert_int_equal(get(SLOT, VIRTIO_MMIO_STATUS), LIVE_STATUS);
}

static void input_fills_the_buffers_of_the_driver(void **state)
{
	(void)state;
	driver_begin(SLOT);
	buffer_give(0, 16);
	assert_int_equal(used_index(RX), 0);
	type("ls");
	assert_int_equal(used_index(RX), 1);
	assert_int_equal(used_last(RX).id, 0);
	assert_int_equal(used_last(RX).bytes, 2);
	assert_memory_equal(&vm.ram[DATA], "ls", 3);
	assert_true(line_is_high(SLOT));
	/* No buffer: it waits in the ring, and is not the UART's. */
	type("pwd");
	assert_int_equal(fake.page.in.tail, 2);
	buffer_give(1, 2);
	assert_memory_equal(&vm.ram[DATA + 0x100], "pw", 3);
	buffer_give(2, 16);
	assert_memory_equal(&vm.ram[DATA + 0x200], "d", 2);
	assert_int_equal(used_index(RX), 3);
}

static void input_is_the_uarts_without_a_driver_or_a_buffer(void **state)
{
	(void)state;
	type("a");
	assert_int_equal(pl011_read(UARTDR), 'a');
	driver_begin(SLOT);
	type("b");
	assert_int_equal(pl011_read(UARTDR), 'b');
	buffer_give(0, 16);
	type("c");
	assert_int_equal(vm.ram[DATA], 'c');
	assert_int_equal(pl011_read(UARTDR), 0);
	set(SLOT, VIRTIO_MMIO_STATUS, 0);
	type("d");
	assert_int_equal(pl011_read(UARTDR), 'd');
}

static void input_is_the_uarts_while_the_vm_waits_for_it_there(void **state)
{
	static const uint32_t masks[] = { INTERRUPT_RX, INTERRUPT_RT, INTERRUPT_RX | INTERRUPT_RT };

	(void)state;
	driver_begin(SLOT);
	for (size_t i = 0; i < ARRAY_COUNT(masks); i++) {
		assert_true(pl011_write(UARTIMSC, masks[i]));
		buffer_give((unsigned)i, 16);
		type("u");
		assert_int_equal(used_index(RX), 0);
		assert_int_equal(pl011_read(UARTDR), 'u');
	}
	assert_true(pl011_write(UARTIMSC, 0x7ff & ~(INTERRUPT_RX | INTERRUPT_RT)));
	type("v");
	assert_int_equal(used_index(RX), 1);
	assert_int_equal(vm.ram[DATA], 'v');
}

static void buffers_of_the_wrong_kind_need_a_reset(void **state)
{
	(void)state;
	driver_begin(SLOT);
	describe(RX, 0, AT(DATA), 16, 0, 0);
	offer(RX, 0);
	kick(SLOT, RX);
	assert_broken(SLOT, "virtio console needs a reset by its driver: queue 0: a receive buffer without room");
	/* Nor is the other queue served. */
	say(5);
	assert_int_equal(fake.page.out.head, 0);
	type("e");
	assert_int_equal(pl011_read(UARTDR), 'e');
	driver_begin(SLOT);
	vm.is_gone[DATA / PAGE] = true;
	say(5);
	assert_broken(SLOT, "queue 1: a buffer that is not shared");
	driver_begin(SLOT);
	buffer_give(0, 16);
	type("f");
	assert_broken(SLOT, "queue 0: a buffer that is not shared");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST_FROM(setup, output_goes_where_that_of_the_uart_goes),
		TEST_FROM(setup, output_that_is_longer_than_the_ring_waits_for_the_outer_os),
		TEST_FROM(setup, output_that_nobody_reads_is_lost_and_the_vm_goes_on),
		TEST_FROM(setup, a_chain_that_changes_while_it_waits_is_taken_as_it_is),
		TEST_FROM(setup, input_fills_the_buffers_of_the_driver),
		TEST_FROM(setup, input_is_the_uarts_without_a_driver_or_a_buffer),
		TEST_FROM(setup, input_is_the_uarts_while_the_vm_waits_for_it_there),
		TEST_FROM(setup, buffers_of_the_wrong_kind_need_a_reset),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
