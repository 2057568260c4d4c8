/*
 * The box's distributor: what its registers hold, and what the mediator is asked to deliver.
 * Links: box/gicd.c
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "tests/unit/box_fake.h"
#include "box/gicd.h"
#include "box/gicd_registers.h"

#define VCPUS 4

static int reset(void **state)
{
	(void)state;
	memset(&fake, 0, sizeof(fake));
	gicd_init(VCPUS);
	return 0;
}

static void write32(uint64_t offset, uint32_t value)
{
	gicd_write(offset, 4, value);
}

static uint32_t read32(uint64_t offset)
{
	return (uint32_t)gicd_read(offset, 4);
}

static uint64_t bitmap(uint64_t base, unsigned intid)
{
	return base + 4 * (intid / 32);
}

/* Distributor on, @intid enabled for @vcpu. */
static void enable(unsigned intid, uint64_t vcpu)
{
	write32(GICD_CTLR, GICD_CTLR_GROUP1);
	gicd_write(GICD_IROUTER + 8 * intid, 8, vcpu);
	write32(bitmap(GICD_ISENABLER, intid), 1u << (intid % 32));
}

static void identification_says_what_it_is(void **state)
{
	(void)state;
	assert_int_equal(read32(GICD_CTLR), 0x50);		/* ARE, DS */
	assert_int_equal(read32(GICD_TYPER) & 0x1f, 8);		/* INTIDs to 287 */
	assert_int_equal(read32(GICD_TYPER) >> 5 & 7, VCPUS - 1);
	assert_int_equal(read32(GICD_TYPER) >> 19 & 0x1f, 9);
	assert_int_equal(read32(0xffe8), 0x3b);			/* PIDR2: GICv3 */
	assert_int_equal(read32(0xfff0), 0x0d);
	assert_int_equal(read32(0xfffc), 0xb1);
	assert_int_equal(gicd_read(0xffe8, 8), 0x3b);
	write32(GICD_CTLR, 0xffffffff);
	assert_int_equal(read32(GICD_CTLR), 0x53);
	write32(GICD_TYPER, 0);
	assert_int_equal(read32(GICD_TYPER) & 0x1f, 8);
}

static void registers_hold_what_was_written(void **state)
{
	(void)state;
	for (unsigned word = 1; word <= 8; word++) {
		write32(GICD_ISENABLER + 4 * word, 0xf0f0f0f0);
		write32(GICD_ICENABLER + 4 * word, 0xc0000000);
		assert_int_equal(read32(GICD_ISENABLER + 4 * word), 0x30f0f0f0);
		assert_int_equal(read32(GICD_ICENABLER + 4 * word), 0x30f0f0f0);
		assert_int_equal(read32(GICD_IGROUPR + 4 * word), 0xffffffff);
		write32(GICD_IGROUPR + 4 * word, word);
		assert_int_equal(read32(GICD_IGROUPR + 4 * word), word);
		write32(GICD_ICFGR + 8 * word, 0xffffffff);
		assert_int_equal(read32(GICD_ICFGR + 8 * word), 0xaaaaaaaa);
	}
	for (unsigned intid = 32; intid < BOX_SPI_END; intid++) {
		gicd_write(GICD_IPRIORITYR + intid, 1, intid & 0xff);
		gicd_write(GICD_IROUTER + 8 * intid, 8, ~0ull);
		assert_int_equal(gicd_read(GICD_IROUTER + 8 * intid, 8), 0xff00ffffffull);
		assert_int_equal(read32(GICD_IROUTER + 8 * intid + 4), 0xff);
		write32(GICD_IROUTER + 8 * intid + 4, 0);
		assert_int_equal(gicd_read(GICD_IROUTER + 8 * intid, 8), 0xffffff);
	}
	for (unsigned intid = 32; intid < BOX_SPI_END; intid++)
		assert_int_equal(gicd_read(GICD_IPRIORITYR + intid, 1), intid & 0xf8);
	write32(GICD_IPRIORITYR + 40, 0x11223344);
	assert_int_equal(read32(GICD_IPRIORITYR + 40), 0x10203040);
	assert_int_equal(fake.calls, 0);
}

static void private_interrupts_are_not_here(void **state)
{
	static const uint64_t bases[] = { GICD_IGROUPR, GICD_ISENABLER, GICD_ISPENDR, GICD_ISACTIVER, GICD_IPRIORITYR,
					  GICD_IPRIORITYR + 28, GICD_ICFGR, GICD_ICFGR + 4, GICD_IROUTER,
					  GICD_IROUTER + 8 * 31 };

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(bases); i++) {
		write32(bases[i], 0xffffffff);
		assert_int_equal(read32(bases[i]), 0);
	}
	assert_int_equal(fake.calls, 0);
}

