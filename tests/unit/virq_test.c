/*
 * Virtual interrupts: which are in list registers, what a fold gives back, level and edge, what is deliverable, and the
 * timers that all contexts share.
 * Links: mediator
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "tests/unit/nest.h"
#include "mediator/gic.h"
#include "mediator/time.h"

static uint64_t lr_live(unsigned i)
{
	return fake_registers[fake_cpu][FAKE_ich_lr0_el2 + i];
}

static unsigned lr_used(void)
{
	unsigned used = 0;

	for (unsigned i = 0; i < VIRQ_LR_COUNT; i++)
		used += (lr_live(i) & ICH_LR_STATE) != 0 ? 1 : 0;
	return used;
}

static bool underflow_is_asked_for(void)
{
	return (fake_registers[fake_cpu][FAKE_ich_hcr_el2] & ICH_HCR_UIE) != 0;
}

/* The virtual timer of whoever is loaded expires: its line is high, and the interrupt comes. */
static void timer_fires(void)
{
	write_cntv_cval_el0(0);
	write_cntv_ctl_el0(CNT_CTL_ENABLE);
	machine_irq(INTID_TIMER);
}

/* --- list registers --- */

static void a_pending_interrupt_gets_a_list_register(void **state)
{
	(void)state;
	set_and_refill(SPI_C, 0xa0, false);
	uint64_t lr = guest_list_register(SPI_C);

	assert_hex(lr & ICH_LR_STATE, ICH_LR_STATE_PENDING);
	assert_hex(lr >> ICH_LR_PRIORITY_SHIFT & 0xff, 0xa0);
	assert_true((lr & ICH_LR_GROUP1) != 0);
	assert_true((lr & ICH_LR_HW) == 0);
	assert_int_equal(lr_used(), 1);
	assert_int_equal(guest_acknowledge(), SPI_C);
	guest_end(SPI_C);
	machine_irq(INTID_KICK);
	assert_int_equal(lr_used(), 0);
}

static void the_most_urgent_are_chosen_when_there_are_more_than_registers(void **state)
{
	(void)state;
	for (unsigned i = 0; i < 8; i++)
		virq_set_spi(vm(), SPI_B + i, (uint8_t)(0xf0 - 0x10 * i), false);
	machine_irq(INTID_KICK);
	assert_int_equal(lr_used(), VIRQ_LR_COUNT);
	for (unsigned i = 0; i < 8; i++)
		assert_int_equal(guest_list_register(SPI_B + i) != 0, i >= 4);
	assert_true(underflow_is_asked_for());
}

static void a_more_urgent_latecomer_takes_the_place_of_the_least_urgent(void **state)
{
	(void)state;
	for (unsigned i = 0; i < 4; i++)
		virq_set_spi(vm(), SPI_B + i, 0x80, false);
	machine_irq(INTID_KICK);
	assert_false(underflow_is_asked_for());
	set_and_refill(SPI_A, 0x10, false);
	assert_true(guest_list_register(SPI_A) != 0);
	assert_int_equal(lr_used(), 4);
	assert_true(underflow_is_asked_for());
	/* Nobody is lost: each is taken once. */
	unsigned seen = 0;

	for (unsigned intid = guest_acknowledge(); intid != 1023; intid = guest_acknowledge()) {
		seen |= intid == SPI_A ? 16u : 1u << (intid - SPI_B);
		guest_end(intid);
		machine_irq(INTID_MAINTENANCE);
	}
	assert_int_equal(seen, 31);
	assert_false(underflow_is_asked_for());
}

static void all_waiting_interrupts_arrive_once_and_by_priority(void **state)
{
	unsigned last = 0, count = 0;

	(void)state;
	for (unsigned i = 0; i < 40; i++)
		virq_set_spi(vm(), SPI_B + 5 * i, (uint8_t)((i * 0x28) & 0xf8), false);
	machine_irq(INTID_KICK);
	for (unsigned intid = guest_acknowledge(); intid != 1023; intid = guest_acknowledge()) {
		unsigned priority = ((intid - SPI_B) / 5 * 0x28) & 0xf8;

		assert_true(priority >= last);
		last = priority;
		count++;
		guest_end(intid);
		if (lr_used() <= 1)
			machine_irq(INTID_MAINTENANCE);
	}
	assert_int_equal(count, 40);
}

