/*
 * Virtual interrupts between CPUs: taking one back, who is woken and how, software-generated ones.
 * Links: mediator
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "tests/unit/nest.h"
#include "mediator/run.h"

static bool notice_is_set(void)
{
	return (fixture_pair(pair)->notice->vcpus & 1) != 0;
}

/* --- taking one out --- */

static uint64_t clear(struct context *context, unsigned intid)
{
	uint64_t state = 99;

	assert_int_equal(virq_clear_spi(context, intid, &state), OK);
	return state;
}

static void a_waiting_interrupt_is_taken_out_and_was_pending(void **state)
{
	(void)state;
	virq_set_spi(vm(), SPI_A, 0x80, false);
	assert_int_equal(clear(vm(), SPI_A), 1);
	assert_int_equal(clear(vm(), SPI_A), 0);
	virq_set_spi(vm(), SPI_A, 0x80, true);
	assert_int_equal(clear(vm(), SPI_A), 1);
	fixture_run_vm();
	assert_int_equal(guest_acknowledge(), 1023);
}

static void an_active_interrupt_says_so_and_stays_active(void **state)
{
	(void)state;
	virq_set_spi(vm(), SPI_A, 0x80, true);
	fixture_run_vm();
	guest_open();
	assert_int_equal(guest_acknowledge(), SPI_A);
	/* To the box: a VM access to a device. */
	machine_trap(ESR_EC_DATA_ABORT_LOWER << ESR_EC_SHIFT | ESR_IL | ESR_ABORT_ISV | 2ull << ESR_ABORT_SAS_SHIFT | 7,
		     0x9000000, 0x9000000);
	assert_true(machine_is_in(box()));
	assert_int_equal(clear(vm(), SPI_A), 3);	/* the line was still high */
	assert_int_equal(clear(vm(), SPI_A), 2);
	call(BOX_VM_RUN, BOX_ANSWER_DONE, 0);
	assert_hex(guest_list_register(SPI_A) & ICH_LR_STATE, ICH_LR_STATE_ACTIVE);
	guest_end(SPI_A);
	assert_int_equal(guest_acknowledge(), 1023);
}

/* CPU 0 runs VM vCPU 0; its box's second vCPU, on CPU 1, takes the interrupt back. */
static void an_interrupt_in_another_cpu_s_registers_is_fetched(void **state)
{
	uint64_t result = 0;

	(void)state;
	set_and_refill(SPI_A, 0x80, true);
	fake_cpu = 1;
	fake_events_clear();
	assert_int_equal(virq_clear_spi(vm(), SPI_A, &result), ERR_BUSY);
	assert_int_equal(fake_events[1].by_kind[FAKE_SGI], 1);
	assert_hex(fake_event_find(1, FAKE_SGI, 0)->a, (uint64_t)INTID_KICK << 24 | 1);
	fake_cpu = 0;
	machine_irq(INTID_KICK);
	assert_int_equal(guest_list_register(SPI_A), 0);
	assert_int_equal(guest_acknowledge(), 1023);
	fake_cpu = 1;
	assert_int_equal(virq_clear_spi(vm(), SPI_A, &result), OK);
}

static void a_fetched_edge_was_pending(void **state)
{
	uint64_t result = 0;

	(void)state;
	set_and_refill(SPI_A, 0x80, false);
	fake_cpu = 1;
	assert_int_equal(virq_clear_spi(vm(), SPI_A, &result), ERR_BUSY);
	fake_cpu = 0;
	machine_irq(INTID_KICK);
	fake_cpu = 1;
	/* Not one answer less than if it had waited in memory: the box delivers it elsewhere. */
	assert_int_equal(virq_clear_spi(vm(), SPI_A, &result), OK);
	assert_int_equal(result, 1);
	assert_int_equal(virq_clear_spi(vm(), SPI_A, &result), OK);
	assert_int_equal(result, 0);
}

static void an_edge_fetched_while_the_first_is_active_was_pending_and_active(void **state)
{
	uint64_t result = 0;

	(void)state;
	set_and_refill(SPI_A, 0x80, false);
	assert_int_equal(guest_acknowledge(), SPI_A);
	set_and_refill(SPI_A, 0x80, false);
	fake_cpu = 1;
	assert_int_equal(virq_clear_spi(vm(), SPI_A, &result), ERR_BUSY);
	fake_cpu = 0;
	machine_irq(INTID_KICK);
	assert_hex(guest_list_register(SPI_A) & ICH_LR_STATE, ICH_LR_STATE_ACTIVE);
	fake_cpu = 1;
	assert_int_equal(virq_clear_spi(vm(), SPI_A, &result), OK);
	assert_int_equal(result, 3);
	fake_cpu = 0;
	guest_end(SPI_A);
	assert_int_equal(guest_acknowledge(), 1023);
}

