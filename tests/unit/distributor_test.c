/*
 * The outer OS's distributor: its own interrupts are configured, all others read as zero and stay as they are.
 * Links: mediator
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "tests/unit/machine.h"
#include "mediator/distributor.h"
#include "mediator/gic.h"
#include "mediator/virq.h"

#define UART	PLAT_UART0_INTID
#define RTC	PLAT_RTC_INTID
#define OWN	(BIT(UART - 32) | BIT(RTC - 32))

static bool accepted;

static uint64_t get(uint64_t offset, unsigned bytes)
{
	struct access access = { .address = PLAT_GICD_BASE + offset, .bytes = (uint8_t)bytes,
				 .value = 0x5a5a5a5a5a5a5a5a };

	accepted = distributor_access(machine_context(), &access);
	return bytes == 8 ? access.value : access.value & (BIT(8 * bytes) - 1);
}

static void set(uint64_t offset, unsigned bytes, uint64_t value)
{
	struct access access = { .address = PLAT_GICD_BASE + offset, .bytes = (uint8_t)bytes, .value = value,
				 .is_write = true };

	accepted = distributor_access(machine_context(), &access);
}

static void it_says_what_it_is(void **state)
{
	(void)state;
	assert_hex(get(GICD_CTLR, 4), GICD_CTLR_ARE_NS | GICD_CTLR_ENABLE_GRP1);
	/* 288 INTIDs; no LPIs, no message-based interrupts, one security state seen. */
	assert_hex(get(GICD_TYPER, 4) & 0x1f, 8);
	assert_hex(get(GICD_TYPER, 4) & (BIT(10) | BIT(16) | BIT(17)), 0);
	set(GICD_CTLR, 4, 0);
	assert_true(accepted);
	assert_hex(get(GICD_CTLR, 4), GICD_CTLR_ARE_NS | GICD_CTLR_ENABLE_GRP1);
	assert_hex(fake_distributor_word(GICD_CTLR), GICD_CTLR_ARE_NS | GICD_CTLR_ENABLE_GRP1);
}

static void its_own_interrupts_are_enabled_for_real_and_for_the_list_registers(void **state)
{
	(void)state;
	set(GICD_ISENABLER + 4, 4, OWN);
	assert_true(accepted);
	assert_true(fake_distributor_bit(GICD_ISENABLER, UART));
	assert_true(fake_distributor_bit(GICD_ISENABLER, RTC));
	assert_hex(get(GICD_ISENABLER + 4, 4), OWN);
	for (unsigned i = 0; i < 2; i++)
		assert_hex(outer_contexts[i].virq.spi_enabled[0], OWN);
	set(GICD_ICENABLER + 4, 4, BIT(UART - 32));
	assert_false(fake_distributor_bit(GICD_ISENABLER, UART));
	assert_true(fake_distributor_bit(GICD_ISENABLER, RTC));
	for (unsigned i = 0; i < 2; i++)
		assert_hex(outer_contexts[i].virq.spi_enabled[0], BIT(RTC - 32));
}

static void a_device_interrupt_arrives_linked_and_is_ended_by_the_outer_os(void **state)
{
	(void)state;
	guest_open();
	set(GICD_ISENABLER + 4, 4, OWN);
	machine_irq(UART);
	assert_true((guest_list_register(UART) & ICH_LR_HW) != 0);
	assert_true(fake_interrupt_is_active(0, UART));
	assert_int_equal(guest_acknowledge(), UART);
	guest_end(UART);
	assert_false(fake_interrupt_is_active(0, UART));
}

