/*
 * PSCI: the same answers for all, the outer OS's CPUs through the monitor, vCPUs of boxes and VMs through the run nest.
 * Links: mediator
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "tests/unit/fixture.h"
#include "abi/psci.h"
#include "abi/smccc.h"
#include "mediator/run.h"
#include "mediator/virq.h"

#define ENTRY	(MACHINE_LOADER + 0x1000)

static struct fixture *pair;

static int outer_runs(void **state)
{
	fixture_active_2(state);
	pair = *state;
	return 0;
}

static int box_runs(void **state)
{
	outer_runs(state);
	fixture_run(pair, 0);
	return 0;
}

static int vm_runs(void **state)
{
	box_runs(state);
	fixture_run_vm();
	return 0;
}

static struct context *vcpu_of(unsigned role, unsigned vcpu)
{
	return fixture_context(pair, role, vcpu);
}

static void everybody_gets_the_same_version_and_features(void **state)
{
	static const uint64_t there[] = { PSCI_VERSION, PSCI_CPU_SUSPEND_32, PSCI_CPU_SUSPEND_64, PSCI_CPU_OFF,
					  PSCI_CPU_ON_32, PSCI_CPU_ON_64, PSCI_AFFINITY_INFO_32, PSCI_AFFINITY_INFO_64,
					  PSCI_MIGRATE_INFO_TYPE, PSCI_SYSTEM_OFF, PSCI_SYSTEM_RESET, PSCI_FEATURES,
					  SMCCC_VERSION };

	(void)state;
	for (unsigned level = 0; level < 3; level++) {
		assert_int_equal(smc(PSCI_VERSION), 0x10001);
		assert_int_equal(call(PSCI_VERSION), 0x10001);
		assert_int_equal(smc(PSCI_MIGRATE_INFO_TYPE), 2);
		for (size_t i = 0; i < ARRAY_COUNT(there); i++)
			assert_int_equal(smc(PSCI_FEATURES, there[i]), PSCI_SUCCESS);
		/* Not offered: CPU_FREEZE, MIGRATE, STAT, MEM_PROTECT, SYSTEM_SUSPEND, SYSTEM_RESET2. */
		for (uint64_t n = 0; n < 32; n++) {
			static const uint64_t offered = BIT(0) | BIT(1) | BIT(2) | BIT(3) | BIT(4) | BIT(6) | BIT(8) |
							BIT(9) | BIT(10);

			if ((offered >> n & 1) == 0) {
				assert_int_equal(smc(PSCI_VERSION + n, 1, 2, 3), PSCI_NOT_SUPPORTED);
				assert_int_equal(smc(PSCI_FEATURES, PSCI_VERSION + n), PSCI_NOT_SUPPORTED);
			}
		}
		if (level == 0)
			fixture_run(pair, 0);
		else if (level == 1)
			fixture_run_vm();
	}
}

/* --- the outer OS --- */

static void the_outer_os_turns_a_cpu_on_through_the_monitor(void **state)
{
	(void)state;
	outer_contexts[1].power = POWER_OFF;
	assert_int_equal(smc(PSCI_CPU_ON_64, 1, ENTRY, 0x77), PSCI_SUCCESS);
	assert_hex(machine.monitor_calls[0], PSCI_CPU_ON_64);
	assert_hex(machine.monitor_calls[1], 1);
	/* The monitor enters the mediator, never what the outer OS named. */
	assert_hex(machine.monitor_calls[2], PLAT_MEDIATOR_BASE);
	assert_hex(machine.monitor_calls[3], 1);
	assert_int_equal(smc(PSCI_AFFINITY_INFO_64, 1, 0), PSCI_AFFINITY_ON_PENDING);
	assert_int_equal(smc(PSCI_CPU_ON_64, 1, ENTRY, 0), PSCI_ON_PENDING);
	/* What happens on that CPU. */
	fake_cpu = 1;
	run_first(&cpus[1]);
	assert_hex(outer_contexts[1].frame.pc, ENTRY);
	assert_hex(outer_contexts[1].frame.x[0], 0x77);
	fake_cpu = 0;
	assert_int_equal(smc(PSCI_AFFINITY_INFO_64, 1, 0), PSCI_AFFINITY_ON);
	assert_int_equal(smc(PSCI_CPU_ON_64, 1, ENTRY, 0), PSCI_ALREADY_ON);
}

