/*
 * Exceptions from lower levels: which access is emulated, which goes to the box, which is refused and how; system
 * registers; and that every syndrome of every domain has an answer.
 * Links: mediator
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "tests/unit/fixture.h"
#include "mediator/gic.h"
#include "mediator/trap.h"

#define EC(class)	((uint64_t)(class) << ESR_EC_SHIFT | ESR_IL)
#define DATA		EC(ESR_EC_DATA_ABORT_LOWER)
#define FETCH		EC(ESR_EC_INSTRUCTION_ABORT_LOWER)
#define TRANSLATION	(ESR_ABORT_FSC_TRANSLATION | 3)
#define SIZE(n)		((uint64_t)(n) << ESR_ABORT_SAS_SHIFT)	/* log2 of bytes */
#define REG(n)		((uint64_t)(n) << ESR_ABORT_SRT_SHIFT)
#define PC		0x40080000ull
#define DEVICE		0x9000000ull

static struct fixture *pair;

static int outer_runs(void **state)
{
	fixture_active_2(state);
	pair = *state;
	machine_context()->frame.pc = PC;
	machine_context()->frame.pstate = SPSR_EL1H;
	return 0;
}

static int box_runs(void **state)
{
	outer_runs(state);
	fixture_run(pair, 0);
	machine_context()->frame.pc = PC;
	machine_context()->frame.pstate = SPSR_EL1H;
	return 0;
}

static int vm_runs(void **state)
{
	box_runs(state);
	fixture_run_vm();
	machine_context()->frame.pc = PC;
	machine_context()->frame.pstate = SPSR_EL1H;
	return 0;
}

static uint64_t *x(unsigned n)
{
	return &machine_context()->frame.x[n];
}

static void read_from(uint64_t address, unsigned size, unsigned reg, uint64_t flags)
{
	machine_trap(DATA | ESR_ABORT_ISV | SIZE(size) | REG(reg) | TRANSLATION | flags, address & 0xfff, address);
}

static void write_to(uint64_t address, unsigned size, unsigned reg)
{
	read_from(address, size, reg, ESR_ABORT_WNR);
}

static const struct host_record *last_refusal(void)
{
	const struct ring *ring = &cpus[fake_cpu].log;

	return &ring->records[(ring->head - 1) & ring->mask];
}

/* The running context got an abort with this syndrome, PC at its vector. */
static void expect_aborted(const struct context *context, uint64_t esr)
{
	assert_true(machine_is_in(context));
	assert_hex(fake_registers[fake_cpu][FAKE_esr_el1], esr);
	assert_hex(fake_registers[fake_cpu][FAKE_elr_el1], PC);
	assert_hex(context->frame.pc, fake_registers[fake_cpu][FAKE_vbar_el1] + 0x200);
}

/* --- the outer OS --- */

static void the_outer_os_s_gic_is_emulated(void **state)
{
	(void)state;
	read_from(PLAT_GICD_BASE + GICD_PIDR2, 2, 3, 0);
	assert_hex(machine_context()->frame.pc, PC + 4);
	read_from(PLAT_GICR_BASE + PLAT_GICR_STRIDE + GICR_TYPER, 3, 4, ESR_ABORT_SF);
	assert_hex(*x(4), 1ull << 32 | 1 << 8 | 1 << 4);
	*x(5) = BIT(9);
	write_to(PLAT_GICR_BASE + GICR_SGI_PAGE + GICD_ISENABLER, 2, 5);
	assert_hex(outer_contexts[0].virq.private_enabled, BIT(9));
	assert_hex(machine_context()->frame.pc, PC + 12);
}

static void reads_have_the_width_and_sign_of_the_access(void **state)
{
	(void)state;
	*x(5) = 0xf0f0f0f0;
	write_to(PLAT_GICR_BASE + GICR_SGI_PAGE + GICD_IPRIORITYR, 2, 5);
	*x(6) = ~0ull;
	read_from(PLAT_GICR_BASE + GICR_SGI_PAGE + GICD_IPRIORITYR, 0, 6, ESR_ABORT_SF);
	assert_hex(*x(6), 0xf0);
	read_from(PLAT_GICR_BASE + GICR_SGI_PAGE + GICD_IPRIORITYR, 0, 6, ESR_ABORT_SSE);
	assert_hex(*x(6), 0xfffffff0);
	read_from(PLAT_GICR_BASE + GICR_SGI_PAGE + GICD_IPRIORITYR, 1, 6, ESR_ABORT_SSE | ESR_ABORT_SF);
	assert_hex(*x(6), 0xfffffffffffff0f0);
	read_from(PLAT_GICR_BASE + GICR_SGI_PAGE + GICD_IPRIORITYR, 2, 6, 0);
	assert_hex(*x(6), 0xf0f0f0f0);
}