static void enabling_a_foreign_interrupt_is_refused(void **state)
{
	(void)state;
	for (unsigned word = 1; word < 9; word++) {
		uint32_t foreign = word == 1 ? (uint32_t)~OWN : 0xffffffff;

		for (uint64_t bank = GICD_ISENABLER; bank <= GICD_ISACTIVER; bank += 0x100) {
			set(bank + 4 * word, 4, foreign);
			assert_false(accepted);
		}
		/* Clearing all at once is what every kernel does at boot. */
		set(GICD_ICENABLER + 4 * word, 4, 0xffffffff);
		assert_true(accepted);
		set(GICD_ICPENDR + 4 * word, 4, 0xffffffff);
		assert_true(accepted);
		set(GICD_ICACTIVER + 4 * word, 4, 0xffffffff);
		assert_true(accepted);
	}
	for (unsigned intid = 32; intid < 288; intid++)
		assert_false(fake_distributor_bit(GICD_ISENABLER, intid));
}

static void a_mixed_write_does_its_own_part_and_is_reported(void **state)
{
	(void)state;
	set(GICD_ISENABLER + 4, 4, 0xffffffff);
	assert_false(accepted);
	for (unsigned intid = 32; intid < 64; intid++)
		assert_int_equal(fake_distributor_bit(GICD_ISENABLER, intid), intid == UART || intid == RTC);
}

static void priorities_are_virtual(void **state)
{
	uint32_t before = fake_distributor_word(GICD_IPRIORITYR + 32);

	(void)state;
	set(GICD_IPRIORITYR + UART, 1, 0x2f);
	set(GICD_IPRIORITYR + 32, 4, 0x40404040);
	assert_hex(get(GICD_IPRIORITYR + 32, 4), 0x00404000);
	assert_hex(get(GICD_IPRIORITYR + UART, 1), 0x40);
	set(GICD_IPRIORITYR + UART, 1, 0x2f);
	assert_hex(get(GICD_IPRIORITYR + UART, 1), 0x28);
	assert_hex(get(GICD_IPRIORITYR + 36, 4), 0);
	/* What the CPUs see physically stays one priority for all. */
	assert_hex(fake_distributor_word(GICD_IPRIORITYR + 32), before);
	assert_hex(before, 0x01010101u * GIC_PRIORITY);
}

static void routes_name_cpus_that_exist(void **state)
{
	uint64_t route = GICD_IROUTER + 8 * UART;

	(void)state;
	set(route, 8, 1);
	assert_hex(get(route, 8), 1);
	assert_hex(get(route, 4), 1);
	assert_hex(get(route + 4, 4), 0);
	static const uint64_t bad[] = { 2, 8, BIT(31), BIT(32), BIT(8), ~0ull };

	for (size_t i = 0; i < ARRAY_COUNT(bad); i++) {
		set(route, 8, bad[i]);
		assert_hex(get(route, 8), 1);
	}
	set(GICD_IROUTER + 8 * 40, 8, 1);
	assert_false(accepted);
	assert_hex(get(GICD_IROUTER + 8 * 40, 8), 0);
	assert_hex(fake_distributor_word(GICD_IROUTER + 8 * 40), 0);
}

static void kinds_are_set_two_bits_an_interrupt(void **state)
{
	(void)state;
	fake_distributor_set(GICD_ICFGR + 8, 0x55555555);
	set(GICD_ICFGR + 8, 4, 0xffffffff);
	/* INTIDs 33 and 34 are bits 2..5. */
	assert_hex(fake_distributor_word(GICD_ICFGR + 8), 0x55555555 | 0x3c);
	assert_hex(get(GICD_ICFGR + 8, 4), 0x3c);
	set(GICD_ICFGR + 8, 4, 0);
	assert_hex(fake_distributor_word(GICD_ICFGR + 8), 0x55555555 & ~0x3cu);
}

/* A copy of all physical registers except what is the outer OS's own. */
static void foreign_snapshot(uint32_t out[0x10000 / 4])
{
	for (uint64_t offset = 0; offset < 0x10000; offset += 4) {
		uint32_t own = 0;

		if (offset >= GICD_IGROUPR && offset < GICD_IPRIORITYR && (offset & 0x7f) == 4)
			own = (uint32_t)OWN;
		if (offset == GICD_ICFGR + 8)
			own = 0x3c;
		if (offset >= GICD_IROUTER + 8 * UART && offset < GICD_IROUTER + 8 * (RTC + 1))
			own = ~0u;
		out[offset / 4] = fake_distributor_word(offset) & ~own;
	}
}

