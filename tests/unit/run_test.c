/*
 * The run nest: outer OS -> box -> VM and back; answers to a device access; the mark of a terminated pair; vector
 * registers. Every entry is checked against the rules in machine_rules.c.
 * Links: mediator
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "tests/unit/nest.h"

/* --- into the nest --- */

static void a_run_enters_the_box_at_its_start(void **state)
{
	(void)state;
	run();
	assert_true(machine_is_in(box()));
	assert_hex(box()->frame.pc, BOX_RAM_BASE);
	assert_hex(box()->frame.pstate, SPSR_EL1H | SPSR_DAIF);
	for (unsigned i = 0; i < 31; i++)
		assert_hex(*x(i), 0);
	assert_hex(fake_registers[0][FAKE_sctlr_el1], SCTLR_EL1_RES1);
	assert_hex(fake_registers[0][FAKE_ttbr0_el1] | fake_registers[0][FAKE_vbar_el1] |
		   fake_registers[0][FAKE_tpidr_el1], 0);
}

static void the_box_enters_its_vm_at_its_entry_point(void **state)
{
	(void)state;
	run();
	call(BOX_VM_RUN, BOX_ANSWER_NONE);
	assert_true(machine_is_in(vm()));
	assert_hex(vm()->frame.pc, FIXTURE_VM_ENTRY);
	assert_hex(*x(0), FIXTURE_VM_X0);
	for (unsigned i = 1; i < 31; i++)
		assert_hex(*x(i), 0);
}

static void each_level_keeps_its_own_registers(void **state)
{
	(void)state;
	for (unsigned i = 0; i < FAKE_REGISTER_COUNT; i++) {
		if (i == FAKE_vbar_el1 || i == FAKE_ttbr0_el1 || i == FAKE_tpidr_el0 || i == FAKE_sp_el0 ||
		    i == FAKE_elr_el1)
			fake_registers[0][i] = 0x111;
	}
	*x(20) = 0x120;
	run();
	fake_registers[0][FAKE_vbar_el1] = 0x222;
	fake_registers[0][FAKE_tpidr_el0] = 0x222;
	*x(20) = 0x220;
	call(BOX_VM_RUN, BOX_ANSWER_NONE);
	fake_registers[0][FAKE_vbar_el1] = 0x333;
	fake_registers[0][FAKE_sp_el0] = 0x333;
	*x(20) = 0x320;
	machine_trap(DATA | SIZE(2), DEVICE, DEVICE);
	assert_true(machine_is_in(box()));
	assert_hex(fake_registers[0][FAKE_vbar_el1], 0x222);
	assert_hex(fake_registers[0][FAKE_sp_el0], 0);
	assert_hex(*x(20), 0x220);
	fixture_leave();
	assert_hex(fake_registers[0][FAKE_vbar_el1], 0x111);
	assert_hex(fake_registers[0][FAKE_ttbr0_el1], 0x111);
	assert_hex(fake_registers[0][FAKE_sp_el0], 0x111);
	assert_hex(fake_registers[0][FAKE_elr_el1], 0x111);
	assert_hex(*x(20), 0x120);
	run();
	assert_hex(fake_registers[0][FAKE_tpidr_el0], 0x222);
	call(BOX_VM_RUN, BOX_ANSWER_DONE, 0);
	assert_hex(fake_registers[0][FAKE_vbar_el1], 0x333);
	assert_hex(*x(20), 0x320);
}

static void a_run_is_refused_in_order(void **state)
{
	(void)state;
	assert_int_equal(call(HOST_RUN, 0, 0), HOST_ERR_NOT_FOUND);
	assert_int_equal(call(HOST_RUN, pair->handle + 1, 9), HOST_ERR_NOT_FOUND);
	assert_int_equal(call(HOST_RUN, pair->handle, 2), HOST_ERR_ARGS);
	assert_int_equal(call(HOST_RUN, pair->handle, ~0ull), HOST_ERR_ARGS);
	run();
	fake_cpu = 1;
	assert_int_equal(call(HOST_RUN, pair->handle, 0), HOST_ERR_BUSY);
	assert_int_equal(call(HOST_RUN, pair->handle, 2), HOST_ERR_ARGS);
	assert_int_equal(call(HOST_TERMINATE, pair->handle), HOST_OK);
	assert_int_equal(call(HOST_RUN, pair->handle, 1), HOST_ERR_STATE);
}

