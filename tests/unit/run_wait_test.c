/*
 * Who gets the CPU while a VM runs or waits: deadlines, interrupts of the box, WFI and its races.
 * Links: mediator
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "tests/unit/nest.h"
#include "mediator/time.h"

/* --- the box's turn --- */

static void the_box_gets_its_interrupt_while_its_vm_runs(void **state)
{
	(void)state;
	box()->virq.private_enabled = (uint32_t)BIT(BOX_INTID_DOORBELL);
	fake_cpu = 1;
	assert_int_equal(call(HOST_NOTIFY, pair->handle), HOST_OK);
	fake_cpu = 0;
	machine_irq(INTID_KICK);
	expect_box(BOX_EXIT_INTERRUPTED);
	assert_int_equal(guest_acknowledge(), BOX_INTID_DOORBELL);
	guest_end(BOX_INTID_DOORBELL);
	call(BOX_VM_RUN, BOX_ANSWER_NONE);
	assert_true(machine_is_in(vm()));
}

static void a_due_timer_of_the_box_takes_the_cpu_from_its_vm(void **state)
{
	(void)state;
	fixture_leave();
	run();
	assert_true(machine_is_in(vm()));
	arm_timer(box(), 5000);
	machine_irq(INTID_KICK);
	assert_hex(fake_registers[0][FAKE_cnthp_cval_el2], 5000);
	assert_true((fake_registers[0][FAKE_cnthp_ctl_el2] & CNT_CTL_ENABLE) != 0);
	fake_time = 5000;
	machine_irq(INTID_HYP_TIMER);
	expect_box(BOX_EXIT_INTERRUPTED);
}

static void a_due_timer_of_the_outer_os_takes_the_cpu_from_everybody(void **state)
{
	(void)state;
	for (unsigned level = 0; level < 2; level++) {
		arm_timer_live(9000 * (level + 1));
		run();
		if (level == 1 && machine_is_in(box()))
			call(BOX_VM_RUN, BOX_ANSWER_NONE);
		assert_hex(fake_registers[0][FAKE_cnthp_cval_el2], 9000 * (level + 1));
		fake_time = 9000 * (level + 1);
		machine_irq(INTID_HYP_TIMER);
		expect_outer(HOST_EXIT_INTERRUPTED);
	}
}

static void the_earliest_deadline_is_the_one_that_is_set(void **state)
{
	(void)state;
	arm_timer_live(9000);
	run();
	arm_timer_live(7000);
	call(BOX_VM_RUN, BOX_ANSWER_NONE);
	assert_true(machine_is_in(vm()));
	assert_hex(fake_registers[0][FAKE_cnthp_cval_el2], 7000);
	fake_time = 7000;
	machine_irq(INTID_HYP_TIMER);
	expect_box(BOX_EXIT_INTERRUPTED);
	assert_hex(fake_registers[0][FAKE_cnthp_cval_el2], 9000);
}

/* --- waiting --- */

static void a_waiting_vm_leaves_the_cpu_with_the_next_deadline(void **state)
{
	uint64_t pc = vm()->frame.pc;

	(void)state;
	arm_timer_live(6000);
	machine_trap(WFI, 0, 0);
	expect_outer(HOST_EXIT_WAIT);
	assert_hex(*x(2), 6000);
	assert_hex(vm()->frame.pc, pc + 4);
	run();
	assert_true(machine_is_in(vm()));
}

static void without_a_timer_it_waits_for_ever(void **state)
{
	(void)state;
	machine_trap(WFI, 0, 0);
	expect_outer(HOST_EXIT_WAIT);
	assert_hex(*x(2), TIME_NEVER);
}

static void the_box_s_deadline_counts_while_its_vm_waits(void **state)
{
	(void)state;
	run();
	arm_timer_live(4000);
	call(BOX_VM_RUN, BOX_ANSWER_NONE);
	arm_timer_live(6000);
	machine_trap(WFI, 0, 0);
	expect_outer(HOST_EXIT_WAIT);
	assert_hex(*x(2), 4000);
}

