/*
 * Redistributor frames: what a vCPU finds there, what it can change, and that no offset, width or value does more.
 * Links: mediator
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "tests/unit/fixture.h"
#include "mediator/gic.h"
#include "mediator/redistributor.h"
#include "mediator/virq.h"

#define SGI_PAGE	GICR_SGI_PAGE
#define FRAME(n)	(PLAT_GICR_BASE + (uint64_t)(n) * PLAT_GICR_STRIDE)

static struct fixture *pair;

static int vm_runs(void **state)
{
	fixture_active_2(state);
	pair = *state;
	fixture_run(pair, 0);
	fixture_run_vm();
	guest_open();
	return 0;
}

static uint64_t get(uint64_t address, unsigned bytes)
{
	struct access access = { .address = address, .bytes = (uint8_t)bytes, .value = 0x5a5a5a5a5a5a5a5a };

	redistributor_access(machine_context(), &access);
	return bytes == 8 ? access.value : access.value & (BIT(8 * bytes) - 1);
}

static void set(uint64_t address, unsigned bytes, uint64_t value)
{
	struct access access = { .address = address, .bytes = (uint8_t)bytes, .value = value, .is_write = true };

	redistributor_access(machine_context(), &access);
}

static struct context *vm(unsigned vcpu)
{
	return fixture_context(pair, HOST_ROLE_VM, vcpu);
}

static void frames_exist_for_the_domain_s_vcpus_only(void **state)
{
	struct context *guest = vm(0);

	(void)state;
	assert_true(redistributor_is(guest, FRAME(0)));
	assert_true(redistributor_is(guest, FRAME(2) - 1));
	assert_false(redistributor_is(guest, FRAME(0) - 1));
	assert_false(redistributor_is(guest, FRAME(2)));
	assert_false(redistributor_is(guest, 0));
	assert_false(redistributor_is(guest, ~0ull));
	assert_true(redistributor_is(&outer_contexts[0], FRAME(2) - 1));
	assert_false(redistributor_is(&outer_contexts[0], FRAME(2)));
}

static void frames_say_whose_they_are_and_which_is_the_last(void **state)
{
	(void)state;
	assert_hex(get(FRAME(0) + GICR_TYPER, 8), 0);
	assert_hex(get(FRAME(1) + GICR_TYPER, 8), 1ull << 32 | 1 << 8 | 1 << 4);
	assert_hex(get(FRAME(1) + GICR_TYPER, 4), 1 << 8 | 1 << 4);
	assert_hex(get(FRAME(1) + GICR_TYPER + 4, 4), 1);
	assert_hex(get(FRAME(0) + GICD_PIDR2, 4), GIC_PIDR2_GICV3);
	/* No LPIs, no direct injection. */
	assert_hex(get(FRAME(0) + GICR_TYPER, 8) & 0xf, 0);
}

static void sleep_is_what_was_written(void **state)
{
	(void)state;
	assert_hex(get(FRAME(0) + GICR_WAKER, 4), 6);
	set(FRAME(0) + GICR_WAKER, 4, 0);
	assert_hex(get(FRAME(0) + GICR_WAKER, 4), 0);
	assert_hex(get(FRAME(1) + GICR_WAKER, 4), 6);
	set(FRAME(0) + GICR_WAKER, 4, ~0ull);
	assert_hex(get(FRAME(0) + GICR_WAKER, 4), 6);
}

static void enable_bits_are_set_and_cleared(void **state)
{
	(void)state;
	set(FRAME(0) + SGI_PAGE + GICD_ISENABLER, 4, 0x8000ffff);
	set(FRAME(0) + SGI_PAGE + GICD_ISENABLER, 4, 0x08000000);
	assert_hex(get(FRAME(0) + SGI_PAGE + GICD_ISENABLER, 4), 0x8800ffff);
	assert_hex(get(FRAME(0) + SGI_PAGE + GICD_ICENABLER, 4), 0x8800ffff);
	set(FRAME(0) + SGI_PAGE + GICD_ICENABLER, 4, 0x0000ff00);
	assert_hex(get(FRAME(0) + SGI_PAGE + GICD_ISENABLER, 4), 0x880000ff);
	assert_hex(get(FRAME(1) + SGI_PAGE + GICD_ISENABLER, 4), 0);
}

