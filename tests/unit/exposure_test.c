/*
 * Links: tests/unit/audited.c tests/audit/audit.c tests/audit/audit_el2.c tests/audit/domain.c tests/audit/finding.c
 * Links: tests/audit/memory.c tests/audit/reach.c tests/audit/walk.c
 * Links: tests/audit/exposure.c tests/search/secret.c tests/search/schedule.c
 * exposure: who reaches a secret that the auditor was told, in memory and registers of the hand-made machine.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "tests/unit/test.h"
#include "tests/audit/exposure.h"
#include "tests/unit/audited.h"

static const struct secrets secrets = {
	.list = { { "key", { 1, 2, 3, 4, 5, 6, 7, 8 }, 8 }, { "marker", { 8, 7, 6, 5, 4, 3, 2, 1 }, 8 } }, .count = 2,
};

static void put(uint64_t pa, unsigned which)
{
	memcpy(at(pa), secrets.list[which].bytes, SECRET_PIECE);
}

/* A second pair, of which there is a VM: it has the granule behind the first one's memory. */
static void other_vm_make(void)
{
	uint64_t other = CONTROL + 0x100000, root = other + HOST_CONTROL_VM_ROOT * G;
	struct audit_pair *head = at(other + HOST_CONTROL_DESCRIPTOR * G);

	*head = (struct audit_pair){ .magic = AUDIT_PAIR_MAGIC, .vcpu_count = 1 };
	head->domains[HOST_ROLE_BOX] = (struct audit_domain){ .root = other + HOST_CONTROL_BOX_ROOT * G, .vmid = 6 };
	head->domains[HOST_ROLE_VM] = (struct audit_domain){ .root = root, .vmid = 7 };
	*(uint64_t *)at(LIST + 0x200 + 32) = other + HOST_CONTROL_DESCRIPTOR * G;
	*(uint8_t *)at(LIST + 0x208 + 32) = HOST_PAIR_ACTIVE;
	next_table = other + 0x10000;
	page(root, VM_IPA, OWN_END | PAGE_RWX);
}

static struct exposure exposure_of(void)
{
	struct findings others = { 0 };

	memset(&findings, 0, sizeof(findings));
	assert_true(audit_run(&audit, &machine, &others));
	return exposure_find(&secrets, &audit, &machine, &findings);
}

static void expect_exposed(unsigned count, const char *who, const char *what)
{
	assert_int_equal(findings.count, count);
	for (unsigned i = 0; i < count; i++)
		assert_int_equal(findings.list[i].kind, FINDING_SECRET);
	assert_string_equal(findings.list[count - 1].who, who);
	assert_non_null(strstr(findings.list[count - 1].other, what));
}

static void a_secret_in_one_vm_alone_is_no_finding(void **test)
{
	(void)test;
	page(root_of(HOST_ROLE_BOX), BOX_WINDOW | VM_IPA, 0);
	put(VM_MEMORY + 5, 0);
	put(VM_MEMORY + G - 8, 0);
	/* Nobody reaches the mediator's memory, or a table. */
	put(PLAT_MEDIATOR_BASE + 9 * G, 1);
	put(root_of(HOST_ROLE_VM) + G - 8, 1);
	struct exposure exposure = exposure_of();

	assert_int_equal(findings.count, 0);
	assert_int_equal(exposure.counts[0], 2);
	assert_int_equal(exposure.counts[1], 2);
	assert_int_equal(exposure.counts[2], 0);
}

static void a_secret_that_others_reach_is_found(void **test)
{
	put(PLAT_RAM_BASE + 8, 1);
	exposure_of();
	expect_exposed(1, "outer OS", "marker");
	machine_make(test);
	put(BOX_PAGE + 100, 0);
	exposure_of();
	expect_exposed(1, "box of pair 1", "key");
	machine_make(test);
	put(VM_MEMORY, 0);
	exposure_of();
	expect_exposed(1, "box of pair 1", "key");
	machine_make(test);
	/* The last byte is the outer OS's. */
	page(root_of(HOST_ROLE_BOX), BOX_WINDOW | (VM_IPA + 3 * G), 0);
	put(OWN_END - 7, 0);
	exposure_of();
	expect_exposed(1, "outer OS", "key");
}

static void a_secret_in_a_second_vm_is_found(void **test)
{
	(void)test;
	other_vm_make();
	page(OUTER_TABLES, OWN_END, 0);
	page(root_of(HOST_ROLE_BOX), BOX_WINDOW | VM_IPA, 0);
	put(VM_MEMORY, 0);
	put(OWN_END, 1);
	exposure_of();
	assert_int_equal(findings.count, 0);
	put(OWN_END + 8, 0);
	exposure_of();
	expect_exposed(1, "VM of pair 2", "key");
}

static void a_secret_in_registers_is_found(void **test)
{
	(void)test;
	memcpy(&machine.cpus[0].data[7], secrets.list[0].bytes, 8);
	assert_int_equal(exposure_of().normal, 2);
	expect_exposed(1, "CPU 0", "x7");
	memcpy(&machine.cpus[0].data[MACHINE_GENERAL + 2 * 9 + 1], secrets.list[1].bytes, 8);
	exposure_of();
	expect_exposed(2, "CPU 0", "v9");
	/* In the secure world, at EL3, and while the VM runs whose it is, it may be there. */
	machine.cpus[0].scr_el3 = 0;
	assert_int_equal(exposure_of().normal, 1);
	assert_int_equal(findings.count, 0);
	machine.cpus[0].scr_el3 = 1;
	machine.cpus[0].cpsr = 0xd;
	assert_int_equal(exposure_of().normal, 1);
	memset(machine.cpus[0].data, 0, sizeof(machine.cpus[0].data));
	memcpy(&machine.cpus[1].data[0], secrets.list[0].bytes, 8);
	exposure_of();
	expect_exposed(1, "CPU 1", "x0");
	page(root_of(HOST_ROLE_BOX), BOX_WINDOW | VM_IPA, 0);
	put(VM_MEMORY, 0);
	assert_int_equal(exposure_of().normal, 0);
	assert_int_equal(findings.count, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST_FROM(machine_make, a_secret_in_one_vm_alone_is_no_finding),
		TEST_FROM(machine_make, a_secret_that_others_reach_is_found),
		TEST_FROM(machine_make, a_secret_in_a_second_vm_is_found),
		TEST_FROM(machine_make, a_secret_in_registers_is_found),
	};

	return cmocka_run_group_tests_name("exposure", tests, NULL, machine_free);
}
