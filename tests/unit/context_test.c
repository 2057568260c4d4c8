/*
 * Contexts: the state that a vCPU starts in, and exceptions that the mediator gives to one.
 * Source: Arm DDI 0487, "AArch64.TakeException", "Exception vectors", "ESR_EL1".
 * Links: mediator
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "tests/unit/machine.h"
#include "mediator/context.h"

#define VBAR	0xffff000010080800ull
#define PC	0xffff000012345678ull
#define NZCV	0xf0000000ull
#define DIT	(1ull << 24)
#define PAN	(1ull << 22)
#define SS	(1ull << 21)
#define IL	(1ull << 20)
#define SSBS	(1ull << 12)
#define BTYPE	(3ull << 10)

static struct context context;

static int setup(void **state)
{
	machine_boot_1(state);
	memset(&context, 0, sizeof(context));
	context.frame.pc = PC;
	fake_registers[0][FAKE_vbar_el1] = VBAR;
	fake_registers[0][FAKE_sctlr_el1] = SCTLR_EL1_RES1 | BIT(23);	/* SPAN: PAN is left alone */
	return 0;
}

static uint64_t el1(enum fake_register number)
{
	return fake_registers[0][number];
}

static void inject_from(uint64_t pstate)
{
	context.frame.pc = PC;
	context.frame.pstate = pstate;
	context_inject(&context, 0x96000010, 0x123456789);
}

static void the_vector_is_chosen_by_where_it_comes_from(void **state)
{
	(void)state;
	inject_from(SPSR_EL1T);
	assert_hex(context.frame.pc, VBAR);
	inject_from(SPSR_EL1H);
	assert_hex(context.frame.pc, VBAR + 0x200);
	inject_from(SPSR_EL0);
	assert_hex(context.frame.pc, VBAR + 0x400);
	/* AArch32 at EL0. */
	inject_from(SPSR_AARCH32);
	assert_hex(context.frame.pc, VBAR + 0x600);
	inject_from(SPSR_AARCH32 | 0x20 | NZCV);
	assert_hex(context.frame.pc, VBAR + 0x600);
}

static void the_interrupted_state_is_saved_for_the_handler(void **state)
{
	(void)state;
	inject_from(SPSR_EL0 | NZCV | SPSR_I | SSBS | SS | BTYPE);
	assert_hex(el1(FAKE_elr_el1), PC);
	assert_hex(el1(FAKE_spsr_el1), SPSR_EL0 | NZCV | SPSR_I | SSBS | SS | BTYPE);
	assert_hex(el1(FAKE_esr_el1), 0x96000010);
	assert_hex(el1(FAKE_far_el1), 0x123456789);
}

static void the_handler_runs_at_el1_masked(void **state)
{
	(void)state;
	inject_from(SPSR_EL0 | NZCV | DIT | PAN | SS | IL | BTYPE | SSBS);
	/* Step, illegal state and branch type are cleared; speculation control follows SCTLR_EL1.DSSBS. */
	assert_hex(context.frame.pstate, SPSR_EL1H | SPSR_DAIF | NZCV | DIT | PAN);
	inject_from(SPSR_EL1H);
	assert_hex(context.frame.pstate, SPSR_EL1H | SPSR_DAIF);
}

static void pan_is_set_where_the_cpu_has_it_and_the_kernel_asks(void **state)
{
	(void)state;
	fake_registers[0][FAKE_sctlr_el1] = SCTLR_EL1_RES1 & ~BIT(23);
	fake_registers[0][FAKE_id_aa64mmfr1_el1] = 0;
	inject_from(SPSR_EL0);
	assert_hex(context.frame.pstate & PAN, 0);
	fake_registers[0][FAKE_id_aa64mmfr1_el1] = 1ull << 20;
	inject_from(SPSR_EL0);
	assert_hex(context.frame.pstate & PAN, PAN);
}

static void speculation_is_as_the_kernel_set_it(void **state)
{
	(void)state;
	fake_registers[0][FAKE_sctlr_el1] |= BIT(44);
	inject_from(SPSR_EL0);
	assert_hex(context.frame.pstate & SSBS, SSBS);
}

static void an_undefined_instruction_keeps_the_fault_address(void **state)
{
	(void)state;
	fake_registers[0][FAKE_far_el1] = 0x777;
	context.frame.pstate = SPSR_EL1H;
	context_inject_undefined(&context);
	assert_hex(el1(FAKE_esr_el1), 0x02000000);
	assert_hex(el1(FAKE_far_el1), 0x777);
	assert_hex(el1(FAKE_elr_el1), PC);
}

static void aborts_say_what_was_tried_and_from_where(void **state)
{
	static const struct {
		uint64_t pstate;
		enum abort_kind kind;
		uint64_t esr;
	} cases[] = {
		{ SPSR_EL0, ABORT_READ, 0x92000010 },	{ SPSR_EL0, ABORT_WRITE, 0x92000050 },
		{ SPSR_EL0, ABORT_FETCH, 0x82000010 },	{ SPSR_EL1H, ABORT_READ, 0x96000010 },
		{ SPSR_EL1H, ABORT_WRITE, 0x96000050 },	{ SPSR_EL1T, ABORT_FETCH, 0x86000010 },
		{ SPSR_AARCH32, ABORT_READ, 0x92000010 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
		context.frame.pstate = cases[i].pstate;
		context_inject_abort(&context, cases[i].kind, 0xabc000);
		assert_hex(el1(FAKE_esr_el1), cases[i].esr);
		assert_hex(el1(FAKE_far_el1), 0xabc000);
	}
}

static void a_started_vcpu_has_nothing_of_what_was_before(void **state)
{
	struct context clean;

	(void)state;
	memset(&context, 0xff, sizeof(context));
	context.vcpu = NULL;
	context.start_pc = 0x40080000;
	context.start_x0 = 0x44000000;
	context.timer.offset = 0x1234;
	context_start(&context);
	memset(&clean, 0, sizeof(clean));
	clean.frame.pc = 0x40080000;
	clean.frame.x[0] = 0x44000000;
	clean.frame.pstate = SPSR_EL1H | SPSR_DAIF;
	clean.el1.sctlr_el1 = SCTLR_EL1_RES1;
	assert_memory_equal(&context.frame, &clean.frame, sizeof(clean.frame));
	assert_memory_equal(&context.el1, &clean.el1, sizeof(clean.el1));
	assert_memory_equal(&context.fp, &clean.fp, sizeof(clean.fp));
	assert_false(context.mmio.valid);
	assert_hex(context.timer.ctl | context.timer.cval, 0);
	/* Its domain's time goes on. */
	assert_hex(context.timer.offset, 0x1234);
	assert_int_equal(context.power, POWER_ON);
	/* MMU and caches off. */
	assert_hex(context.el1.sctlr_el1 & (SCTLR_M | SCTLR_C | SCTLR_I), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST_FROM(setup, the_vector_is_chosen_by_where_it_comes_from),
		TEST_FROM(setup, the_interrupted_state_is_saved_for_the_handler),
		TEST_FROM(setup, the_handler_runs_at_el1_masked),
		TEST_FROM(setup, pan_is_set_where_the_cpu_has_it_and_the_kernel_asks),
		TEST_FROM(setup, speculation_is_as_the_kernel_set_it),
		TEST_FROM(setup, an_undefined_instruction_keeps_the_fault_address),
		TEST_FROM(setup, aborts_say_what_was_tried_and_from_where),
		TEST_FROM(setup, a_started_vcpu_has_nothing_of_what_was_before),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