static void a_vcpu_goes_on_where_it_was_on_another_cpu(void **state)
{
	(void)state;
	*x(19) = 0x77;
	fake_registers[0][FAKE_tpidr_el1] = 0x7777;
	fixture_leave();
	fake_cpu = 1;
	run();
	assert_true(machine_is_in(vm()));
	assert_hex(*x(19), 0x77);
	assert_hex(fake_registers[1][FAKE_tpidr_el1], 0x7777);
	assert_int_equal(fake_registers[1][FAKE_vmpidr_el2] & 0xff, 0);
}

static void an_interrupt_of_the_outer_os_ends_the_run_and_the_next_resumes_the_vm(void **state)
{
	(void)state;
	*x(3) = 0x333;
	uint64_t pc = vm()->frame.pc;

	fixture_leave();
	expect_outer(HOST_EXIT_INTERRUPTED);
	run();
	assert_true(machine_is_in(vm()));
	assert_hex(vm()->frame.pc, pc);
	assert_hex(*x(3), 0x333);
}

/* What is pending but masked by the outer OS's own priority mask is no reason. */
static void a_masked_interrupt_of_the_outer_os_does_not_end_the_run(void **state)
{
	(void)state;
	outer()->virq.vmcr = ICH_VMCR_VENG1;
	outer()->virq.private_enabled = (uint32_t)BIT(HOST_INTID_NOTICE);
	virq_set_private(outer(), HOST_INTID_NOTICE);
	machine_irq(INTID_KICK);
	assert_true(machine_is_in(vm()));
}

static void a_run_with_an_interrupt_waiting_returns_at_once(void **state)
{
	(void)state;
	guest_open();
	outer()->virq.private_enabled = (uint32_t)BIT(HOST_INTID_NOTICE);
	virq_set_private(outer(), HOST_INTID_NOTICE);
	machine_irq(INTID_KICK);
	run();
	expect_outer(HOST_EXIT_INTERRUPTED);
}

/* Even when the box has something to do first: it might never exit. */
static void a_run_with_an_interrupt_waiting_returns_at_once_also_when_the_box_is_to_be_told(void **state)
{
	(void)state;
	fixture_leave();
	box()->virq.private_enabled = (uint32_t)BIT(BOX_INTID_DOORBELL);
	assert_int_equal(call(HOST_NOTIFY, pair->handle), HOST_OK);
	virq_set_private(outer(), HOST_INTID_NOTICE);
	machine_irq(INTID_KICK);
	run();
	expect_outer(HOST_EXIT_INTERRUPTED);
	/* Once it is taken, the box gets its turn and learns why. */
	assert_int_equal(guest_acknowledge(), HOST_INTID_NOTICE);
	guest_end(HOST_INTID_NOTICE);
	run();
	expect_box(BOX_EXIT_INTERRUPTED);
	assert_int_equal(guest_acknowledge(), BOX_INTID_DOORBELL);
}

/* --- device accesses --- */

static void device_read(unsigned size, unsigned reg, uint64_t flags)
{
	machine_trap(DATA | SIZE(size) | REG(reg) | flags, DEVICE, DEVICE);
	expect_box(BOX_EXIT_MMIO);
}