static void register_31_is_zero_and_nowhere(void **state)
{
	struct frame before;

	(void)state;
	write_to(PLAT_GICR_BASE + GICR_WAKER, 2, 31);
	assert_false(outer_contexts[0].virq.asleep);
	before = machine_context()->frame;
	read_from(PLAT_GICD_BASE + GICD_TYPER, 2, 31, 0);
	before.pc += 4;
	assert_memory_equal(&machine_context()->frame, &before, sizeof(before));
}

static void refused_memory_is_an_abort_with_a_named_owner(void **state)
{
	static const struct {
		uint64_t address;
		uint8_t state;
	} places[] = {
		{ PLAT_MEDIATOR_BASE, GRANULE_CORE }, { PLAT_SECURE_RAM_BASE, GRANULE_CORE },
		{ PLAT_UART1_BASE, GRANULE_CORE }, { BIT(39), GRANULE_CORE },
	};
	struct context *outer = machine_context();

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(places); i++) {
		outer->frame.pc = PC;
		outer->frame.pstate = SPSR_EL1H;
		write_to(places[i].address, 3, 1);
		expect_aborted(outer, 0x96000050);
		assert_int_equal(last_refusal()->event, HOST_EVENT_FAULT);
		assert_int_equal(last_refusal()->who, 0);
		assert_hex(last_refusal()->b, PC);
		assert_hex(last_refusal()->c, places[i].address);
		assert_hex(last_refusal()->d, (uint64_t)places[i].state << 32);
	}
	outer->frame.pc = PC;
	outer->frame.pstate = SPSR_EL1H;
	read_from(pair->vm_ram + 0x18, 3, 1, 0);
	expect_aborted(outer, 0x96000010);
	assert_hex(last_refusal()->d, (uint64_t)GRANULE_DATA << 32 | 3);
	assert_hex(last_refusal()->c, pair->vm_ram + 0x18);
}

static void the_outer_os_executes_nothing_of_others(void **state)
{
	(void)state;
	machine_trap(FETCH | TRANSLATION, pair->vm_ram, pair->vm_ram);
	expect_aborted(&outer_contexts[0], 0x86000010);
}

static void configuring_a_foreign_interrupt_is_logged_and_goes_on(void **state)
{
	(void)state;
	*x(2) = BIT(31);
	write_to(PLAT_GICD_BASE + GICD_ISENABLER + 8, 2, 2);
	assert_hex(machine_context()->frame.pc, PC + 4);
	assert_int_equal(last_refusal()->event, HOST_EVENT_REFUSED_INTERRUPT);
	assert_hex(last_refusal()->a, PLAT_GICD_BASE + GICD_ISENABLER + 8);
	assert_hex(last_refusal()->c, BIT(31));
}

/* What the syndrome does not fully describe is never carried out. */
static void accesses_that_can_t_be_decoded_are_not_emulated(void **state)
{
	static const struct {
		uint64_t esr, offset;
	} cases[] = {
		{ DATA | TRANSLATION | SIZE(2), 0 },					/* pair, SIMD, writeback */
		{ DATA | TRANSLATION | ESR_ABORT_ISV | SIZE(2) | ESR_ABORT_S1PTW, 0 },	/* the walk of its own tables */
		{ DATA | TRANSLATION | ESR_ABORT_ISV | SIZE(2) | ESR_ABORT_CM | ESR_ABORT_WNR, 0 },
		{ DATA | TRANSLATION | ESR_ABORT_ISV | SIZE(3), 4 },			/* across a register */
		{ FETCH | TRANSLATION, 0 },
	};
	struct context *outer = machine_context();

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
		struct virq before = outer->virq;

		outer->frame.pc = PC;
		outer->frame.pstate = SPSR_EL1H;
		outer->frame.x[0] = ~0ull;
		machine_trap(cases[i].esr, cases[i].offset,
			     PLAT_GICR_BASE + GICR_SGI_PAGE + GICD_ISENABLER + cases[i].offset);
		assert_true(outer->frame.pc != PC + 4);
		assert_hex(outer->virq.private_enabled, before.private_enabled);
	}
	/* AArch32 at EL0: the syndrome's register number means something else. */
	outer->frame.pc = PC;
	outer->frame.pstate = SPSR_AARCH32;
	write_to(PLAT_GICR_BASE + GICR_SGI_PAGE + GICD_ISENABLER, 2, 0);
	assert_hex(outer->virq.private_enabled, 0);
	assert_hex(outer->frame.pc, fake_registers[0][FAKE_vbar_el1] + 0x600);
}