static void a_disabled_private_interrupt_waits(void **state)
{
	(void)state;
	virq_set_private(vm(), 5);
	machine_irq(INTID_KICK);
	assert_int_equal(guest_list_register(5), 0);
	enable_private(vm(), 5, 0x80);
	machine_irq(INTID_KICK);
	assert_int_equal(guest_acknowledge(), 5);
}

static void an_edge_while_active_makes_pending_and_active(void **state)
{
	(void)state;
	set_and_refill(SPI_A, 0x80, false);
	assert_int_equal(guest_acknowledge(), SPI_A);
	set_and_refill(SPI_A, 0x80, false);
	assert_hex(guest_list_register(SPI_A) & ICH_LR_STATE, ICH_LR_STATE);
	assert_int_equal(guest_acknowledge(), 1023);
	guest_end(SPI_A);
	assert_int_equal(guest_acknowledge(), SPI_A);
	guest_end(SPI_A);
	machine_irq(INTID_KICK);
	assert_int_equal(lr_used(), 0);
}

static void a_private_edge_while_active_makes_pending_and_active(void **state)
{
	(void)state;
	enable_private(vm(), 3, 0x40);
	virq_set_private(vm(), 3);
	machine_irq(INTID_KICK);
	assert_int_equal(guest_acknowledge(), 3);
	virq_set_private(vm(), 3);
	machine_irq(INTID_KICK);
	assert_hex(guest_list_register(3) & ICH_LR_STATE, ICH_LR_STATE);
	guest_end(3);
	assert_int_equal(guest_acknowledge(), 3);
}

static void a_level_that_stays_high_is_pending_again_when_it_was_handled(void **state)
{
	(void)state;
	set_and_refill(SPI_A, 0x80, true);
	assert_true((guest_list_register(SPI_A) & ICH_LR_EOI) != 0);
	for (unsigned i = 0; i < 3; i++) {
		assert_int_equal(guest_acknowledge(), SPI_A);
		/* Active: not a second time meanwhile. */
		machine_irq(INTID_KICK);
		assert_int_equal(guest_acknowledge(), 1023);
		guest_end(SPI_A);
	}
	assert_hex(guest_list_register(SPI_A) & ICH_LR_STATE, ICH_LR_STATE_PENDING);
}

static void a_level_survives_the_way_to_the_box_and_back(void **state)
{
	(void)state;
	set_and_refill(SPI_A, 0x80, true);
	fixture_leave();
	call(HOST_RUN, pair->handle, 0);
	assert_true(machine_is_in(vm()));
	assert_int_equal(guest_acknowledge(), SPI_A);
	fixture_leave();
	call(HOST_RUN, pair->handle, 0);
	/* Active, as it was left. */
	assert_hex(guest_list_register(SPI_A) & ICH_LR_STATE, ICH_LR_STATE_ACTIVE);
	guest_end(SPI_A);
	assert_int_equal(guest_acknowledge(), SPI_A);
}

/* --- deliverable --- */

/* A guest that is not loaded, with group 1 on and @mask as its priority mask. */
static struct context *resting(uint64_t mask)
{
	struct context *context = fixture_context(pair, HOST_ROLE_VM, 1);

	context->virq.vmcr = ICH_VMCR_VENG1 | mask << ICH_VMCR_VPMR_SHIFT;
	return context;
}

static void only_what_the_mask_lets_through_is_deliverable(void **state)
{
	struct context *context = resting(0xff);

	(void)state;
	assert_false(virq_is_deliverable(context));
	enable_private(context, 5, 0x80);
	virq_set_private(context, 5);
	assert_true(virq_is_deliverable(context));
	assert_true(virq_is_deliverable(resting(0x88)));
	/* Equal is not above. */
	assert_false(virq_is_deliverable(resting(0x80)));
	context->virq.vmcr = 0xffull << ICH_VMCR_VPMR_SHIFT;
	assert_false(virq_is_deliverable(context));
	resting(0xff)->virq.private_enabled = 0;
	assert_false(virq_is_deliverable(context));
	virq_set_spi(context, SPI_A, 0xf0, false);
	assert_true(virq_is_deliverable(context));
	assert_false(virq_is_deliverable(resting(0xf0)));
}

