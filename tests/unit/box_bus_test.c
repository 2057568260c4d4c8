/*
 * The box's bus and its PL031: which address is whose, odd widths, the time of day and its alarm.
 * Links: box/bus.c box/virtio_mmio.c box/virtio_block.c box/virtio_console.c box/virtqueue.c box/window.c box/pl031.c
 * Links: box/pl011.c box/gicd.c box/console.c lib/print.c
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "tests/unit/box_fake.h"
#include "abi/virtio.h"
#include "box/bus.h"
#include "box/gicd.h"
#include "box/gicd_registers.h"
#include "box/pl011.h"
#include "box/pl031.h"
#include "box/virtio_mmio.h"
#include "box/window.h"
#include "lib/vmplan.h"

#define RTC(register)	(VM_RTC_BASE + (register))
#define DR	0x00
#define MR	0x04
#define LR	0x08
#define IMSC	0x10
#define RIS	0x14
#define MIS	0x18
#define ICR	0x1c

/* No driver is here that has a queue. */
bool window_copy(void *to, const void *from, size_t bytes)
{
	fail_msg("%zu bytes are copied from %p to %p", bytes, from, to);
	return false;
}

static int reset(void **state)
{
	(void)state;
	memset(&fake, 0, sizeof(fake));
	fake.now = 5000;
	fake.page.epoch_seconds = 1000000;
	fake.page.epoch_ticks = 2000;
	console_init(&fake.page);
	gicd_init(1);
	gicd_write(GICD_CTLR, 4, GICD_CTLR_GROUP1);
	gicd_write(GICD_ISENABLER + 4, 4, ~0u);
	pl011_init();
	pl031_init();
	virtio_mmio_init();
	return 0;
}

static uint64_t access_make(uint64_t address, unsigned bytes, bool write, uint64_t value, uint64_t *result)
{
	struct hvc_exit exit = { BOX_EXIT_MMIO, address, bytes | (write ? BOX_ACCESS_WRITE : 0), value };

	*result = 0x5555;
	return bus_access(&exit, result);
}

static uint64_t get(uint64_t address, unsigned bytes)
{
	uint64_t value;

	assert_int_equal(access_make(address, bytes, false, 0, &value), BOX_ANSWER_DONE);
	/* The mediator cuts it to the width. */
	return bytes < 8 ? value & ((1ull << (8 * bytes)) - 1) : value;
}

static void set(uint64_t address, unsigned bytes, uint64_t value)
{
	uint64_t ignored;

	assert_int_equal(access_make(address, bytes, true, value, &ignored), BOX_ANSWER_DONE);
}

static void each_address_has_its_device(void **state)
{
	(void)state;
	assert_int_equal(get(VM_UART_BASE + 0xfe0, 4), 0x11);
	assert_int_equal(get(VM_UART_BASE + 0xffc, 4), 0xb1);
	assert_int_equal(get(RTC(0xfe0), 4), 0x31);
	assert_int_equal(get(RTC(0xffc), 4), 0xb1);
	assert_int_equal(get(VM_GICD_BASE + 0xffe8, 4), 0x3b);
	set(VM_UART_BASE, 1, 'a');
	assert_int_equal(fake.page.out_bytes[0], 'a');
}

static void where_nothing_is_the_vm_gets_an_abort(void **state)
{
	static const uint64_t holes[] = { 0, VM_GICD_BASE - 1, VM_GICD_BASE + VM_GICD_BYTES, VM_UART_BASE - 4,
					  VM_UART_BASE + 0x1000, VM_RTC_BASE - 4, VM_RTC_BASE + 0x1000, VIRTIO_MMIO_BASE - 4,
					  VIRTIO_MMIO_BASE + VIRTIO_MMIO_COUNT * VIRTIO_MMIO_STRIDE,
					  VM_RAM_BASE, VM_UART_BASE + (1ull << 32), UINT64_MAX, UINT64_MAX - 3 };
	uint64_t value;

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(holes); i++) {
		assert_int_equal(access_make(holes[i], 4, false, 0, &value), BOX_ANSWER_ABORT);
		assert_int_equal(value, 0);
		assert_int_equal(access_make(holes[i], 8, true, ~0ull, &value), BOX_ANSWER_ABORT);
	}
}