/* --- a box --- */

static void a_box_has_redistributors_and_nothing_else(void **state)
{
	struct context *box = machine_context();

	(void)state;
	read_from(PLAT_GICR_BASE + GICD_PIDR2, 2, 1, 0);
	assert_hex(*x(1), GIC_PIDR2_GICV3);
	box->frame.pc = PC;
	read_from(PLAT_GICD_BASE, 2, 1, 0);
	expect_aborted(box, 0x96000010);
	assert_int_equal(last_refusal()->event, HOST_EVENT_FAULT);
	assert_int_equal(last_refusal()->who, 2);
	/* What a physical address would be is not told: the address is the box's own. */
	assert_hex(last_refusal()->d, 0);
	box->frame.pc = PC;
	box->frame.pstate = SPSR_EL1H;
	write_to(BOX_WINDOW | (PLAT_RAM_BASE + 4 * MIB), 3, 1);
	expect_aborted(box, 0x96000050);
}

static void a_box_that_can_t_fetch_is_stopped(void **state)
{
	(void)state;
	machine_trap(FETCH | TRANSLATION, 0x123, 0x50000000);
	assert_ptr_equal(machine_context(), &outer_contexts[0]);
	assert_int_equal(*x(0), HOST_OK);
	assert_int_equal(*x(1), HOST_EXIT_FAULT);
	assert_hex(*x(2), FETCH | TRANSLATION);
	assert_hex(*x(3), 0x50000123);
	assert_int_equal(last_refusal()->event, HOST_EVENT_BOX_FAULT);
}

/* --- a VM --- */

static void a_device_access_of_a_vm_goes_to_its_box(void **state)
{
	struct context *vm = machine_context();

	(void)state;
	*x(7) = 0x1122334455667788;
	write_to(DEVICE + 0x18, 1, 7);
	assert_ptr_equal(machine_context(), vm->vcpu->box);
	assert_int_equal(*x(0), BOX_OK);
	assert_int_equal(*x(1), BOX_EXIT_MMIO);
	assert_hex(*x(2), DEVICE + 0x18);
	assert_hex(*x(3), 2 | BOX_ACCESS_WRITE);
	/* Only the bytes that the VM wrote. */
	assert_hex(*x(4), 0x7788);
}

static void a_read_shows_the_box_no_register(void **state)
{
	(void)state;
	*x(7) = 0x5ec3e7;
	read_from(DEVICE, 3, 7, ESR_ABORT_SF);
	assert_int_equal(*x(1), BOX_EXIT_MMIO);
	assert_hex(*x(3), 8);
	assert_hex(*x(4), 0);
	for (unsigned i = 5; i < 31; i++)
		assert_true(*x(i) != 0x5ec3e7);
}

static void both_halves_of_a_vm_are_alike(void **state)
{
	struct context *vm = machine_context();

	(void)state;
	read_from(BIT(39) | (PLAT_GICR_BASE + GICD_PIDR2), 2, 1, 0);
	assert_hex(*x(1), GIC_PIDR2_GICV3);
	read_from(BIT(39) | DEVICE, 2, 1, 0);
	assert_ptr_equal(machine_context(), vm->vcpu->box);
	assert_hex(*x(2), DEVICE);
}

static void a_vm_s_hole_in_ram_is_an_abort_not_a_device(void **state)
{
	struct context *vm = machine_context();

	(void)state;
	write_to(PLAT_RAM_BASE + 6 * MIB, 3, 1);
	expect_aborted(vm, 0x96000050);
	assert_int_equal(last_refusal()->event, HOST_EVENT_VM_ABORT);
	assert_int_equal(last_refusal()->who, 3);
	vm->frame.pc = PC;
	vm->frame.pstate = SPSR_EL1H;
	read_from(PLAT_RAM_BASE + 8 * MIB, 3, 1, 0);
	expect_aborted(vm, 0x96000010);
	vm->frame.pc = PC;
	vm->frame.pstate = SPSR_EL1H;
	machine_trap(FETCH | TRANSLATION, DEVICE, DEVICE);
	expect_aborted(vm, 0x86000010);
	assert_false(vm->mmio.valid);
}