static void an_interrupt_raised_again_during_the_fetch_is_not_lost(void **state)
{
	uint64_t result;

	(void)state;
	set_and_refill(SPI_A, 0x80, false);
	fake_cpu = 1;
	assert_int_equal(virq_clear_spi(vm(), SPI_A, &result), ERR_BUSY);
	virq_set_spi(vm(), SPI_A, 0x80, false);
	fake_cpu = 0;
	machine_irq(INTID_KICK);
	assert_int_equal(guest_acknowledge(), SPI_A);
}

static void what_was_fetched_once_can_be_raised_again(void **state)
{
	uint64_t result;

	(void)state;
	set_and_refill(SPI_A, 0x80, true);
	fake_cpu = 1;
	assert_int_equal(virq_clear_spi(vm(), SPI_A, &result), ERR_BUSY);
	/* The guest takes it before the kick arrives. */
	fake_cpu = 0;
	assert_int_equal(guest_acknowledge(), SPI_A);
	guest_end(SPI_A);
	machine_irq(INTID_KICK);
	fake_cpu = 1;
	assert_int_equal(virq_clear_spi(vm(), SPI_A, &result), OK);
	virq_set_spi(vm(), SPI_A, 0x80, false);
	fake_cpu = 0;
	machine_irq(INTID_KICK);
	machine_irq(INTID_KICK);
	assert_int_equal(guest_acknowledge(), SPI_A);
}

/* --- who is woken --- */

static void a_vcpu_on_another_cpu_is_kicked(void **state)
{
	(void)state;
	fake_cpu = 1;
	fake_events_clear();
	virq_set_spi(vm(), SPI_A, 0x80, true);
	assert_int_equal(fake_events[1].by_kind[FAKE_SGI], 1);
	assert_hex(fake_event_find(1, FAKE_SGI, 0)->a, (uint64_t)INTID_KICK << 24 | 1);
	assert_false(notice_is_set());
}

static void a_vcpu_on_this_cpu_is_looked_at_before_the_return(void **state)
{
	(void)state;
	assert_int_equal(call(BOX_SPI_SET, 0, SPI_A, 0x80, 1), BOX_OK);
	assert_int_equal(fake_events[0].by_kind[FAKE_SGI], 0);
	assert_false(notice_is_set());
	fixture_run_vm();
	guest_open();
	assert_int_equal(guest_acknowledge(), SPI_A);
}

/* What the loaded context gets is in its list registers at once; nobody else is looked at for it. */
static void an_interrupt_of_who_is_loaded_changes_nobody_s_turn(void **state)
{
	(void)state;
	enable_private(vm(), 5, 0x80);
	virq_set_private(vm(), 5);
	assert_int_equal(cpus[0].recheck, RECHECK_LISTS);
	assert_ptr_equal(run_recheck(&cpus[0]), vm());
	assert_int_equal(cpus[0].recheck, 0);
	assert_int_equal(guest_acknowledge(), 5);
}

/* Both at once, and in either order: the box of the VM that is loaded has its turn. */
static void an_interrupt_of_who_is_not_loaded_is_looked_at_whatever_else_came(void **state)
{
	(void)state;
	enable_private(vm(), 5, 0x80);
	enable_private(box(), BOX_INTID_DOORBELL, 0x80);
	virq_set_private(vm(), 5);
	virq_set_private(box(), BOX_INTID_DOORBELL);
	virq_set_private(vm(), 5);
	assert_ptr_equal(run_recheck(&cpus[0]), box());
	assert_int_equal(cpus[0].recheck, 0);
}

/* Between its last look and the switch a vCPU that gives up counts as not loaded. */
static void an_interrupt_of_who_is_about_to_leave_is_announced(void **state)
{
	(void)state;
	spin_lock(&vm()->vcpu->lock);
	virq_park(vm()->vcpu, vm());
	spin_unlock(&vm()->vcpu->lock);
	virq_set_private(vm(), 5);
	assert_true(notice_is_set());
	assert_int_equal(cpus[0].recheck & RECHECK_LISTS, 0);
	cpus[0].recheck = 0;
}

static void a_vcpu_nowhere_is_announced_to_the_cpu_that_last_ran_it(void **state)
{
	struct context *outer = &outer_contexts[0];

	(void)state;
	fixture_leave();
	fake_cpu = 1;
	fake_events_clear();
	virq_set_spi(vm(), SPI_A, 0x80, true);
	assert_true(notice_is_set());
	assert_true((outer->virq.private_pending & BIT(HOST_INTID_NOTICE)) != 0);
	assert_hex(fake_event_find(1, FAKE_SGI, 0)->a, (uint64_t)INTID_KICK << 24 | 1);
	assert_int_equal(outer_contexts[1].virq.private_pending, 0);
}

static void running_the_vcpu_takes_its_notice_bit_away(void **state)
{
	(void)state;
	fixture_leave();
	virq_set_private(box(), BOX_INTID_DOORBELL);
	assert_true(notice_is_set());
	machine_irq(INTID_KICK);
	call(HOST_RUN, pair->handle, 0);
	assert_false(notice_is_set());
}

