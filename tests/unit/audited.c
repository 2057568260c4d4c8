/*
 * The machine's RAM and registers.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "tests/unit/audited.h"
#include "tests/unit/test.h"

struct machine machine;
struct audit audit;
struct findings findings;
uint64_t next_table;
struct audit_pair *pair;
uint8_t *state;

static uint8_t ram[RAM];

void *at(uint64_t pa)
{
	assert_true(pa >= PLAT_RAM_BASE && pa - PLAT_RAM_BASE < RAM);
	return ram + (pa - PLAT_RAM_BASE);
}

uint64_t *entry(uint64_t root, uint64_t input, unsigned level)
{
	uint64_t *slot = (uint64_t *)at(root) + (input >> 30);

	for (unsigned here = 1; here < level; here++) {
		if (*slot == 0) {
			*slot = next_table | 3;
			next_table += G;
		}
		slot = (uint64_t *)at(*slot & 0xfffffffff000) + (input >> (21 - 9 * (here - 1)) & 511);
	}
	return slot;
}

void page(uint64_t root, uint64_t input, uint64_t descriptor)
{
	*entry(root, input, 3) = descriptor;
}

uint64_t root_of(unsigned role)
{
	return CONTROL + (role == HOST_ROLE_BOX ? HOST_CONTROL_BOX_ROOT : HOST_CONTROL_VM_ROOT) * G;
}

uint64_t control(unsigned index)
{
	return CONTROL + index * G;
}

static void list_make(void)
{
	struct audit_list *list = at(LIST);

	*(uint64_t *)at(PLAT_MEDIATOR_BASE + AUDIT_LIST_POINTER) = LIST;
	*list = (struct audit_list){
		.magic = AUDIT_LIST_MAGIC, .outer = LIST + 0x100, .pairs = LIST + 0x200, .states = LIST + 0x208,
		.pair_max = 3, .pair_stride = 16,
	};
	*(uint64_t *)at(LIST + 0x100) = LIST + 0x110;
	*(struct audit_domain *)at(LIST + 0x110) = (struct audit_domain){ .root = OUTER_TABLES };
	*(uint64_t *)at(LIST + 0x200 + 16) = control(HOST_CONTROL_DESCRIPTOR);
	state = at(LIST + 0x208 + 16);
	*state = HOST_PAIR_ACTIVE;
}

static void outer_make(void)
{
	uint64_t carveout_end = PLAT_MEDIATOR_BASE + plat_carveout_bytes(RAM);

	next_table = OUTER_TABLES + 2 * G;
	for (uint64_t pa = PLAT_RAM_BASE; pa < PLAT_RAM_BASE + RAM; pa += G) {
		bool is_pair = pa >= CONTROL && pa < OWN_END;

		if ((pa < PLAT_MEDIATOR_BASE || pa >= carveout_end) && !is_pair)
			page(OUTER_TABLES, pa, pa | PAGE_RWX);
	}
	page(OUTER_TABLES, CONSOLE_PAGE, CONSOLE_PAGE | PAGE_RWX);
	page(OUTER_TABLES, control(HOST_CONTROL_NOTICE), control(HOST_CONTROL_NOTICE) | PAGE_R);
	page(OUTER_TABLES, PLAT_UART0_BASE, PLAT_UART0_BASE | PAGE_DEVICE);
	page(OUTER_TABLES, PLAT_RTC_BASE, PLAT_RTC_BASE | PAGE_DEVICE);
	assert_true(next_table <= carveout_end);
}

static void pair_make(void)
{
	pair = at(control(HOST_CONTROL_DESCRIPTOR));
	*pair = (struct audit_pair){ .magic = AUDIT_PAIR_MAGIC, .vcpu_count = 1 };
	next_table = PAIR_TABLES;
	for (unsigned role = 0; role < 2; role++)
		pair->domains[role] = (struct audit_domain){ .root = root_of(role), .vmid = (uint16_t)(4 + role) };
	page(root_of(HOST_ROLE_BOX), BOX_RAM_BASE, BOX_PAGE | PAGE_RWX);
	page(root_of(HOST_ROLE_BOX), BOX_CONSOLE_PAGE, CONSOLE_PAGE | PAGE_RWX);
	for (uint64_t i = 0; i < VM_PAGES; i++) {
		page(root_of(HOST_ROLE_VM), VM_IPA + i * G, (VM_MEMORY + i * G) | PAGE_RWX);
		page(root_of(HOST_ROLE_VM), BOX_WINDOW | (VM_IPA + i * G), (VM_MEMORY + i * G) | PAGE_RWX);
		page(root_of(HOST_ROLE_BOX), BOX_WINDOW | (VM_IPA + i * G), (VM_MEMORY + i * G) | PAGE_RWX);
	}
	assert_true(next_table <= BOX_PAGE);
}

static void el2_make(void)
{
	next_table = EL2_TABLES + G;
	page(EL2_TABLES, PLAT_MEDIATOR_BASE, PLAT_MEDIATOR_BASE | EL2_CODE);
	page(EL2_TABLES, PLAT_MEDIATOR_BASE + G, (PLAT_MEDIATOR_BASE + G) | EL2_DATA);
	*entry(EL2_TABLES, CONTROL, 2) = CONTROL | (EL2_DATA & ~2ull);
}

int machine_make(void **test)
{
	(void)test;
	memset(ram, 0, sizeof(ram));
	memset(&findings, 0, sizeof(findings));
	machine = (struct machine){ .memory = { ram, PLAT_RAM_BASE, RAM }, .cpu_count = 2 };
	list_make();
	outer_make();
	pair_make();
	el2_make();
	for (unsigned i = 0; i < 2; i++)
		machine.cpus[i] = (struct cpu_registers){
			.cpsr = 5, .scr_el3 = 1, .hcr_el2 = 1, .sctlr_el2 = 1 | 1ull << 19,
			/* 39 bits in, 40 out; 40 bits from level 1 with two pages. */
			.tcr_el2 = 2ull << 16 | 25, .ttbr0_el2 = EL2_TABLES, .vtcr_el2 = 2ull << 16 | 1ull << 6 | 24,
			.vttbr_el2 = i == 0 ? OUTER_TABLES : 5ull << 48 | root_of(HOST_ROLE_VM),
		};
	return 0;
}

int machine_free(void **test)
{
	(void)test;
	reaches_free(&audit.reaches);
	return 0;
}