static void a_vm_s_redistributor_never_reaches_the_box(void **state)
{
	struct context *vm = machine_context();

	(void)state;
	for (uint64_t at = 0; at < 2 * PLAT_GICR_STRIDE; at += 0x80) {
		read_from(PLAT_GICR_BASE + at, 2, 1, 0);
		assert_true(machine_is_in(vm));
	}
	/* One frame further is the box's business. */
	read_from(PLAT_GICR_BASE + 2 * PLAT_GICR_STRIDE, 2, 1, 0);
	assert_false(machine_is_in(vm));
}

static void odd_accesses_of_a_vm_are_aborts(void **state)
{
	struct context *vm = machine_context();
	static const uint64_t syndromes[] = {
		DATA | TRANSLATION, DATA | TRANSLATION | ESR_ABORT_ISV | ESR_ABORT_CM | ESR_ABORT_WNR,
		DATA | TRANSLATION | ESR_ABORT_ISV | ESR_ABORT_S1PTW, DATA | TRANSLATION | ESR_ABORT_ISV | SIZE(2),
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(syndromes); i++) {
		vm->frame.pc = PC;
		vm->frame.pstate = SPSR_EL1H;
		machine_trap(syndromes[i], DEVICE + 2, DEVICE + 2);
		assert_true(machine_is_in(vm));
		assert_hex(vm->frame.pc, fake_registers[0][FAKE_vbar_el1] + 0x200);
	}
}

/* --- system registers --- */

#define SYSREG_ESR(op0, op1, crn, crm, op2, rt, read)						\
	(EC(ESR_EC_SYSREG) | ESR_SYSREG_ID((uint64_t)(op0), (uint64_t)(op1), (uint64_t)(crn),	\
	 (uint64_t)(crm), (uint64_t)(op2)) | (uint64_t)(rt) << ESR_SYSREG_RT_SHIFT | (uint64_t)(read))

static void id_registers_are_read_through_the_sanitiser(void **state)
{
	(void)state;
	*x(9) = ~0ull;
	machine_trap(SYSREG_ESR(3, 0, 0, 4, 0, 9, 1), 0, 0);
	assert_hex(*x(9), 0x1000011);
	assert_hex(machine_context()->frame.pc, PC + 4);
	machine_trap(SYSREG_ESR(3, 0, 0, 4, 4, 9, 1), 0, 0);
	assert_hex(*x(9), 0);
	/* They can't be written. */
	machine_context()->frame.pc = PC;
	machine_trap(SYSREG_ESR(3, 0, 0, 4, 0, 9, 0), 0, 0);
	assert_hex(fake_registers[0][FAKE_esr_el1], 0x02000000);
}

static void what_kernels_touch_at_boot_is_ignored(void **state)
{
	static const uint64_t ignored[] = {
		SYSREG_ESR(3, 0, 1, 0, 1, 2, 0), SYSREG_ESR(3, 3, 14, 2, 1, 2, 0), SYSREG_ESR(1, 0, 7, 14, 2, 2, 0),
		SYSREG_ESR(2, 0, 1, 0, 4, 2, 0), SYSREG_ESR(2, 0, 0, 2, 2, 2, 1),
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(ignored); i++) {
		machine_context()->frame.pc = PC;
		*x(2) = 0x1111;
		machine_trap(ignored[i], 0, 0);
		assert_hex(machine_context()->frame.pc, PC + 4);
		assert_hex(*x(2), (ignored[i] & 1) != 0 ? 0 : 0x1111);
	}
}

static void sgis_are_generated_through_the_trapped_register(void **state)
{
	(void)state;
	*x(3) = 5ull << 24 | 2;
	machine_trap(SYSREG_ESR(3, 0, 12, 11, 5, 3, 0), 0, 0);
	assert_hex(fixture_context(pair, HOST_ROLE_VM, 1)->virq.private_pending, BIT(5));
	assert_hex(machine_context()->frame.pc, PC + 4);
}