static void an_answer_is_cut_and_extended_as_the_access_was(void **state)
{
	static const struct {
		unsigned size;
		uint64_t flags, expected;
	} cases[] = {
		{ 0, 0, 0x88 }, { 1, 0, 0x7788 }, { 2, 0, 0xd5667788 }, { 3, ESR_ABORT_SF, 0x91223344d5667788 },
		{ 0, ESR_ABORT_SSE, 0xffffff88 }, { 1, ESR_ABORT_SSE | ESR_ABORT_SF, 0x7788 },
		{ 2, ESR_ABORT_SSE | ESR_ABORT_SF, 0xffffffffd5667788 }, { 0, ESR_ABORT_SSE | ESR_ABORT_SF, ~0x77ull },
		{ 0, ESR_ABORT_SF, 0x88 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
		uint64_t pc = vm()->frame.pc;

		*x(9) = ~0ull;
		device_read(cases[i].size, 9, cases[i].flags);
		assert_hex(vm()->frame.pc, pc);
		call(BOX_VM_RUN, BOX_ANSWER_DONE, 0x91223344d5667788);
		assert_true(machine_is_in(vm()));
		assert_hex(*x(9), cases[i].expected);
		assert_hex(vm()->frame.pc, pc + 4);
	}
}

static void an_answer_changes_one_register(void **state)
{
	struct frame before;

	(void)state;
	for (unsigned i = 0; i < 31; i++)
		*x(i) = 0x1000 + i;
	before = vm()->frame;
	device_read(2, 12, 0);
	call(BOX_VM_RUN, BOX_ANSWER_DONE, 0x55);
	before.x[12] = 0x55;
	before.pc += 4;
	assert_memory_equal(&vm()->frame, &before, sizeof(before));
	/* Register 31 is none; and a write has no result. */
	device_read(2, 31, 0);
	call(BOX_VM_RUN, BOX_ANSWER_DONE, 0x66);
	device_read(2, 12, ESR_ABORT_WNR);
	call(BOX_VM_RUN, BOX_ANSWER_DONE, 0x77);
	before.pc += 8;
	assert_memory_equal(&vm()->frame, &before, sizeof(before));
}

static void no_device_is_an_abort_at_the_address_of_the_access(void **state)
{
	(void)state;
	vm()->frame.pstate = SPSR_EL1H;
	uint64_t pc = vm()->frame.pc;

	machine_trap(DATA | SIZE(2) | REG(1) | ESR_ABORT_WNR, 0xffff800012345678, DEVICE);
	call(BOX_VM_RUN, BOX_ANSWER_ABORT, 0x1234);
	assert_true(machine_is_in(vm()));
	assert_hex(fake_registers[0][FAKE_far_el1], 0xffff800012345678);
	assert_hex(fake_registers[0][FAKE_esr_el1], 0x96000050);
	assert_hex(fake_registers[0][FAKE_elr_el1], pc);
}

static void wrong_answers_are_refused_and_change_nothing(void **state)
{
	(void)state;
	/* Nothing was asked yet. */
	assert_int_equal(call(BOX_VM_RUN, BOX_ANSWER_DONE, 0), BOX_ERR_STATE);
	assert_int_equal(call(BOX_VM_RUN, BOX_ANSWER_ABORT, 0), BOX_ERR_STATE);
	assert_int_equal(call(BOX_VM_RUN, 3, 0), BOX_ERR_ARGS);
	assert_int_equal(call(BOX_VM_RUN, ~0ull, 0), BOX_ERR_ARGS);
	fixture_run_vm();
	*x(9) = 0x99;
	device_read(2, 9, 0);
	machine_snapshot();
	assert_int_equal(call(BOX_VM_RUN, BOX_ANSWER_NONE, 0x11), BOX_ERR_STATE);
	assert_int_equal(call(BOX_VM_RUN, 3, 0x11), BOX_ERR_ARGS);
	machine_expect_unchanged();
	call(BOX_VM_RUN, BOX_ANSWER_DONE, 0x22);
	assert_hex(*x(9), 0x22);
}

static void one_question_has_one_answer(void **state)
{
	(void)state;
	*x(9) = 0x99;
	device_read(2, 9, 0);
	box()->virq.private_enabled = (uint32_t)BIT(BOX_INTID_DOORBELL);
	call(BOX_VM_RUN, BOX_ANSWER_DONE, 0x33);
	fake_cpu = 1;
	assert_int_equal(call(HOST_NOTIFY, pair->handle), HOST_OK);
	fake_cpu = 0;
	machine_irq(INTID_KICK);
	expect_box(BOX_EXIT_INTERRUPTED);
	assert_int_equal(call(BOX_VM_RUN, BOX_ANSWER_DONE, 0x44), BOX_ERR_STATE);
	assert_int_equal(call(BOX_VM_RUN, BOX_ANSWER_ABORT, 0), BOX_ERR_STATE);
	assert_hex(vm()->frame.x[9], 0x33);
}

static void an_access_waits_while_the_box_is_interrupted(void **state)
{
	(void)state;
	device_read(2, 9, 0);
	fixture_leave();
	run();
	assert_true(machine_is_in(box()));
	call(BOX_VM_RUN, BOX_ANSWER_DONE, 0x42);
	assert_hex(*x(9), 0x42);
}

/* --- messages and ends --- */

static void a_box_s_message_reaches_the_outer_os(void **state)
{
	(void)state;
	call(BOX_NOTIFY, 0x1234567);
	expect_outer(HOST_EXIT_NOTIFY);
	assert_hex(*x(2), 0x1234567);
	assert_hex(*x(3), 0);
	run();
	assert_true(machine_is_in(box()));
	assert_int_equal(*x(0), BOX_OK);
}

static void nothing_of_the_box_comes_with_an_exit(void **state)
{
	(void)state;
	for (unsigned i = 0; i < 31; i++)
		*x(i) = 0x5ec3e700 + i;
	machine_trap(WFI, 0, 0);
	expect_outer(HOST_EXIT_WAIT);
	for (unsigned i = 0; i < 31; i++)
		assert_true(*x(i) >> 8 != 0x5ec3e7);
}

static void a_marked_pair_leaves_at_its_next_exit(void **state)
{
	(void)state;
	fake_cpu = 1;
	assert_int_equal(call(HOST_TERMINATE, pair->handle), HOST_OK);
	fake_cpu = 0;
	machine_irq(INTID_KICK);
	expect_outer(HOST_EXIT_TERMINATED);
	assert_int_equal(run(), HOST_ERR_STATE);
	assert_int_equal(call(HOST_RECLAIM, pair->vm_ram, GRANULE_BYTES), HOST_OK);
}

static void a_marked_vm_does_not_come_back_from_its_box(void **state)
{
	(void)state;
	device_read(2, 9, 0);
	fake_cpu = 1;
	assert_int_equal(call(HOST_TERMINATE, pair->handle), HOST_OK);
	fake_cpu = 0;
	call(BOX_VM_RUN, BOX_ANSWER_DONE, 0);
	expect_outer(HOST_EXIT_TERMINATED);
}

/* --- vector registers --- */

static void vector_registers_are_each_context_s_own(void **state)
{
	(void)state;
	assert_hex(machine_use_fp(0x0111), 0);
	run();
	assert_hex(machine_use_fp(0x0222), 0);
	call(BOX_VM_RUN, BOX_ANSWER_NONE);
	assert_hex(machine_use_fp(0x0333), 0);
	fixture_leave();
	assert_hex(machine_use_fp(0x0112), 0x0111);
	run();
	assert_true(machine_is_in(vm()));
	assert_hex(machine_use_fp(0x0334), 0x0333);
	machine_trap(DATA | SIZE(2), DEVICE, DEVICE);
	assert_hex(machine_use_fp(0x0223), 0x0222);
	call(BOX_VM_RUN, BOX_ANSWER_DONE, 0);
	assert_hex(machine_use_fp(0), 0x0334);
}

static void vector_registers_follow_to_another_cpu(void **state)
{
	(void)state;
	machine_use_fp(0x0555);
	fixture_leave();
	fake_cpu = 1;
	machine_use_fp(0x0999);
	run();
	assert_true(machine_is_in(vm()));
	assert_hex(machine_use_fp(0), 0x0555);
	fixture_leave();
	assert_hex(machine_use_fp(0), 0x0999);
}

static void a_context_that_never_used_them_sees_zero(void **state)
{
	(void)state;
	machine_use_fp(0x5ec3e7);
	run();
	assert_hex(machine_use_fp(1), 0);
	/* Owner at once, no second trap. */
	uint64_t before = cpus[0].trace.head;

	assert_hex(machine_use_fp(2), 1);
	assert_int_equal(cpus[0].trace.head, before);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST_FROM(outer_runs, a_run_enters_the_box_at_its_start),
		TEST_FROM(outer_runs, the_box_enters_its_vm_at_its_entry_point),
		TEST_FROM(outer_runs, each_level_keeps_its_own_registers),
		TEST_FROM(outer_runs, a_run_is_refused_in_order),
		TEST_FROM(vm_runs, a_vcpu_goes_on_where_it_was_on_another_cpu),
		TEST_FROM(vm_runs, an_interrupt_of_the_outer_os_ends_the_run_and_the_next_resumes_the_vm),
		TEST_FROM(vm_runs, a_masked_interrupt_of_the_outer_os_does_not_end_the_run),
		TEST_FROM(outer_runs, a_run_with_an_interrupt_waiting_returns_at_once),
		TEST_FROM(vm_runs, a_run_with_an_interrupt_waiting_returns_at_once_also_when_the_box_is_to_be_told),
		TEST_FROM(vm_runs, an_answer_is_cut_and_extended_as_the_access_was),
		TEST_FROM(vm_runs, an_answer_changes_one_register),
		TEST_FROM(vm_runs, no_device_is_an_abort_at_the_address_of_the_access),
		TEST_FROM(box_runs, wrong_answers_are_refused_and_change_nothing),
		TEST_FROM(vm_runs, one_question_has_one_answer),
		TEST_FROM(vm_runs, an_access_waits_while_the_box_is_interrupted),
		TEST_FROM(box_runs, a_box_s_message_reaches_the_outer_os),
		TEST_FROM(box_runs, nothing_of_the_box_comes_with_an_exit),
		TEST_FROM(vm_runs, a_marked_pair_leaves_at_its_next_exit),
		TEST_FROM(vm_runs, a_marked_vm_does_not_come_back_from_its_box),
		TEST_FROM(outer_runs, vector_registers_are_each_context_s_own),
		TEST_FROM(vm_runs, vector_registers_follow_to_another_cpu),
		TEST_FROM(outer_runs, a_context_that_never_used_them_sees_zero),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