/* Every offset at every width, with values that set, clear and look plausible: foreign interrupts stay as they are. */
static void no_offset_and_no_width_touches_a_foreign_interrupt(void **state)
{
	static const uint8_t widths[] = { 1, 2, 4, 8 };
	static const uint64_t values[] = { ~0ull, 0, 1, 0xaaaaaaaaaaaaaaaa, 0x0000000100000001 };
	static uint32_t before[0x10000 / 4], after[0x10000 / 4];

	(void)state;
	/* Something there that could be lost. */
	for (uint64_t offset = GICD_IGROUPR; offset < 0xe00; offset += 4)
		fake_distributor_set(offset, 0x5a5aa5a5);
	for (uint64_t offset = GICD_IROUTER; offset < GICD_IROUTER + 8 * 288; offset += 4)
		fake_distributor_set(offset, 0x5a5aa5a5);
	foreign_snapshot(before);
	for (size_t w = 0; w < ARRAY_COUNT(widths); w++) {
		for (uint64_t offset = 0; offset < 0x10000; offset += widths[w]) {
			for (size_t v = 0; v < ARRAY_COUNT(values); v++)
				set(offset, widths[w], values[v]);
		}
	}
	foreign_snapshot(after);
	for (size_t i = 0; i < ARRAY_COUNT(after); i++) {
		if (after[i] != before[i])
			fail_msg("GICD register 0x%zx changed from 0x%x to 0x%x", 4 * i, before[i], after[i]);
	}
}

static void foreign_interrupts_read_as_zero(void **state)
{
	static const uint8_t widths[] = { 1, 2, 4, 8 };

	(void)state;
	for (uint64_t offset = GICD_IGROUPR; offset < 0xe00; offset += 4)
		fake_distributor_set(offset, 0xffffffff);
	for (uint64_t offset = GICD_IROUTER; offset < GICD_IROUTER + 8 * 1020; offset += 4)
		fake_distributor_set(offset, 0xffffffff);
	for (size_t w = 0; w < ARRAY_COUNT(widths); w++) {
		for (uint64_t offset = GICD_IGROUPR; offset < 0xffd0; offset += widths[w]) {
			uint64_t value = get(offset, widths[w]), allowed = 0;

			if (offset >= GICD_IGROUPR && offset < GICD_IPRIORITYR && (offset & 0x7f) == 4)
				allowed = OWN;
			if (offset / 8 * 8 == GICD_IPRIORITYR + 32 || offset / 4 * 4 == GICD_ICFGR + 8 ||
			    (offset >= GICD_IROUTER + 8 * UART && offset < GICD_IROUTER + 8 * (RTC + 1)))
				allowed = ~0ull;
			if ((value & ~allowed) != 0)
				fail_msg("GICD register 0x%llx shows 0x%llx at width %u", (unsigned long long)offset,
					 (unsigned long long)value, widths[w]);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST_FROM(machine_boot_2, it_says_what_it_is),
		TEST_FROM(machine_boot_2, its_own_interrupts_are_enabled_for_real_and_for_the_list_registers),
		TEST_FROM(machine_boot_2, a_device_interrupt_arrives_linked_and_is_ended_by_the_outer_os),
		TEST_FROM(machine_boot_2, enabling_a_foreign_interrupt_is_refused),
		TEST_FROM(machine_boot_2, a_mixed_write_does_its_own_part_and_is_reported),
		TEST_FROM(machine_boot_2, priorities_are_virtual),
		TEST_FROM(machine_boot_2, routes_name_cpus_that_exist),
		TEST_FROM(machine_boot_2, kinds_are_set_two_bits_an_interrupt),
		TEST_FROM(machine_boot_2, no_offset_and_no_width_touches_a_foreign_interrupt),
		TEST_FROM(machine_boot_2, foreign_interrupts_read_as_zero),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
