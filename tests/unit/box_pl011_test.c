/*
 * The box's PL011 and the console rings behind it: bytes both ways, interrupts, a full ring, and an
 * outer OS that lies about its indices or never reads.
 * Links: box/pl011.c box/gicd.c box/console.c lib/print.c
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "tests/unit/box_fake.h"
#include "box/gicd.h"
#include "box/gicd_registers.h"
#include "box/pl011.h"
#include "lib/vmplan.h"

#define DR	0x00
#define FR	0x18
#define RXFE	(1u << 4)
#define TXFF	(1u << 5)
#define RXFF	(1u << 6)
#define TXFE	(1u << 7)
#define LCR_H	0x2c
#define CR	0x30
#define IFLS	0x34
#define IMSC	0x38
#define RIS	0x3c
#define MIS	0x40
#define ICR	0x44
#define RX	(1u << 4)
#define TX	(1u << 5)
#define RT	(1u << 6)

static void put(uint64_t offset, uint32_t value)
{
	assert_true(pl011_write(offset, value));
}

static int reset(void **state)
{
	(void)state;
	memset(&fake, 0, sizeof(fake));
	fake.now = 1;
	console_init(&fake.page);
	gicd_init(1);
	gicd_write(GICD_CTLR, 4, GICD_CTLR_GROUP1);
	gicd_write(GICD_ISENABLER + 4, 4, 1u << (VM_UART_INTID - 32));
	pl011_init();
	put(LCR_H, 0x70);
	return 0;
}

static bool line_is_high(void)
{
	return fake.level[0][VM_UART_INTID];
}

/* The outer OS types. */
static void type(const char *text)
{
	for (; *text != '\0'; text++) {
		fake.page.in_bytes[fake.page.in.head % CONSOLE_IN_BYTES] = (uint8_t)*text;
		fake.page.in.head++;
	}
	pl011_receive();
}

/* The outer OS reads all there is. */
static void drain(void)
{
	fake.page.out.tail = fake.page.out.head;
}

static unsigned fill(void)
{
	unsigned count = 0;

	while (pl011_write(DR, 'x'))
		count++;
	return count;
}

static void it_looks_like_a_pl011(void **state)
{
	static const uint8_t ids[] = { 0x11, 0x10, 0x14, 0x00, 0x0d, 0xf0, 0x05, 0xb1 };

	(void)state;
	assert_int_equal(fake.page.magic, CONSOLE_MAGIC);
	for (unsigned i = 0; i < 8; i++)
		assert_int_equal(pl011_read(0xfe0 + 4 * i), ids[i]);
	assert_int_equal(pl011_read(FR), TXFE | RXFE);
	assert_int_equal(pl011_read(CR), 0x300);
	assert_int_equal(pl011_read(IFLS), 0x12);
	for (uint64_t offset = 0; offset < 0x1000; offset += 4)
		(void)pl011_read(offset);
}