static void everything_else_is_undefined(void **state)
{
	static const uint64_t classes[] = { ESR_EC_SVE,     ESR_EC_PAUTH, ESR_EC_UNKNOWN,
					    ESR_EC_ILLEGAL, 0x03,         0x05,
					    0x0a,           0x1d,         0x3f };
	struct context *guest = machine_context();

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(classes); i++) {
		guest->frame.pc = PC;
		guest->frame.pstate = SPSR_EL1H;
		machine_trap(EC(classes[i]) | 0x123, 0, 0);
		expect_aborted(guest, 0x02000000);
		assert_int_equal(last_refusal()->event, HOST_EVENT_REFUSED_SYSREG);
	}
}

/* All 64 classes with hostile low bits, in each domain: an answer, the rules of entry, no CHECK. */
static void every_syndrome_has_an_answer(void **state)
{
	static const uint64_t lows[] = { 0, 0x1ffffff, 0x1000000, 0x0aaaaaa, 0x1555555, 0x1c00047 };
	static const uint64_t addresses[] = { 0,
					      DEVICE,
					      PLAT_GICD_BASE,
					      PLAT_GICR_BASE,
					      PLAT_RAM_BASE,
					      PLAT_MEDIATOR_BASE,
					      0xfffffffffffff,
					      BIT(39) | DEVICE };

	(void)state;
	machine.is_strict = false;
	machine.check_interval = 64;
	for (unsigned domain = 0; domain < 3; domain++) {
		for (uint64_t class = 0; class < 64; class++) {
			for (size_t i = 0; i < ARRAY_COUNT(lows); i++) {
				for (size_t a = 0; a < ARRAY_COUNT(addresses); a++) {
					while (!machine_is_in(&outer_contexts[0]))
						fixture_leave();
					outer_contexts[0].frame.pstate = SPSR_EL1H;
					if (domain > 0)
						call(HOST_RUN, pair->handle, 0);
					if (domain > 1 && !machine_is_in(fixture_context(pair, HOST_ROLE_VM, 0)))
						call(BOX_VM_RUN,
						     *x(1) == BOX_EXIT_MMIO ? BOX_ANSWER_ABORT : BOX_ANSWER_NONE);
					machine_trap(class << ESR_EC_SHIFT | lows[i], addresses[a], addresses[a]);
				}
			}
		}
	}
}

static void an_serror_is_recorded_and_the_context_goes_on(void **state)
{
	struct context *guest = machine_context();
	uint64_t before = cpus[0].log.head;

	(void)state;
	fake_registers[0][FAKE_esr_el2] = EC(ESR_EC_SERROR);
	assert_ptr_equal(trap_serror(guest), guest);
	assert_int_equal(cpus[0].log.head, before + 1);
	assert_hex(last_refusal()->a, EC(ESR_EC_SERROR));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST_FROM(outer_runs, the_outer_os_s_gic_is_emulated),
		TEST_FROM(outer_runs, reads_have_the_width_and_sign_of_the_access),
		TEST_FROM(outer_runs, register_31_is_zero_and_nowhere),
		TEST_FROM(outer_runs, refused_memory_is_an_abort_with_a_named_owner),
		TEST_FROM(outer_runs, the_outer_os_executes_nothing_of_others),
		TEST_FROM(outer_runs, configuring_a_foreign_interrupt_is_logged_and_goes_on),
		TEST_FROM(outer_runs, accesses_that_can_t_be_decoded_are_not_emulated),
		TEST_FROM(box_runs, a_box_has_redistributors_and_nothing_else),
		TEST_FROM(box_runs, a_box_that_can_t_fetch_is_stopped),
		TEST_FROM(vm_runs, a_device_access_of_a_vm_goes_to_its_box),
		TEST_FROM(vm_runs, a_read_shows_the_box_no_register),
		TEST_FROM(vm_runs, both_halves_of_a_vm_are_alike),
		TEST_FROM(vm_runs, a_vm_s_hole_in_ram_is_an_abort_not_a_device),
		TEST_FROM(vm_runs, a_vm_s_redistributor_never_reaches_the_box),
		TEST_FROM(vm_runs, odd_accesses_of_a_vm_are_aborts),
		TEST_FROM(vm_runs, id_registers_are_read_through_the_sanitiser),
		TEST_FROM(vm_runs, what_kernels_touch_at_boot_is_ignored),
		TEST_FROM(vm_runs, sgis_are_generated_through_the_trapped_register),
		TEST_FROM(vm_runs, everything_else_is_undefined),
		TEST_FROM(outer_runs, every_syndrome_has_an_answer),
		TEST_FROM(vm_runs, an_serror_is_recorded_and_the_context_goes_on),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