static void a_line_is_delivered_to_its_vcpu_and_taken_back(void **state)
{
	(void)state;
	enable(33, 2);
	gicd_write(GICD_IPRIORITYR + 33, 1, 0xa0);
	assert_int_equal(fake_vcpu_of(33), -1);
	gicd_line_set(33, true);
	assert_true(fake.level[2][33]);
	assert_int_equal(fake.priority[33], 0xa0);
	assert_int_equal(fake.calls, 1);
	gicd_line_set(33, true);
	assert_int_equal(fake.calls, 1);
	gicd_line_set(33, false);
	assert_int_equal(fake_vcpu_of(33), -1);
	assert_int_equal(read32(bitmap(GICD_ISPENDR, 33)), 0);
	assert_int_equal(fake_vcpu_of(33), -1);
}

static void what_holds_an_interrupt_back_does(void **state)
{
	(void)state;
	enable(40, 1);
	gicd_line_set(40, true);
	write32(GICD_CTLR, 0);
	assert_int_equal(fake_vcpu_of(40), -1);
	write32(GICD_CTLR, GICD_CTLR_GROUP1);
	assert_int_equal(fake_vcpu_of(40), 1);
	write32(bitmap(GICD_ICENABLER, 40), 1u << 8);
	assert_int_equal(fake_vcpu_of(40), -1);
	write32(bitmap(GICD_ISENABLER, 40), 1u << 8);
	assert_int_equal(fake_vcpu_of(40), 1);
	write32(bitmap(GICD_IGROUPR, 40), 0);
	assert_int_equal(fake_vcpu_of(40), -1);
	write32(bitmap(GICD_IGROUPR, 40), ~0u);
	gicd_write(GICD_IROUTER + 8 * 40, 8, VCPUS);
	assert_int_equal(fake_vcpu_of(40), -1);
	gicd_write(GICD_IROUTER + 8 * 40, 8, 0x100000001);
	assert_int_equal(fake_vcpu_of(40), -1);
	gicd_write(GICD_IROUTER + 8 * 40, 8, 3);
	assert_int_equal(fake_vcpu_of(40), 3);
}

static void a_pending_interrupt_follows_its_route_and_priority(void **state)
{
	(void)state;
	enable(50, 0);
	gicd_line_set(50, true);
	gicd_write(GICD_IROUTER + 8 * 50, 8, 3);
	assert_false(fake.level[0][50]);
	assert_true(fake.level[3][50]);
	gicd_write(GICD_IPRIORITYR + 50, 1, 0x40);
	assert_int_equal(fake.priority[50], 0x40);
	assert_true(fake.level[3][50]);
	enable(51, 0);
	write32(bitmap(GICD_ISPENDR, 51), 1u << 19);
	gicd_write(GICD_IROUTER + 8 * 51, 8, 2);
	assert_false(fake.edge[0][51]);
	assert_true(fake.edge[2][51]);
}

static void a_software_pending_bit_is_an_edge(void **state)
{
	(void)state;
	write32(bitmap(GICD_ISPENDR, 60), 1u << 28);
	assert_int_equal(read32(bitmap(GICD_ISPENDR, 60)), 1u << 28);
	assert_int_equal(fake_vcpu_of(60), -1);
	enable(60, 1);
	assert_true(fake.edge[1][60]);
	/* Still pending, asked or not, until the vCPU takes it. */
	assert_int_equal(read32(bitmap(GICD_ICPENDR, 60)), 1u << 28);
	assert_true(fake.edge[1][60]);
	fake.edge[1][60] = false;
	fake.active[1][60] = true;
	assert_int_equal(read32(bitmap(GICD_ISPENDR, 60)), 0);
	assert_int_equal(read32(bitmap(GICD_ISACTIVER, 60)), 1u << 28);
	assert_int_equal(fake_vcpu_of(60), -1);
}

static void disabling_keeps_an_edge_for_later(void **state)
{
	(void)state;
	enable(70, 0);
	write32(GICD_ICFGR + 4 * (70 / 16), 2u << (2 * (70 % 16)));
	gicd_line_set(70, true);
	gicd_line_set(70, false);
	assert_true(fake.edge[0][70]);
	write32(bitmap(GICD_ICENABLER, 70), 1u << 6);
	assert_int_equal(fake_vcpu_of(70), -1);
	assert_int_equal(read32(bitmap(GICD_ISPENDR, 70)), 1u << 6);
	write32(bitmap(GICD_ISENABLER, 70), 1u << 6);
	assert_true(fake.edge[0][70]);
	/* Taken by the vCPU: disabling brings nothing back. */
	fake.edge[0][70] = false;
	write32(bitmap(GICD_ICENABLER, 70), 1u << 6);
	write32(bitmap(GICD_ISENABLER, 70), 1u << 6);
	assert_int_equal(fake_vcpu_of(70), -1);
}