static void pending_bits_are_set_and_cleared_but_the_timers_s(void **state)
{
	(void)state;
	set(FRAME(0) + SGI_PAGE + GICD_ISPENDR, 4, 0xffffffff);
	assert_hex(get(FRAME(0) + SGI_PAGE + GICD_ISPENDR, 4),
		   ~(uint32_t)(BIT(INTID_TIMER) | BIT(INTID_PHYSICAL_TIMER)));
	set(FRAME(0) + SGI_PAGE + GICD_ICPENDR, 4, 0xffff0000);
	assert_hex(get(FRAME(0) + SGI_PAGE + GICD_ICPENDR, 4), 0xffff);
	/* A held timer interrupt is linked to the physical one: it can't be written away. */
	write_cntv_cval_el0(0);
	write_cntv_ctl_el0(CNT_CTL_ENABLE);
	machine_irq(INTID_TIMER);
	set(FRAME(0) + SGI_PAGE + GICD_ICPENDR, 4, 0xffffffff);
	assert_hex(get(FRAME(0) + SGI_PAGE + GICD_ISPENDR, 4), BIT(INTID_TIMER));
}

static void what_is_enabled_and_pending_is_delivered_at_once(void **state)
{
	(void)state;
	set(FRAME(0) + SGI_PAGE + GICD_ISPENDR, 4, BIT(6));
	assert_int_equal(guest_acknowledge(), 1023);
	set(FRAME(0) + SGI_PAGE + GICD_ISENABLER, 4, BIT(6));
	assert_int_equal(guest_acknowledge(), 6);
}

static void what_is_disabled_is_taken_out_of_its_register(void **state)
{
	(void)state;
	set(FRAME(0) + SGI_PAGE + GICD_ISENABLER, 4, BIT(6));
	set(FRAME(0) + SGI_PAGE + GICD_ISPENDR, 4, BIT(6));
	assert_true(guest_list_register(6) != 0);
	set(FRAME(0) + SGI_PAGE + GICD_ICENABLER, 4, BIT(6));
	assert_hex(guest_list_register(6), 0);
	assert_hex(get(FRAME(0) + SGI_PAGE + GICD_ISPENDR, 4), BIT(6));
}

static void priorities_keep_five_bits_at_any_width(void **state)
{
	(void)state;
	set(FRAME(0) + SGI_PAGE + GICD_IPRIORITYR, 4, 0xffa7814f);
	assert_hex(get(FRAME(0) + SGI_PAGE + GICD_IPRIORITYR, 4), 0xf8a08048);
	set(FRAME(0) + SGI_PAGE + GICD_IPRIORITYR + 1, 1, 0x33);
	assert_hex(get(FRAME(0) + SGI_PAGE + GICD_IPRIORITYR, 4), 0xf8a03048);
	assert_hex(get(FRAME(0) + SGI_PAGE + GICD_IPRIORITYR + 2, 2), 0xf8a0);
	set(FRAME(0) + SGI_PAGE + GICD_IPRIORITYR + 24, 8, ~0ull);
	assert_hex(get(FRAME(0) + SGI_PAGE + GICD_IPRIORITYR + 24, 8), 0xf8f8f8f8f8f8f8f8);
	assert_hex(get(FRAME(0) + SGI_PAGE + GICD_IPRIORITYR + 31, 1), 0xf8);
	assert_hex(get(FRAME(0) + SGI_PAGE + GICD_IPRIORITYR + 32, 1), 0);
}

static void a_priority_decides_what_comes_first(void **state)
{
	(void)state;
	set(FRAME(0) + SGI_PAGE + GICD_IPRIORITYR, 4, 0x20608040);
	set(FRAME(0) + SGI_PAGE + GICD_ISENABLER, 4, 0xf);
	set(FRAME(0) + SGI_PAGE + GICD_ISPENDR, 4, 0xf);
	assert_int_equal(guest_acknowledge(), 3);
	assert_int_equal(guest_acknowledge(), 0);
	assert_int_equal(guest_acknowledge(), 2);
	assert_int_equal(guest_acknowledge(), 1);
}

static void a_sibling_s_frame_is_written_and_the_sibling_told(void **state)
{
	(void)state;
	set(FRAME(1) + SGI_PAGE + GICD_ISENABLER, 4, BIT(4));
	set(FRAME(1) + SGI_PAGE + GICD_ISPENDR, 4, BIT(4));
	assert_hex(vm(1)->virq.private_enabled, BIT(4));
	assert_hex(vm(1)->virq.private_pending, BIT(4));
	assert_hex(vm(0)->virq.private_enabled, 0);
	assert_true((fixture_pair(pair)->notice->vcpus & 2) != 0);
	vm(1)->virq.vmcr = ICH_VMCR_VENG1 | 0xffull << ICH_VMCR_VPMR_SHIFT;
	assert_true(virq_is_deliverable(vm(1)));
}