static void an_empty_virtio_transport_says_so(void **state)
{
	uint64_t value;

	(void)state;
	for (uint64_t slot = VIRTIO_SLOT_COUNT; slot < VIRTIO_MMIO_COUNT; slot++) {
		uint64_t base = VIRTIO_MMIO_BASE + slot * VIRTIO_MMIO_STRIDE;

		assert_int_equal(access_make(base, 4, false, 0, &value), BOX_ANSWER_DONE);
		assert_int_equal(value, 0x74726976);
		assert_int_equal(access_make(base + 8, 4, true, 1, &value), BOX_ANSWER_DONE);
		assert_int_equal(access_make(base + 8, 4, false, 0, &value), BOX_ANSWER_DONE);
		assert_int_equal(value, 0);
	}
}

static void a_hole_is_logged_once(void **state)
{
	uint64_t value;
	uint32_t head;

	(void)state;
	assert_int_equal(access_make(0x0b000e00, 4, false, 0, &value), BOX_ANSWER_ABORT);
	head = fake.page.log.head;
	assert_memory_equal(fake.page.log_bytes, "no device at 0xb000e00: the VM's 4-byte read is aborted\n", head);
	assert_int_equal(access_make(0x0b000e00, 4, false, 0, &value), BOX_ANSWER_ABORT);
	assert_int_equal(fake.page.log.head, head);
	/* A VM that walks the address space doesn't fill the log for ever. */
	for (uint64_t address = 0x10000000; address < 0x10010000; address += 4)
		assert_int_equal(access_make(address, 4, true, 0, &value), BOX_ANSWER_ABORT);
	assert_true(fake.page.log.head <= CONSOLE_LOG_BYTES);
}

static void odd_widths_get_their_part_or_nothing(void **state)
{
	(void)state;
	assert_int_equal(get(VM_UART_BASE + 0x30, 1), 0x00);
	assert_int_equal(get(VM_UART_BASE + 0x31, 1), 0x03);
	assert_int_equal(get(VM_UART_BASE + 0x33, 8), 0x00);
	assert_int_equal(get(VM_UART_BASE + 0x30, 8), 0x300);
	set(VM_UART_BASE + 1, 1, 'x');
	set(VM_UART_BASE + 2, 2, 'x');
	assert_int_equal(fake.page.out.head, 0);
	/* A byte write carries one byte, whatever the register held that it came from. */
	set(VM_UART_BASE + 0x24, 1, 0xabcd);
	assert_int_equal(get(VM_UART_BASE + 0x24, 4), 0xcd);
	set(VM_UART_BASE + 0x24, 8, 0x1234567800001234);
	assert_int_equal(get(VM_UART_BASE + 0x24, 4), 0x1234);
	for (unsigned bytes = 0; bytes < 256; bytes++) {
		uint64_t value;
		uint64_t answer = access_make(VM_GICD_BASE + GICD_ISENABLER + 5, bytes, true, ~0ull, &value);
		bool is_width = bytes == 1 || bytes == 2 || bytes == 4 || bytes == 8;

		assert_int_equal(answer, is_width ? BOX_ANSWER_DONE : BOX_ANSWER_ABORT);
	}
}

static void a_full_console_loses_bytes_and_not_time_for_ever(void **state)
{
	(void)state;
	for (unsigned i = 0; i < 10 * CONSOLE_OUT_BYTES; i++)
		set(VM_UART_BASE, 1, 'z');
	assert_int_equal(fake.page.out.head, CONSOLE_OUT_BYTES);
	assert_in_range(fake.waits, 1, 100);
}

