/*
 * The mediator's side of an audit: what EL2 itself reaches and executes, and whether registers keep isolation on.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "tests/audit/audit.h"
#include "plat/memory.h"
#include "tests/audit/walk.h"

/* Arm DDI 0487: SCTLR_EL2.WXN; HCR_EL2.VM, DC, TGE, E2H. */
#define SCTLR_WXN	(1ull << 19)
#define HCR_VM		(1ull << 0)
#define HCR_DC		(1ull << 12)
#define HCR_TGE		(1ull << 27)
#define HCR_E2H		(1ull << 34)

struct el2 {
	struct audit *audit;
	struct findings *findings;
};

static void report(struct findings *findings, enum finding_kind kind, const struct leaf *leaf, uint64_t offset,
		   const char *what)
{
	struct finding finding = {
		.kind = kind, .who = "EL2", .input = leaf->input + offset, .pa = leaf->pa + offset,
		.bytes = AUDIT_GRANULE,
		.access = ACCESS_READ | (leaf->write ? ACCESS_WRITE : 0u) | (leaf->execute ? ACCESS_EXECUTE : 0u),
	};

	snprintf(finding.other, sizeof(finding.other), "%s", what);
	finding_add(findings, &finding);
}

static bool is_in(uint64_t pa, uint64_t base, uint64_t bytes)
{
	return pa >= base && pa - base < bytes;
}

/* W and X are added up over all addresses at which EL2 has the granule: two mappings are no better than one. */
static void el2_leaf(void *context, const struct leaf *leaf)
{
	const struct el2 *el2 = context;

	el2->audit->leaves++;
	for (uint64_t done = 0; done < leaf->bytes; done += AUDIT_GRANULE) {
		uint64_t pa = leaf->pa + done;
		struct granule_view *granule = reaches_at(&el2->audit->reaches, pa);

		if (is_in(pa, PLAT_FLASH_BASE, PLAT_FLASH_BYTES) ||
		    is_in(pa, PLAT_SECURE_RAM_BASE, PLAT_SECURE_RAM_BYTES))
			report(el2->findings, FINDING_SECURE, leaf, done, "the mediator has no business there");
		if (leaf->execute && !is_in(pa, PLAT_MEDIATOR_BASE, PLAT_MEDIATOR_IMAGE_BYTES))
			report(el2->findings, FINDING_CODE, leaf, done, "not the mediator's image");
		if (granule == NULL)
			continue;
		granule->el2_access |= (uint8_t)((leaf->write ? ACCESS_WRITE : 0) |
						 (leaf->execute ? ACCESS_EXECUTE : 0));
		if (granule->el2_access == (ACCESS_WRITE | ACCESS_EXECUTE))
			report(el2->findings, FINDING_WRITE_EXECUTE, leaf, done,
			       leaf->write && leaf->execute ? "by this mapping" : "by this mapping and another");
	}
}

static void el2_table(void *context, uint64_t pa, uint64_t input)
{
	const struct el2 *el2 = context;

	(void)input;
	el2->audit->tables++;
	reaches_use(&el2->audit->reaches, pa, AUDIT_GRANULE, USE_TABLE);
}

static void el2_fault(void *context, const char *what, uint64_t input, uint64_t value)
{
	const struct el2 *el2 = context;
	struct finding finding = { .kind = FINDING_DESCRIPTOR, .who = "EL2" };

	snprintf(finding.other, sizeof(finding.other), "%s (at 0x%llx: 0x%llx)", what, (unsigned long long)input,
		 (unsigned long long)value);
	finding_add(el2->findings, &finding);
}

static void cpu_problem(struct findings *findings, unsigned cpu, const char *what, uint64_t value)
{
	struct finding finding = { .kind = FINDING_REGISTER };

	snprintf(finding.who, sizeof(finding.who), "CPU %u", cpu);
	snprintf(finding.other, sizeof(finding.other), "%s: 0x%llx", what, (unsigned long long)value);
	finding_add(findings, &finding);
}

/* VTCR_EL2.VS chooses 16 bits of VMID or 8; bit 0 of VTTBR_EL2 is CnP. */
static bool is_known_root(const struct domains *domains, uint64_t vtcr, uint64_t vttbr)
{
	uint64_t vmid = vttbr >> 48 & ((vtcr >> 19 & 1) != 0 ? 0xffff : 0xff);
	uint64_t root = vttbr & 0x0000fffffffffffeull;

	for (unsigned i = 0; i < domains->count; i++) {
		if (domains->list[i].vmid == vmid && domains->list[i].root == root)
			return true;
	}
	return false;
}

static void registers_judge(const struct audit *audit, const struct cpu_registers *cpu, unsigned index, uint64_t vtcr,
			    struct findings *findings)
{
	if (!machine_is_mediated(cpu)) {
		if (machine_is_below_el2(cpu))
			cpu_problem(findings, index, "it runs below EL2 while EL2's MMU is off", cpu->sctlr_el2);
		return;
	}
	if ((cpu->sctlr_el2 & SCTLR_WXN) == 0)
		cpu_problem(findings, index, "SCTLR_EL2.WXN is clear", cpu->sctlr_el2);
	if ((cpu->hcr_el2 & (HCR_E2H | HCR_TGE | HCR_DC)) != 0)
		cpu_problem(findings, index, "HCR_EL2 has E2H, TGE or DC", cpu->hcr_el2);
	/* A CPU that is still in EL2 for the first time has not set them yet. */
	if (!machine_is_below_el2(cpu) && cpu->vttbr_el2 == 0)
		return;
	if (!is_known_root(&audit->domains, cpu->vtcr_el2, cpu->vttbr_el2))
		cpu_problem(findings, index, "VTTBR_EL2 names none of the roots that are listed", cpu->vttbr_el2);
	if (cpu->vtcr_el2 != vtcr)
		cpu_problem(findings, index, "VTCR_EL2 is not what other CPUs have", cpu->vtcr_el2);
	if (machine_is_below_el2(cpu) && (cpu->hcr_el2 & HCR_VM) == 0)
		cpu_problem(findings, index, "it runs below EL2 with stage 2 off", cpu->hcr_el2);
}

void audit_el2(struct audit *audit, const struct machine *machine, struct findings *findings)
{
	struct el2 el2 = { audit, findings };
	struct visitor visitor = { el2_leaf, el2_table, el2_fault, &el2 };
	const struct cpu_registers *first = NULL;

	for (unsigned i = 0; i < machine->cpu_count; i++) {
		const struct cpu_registers *cpu = &machine->cpus[i];

		if (first == NULL && machine_is_mediated(cpu) && cpu->vtcr_el2 != 0)
			first = cpu;
		/* All CPUs have one stage 1, or each that differs is looked at. */
		if (machine_is_mediated(cpu) && (first == NULL || cpu == first || cpu->ttbr0_el2 != first->ttbr0_el2 ||
						 cpu->tcr_el2 != first->tcr_el2))
			walk_stage1(&machine->memory, cpu->tcr_el2, cpu->ttbr0_el2, &visitor);
	}
	for (unsigned i = 0; i < machine->cpu_count; i++)
		registers_judge(audit, &machine->cpus[i], i, first->vtcr_el2, findings);
}