static void an_interrupt_of_the_outer_os_brings_its_cpu_back(void **state)
{
	struct context *outer = &outer_contexts[0];

	(void)state;
	enable_private(outer, HOST_INTID_NOTICE, 0x80);
	outer->virq.vmcr = ICH_VMCR_VENG1 | 0xffull << ICH_VMCR_VPMR_SHIFT;
	/* Another CPU has something to tell it. */
	fake_cpu = 1;
	virq_set_private(outer, HOST_INTID_NOTICE);
	fake_cpu = 0;
	machine_irq(INTID_KICK);
	assert_true(machine_is_in(outer));
	assert_int_equal(outer->frame.x[1], HOST_EXIT_INTERRUPTED);
	assert_int_equal(guest_acknowledge(), HOST_INTID_NOTICE);
}

/* --- software-generated interrupts --- */

#define SGI(intid, list)	((uint64_t)(intid) << 24 | (list))

static uint32_t pending_of(unsigned role, unsigned vcpu)
{
	return fixture_context(pair, role, vcpu)->virq.private_pending;
}

static void sgis_go_to_the_listed_vcpus_of_the_same_domain(void **state)
{
	(void)state;
	virq_generate_sgi(vm(), SGI(4, 2));
	assert_hex(pending_of(HOST_ROLE_VM, 1), BIT(4));
	assert_hex(pending_of(HOST_ROLE_VM, 0), 0);
	assert_hex(pending_of(HOST_ROLE_BOX, 0) | pending_of(HOST_ROLE_BOX, 1), 0);
	assert_hex(outer_contexts[1].virq.private_pending, 0);
	virq_generate_sgi(vm(), SGI(5, 3));
	assert_hex(pending_of(HOST_ROLE_VM, 1), BIT(4) | BIT(5));
	assert_hex(pending_of(HOST_ROLE_VM, 0), BIT(5));
	cpus[0].recheck = 0;
}

static void sgis_to_all_others_leave_the_sender_out(void **state)
{
	(void)state;
	virq_generate_sgi(vm(), BIT(40) | SGI(9, 1));
	assert_hex(pending_of(HOST_ROLE_VM, 0), 0);
	assert_hex(pending_of(HOST_ROLE_VM, 1), BIT(9));
	assert_hex(pending_of(HOST_ROLE_BOX, 1), 0);
}

static void sgis_to_vcpus_that_do_not_exist_go_nowhere(void **state)
{
	static const uint64_t values[] = { SGI(1, 0xfffc), SGI(1, 3) | 1ull << 16, SGI(1, 3) | 1ull << 32,
					   SGI(1, 3) | 1ull << 48, SGI(1, 0xffff) | 1ull << 44, SGI(1, 1) | 15ull << 44,
					   SGI(1, 0) };

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(values); i++)
		virq_generate_sgi(vm(), values[i]);
	assert_hex(pending_of(HOST_ROLE_VM, 0) | pending_of(HOST_ROLE_VM, 1), 0);
	assert_hex(pending_of(HOST_ROLE_BOX, 0) | pending_of(HOST_ROLE_BOX, 1), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST_FROM(box_runs, a_waiting_interrupt_is_taken_out_and_was_pending),
		TEST_FROM(box_runs, an_active_interrupt_says_so_and_stays_active),
		TEST_FROM(vm_runs, an_interrupt_in_another_cpu_s_registers_is_fetched),
		TEST_FROM(vm_runs, a_fetched_edge_was_pending),
		TEST_FROM(vm_runs, an_edge_fetched_while_the_first_is_active_was_pending_and_active),
		TEST_FROM(vm_runs, an_interrupt_raised_again_during_the_fetch_is_not_lost),
		TEST_FROM(vm_runs, what_was_fetched_once_can_be_raised_again),
		TEST_FROM(vm_runs, a_vcpu_on_another_cpu_is_kicked),
		TEST_FROM(box_runs, a_vcpu_on_this_cpu_is_looked_at_before_the_return),
		TEST_FROM(vm_runs, an_interrupt_of_who_is_loaded_changes_nobody_s_turn),
		TEST_FROM(vm_runs, an_interrupt_of_who_is_not_loaded_is_looked_at_whatever_else_came),
		TEST_FROM(vm_runs, an_interrupt_of_who_is_about_to_leave_is_announced),
		TEST_FROM(vm_runs, a_vcpu_nowhere_is_announced_to_the_cpu_that_last_ran_it),
		TEST_FROM(vm_runs, running_the_vcpu_takes_its_notice_bit_away),
		TEST_FROM(vm_runs, an_interrupt_of_the_outer_os_brings_its_cpu_back),
		TEST_FROM(vm_runs, sgis_go_to_the_listed_vcpus_of_the_same_domain),
		TEST_FROM(vm_runs, sgis_to_all_others_leave_the_sender_out),
		TEST_FROM(vm_runs, sgis_to_vcpus_that_do_not_exist_go_nowhere),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