static void a_cpu_starts_in_the_outer_os_s_own_memory_only(void **state)
{
	const uint64_t bad[] = { PLAT_MEDIATOR_BASE, PLAT_SECURE_RAM_BASE, 0, MACHINE_RAM_END, ~0ull, pair->vm_ram,
				 pair->control, pair->pool, PLAT_UART0_BASE };

	(void)state;
	outer_contexts[1].power = POWER_OFF;
	unsigned before = fake_events[0].by_kind[FAKE_SMC];

	for (size_t i = 0; i < ARRAY_COUNT(bad); i++)
		assert_int_equal(smc(PSCI_CPU_ON_64, 1, bad[i], 0), PSCI_INVALID_ADDRESS);
	assert_int_equal(fake_events[0].by_kind[FAKE_SMC], before);
	assert_int_equal(outer_contexts[1].power, POWER_OFF);
	assert_int_equal(smc(PSCI_CPU_ON_64, 1, MACHINE_RAM_END - 4, 0), PSCI_SUCCESS);
}

static void what_the_monitor_refuses_leaves_the_cpu_off(void **state)
{
	(void)state;
	outer_contexts[1].power = POWER_OFF;
	machine.monitor_result = PSCI_INTERNAL_FAILURE;
	assert_int_equal(smc(PSCI_CPU_ON_64, 1, ENTRY, 0), PSCI_INTERNAL_FAILURE);
	assert_int_equal(smc(PSCI_AFFINITY_INFO_64, 1, 0), PSCI_AFFINITY_OFF);
}

static void cpus_that_do_not_exist_are_refused(void **state)
{
	static const uint64_t bad[] = { 2, 7, 8, 0x100, 0x10000, BIT(32), BIT(63), ~0ull };

	(void)state;
	for (unsigned level = 0; level < 2; level++) {
		for (size_t i = 0; i < ARRAY_COUNT(bad); i++) {
			assert_int_equal(smc(PSCI_CPU_ON_64, bad[i], ENTRY, 0), PSCI_INVALID_PARAMETERS);
			assert_int_equal(smc(PSCI_AFFINITY_INFO_64, bad[i], 0), PSCI_INVALID_PARAMETERS);
		}
		assert_int_equal(smc(PSCI_AFFINITY_INFO_64, 0, 1), PSCI_INVALID_PARAMETERS);
		if (level == 0)
			fixture_run(pair, 0);
	}
}

static void the_outer_os_s_cpu_goes_off_through_the_monitor(void **state)
{
	(void)state;
	machine.monitor_result = PSCI_DENIED;
	assert_int_equal(smc(PSCI_CPU_OFF), PSCI_DENIED);
	assert_hex(machine.monitor_calls[0], PSCI_CPU_OFF);
	/* It came back, so it is still on. */
	assert_int_equal(outer_contexts[0].power, POWER_ON);
}

static void the_machine_ends_through_the_monitor_for_the_outer_os_only(void **state)
{
	(void)state;
	assert_int_equal(smc(PSCI_SYSTEM_RESET), PSCI_INTERNAL_FAILURE);
	assert_hex(machine.monitor_calls[0], PSCI_SYSTEM_RESET);
	unsigned before = fake_events[0].by_kind[FAKE_SMC];

	fixture_run(pair, 0);
	smc(PSCI_SYSTEM_OFF);
	assert_true(machine_is_in(&outer_contexts[0]));
	assert_int_equal(machine_x[1], HOST_EXIT_OFF);
	call(HOST_RUN, pair->handle, 0);
	smc(PSCI_SYSTEM_RESET);
	assert_int_equal(machine_x[1], HOST_EXIT_RESET);
	assert_int_equal(fake_events[0].by_kind[FAKE_SMC], before);
}

static void a_standby_of_the_outer_os_waits_for_an_interrupt(void **state)
{
	(void)state;
	assert_int_equal(smc(PSCI_CPU_SUSPEND_64, 0, 0, 0), PSCI_SUCCESS);
	assert_int_equal(fake_events[0].by_kind[FAKE_WAIT], 1);
	assert_true(machine_is_in(&outer_contexts[0]));
}

/* --- boxes and VMs --- */

static void a_vm_s_end_is_its_box_s_to_know(void **state)
{
	struct context *box = vcpu_of(HOST_ROLE_BOX, 0);

	(void)state;
	smc(PSCI_SYSTEM_OFF);
	assert_true(machine_is_in(box));
	assert_int_equal(machine_x[1], BOX_EXIT_OFF);
	fixture_run_vm();
	smc(PSCI_SYSTEM_RESET);
	assert_true(machine_is_in(box));
	assert_int_equal(machine_x[1], BOX_EXIT_RESET);
}