static void what_was_left_active_is_not_deliverable_what_was_left_pending_is(void **state)
{
	(void)state;
	set_and_refill(SPI_A, 0x80, false);
	assert_int_equal(guest_acknowledge(), SPI_A);
	fixture_leave();
	assert_false(virq_is_deliverable(vm()));
	call(HOST_RUN, pair->handle, 0);
	set_and_refill(SPI_B, 0x80, false);
	fixture_leave();
	assert_true(virq_is_deliverable(vm()));
}

static void an_spi_of_the_outer_os_is_deliverable_only_if_enabled(void **state)
{
	struct context *outer = &outer_contexts[0];

	(void)state;
	outer->virq.vmcr = ICH_VMCR_VENG1 | 0xffull << ICH_VMCR_VPMR_SHIFT;
	virq_hold_physical(outer, SPI_A);
	assert_false(virq_is_deliverable(outer));
	outer->virq.spi_enabled[0] = BIT(SPI_A - VIRQ_SPI_BASE);
	assert_true(virq_is_deliverable(outer));
}

static void the_live_mask_counts_for_a_loaded_context(void **state)
{
	(void)state;
	virq_set_spi(vm(), SPI_A, 0x80, false);
	fixture_run_vm();
	guest_open();
	assert_true(virq_is_deliverable_live(vm()));
	fake_registers[0][FAKE_ich_vmcr_el2] = 0;
	assert_false(virq_is_deliverable_live(vm()));
}

/* --- the timer --- */

static void the_timer_interrupt_is_linked_to_the_physical_one(void **state)
{
	(void)state;
	enable_private(vm(), INTID_TIMER, 0x80);
	timer_fires();
	uint64_t lr = guest_list_register(INTID_TIMER);

	assert_true((lr & ICH_LR_HW) != 0);
	assert_int_equal(lr >> ICH_LR_PINTID_SHIFT & 0x3ff, INTID_TIMER);
	assert_int_equal(guest_acknowledge(), INTID_TIMER);
	assert_true(fake_interrupt_is_active(0, INTID_TIMER));
	guest_end(INTID_TIMER);
	assert_false(fake_interrupt_is_active(0, INTID_TIMER));
}

/* The rule "active physically exactly while the loaded context has it in hand" is checked at every entry. */
static void a_timer_left_mid_handler_silences_nobody(void **state)
{
	(void)state;
	enable_private(vm(), INTID_TIMER, 0x80);
	enable_private(box(), INTID_TIMER, 0x80);
	timer_fires();
	assert_int_equal(guest_acknowledge(), INTID_TIMER);
	fixture_leave();
	assert_false(fake_interrupt_is_active(0, INTID_TIMER));
	/* The outer OS gets its own timer interrupt meanwhile. */
	enable_private(&outer_contexts[0], INTID_TIMER, 0x80);
	timer_fires();
	assert_int_equal(guest_acknowledge(), INTID_TIMER);
	guest_end(INTID_TIMER);
	write_cntv_ctl_el0(0);
	call(HOST_RUN, pair->handle, 0);
	assert_true(machine_is_in(vm()));
	assert_true(fake_interrupt_is_active(0, INTID_TIMER));
	guest_end(INTID_TIMER);
	assert_false(fake_interrupt_is_active(0, INTID_TIMER));
}

static void a_timer_that_is_not_enabled_is_held_until_it_is(void **state)
{
	(void)state;
	timer_fires();
	assert_int_equal(guest_list_register(INTID_TIMER), 0);
	assert_true(virq_timer_is_held(vm()));
	assert_true(fake_interrupt_is_active(0, INTID_TIMER));
	enable_private(vm(), INTID_TIMER, 0x80);
	machine_irq(INTID_KICK);
	assert_int_equal(guest_acknowledge(), INTID_TIMER);
}

static void a_timer_that_is_turned_off_takes_its_interrupt_back(void **state)
{
	(void)state;
	timer_fires();
	assert_true(virq_timer_is_held(vm()));
	write_cntv_ctl_el0(0);
	enable_private(vm(), INTID_TIMER, 0x80);
	machine_irq(INTID_KICK);
	assert_int_equal(guest_acknowledge(), 1023);
	assert_false(virq_timer_is_held(vm()));
	assert_false(fake_interrupt_is_active(0, INTID_TIMER));
}