static void the_clock_starts_at_the_epoch(void **state)
{
	(void)state;
	assert_int_equal(get(RTC(DR), 4), 1000003);
	fake.now = 5999;
	assert_int_equal(get(RTC(DR), 4), 1000003);
	fake.now = 6000;
	assert_int_equal(get(RTC(DR), 4), 1000004);
	assert_int_equal(get(RTC(0x0c), 4), 1);
}

static void the_vm_may_set_its_clock(void **state)
{
	(void)state;
	set(RTC(LR), 4, 77);
	assert_int_equal(get(RTC(DR), 4), 77);
	assert_int_equal(get(RTC(LR), 4), 77);
	fake.now += 3000;
	assert_int_equal(get(RTC(DR), 4), 80);
	set(RTC(LR), 4, 0xffffffff);
	fake.now += 2000;
	assert_int_equal(get(RTC(DR), 4), 1);
}

static void the_match_interrupts_in_its_second(void **state)
{
	(void)state;
	fake.now = 5400;
	set(RTC(MR), 4, 1000005);
	set(RTC(IMSC), 4, 1);
	assert_int_equal(fake.alarm, 7000);
	assert_false(fake.level[0][VM_RTC_INTID]);
	/* Another alarm rang first: the match is not due, and armed again. */
	fake.now = 6999;
	fake.alarm = 0;
	pl031_poll();
	assert_false(fake.level[0][VM_RTC_INTID]);
	assert_int_equal(fake.alarm, 7000);
	fake.now = 7000;
	fake.alarm = 0;
	pl031_poll();
	assert_true(fake.level[0][VM_RTC_INTID]);
	assert_int_equal(get(RTC(RIS), 4), 1);
	assert_int_equal(get(RTC(MIS), 4), 1);
	set(RTC(ICR), 4, 1);
	assert_false(fake.level[0][VM_RTC_INTID]);
	fake.now = 9000;
	pl031_poll();
	assert_false(fake.level[0][VM_RTC_INTID]);
}

static void a_match_behind_comes_after_a_whole_turn(void **state)
{
	(void)state;
	set(RTC(IMSC), 4, 1);
	set(RTC(MR), 4, 1000002);
	fake.now = 5000 + 0xfffffffeull * 1000;
	pl031_poll();
	assert_int_equal(get(RTC(RIS), 4), 0);
	fake.now += 1000;
	pl031_poll();
	assert_int_equal(get(RTC(RIS), 4), 1);
	assert_true(fake.level[0][VM_RTC_INTID]);
}

static void a_match_now_is_immediate_and_masked_if_masked(void **state)
{
	(void)state;
	set(RTC(MR), 4, 1000003);
	assert_int_equal(get(RTC(RIS), 4), 1);
	assert_int_equal(get(RTC(MIS), 4), 0);
	assert_false(fake.level[0][VM_RTC_INTID]);
	set(RTC(IMSC), 4, 1);
	assert_true(fake.level[0][VM_RTC_INTID]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(each_address_has_its_device, reset),
		cmocka_unit_test_setup(an_empty_virtio_transport_says_so, reset),
		cmocka_unit_test_setup(a_hole_is_logged_once, reset),
		cmocka_unit_test_setup(where_nothing_is_the_vm_gets_an_abort, reset),
		cmocka_unit_test_setup(odd_widths_get_their_part_or_nothing, reset),
		cmocka_unit_test_setup(a_full_console_loses_bytes_and_not_time_for_ever, reset),
		cmocka_unit_test_setup(the_clock_starts_at_the_epoch, reset),
		cmocka_unit_test_setup(the_vm_may_set_its_clock, reset),
		cmocka_unit_test_setup(the_match_interrupts_in_its_second, reset),
		cmocka_unit_test_setup(a_match_behind_comes_after_a_whole_turn, reset),
		cmocka_unit_test_setup(a_match_now_is_immediate_and_masked_if_masked, reset),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