static void a_vm_s_second_vcpu_starts_where_the_first_says(void **state)
{
	struct context *second = vcpu_of(HOST_ROLE_VM, 1);

	(void)state;
	assert_int_equal(smc(PSCI_AFFINITY_INFO_64, 1, 0), PSCI_AFFINITY_OFF);
	assert_int_equal(smc(PSCI_CPU_ON_64, 1, 0x40123000, 0x99), PSCI_SUCCESS);
	assert_int_equal(smc(PSCI_AFFINITY_INFO_64, 1, 0), PSCI_AFFINITY_ON_PENDING);
	assert_int_equal(smc(PSCI_CPU_ON_64, 1, 0, 0), PSCI_ON_PENDING);
	/* The box's vCPU that runs it is told. */
	assert_true((fixture_pair(pair)->notice->vcpus & 2) != 0);
	vcpu_of(HOST_ROLE_BOX, 1)->start_pc = BOX_RAM_BASE;
	vcpu_of(HOST_ROLE_BOX, 1)->power = POWER_ON_PENDING;
	fake_cpu = 1;
	call(HOST_RUN, pair->handle, 1);
	call(BOX_VM_RUN, BOX_ANSWER_NONE);
	assert_true(machine_is_in(second));
	assert_hex(second->frame.pc, 0x40123000);
	assert_hex(second->frame.x[0], 0x99);
	assert_int_equal(smc(PSCI_CPU_ON_64, 1, 0, 0), PSCI_ALREADY_ON);
	assert_int_equal(smc(PSCI_CPU_ON_64, 0, 0, 0), PSCI_ALREADY_ON);
}

static void the_32_bit_calls_see_the_lower_words(void **state)
{
	(void)state;
	assert_int_equal(smc(PSCI_CPU_ON_32, BIT(32) | 1, 0xaaaaaaaa40123000, 0xbbbbbbbb00000099), PSCI_SUCCESS);
	assert_hex(vcpu_of(HOST_ROLE_VM, 1)->start_pc, 0x40123000);
	assert_hex(vcpu_of(HOST_ROLE_VM, 1)->start_x0, 0x99);
	assert_int_equal(smc(PSCI_AFFINITY_INFO_32, BIT(33) | 1, BIT(34)), PSCI_AFFINITY_ON_PENDING);
}

static void a_box_starts_its_own_vcpus_and_no_vm_s(void **state)
{
	(void)state;
	assert_int_equal(smc(PSCI_CPU_ON_64, 1, BOX_RAM_BASE + 0x100, 1), PSCI_SUCCESS);
	assert_int_equal(vcpu_of(HOST_ROLE_BOX, 1)->power, POWER_ON_PENDING);
	assert_int_equal(vcpu_of(HOST_ROLE_VM, 1)->power, POWER_OFF);
	assert_int_equal(outer_contexts[1].power, POWER_ON);
}

static void a_vcpu_that_is_off_waits_until_it_is_turned_on(void **state)
{
	(void)state;
	fake_cpu = 1;
	assert_int_equal(call(HOST_RUN, pair->handle, 1), HOST_OK);
	assert_int_equal(machine_x[1], HOST_EXIT_WAIT);
	assert_hex(machine_x[2], ~0ull);
	fake_cpu = 0;
	fixture_run(pair, 0);
	assert_int_equal(smc(PSCI_CPU_ON_64, 1, BOX_RAM_BASE + 0x100, 0x55), PSCI_SUCCESS);
	assert_true((fixture_pair(pair)->notice->vcpus & 2) != 0);
	fake_cpu = 1;
	call(HOST_RUN, pair->handle, 1);
	assert_true(machine_is_in(vcpu_of(HOST_ROLE_BOX, 1)));
	assert_hex(machine_context()->frame.pc, BOX_RAM_BASE + 0x100);
	assert_hex(machine_context()->frame.x[0], 0x55);
}