static void groups_and_kinds_read_as_fixed(void **state)
{
	(void)state;
	set(FRAME(0) + SGI_PAGE + GICD_IGROUPR, 4, 0);
	assert_hex(get(FRAME(0) + SGI_PAGE + GICD_IGROUPR, 4), 0xffffffff);
	set(FRAME(0) + SGI_PAGE + GICD_ICFGR, 4, 0);
	assert_hex(get(FRAME(0) + SGI_PAGE + GICD_ICFGR, 4), 0xaaaaaaaa);
	set(FRAME(0) + GICR_CTLR, 4, ~0ull);
	assert_hex(get(FRAME(0) + GICR_CTLR, 4), 0);
}

static void expect_frame_of(const struct virq *virq, uint32_t enabled, uint32_t pending)
{
	assert_hex(virq->private_enabled, enabled);
	assert_hex(virq->private_pending, pending);
	for (unsigned i = 0; i < 32; i++)
		assert_hex(virq->private_priority[i] & 7, 0);
	for (unsigned i = 0; i < VIRQ_SPI_WORDS; i++)
		assert_hex(virq->spi_pending[i] | virq->spi_level[i] | virq->spi_enabled[i] | virq->spi_drop[i], 0);
}

/* Every offset of every frame at every width, reads and hostile writes. */
static void no_offset_and_no_width_reaches_further(void **state)
{
	static const uint8_t widths[] = { 1, 2, 4, 8 };
	struct virq box = fixture_context(pair, HOST_ROLE_BOX, 1)->virq;

	(void)state;
	fake_events_clear();
	for (size_t w = 0; w < ARRAY_COUNT(widths); w++) {
		for (uint64_t at = 0; at < 2 * PLAT_GICR_STRIDE; at += widths[w]) {
			get(PLAT_GICR_BASE + at, widths[w]);
			set(PLAT_GICR_BASE + at, widths[w], ~0ull);
			set(PLAT_GICR_BASE + at, widths[w], 0);
		}
	}
	/* Every set register was followed by its clear register. */
	expect_frame_of(&vm(1)->virq, 0, 0);
	assert_memory_equal(&fixture_context(pair, HOST_ROLE_BOX, 1)->virq, &box, sizeof(box));
	assert_int_equal(fake_events[0].by_kind[FAKE_MMIO_WRITE], 0);
	cpus[0].recheck = 0;
}

static void physical_registers_are_never_touched(void **state)
{
	(void)state;
	fake_events_clear();
	for (uint64_t at = 0; at < 2 * PLAT_GICR_STRIDE; at += 4) {
		set(PLAT_GICR_BASE + at, 4, 0xffffffff);
		get(PLAT_GICR_BASE + at, 4);
	}
	/* The outer OS's frames are as virtual as a VM's. */
	assert_int_equal(fake_events[0].by_kind[FAKE_MMIO_WRITE], 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST_FROM(vm_runs, frames_exist_for_the_domain_s_vcpus_only),
		TEST_FROM(vm_runs, frames_say_whose_they_are_and_which_is_the_last),
		TEST_FROM(vm_runs, sleep_is_what_was_written),
		TEST_FROM(vm_runs, enable_bits_are_set_and_cleared),
		TEST_FROM(vm_runs, pending_bits_are_set_and_cleared_but_the_timers_s),
		TEST_FROM(vm_runs, what_is_enabled_and_pending_is_delivered_at_once),
		TEST_FROM(vm_runs, what_is_disabled_is_taken_out_of_its_register),
		TEST_FROM(vm_runs, priorities_keep_five_bits_at_any_width),
		TEST_FROM(vm_runs, a_priority_decides_what_comes_first),
		TEST_FROM(vm_runs, a_sibling_s_frame_is_written_and_the_sibling_told),
		TEST_FROM(vm_runs, groups_and_kinds_read_as_fixed),
		TEST_FROM(vm_runs, no_offset_and_no_width_reaches_further),
		TEST_FROM(machine_boot_2, physical_registers_are_never_touched),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