static void settings_are_kept(void **state)
{
	static const struct { uint64_t offset; uint32_t kept; } settings[] = {
		{ 0x20, 0xff }, { 0x24, 0xffff }, { 0x28, 0x3f }, { LCR_H, 0xff }, { CR, 0xff87 }, { IFLS, 0x3f },
		{ IMSC, 0x7ff }, { 0x48, 7 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(settings); i++) {
		put(settings[i].offset, ~0u);
		assert_int_equal(pl011_read(settings[i].offset), settings[i].kept);
		put(settings[i].offset, 0);
		assert_int_equal(pl011_read(settings[i].offset), 0);
	}
}

static void output_reaches_the_ring_and_the_outer_os_is_told_once(void **state)
{
	(void)state;
	for (const char *c = "hello"; *c != '\0'; c++)
		put(DR, (uint8_t)*c);
	assert_int_equal(fake.page.out.head, 5);
	assert_memory_equal(fake.page.out_bytes, "hello", 5);
	assert_int_equal(fake.notifications, 0);
	assert_int_equal(fake.alarm, fake.now + 2);
	assert_false(console_is_due());
	console_notify();
	console_notify();
	assert_int_equal(fake.notifications, 1);
}

static void half_a_ring_is_due_at_once(void **state)
{
	(void)state;
	for (unsigned i = 0; i < CONSOLE_OUT_BYTES / 2 - 1; i++)
		put(DR, 'a');
	assert_false(console_is_due());
	put(DR, 'a');
	assert_true(console_is_due());
	console_notify();
	assert_false(console_is_due());
	assert_int_equal(fake.notifications, 1);
}

static void sending_raises_tx_and_clearing_ends_it(void **state)
{
	(void)state;
	put(IMSC, TX);
	assert_false(line_is_high());
	put(DR, 'a');
	assert_true(line_is_high());
	assert_int_equal(pl011_read(MIS), TX);
	put(ICR, TX);
	assert_false(line_is_high());
	put(DR, 'a');
	put(IMSC, 0);
	assert_false(line_is_high());
	assert_int_equal(pl011_read(RIS), TX);
	assert_int_equal(pl011_read(MIS), 0);
}

static void a_full_ring_stops_the_sender_until_the_outer_os_reads(void **state)
{
	(void)state;
	put(IMSC, TX);
	assert_int_equal(fill(), CONSOLE_OUT_BYTES);
	assert_int_equal(pl011_read(FR) & (TXFF | TXFE), TXFF);
	put(ICR, TX);
	/* No room, no interrupt; the alarm looks again. */
	fake.alarm = 0;
	pl011_room_made();
	assert_false(line_is_high());
	assert_int_not_equal(fake.alarm, 0);
	drain();
	pl011_room_made();
	assert_true(line_is_high());
	assert_int_equal(pl011_read(FR) & (TXFF | TXFE), TXFE);
	put(DR, 'y');
	assert_int_equal(fake.page.out_bytes[0], 'y');
}

static void waiting_for_room_ends_when_there_is_some(void **state)
{
	(void)state;
	fill();
	fake.on_notify = drain;
	assert_true(console_wait());
	assert_int_equal(fake.waits, 0);
	fill();
	fake.on_notify = NULL;
	fake.on_wait = drain;
	assert_true(console_wait());
	assert_int_equal(fake.waits, 1);
}

static void an_outer_os_that_never_reads_costs_one_wait(void **state)
{
	(void)state;
	fill();
	assert_false(console_wait());
	unsigned waits = fake.waits;

	assert_in_range(waits, 10, 100);
	assert_false(console_wait());
	assert_int_equal(fake.waits, waits);
	/* It reads again: it is waited for again. */
	drain();
	fill();
	fake.on_wait = drain;
	assert_true(console_wait());
	assert_int_equal(fake.waits, waits + 1);
}

static void input_is_read_in_order_past_the_fifo(void **state)
{
	const char *text = "The quick brown fox jumps over the lazy dog.";

	(void)state;
	type(text);
	assert_int_equal(pl011_read(FR) & (RXFE | RXFF), RXFF);
	assert_int_equal(fake.page.in.tail, 16);
	for (const char *c = text; *c != '\0'; c++) {
		assert_int_equal(pl011_read(FR) & RXFE, 0);
		assert_int_equal(pl011_read(DR), *c);
	}
	assert_int_equal(pl011_read(FR) & RXFE, RXFE);
	assert_int_equal(pl011_read(DR), 0);
	assert_int_equal(fake.page.in.tail, strlen(text));
}

static void receive_interrupts_follow_the_fifo(void **state)
{
	(void)state;
	put(IMSC, RX | RT);
	type("a");
	assert_int_equal(pl011_read(RIS), RT);
	assert_true(line_is_high());
	type("1234567");
	assert_int_equal(pl011_read(RIS), RX);
	(void)pl011_read(DR);
	assert_int_equal(pl011_read(RIS), RT);
	for (unsigned i = 0; i < 7; i++) {
		assert_true(line_is_high());
		(void)pl011_read(DR);
	}
	assert_false(line_is_high());
	/* Cleared by hand it stays low until the FIFO changes. */
	type("b");
	put(ICR, RT);
	assert_false(line_is_high());
	type("c");
	assert_true(line_is_high());
}

static void without_fifos_one_byte_is_held(void **state)
{
	(void)state;
	put(LCR_H, 0x60);
	type("ab");
	assert_int_equal(pl011_read(FR) & (RXFE | RXFF), RXFF);
	assert_int_equal(pl011_read(RIS), RX);
	assert_int_equal(fake.page.in.tail, 1);
	assert_int_equal(pl011_read(DR), 'a');
	assert_int_equal(pl011_read(DR), 'b');
	assert_int_equal(pl011_read(FR) & RXFE, RXFE);
}

static void loopback_stays_inside(void **state)
{
	(void)state;
	put(CR, 0x380 | 1);
	put(DR, 'q');
	assert_int_equal(fake.page.out.head, 0);
	assert_int_equal(pl011_read(DR), 'q');
	for (unsigned i = 0; i < 40; i++)
		put(DR, i);
	for (unsigned i = 0; i < 16; i++)
		assert_int_equal(pl011_read(DR), i);
	assert_int_equal(pl011_read(FR) & RXFE, RXFE);
}

static void lying_indices_stay_in_bounds(void **state)
{
	static const uint32_t lies[] = { 1, 0x7fffffff, 0x80000000, 0xfffffff0, 0xffffffff, 3000 };

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(lies); i++) {
		fake.page.out.tail = lies[i];
		fake.page.out.head = lies[i] * 7;
		fake.page.in.head = lies[i];
		fake.page.in.tail = lies[i] * 3;
		fake.page.log.tail = lies[i];
		if (!pl011_write(DR, 'x'))
			assert_int_equal(pl011_read(FR) & TXFF, TXFF);
		pl011_receive();
		for (unsigned n = 0; n < 2 * CONSOLE_IN_BYTES; n++)
			(void)pl011_read(DR);
		console_log("%u", lies[i]);
		assert_true(console_out_room() <= CONSOLE_OUT_BYTES);
	}
	/* What lies outside the rings is as it was. */
	assert_int_equal(fake.page.magic, CONSOLE_MAGIC);
	assert_int_equal(fake.page.epoch_seconds | fake.page.epoch_ticks | fake.page.reserved, 0);
}