static void what_is_pending_ends_the_wait_before_it_begins(void **state)
{
	(void)state;
	virq_set_spi(vm(), 40, 0x80, true);
	machine_irq(INTID_KICK);
	machine_trap(WFI, 0, 0);
	assert_true(machine_is_in(vm()));
	assert_int_equal(guest_acknowledge(), 40);
	/* Active is not pending. */
	machine_trap(WFI, 0, 0);
	expect_outer(HOST_EXIT_WAIT);
}

static void a_due_timer_ends_the_wait_before_it_begins(void **state)
{
	(void)state;
	arm_timer_live(1500);
	fake_time = 1500;
	machine_trap(WFI, 0, 0);
	assert_true(machine_is_in(vm()));
}

static void a_wake_after_the_wait_began_sets_the_notice_bit(void **state)
{
	(void)state;
	machine_trap(WFI, 0, 0);
	expect_outer(HOST_EXIT_WAIT);
	assert_hex(fixture_pair(pair)->notice->vcpus, 0);
	fake_cpu = 1;
	virq_set_spi(vm(), 40, 0x80, false);
	assert_hex(fixture_pair(pair)->notice->vcpus, 1);
	fake_cpu = 0;
	run();
	assert_hex(fixture_pair(pair)->notice->vcpus, 0);
	assert_true(machine_is_in(vm()));
	assert_int_equal(guest_acknowledge(), 40);
}

/* Another CPU raises an interrupt when the look at what is pending is over and the box's context not yet saved. */
static void wake_from_elsewhere(void)
{
	fake_time_hook = NULL;
	fake_cpu = 1;
	virq_set_spi(vm(), 40, 0x80, false);
	fake_cpu = 0;
}

static void a_wake_while_the_wait_begins_is_not_lost(void **state)
{
	(void)state;
	fake_registers[0][FAKE_cntv_ctl_el0] = 0;
	fake_time_hook = wake_from_elsewhere;
	machine_trap(WFI, 0, 0);
	assert_null(fake_time_hook);
	expect_outer(HOST_EXIT_WAIT);
	assert_hex(fixture_pair(pair)->notice->vcpus, 1);
	assert_true((outer()->virq.private_pending & BIT(HOST_INTID_NOTICE)) != 0);
	run();
	assert_int_equal(guest_acknowledge(), 40);
}

static void a_waiting_box_waits_for_its_own_interrupts(void **state)
{
	(void)state;
	arm_timer_live(3000);
	machine_trap(WFI, 0, 0);
	expect_outer(HOST_EXIT_WAIT);
	assert_hex(*x(2), 3000);
	run();
	assert_true(machine_is_in(box()));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST_FROM(vm_runs, the_box_gets_its_interrupt_while_its_vm_runs),
		TEST_FROM(vm_runs, a_due_timer_of_the_box_takes_the_cpu_from_its_vm),
		TEST_FROM(outer_runs, a_due_timer_of_the_outer_os_takes_the_cpu_from_everybody),
		TEST_FROM(outer_runs, the_earliest_deadline_is_the_one_that_is_set),
		TEST_FROM(vm_runs, a_waiting_vm_leaves_the_cpu_with_the_next_deadline),
		TEST_FROM(vm_runs, without_a_timer_it_waits_for_ever),
		TEST_FROM(outer_runs, the_box_s_deadline_counts_while_its_vm_waits),
		TEST_FROM(vm_runs, what_is_pending_ends_the_wait_before_it_begins),
		TEST_FROM(vm_runs, a_due_timer_ends_the_wait_before_it_begins),
		TEST_FROM(vm_runs, a_wake_after_the_wait_began_sets_the_notice_bit),
		TEST_FROM(vm_runs, a_wake_while_the_wait_begins_is_not_lost),
		TEST_FROM(box_runs, a_waiting_box_waits_for_its_own_interrupts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