static void the_physical_timer_is_a_level_of_the_mediators(void **state)
{
	(void)state;
	enable_private(vm(), INTID_PHYSICAL_TIMER, 0x80);
	time_physical_write(vm(), 2, 0);
	time_physical_write(vm(), 1, CNT_CTL_ENABLE);
	machine_irq(INTID_KICK);
	uint64_t lr = guest_list_register(INTID_PHYSICAL_TIMER);

	assert_true((lr & ICH_LR_HW) == 0);
	assert_true((lr & ICH_LR_EOI) != 0);
	assert_int_equal(guest_acknowledge(), INTID_PHYSICAL_TIMER);
	guest_end(INTID_PHYSICAL_TIMER);
	/* Still high: it comes again; turned off, it does not. */
	machine_irq(INTID_MAINTENANCE);
	assert_int_equal(guest_acknowledge(), INTID_PHYSICAL_TIMER);
	time_physical_write(vm(), 1, 0);
	guest_end(INTID_PHYSICAL_TIMER);
	machine_irq(INTID_MAINTENANCE);
	assert_int_equal(guest_acknowledge(), 1023);
}

static void a_started_vcpu_has_no_private_interrupts_but_keeps_its_spis(void **state)
{
	struct virq *virq = &outer_contexts[1].virq;

	(void)state;
	virq->private_pending = 0xffffffff;
	virq->private_enabled = 0xffffffff;
	virq->spi_pending[1] = 5;
	virq->spi_enabled[0] = 2;
	virq->lr[0] = ICH_LR_STATE_PENDING | 3;
	virq->vmcr = 3;
	virq->ap1r0 = 0x100;
	virq_start(virq);
	assert_hex(virq->private_pending | virq->private_enabled | virq->lr[0] | virq->vmcr | virq->ap1r0, 0);
	assert_true(virq->asleep);
	assert_hex(virq->spi_pending[1], 5);
	assert_hex(virq->spi_enabled[0], 2);
	virq_reset(virq);
	assert_hex(virq->spi_pending[1] | virq->spi_enabled[0], 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST_FROM(vm_runs, a_pending_interrupt_gets_a_list_register),
		TEST_FROM(vm_runs, the_most_urgent_are_chosen_when_there_are_more_than_registers),
		TEST_FROM(vm_runs, a_more_urgent_latecomer_takes_the_place_of_the_least_urgent),
		TEST_FROM(vm_runs, all_waiting_interrupts_arrive_once_and_by_priority),
		TEST_FROM(vm_runs, a_disabled_private_interrupt_waits),
		TEST_FROM(vm_runs, an_edge_while_active_makes_pending_and_active),
		TEST_FROM(vm_runs, a_private_edge_while_active_makes_pending_and_active),
		TEST_FROM(vm_runs, a_level_that_stays_high_is_pending_again_when_it_was_handled),
		TEST_FROM(vm_runs, a_level_survives_the_way_to_the_box_and_back),
		TEST_FROM(vm_runs, only_what_the_mask_lets_through_is_deliverable),
		TEST_FROM(vm_runs, what_was_left_active_is_not_deliverable_what_was_left_pending_is),
		TEST_FROM(vm_runs, an_spi_of_the_outer_os_is_deliverable_only_if_enabled),
		TEST_FROM(box_runs, the_live_mask_counts_for_a_loaded_context),
		TEST_FROM(vm_runs, the_timer_interrupt_is_linked_to_the_physical_one),
		TEST_FROM(vm_runs, a_timer_left_mid_handler_silences_nobody),
		TEST_FROM(vm_runs, a_timer_that_is_not_enabled_is_held_until_it_is),
		TEST_FROM(vm_runs, a_timer_that_is_turned_off_takes_its_interrupt_back),
		TEST_FROM(vm_runs, the_physical_timer_is_a_level_of_the_mediators),
		TEST_FROM(machine_boot_2, a_started_vcpu_has_no_private_interrupts_but_keeps_its_spis),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
