/*
 * Links: tests/unit/audited.c tests/audit/audit.c tests/audit/audit_el2.c tests/audit/domain.c tests/audit/finding.c
 * Links: tests/audit/memory.c tests/audit/reach.c tests/audit/walk.c
 * The auditor on a hand-made machine: it finds nothing where nothing is wrong, and each planted fault by its kind.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "tests/unit/test.h"
#include "tests/unit/audited.h"

/* There is at least one finding, and all are of this kind. */
static void expect(enum finding_kind kind)
{
	assert_true(audit_run(&audit, &machine, &findings));
	if (findings.count == 0)
		fail_msg("nothing found, expected: %s", finding_name(kind));
	for (unsigned i = 0; i < findings.count; i++) {
		if (findings.list[i].kind != kind) {
			findings_print(&findings, stderr);
			fail_msg("found %s, expected: %s", finding_name(findings.list[i].kind), finding_name(kind));
		}
	}
	memset(&findings, 0, sizeof(findings));
}

static void expect_nothing(void)
{
	assert_true(audit_run(&audit, &machine, &findings));
	findings_print(&findings, stderr);
	assert_int_equal(findings.count, 0);
}

static void a_machine_without_fault_has_no_finding(void **test)
{
	(void)test;
	expect_nothing();
	assert_int_equal(audit.domains.count, 3);
	/* The console page and the window. */
	assert_int_equal(audit.shared, 1 + VM_PAGES);
	/* Nothing of the pair but its memory and the notice page; nothing of the carve-out. */
	uint64_t own = (OWN_END - CONTROL) / G - 3 - VM_PAGES;

	assert_int_equal(audit.granules, (RAM - plat_carveout_bytes(RAM)) / G - own);
}

static void memory_of_two_domains_is_found(void **test)
{
	page(OUTER_TABLES, VM_MEMORY, VM_MEMORY | PAGE_RWX);
	expect(FINDING_TWO_DOMAINS);
	machine_make(test);
	/* A box may share its console page, not any other. */
	page(OUTER_TABLES, BOX_PAGE, BOX_PAGE | PAGE_RWX);
	expect(FINDING_TWO_DOMAINS);
	machine_make(test);
	/* The VM's memory among the box's own. */
	page(root_of(HOST_ROLE_BOX), BOX_RAM_BASE + 5 * G, VM_MEMORY | PAGE_RWX);
	expect(FINDING_TWO_DOMAINS);
	machine_make(test);
	/* A VM reaches its box. */
	page(root_of(HOST_ROLE_VM), VM_IPA + VM_PAGES * G, BOX_PAGE | PAGE_RWX);
	expect(FINDING_TWO_DOMAINS);
	machine_make(test);
	/* By a block that covers the VM's memory and more of the pair's: tables and contexts too. */
	*entry(OUTER_TABLES, CONTROL, 2) = CONTROL | (PAGE_RWX & ~2ull);
	assert_true(audit_run(&audit, &machine, &findings));
	bool is_found[FINDING_KIND_COUNT] = { false };

	for (unsigned i = 0; i < findings.count; i++)
		is_found[findings.list[i].kind] = true;
	assert_true(is_found[FINDING_TWO_DOMAINS] && is_found[FINDING_TABLE] && is_found[FINDING_CONTEXT]);
}

static void a_window_that_shows_something_else_is_found(void **test)
{
	(void)test;
	/* Not the VM's at all. */
	page(root_of(HOST_ROLE_BOX), BOX_WINDOW | (VM_IPA + VM_PAGES * G), (OWN_END - VM_PAGES * G - G) | PAGE_RWX);
	expect(FINDING_WINDOW);
	machine_make(test);
	/* The VM's, but at another place. */
	page(root_of(HOST_ROLE_BOX), BOX_WINDOW | VM_IPA, (VM_MEMORY + G) | PAGE_RWX);
	assert_true(audit_run(&audit, &machine, &findings));
	bool is_window = false;

	for (unsigned i = 0; i < findings.count; i++)
		is_window |= findings.list[i].kind == FINDING_WINDOW;
	assert_true(is_window);
}

static void a_closed_window_is_no_fault(void **test)
{
	(void)test;
	page(root_of(HOST_ROLE_BOX), BOX_WINDOW | (VM_IPA + G), 0);
	expect_nothing();
	assert_int_equal(audit.shared, VM_PAGES);
}