static void a_vm_vcpu_that_turns_itself_off_leaves_the_box_inside_its_run(void **state)
{
	struct context *vm = vcpu_of(HOST_ROLE_VM, 0);

	(void)state;
	smc(PSCI_CPU_OFF);
	assert_true(machine_is_in(&outer_contexts[0]));
	assert_int_equal(machine_x[1], HOST_EXIT_WAIT);
	assert_int_equal(vm->power, POWER_OFF);
	/* Nothing to run: the same again. */
	assert_int_equal(call(HOST_RUN, pair->handle, 0), HOST_OK);
	assert_int_equal(machine_x[1], HOST_EXIT_WAIT);
	/* Its box is told of an interrupt meanwhile. */
	vcpu_of(HOST_ROLE_BOX, 0)->virq.vmcr = ICH_VMCR_VENG1 | 0xffull << ICH_VMCR_VPMR_SHIFT;
	vcpu_of(HOST_ROLE_BOX, 0)->virq.private_enabled = (uint32_t)BIT(BOX_INTID_DOORBELL);
	assert_int_equal(call(HOST_NOTIFY, pair->handle), HOST_OK);
	call(HOST_RUN, pair->handle, 0);
	assert_true(machine_is_in(vcpu_of(HOST_ROLE_BOX, 0)));
	assert_int_equal(machine_x[1], BOX_EXIT_INTERRUPTED);
}

static void a_vcpu_that_is_turned_on_again_starts_clean(void **state)
{
	struct context *vm = vcpu_of(HOST_ROLE_VM, 0);

	(void)state;
	vm->frame.x[20] = 0x5ec3e7;
	fake_registers[0][FAKE_ttbr1_el1] = 0x5ec3e7;
	machine_use_fp(0x5ec3e7);
	smc(PSCI_CPU_OFF);
	/* By the other vCPU of the VM. */
	vcpu_of(HOST_ROLE_BOX, 1)->power = POWER_ON_PENDING;
	vcpu_of(HOST_ROLE_VM, 1)->power = POWER_ON_PENDING;
	fake_cpu = 1;
	call(HOST_RUN, pair->handle, 1);
	fixture_run_vm();
	assert_int_equal(smc(PSCI_AFFINITY_INFO_64, 0, 0), PSCI_AFFINITY_OFF);
	assert_int_equal(smc(PSCI_CPU_ON_64, 0, 0x40200000, 0x12), PSCI_SUCCESS);
	fake_cpu = 0;
	call(HOST_RUN, pair->handle, 0);
	assert_true(machine_is_in(vm));
	assert_hex(vm->frame.pc, 0x40200000);
	assert_hex(vm->frame.x[0], 0x12);
	assert_hex(vm->frame.x[20], 0);
	assert_hex(fake_registers[0][FAKE_ttbr1_el1], 0);
	assert_hex(machine_use_fp(0), 0);
}

static void a_suspended_vcpu_waits_and_returns_success(void **state)
{
	(void)state;
	smc(PSCI_CPU_SUSPEND_64, 0, 0x1234, 0);
	assert_true(machine_is_in(&outer_contexts[0]));
	assert_int_equal(machine_x[1], HOST_EXIT_WAIT);
	call(HOST_RUN, pair->handle, 0);
	assert_true(machine_is_in(vcpu_of(HOST_ROLE_VM, 0)));
	assert_int_equal(machine_context()->frame.x[0], PSCI_SUCCESS);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST_FROM(outer_runs, everybody_gets_the_same_version_and_features),
		TEST_FROM(outer_runs, the_outer_os_turns_a_cpu_on_through_the_monitor),
		TEST_FROM(outer_runs, a_cpu_starts_in_the_outer_os_s_own_memory_only),
		TEST_FROM(outer_runs, what_the_monitor_refuses_leaves_the_cpu_off),
		TEST_FROM(outer_runs, cpus_that_do_not_exist_are_refused),
		TEST_FROM(outer_runs, the_outer_os_s_cpu_goes_off_through_the_monitor),
		TEST_FROM(outer_runs, the_machine_ends_through_the_monitor_for_the_outer_os_only),
		TEST_FROM(outer_runs, a_standby_of_the_outer_os_waits_for_an_interrupt),
		TEST_FROM(vm_runs, a_vm_s_end_is_its_box_s_to_know),
		TEST_FROM(vm_runs, a_vm_s_second_vcpu_starts_where_the_first_says),
		TEST_FROM(vm_runs, the_32_bit_calls_see_the_lower_words),
		TEST_FROM(box_runs, a_box_starts_its_own_vcpus_and_no_vm_s),
		TEST_FROM(outer_runs, a_vcpu_that_is_off_waits_until_it_is_turned_on),
		TEST_FROM(vm_runs, a_vm_vcpu_that_turns_itself_off_leaves_the_box_inside_its_run),
		TEST_FROM(vm_runs, a_vcpu_that_is_turned_on_again_starts_clean),
		TEST_FROM(vm_runs, a_suspended_vcpu_waits_and_returns_success),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