static void clearing_pending_forgets_an_edge_but_not_a_line(void **state)
{
	(void)state;
	enable(80, 0);
	write32(bitmap(GICD_ISPENDR, 80), 1u << 16);
	write32(bitmap(GICD_ICPENDR, 80), 1u << 16);
	assert_int_equal(fake_vcpu_of(80), -1);
	assert_int_equal(read32(bitmap(GICD_ISPENDR, 80)), 0);
	gicd_line_set(80, true);
	write32(bitmap(GICD_ICPENDR, 80), 1u << 16);
	assert_true(fake.level[0][80]);
	assert_int_equal(read32(bitmap(GICD_ISPENDR, 80)), 1u << 16);
}

static void asking_for_the_active_state_loses_nothing(void **state)
{
	(void)state;
	enable(33, 1);
	gicd_line_set(33, true);
	fake.active[1][33] = true;
	assert_int_equal(read32(bitmap(GICD_ISACTIVER, 33)), 2);
	assert_true(fake.level[1][33]);
	fake.active[1][33] = false;
	assert_int_equal(read32(bitmap(GICD_ICACTIVER, 33)), 0);
	write32(bitmap(GICD_ISACTIVER, 33), ~0u);
	assert_int_equal(read32(bitmap(GICD_ISACTIVER, 33)), 0);
}

/* What the mediator holds always agrees with the registers, after any sequence of writes. */
static void any_writes_keep_mediator_and_registers_in_step(void **state)
{
	uint64_t seed = 1;

	(void)state;
	for (unsigned step = 0; step < 200000; step++) {
		seed = seed * 6364136223846793005ull + 1442695040888963407ull;
		/* Mostly where registers are. */
		uint64_t offset = (seed >> 60 & 7) == 0 ? seed >> 40 & 0xffff :
				  (seed >> 59 & 1) != 0 ? GICD_IROUTER + (seed >> 40 & 0x9ff) : seed >> 40 & 0xdff;
		unsigned bytes = 1u << (seed >> 20 & 3);

		if ((seed >> 24 & 7) == 0)
			gicd_line_set(32 + (unsigned)(seed >> 30) % 256, (seed >> 29 & 1) != 0);
		else if ((seed >> 24 & 1) != 0)
			gicd_write(offset, bytes, (seed >> 27 & 1) != 0 ? seed >> 8 : (seed >> 50) % VCPUS);
		else
			(void)gicd_read(offset, bytes);
	}
	for (unsigned intid = 32; intid < BOX_SPI_END; intid++) {
		uint32_t bit = 1u << (intid % 32);
		bool open = (read32(GICD_CTLR) & GICD_CTLR_GROUP1) != 0 &&
			    (read32(bitmap(GICD_ISENABLER, intid)) & bit) != 0 &&
			    (read32(bitmap(GICD_IGROUPR, intid)) & bit) != 0 &&
			    gicd_read(GICD_IROUTER + 8 * intid, 8) < VCPUS;
		bool pending = (read32(bitmap(GICD_ISPENDR, intid)) & bit) != 0;

		assert_int_equal(fake_vcpu_of(intid) >= 0, open && pending);
		if (open && pending)
			assert_int_equal(fake_vcpu_of(intid), gicd_read(GICD_IROUTER + 8 * intid, 8));
	}
}

static void odd_accesses_read_zero_and_write_nothing(void **state)
{
	(void)state;
	for (uint64_t offset = 0; offset < 0x10000; offset++) {
		unsigned odd = offset % 2 == 0 ? 4 : 2;

		if (offset % odd != 0) {
			gicd_write(offset, odd, ~0ull);
			assert_int_equal(gicd_read(offset, odd), 0);
		}
		(void)gicd_read(offset, 1);
		(void)gicd_read(offset & ~7ull, 8);
	}
	gicd_write(GICD_ISENABLER + 4, 2, 0xffff);
	gicd_write(GICD_ISENABLER + 4, 1, 0xff);
	assert_int_equal(read32(GICD_ISENABLER + 4), 0);
	assert_int_equal(fake.calls, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(identification_says_what_it_is, reset),
		cmocka_unit_test_setup(registers_hold_what_was_written, reset),
		cmocka_unit_test_setup(private_interrupts_are_not_here, reset),
		cmocka_unit_test_setup(a_line_is_delivered_to_its_vcpu_and_taken_back, reset),
		cmocka_unit_test_setup(what_holds_an_interrupt_back_does, reset),
		cmocka_unit_test_setup(a_pending_interrupt_follows_its_route_and_priority, reset),
		cmocka_unit_test_setup(a_software_pending_bit_is_an_edge, reset),
		cmocka_unit_test_setup(disabling_keeps_an_edge_for_later, reset),
		cmocka_unit_test_setup(clearing_pending_forgets_an_edge_but_not_a_line, reset),
		cmocka_unit_test_setup(asking_for_the_active_state_loses_nothing, reset),
		cmocka_unit_test_setup(any_writes_keep_mediator_and_registers_in_step, reset),
		cmocka_unit_test_setup(odd_accesses_read_zero_and_write_nothing, reset),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