static void tables_and_contexts_that_are_reached_are_found(void **test)
{
	page(OUTER_TABLES, PAIR_TABLES, PAIR_TABLES | PAGE_R);
	expect(FINDING_TABLE);
	machine_make(test);
	page(OUTER_TABLES, root_of(HOST_ROLE_VM) + G, (root_of(HOST_ROLE_VM) + G) | PAGE_RWX);
	expect(FINDING_TABLE);
	machine_make(test);
	page(root_of(HOST_ROLE_VM), VM_IPA + VM_PAGES * G, PAIR_TABLES | PAGE_RWX);
	expect(FINDING_TABLE);
	machine_make(test);
	page(OUTER_TABLES, control(HOST_CONTROL_DESCRIPTOR), control(HOST_CONTROL_DESCRIPTOR) | PAGE_R);
	expect(FINDING_CONTEXT);
	machine_make(test);
	page(OUTER_TABLES, control(HOST_CONTROL_CONTEXTS + 1), control(HOST_CONTROL_CONTEXTS + 1) | PAGE_RWX);
	expect(FINDING_CONTEXT);
	machine_make(test);
	page(OUTER_TABLES, control(HOST_CONTROL_NOTICE), control(HOST_CONTROL_NOTICE) | PAGE_RWX);
	expect(FINDING_CONTEXT);
}

static void memory_of_the_mediator_that_is_reached_is_found(void **test)
{
	page(OUTER_TABLES, LIST, LIST | PAGE_R);
	expect(FINDING_MEDIATOR);
	machine_make(test);
	page(root_of(HOST_ROLE_BOX), BOX_RAM_BASE + 5 * G,
	     (PLAT_MEDIATOR_BASE + plat_carveout_bytes(RAM) - G) | PAGE_R);
	expect(FINDING_MEDIATOR);
}

static void what_is_not_dram_is_found(void **test)
{
	static const uint64_t places[] = { PLAT_GICD_BASE, PLAT_SECURE_RAM_BASE, 0x09020000, PLAT_FLASH_BASE,
					   PLAT_RAM_BASE + RAM };

	for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
		machine_make(test);
		page(OUTER_TABLES, places[i], places[i] | PAGE_DEVICE);
		expect(FINDING_OUTSIDE);
		machine_make(test);
		page(root_of(HOST_ROLE_VM), VM_IPA + VM_PAGES * G, places[i] | PAGE_RWX);
		expect(FINDING_OUTSIDE);
	}
	/* The outer OS's devices are no box's, and nobody executes them. */
	machine_make(test);
	page(root_of(HOST_ROLE_BOX), BOX_RAM_BASE + 5 * G, PLAT_UART0_BASE | PAGE_DEVICE);
	expect(FINDING_OUTSIDE);
	machine_make(test);
	page(OUTER_TABLES, PLAT_UART0_BASE, PLAT_UART0_BASE | (PAGE_DEVICE & ~(3ull << 53)));
	expect(FINDING_OUTSIDE);
}

static void an_outer_map_that_is_not_identity_is_found(void **test)
{
	(void)test;
	page(OUTER_TABLES, PLAT_OUTER_DTB, PLAT_OUTER_DTB + G + PAGE_RWX);
	expect(FINDING_IDENTITY);
}

static void memory_that_the_outer_os_only_reads_is_found(void **test)
{
	(void)test;
	page(OUTER_TABLES, PLAT_OUTER_DTB, PLAT_OUTER_DTB | PAGE_R);
	expect(FINDING_READ_ONLY);
}

static void el2_that_writes_and_executes_is_found(void **test)
{
	(void)test;
	page(EL2_TABLES, PLAT_MEDIATOR_BASE + G, (PLAT_MEDIATOR_BASE + G) | EL2_BOTH);
	expect(FINDING_WRITE_EXECUTE);
	machine_make(test);
	/* By two mappings, each of which is one of the two. */
	page(EL2_TABLES, 0x70000000, PLAT_MEDIATOR_BASE | EL2_DATA);
	expect(FINDING_WRITE_EXECUTE);
	machine_make(test);
	/* A table descriptor that forbids writing below it is heeded. */
	page(EL2_TABLES, 0x70000000, PLAT_MEDIATOR_BASE | EL2_DATA);
	*entry(EL2_TABLES, 0x70000000, 2) |= 1ull << 62;
	expect_nothing();
}