static void log_lines_end_and_never_block(void **state)
{
	(void)state;
	console_log("no device at 0x%lx", 0x1234ul);
	assert_int_equal(fake.page.log.head, 20);
	assert_memory_equal(fake.page.log_bytes, "no device at 0x1234\n", 20);
	for (unsigned i = 0; i < 1000; i++)
		console_log("line %u", i);
	assert_int_equal(fake.page.log.head, CONSOLE_LOG_BYTES);
	console_notify();
	assert_int_equal(fake.notifications, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(it_looks_like_a_pl011, reset),
		cmocka_unit_test_setup(settings_are_kept, reset),
		cmocka_unit_test_setup(output_reaches_the_ring_and_the_outer_os_is_told_once, reset),
		cmocka_unit_test_setup(half_a_ring_is_due_at_once, reset),
		cmocka_unit_test_setup(sending_raises_tx_and_clearing_ends_it, reset),
		cmocka_unit_test_setup(a_full_ring_stops_the_sender_until_the_outer_os_reads, reset),
		cmocka_unit_test_setup(waiting_for_room_ends_when_there_is_some, reset),
		cmocka_unit_test_setup(an_outer_os_that_never_reads_costs_one_wait, reset),
		cmocka_unit_test_setup(input_is_read_in_order_past_the_fifo, reset),
		cmocka_unit_test_setup(receive_interrupts_follow_the_fifo, reset),
		cmocka_unit_test_setup(without_fifos_one_byte_is_held, reset),
		cmocka_unit_test_setup(loopback_stays_inside, reset),
		cmocka_unit_test_setup(lying_indices_stay_in_bounds, reset),
		cmocka_unit_test_setup(log_lines_end_and_never_block, reset),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