static void el2_that_executes_foreign_memory_is_found(void **test)
{
	(void)test;
	page(EL2_TABLES, PLAT_OUTER_DTB, PLAT_OUTER_DTB | EL2_CODE);
	expect(FINDING_CODE);
}

static void secure_memory_in_el2_s_map_is_found(void **test)
{
	(void)test;
	page(EL2_TABLES, PLAT_SECURE_RAM_BASE + 5 * G, (PLAT_SECURE_RAM_BASE + 5 * G) | EL2_DATA);
	expect(FINDING_SECURE);
}

static void malformed_tables_and_descriptors_are_found(void **test)
{
	/* Access flag clear; a block that is not aligned; a level-3 entry that is no page; a table outside DRAM. */
	page(root_of(HOST_ROLE_VM), VM_IPA, VM_MEMORY | (PAGE_RWX & ~(1ull << 10)));
	page(root_of(HOST_ROLE_BOX), BOX_WINDOW | VM_IPA, 0);
	page(root_of(HOST_ROLE_VM), BOX_WINDOW | VM_IPA, 0);
	expect(FINDING_DESCRIPTOR);
	machine_make(test);
	*entry(root_of(HOST_ROLE_VM), 0x60000000, 2) = BOX_PAGE | (PAGE_RWX & ~2ull);
	expect(FINDING_DESCRIPTOR);
	machine_make(test);
	page(root_of(HOST_ROLE_VM), 0x60000000, BOX_PAGE | (PAGE_RWX & ~2ull));
	expect(FINDING_DESCRIPTOR);
	machine_make(test);
	*entry(root_of(HOST_ROLE_VM), 0x60000000, 2) = PLAT_SECURE_RAM_BASE | 3;
	expect(FINDING_DESCRIPTOR);
	machine_make(test);
	pair->magic++;
	machine.cpus[1].vttbr_el2 = OUTER_TABLES;
	page(OUTER_TABLES, CONSOLE_PAGE, 0);
	page(OUTER_TABLES, control(HOST_CONTROL_NOTICE), 0);
	expect(FINDING_DESCRIPTOR);
	machine_make(test);
	pair->domains[HOST_ROLE_BOX].vmid = pair->domains[HOST_ROLE_VM].vmid;
	expect(FINDING_DESCRIPTOR);
}

static void registers_that_leave_isolation_off_are_found(void **test)
{
	machine.cpus[1].vttbr_el2 ^= 8 * G;
	expect(FINDING_REGISTER);
	machine_make(test);
	/* Root of one, VMID of another. */
	machine.cpus[1].vttbr_el2 ^= 1ull << 48;
	expect(FINDING_REGISTER);
	machine_make(test);
	machine.cpus[0].hcr_el2 = 0;
	expect(FINDING_REGISTER);
	machine_make(test);
	machine.cpus[0].sctlr_el2 = 1;
	expect(FINDING_REGISTER);
	machine_make(test);
	machine.cpus[1].sctlr_el2 = 0;
	expect(FINDING_REGISTER);
	machine_make(test);
	machine.cpus[1].vtcr_el2++;
	expect(FINDING_REGISTER);
}

static void a_cpu_that_is_off_or_on_its_way_is_no_fault(void **test)
{
	(void)test;
	machine.cpus[1] = (struct cpu_registers){ .cpsr = 0xd };
	expect_nothing();
	/* In EL2, MMU on, nothing loaded yet. */
	machine.cpus[1] = (struct cpu_registers){ .cpsr = 9, .scr_el3 = 1, .sctlr_el2 = 1 | 1ull << 19,
						  .tcr_el2 = machine.cpus[0].tcr_el2, .ttbr0_el2 = EL2_TABLES };
	expect_nothing();
}

static void tables_of_a_dead_pair_are_nobody_s(void **test)
{
	(void)test;
	*state = HOST_PAIR_DEAD;
	machine.cpus[1].vttbr_el2 = OUTER_TABLES;
	/* Reclaimed and used again by the outer OS, with whatever content. */
	page(OUTER_TABLES, PAIR_TABLES, PAIR_TABLES | PAGE_RWX);
	*(uint64_t *)at(root_of(HOST_ROLE_VM)) = PLAT_MEDIATOR_BASE | PAGE_RWX;
	expect_nothing();
	assert_int_equal(audit.domains.count, 1);
	/* Its descriptor goes last, and no CPU runs it. */
	page(OUTER_TABLES, control(HOST_CONTROL_DESCRIPTOR), control(HOST_CONTROL_DESCRIPTOR) | PAGE_RWX);
	expect(FINDING_CONTEXT);
	page(OUTER_TABLES, control(HOST_CONTROL_DESCRIPTOR), 0);
	machine.cpus[1].vttbr_el2 = 5ull << 48 | root_of(HOST_ROLE_VM);
	expect(FINDING_REGISTER);
}

static void a_machine_that_is_not_up_is_not_audited(void **test)
{
	(void)test;
	*(uint64_t *)at(LIST + 0x100) = 0;
	assert_false(audit_run(&audit, &machine, &findings));
	machine_make(test);
	machine.cpus[0].sctlr_el2 = machine.cpus[1].sctlr_el2 = 0;
	assert_false(audit_run(&audit, &machine, &findings));
	assert_int_equal(findings.count, 0);
}

static void findings_that_go_on_are_one(void **test)
{
	(void)test;
	for (uint64_t i = 0; i < VM_PAGES; i++)
		page(OUTER_TABLES, VM_MEMORY + i * G, (VM_MEMORY + i * G) | PAGE_RWX);
	assert_true(audit_run(&audit, &machine, &findings));
	/* With the VM's lower half, its upper half, and the window. */
	assert_int_equal(findings.count, 3);
	for (unsigned i = 0; i < 3; i++) {
		assert_hex(findings.list[i].pa, VM_MEMORY);
		assert_hex(findings.list[i].bytes, VM_PAGES * G);
		assert_int_equal(findings.list[i].access, ACCESS_READ | ACCESS_WRITE | ACCESS_EXECUTE);
	}
}

static void the_same_in_two_audits_is_one(void **test)
{
	static struct findings all;

	(void)test;
	memset(&all, 0, sizeof(all));
	page(OUTER_TABLES, PAIR_TABLES, PAIR_TABLES | PAGE_R);
	for (unsigned i = 0; i < 2; i++) {
		memset(&findings, 0, sizeof(findings));
		assert_true(audit_run(&audit, &machine, &findings));
		findings_merge(&all, &findings);
	}
	assert_int_equal(all.count, 1);
	assert_int_equal(all.list[0].audits, 2);
	/* By another access it is another. */
	page(OUTER_TABLES, PAIR_TABLES, PAIR_TABLES | PAGE_RWX);
	memset(&findings, 0, sizeof(findings));
	assert_true(audit_run(&audit, &machine, &findings));
	findings_merge(&all, &findings);
	assert_int_equal(all.count, 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST_FROM(machine_make, a_machine_without_fault_has_no_finding),
		TEST_FROM(machine_make, memory_of_two_domains_is_found),
		TEST_FROM(machine_make, a_window_that_shows_something_else_is_found),
		TEST_FROM(machine_make, a_closed_window_is_no_fault),
		TEST_FROM(machine_make, tables_and_contexts_that_are_reached_are_found),
		TEST_FROM(machine_make, memory_of_the_mediator_that_is_reached_is_found),
		TEST_FROM(machine_make, what_is_not_dram_is_found),
		TEST_FROM(machine_make, an_outer_map_that_is_not_identity_is_found),
		TEST_FROM(machine_make, memory_that_the_outer_os_only_reads_is_found),
		TEST_FROM(machine_make, el2_that_writes_and_executes_is_found),
		TEST_FROM(machine_make, el2_that_executes_foreign_memory_is_found),
		TEST_FROM(machine_make, secure_memory_in_el2_s_map_is_found),
		TEST_FROM(machine_make, malformed_tables_and_descriptors_are_found),
		TEST_FROM(machine_make, registers_that_leave_isolation_off_are_found),
		TEST_FROM(machine_make, a_cpu_that_is_off_or_on_its_way_is_no_fault),
		TEST_FROM(machine_make, tables_of_a_dead_pair_are_nobody_s),
		TEST_FROM(machine_make, a_machine_that_is_not_up_is_not_audited),
		TEST_FROM(machine_make, findings_that_go_on_are_one),
		TEST_FROM(machine_make, the_same_in_two_audits_is_one),
	};

	return cmocka_run_group_tests(tests, NULL, machine_free);
}
