/*
 * The domains' side of an audit: which granules are whose, and who reaches what he must not.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "tests/audit/audit.h"
#include "abi/box.h"
#include "abi/console.h"
#include "abi/host.h"
#include "plat/memory.h"
#include "tests/audit/walk.h"

/* Set in a box's addresses of its VM's memory. */
#define WINDOW	((uint64_t)BOX_WINDOW)

/* One domain's walk. */
struct survey {
	struct audit *audit;
	const struct domain *domain;
	struct findings *findings;
};

static unsigned access_of(const struct leaf *leaf)
{
	return (leaf->read ? ACCESS_READ : 0u) | (leaf->write ? ACCESS_WRITE : 0u) |
	       (leaf->execute ? ACCESS_EXECUTE : 0u);
}

static void report(const struct survey *survey, enum finding_kind kind, uint64_t ipa, uint64_t pa, unsigned access,
		   const char *other)
{
	struct finding finding = { .kind = kind, .input = ipa, .pa = pa, .bytes = AUDIT_GRANULE, .access = access };

	snprintf(finding.who, sizeof(finding.who), "%s", survey->domain->name);
	snprintf(finding.other, sizeof(finding.other), "%s", other);
	finding_add(survey->findings, &finding);
}

static const char *place_name(uint64_t pa)
{
	static const struct {
		uint64_t base, bytes;
		const char *name;
	} places[] = {
		{ PLAT_FLASH_BASE, PLAT_FLASH_BYTES, "secure flash" },
		{ 0x04000000, 0x04000000, "non-secure flash" },
		{ PLAT_GICD_BASE, PLAT_GICD_BYTES, "interrupt distributor" },
		{ PLAT_GICR_BASE, PLAT_CPU_MAX * PLAT_GICR_STRIDE, "interrupt redistributors" },
		{ 0x09020000, 0x1000, "fw_cfg, whose DMA reaches all memory" },
		{ PLAT_UART1_BASE, 0x1000, "secure UART" },
		{ PLAT_SMMU_BASE, 0x20000, "SMMU" },
		{ PLAT_SECURE_GPIO_BASE, 0x1000, "secure GPIO" },
		{ 0x0a000000, 0x4000, "virtio-mmio, whose DMA reaches all memory" },
		{ PLAT_SECURE_RAM_BASE, PLAT_SECURE_RAM_BYTES, "secure RAM" },
	};

	for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
		if (pa >= places[i].base && pa - places[i].base < places[i].bytes)
			return places[i].name;
	}
	return "neither DRAM nor a device that is known here";
}

static bool is_allowed_device(const struct survey *survey, const struct leaf *leaf)
{
	return survey->domain->kind == DOMAIN_OUTER && leaf->bytes == AUDIT_GRANULE && leaf->is_device &&
	       !leaf->execute && (leaf->pa == PLAT_UART0_BASE || leaf->pa == PLAT_RTC_BASE);
}

static void domain_leaf(void *context, const struct leaf *leaf)
{
	const struct survey *survey = context;
	struct audit *audit = survey->audit;

	audit->leaves++;
	for (uint64_t done = 0; done < leaf->bytes; done += AUDIT_GRANULE) {
		uint64_t ipa = leaf->input + done, pa = leaf->pa + done;

		if (survey->domain->kind == DOMAIN_OUTER && ipa != pa)
			report(survey, FINDING_IDENTITY, ipa, pa, access_of(leaf), "it should be the identity");
		if (reaches_at(&audit->reaches, pa) != NULL)
			reaches_add(&audit->reaches, pa, (unsigned)(survey->domain - audit->domains.list),
				    access_of(leaf), ipa);
		else if (!is_allowed_device(survey, leaf))
			report(survey, FINDING_OUTSIDE, ipa, pa, access_of(leaf), place_name(pa));
	}
}

static void domain_table(void *context, uint64_t pa, uint64_t input)
{
	const struct survey *survey = context;

	(void)input;
	survey->audit->tables++;
	reaches_use(&survey->audit->reaches, pa, AUDIT_GRANULE, USE_TABLE);
}

static void domain_fault(void *context, const char *what, uint64_t input, uint64_t value)
{
	const struct survey *survey = context;
	struct finding finding = { .kind = FINDING_DESCRIPTOR };

	snprintf(finding.who, sizeof(finding.who), "%s", survey->domain->name);
	snprintf(finding.other, sizeof(finding.other), "%s (at 0x%llx: 0x%llx)", what, (unsigned long long)input,
		 (unsigned long long)value);
	finding_add(survey->findings, &finding);
}

/* --- what granules are --- */

static void uses_mark(struct audit *audit)
{
	struct reaches *reaches = &audit->reaches;

	reaches_use(reaches, PLAT_MEDIATOR_BASE, plat_carveout_bytes(reaches->count * AUDIT_GRANULE), USE_MEDIATOR);
	for (unsigned i = 0; i < audit->domains.pair_count; i++) {
		const struct pair_entry *pair = &audit->domains.pairs[i];
		uint64_t control = pair->descriptor - HOST_CONTROL_DESCRIPTOR * AUDIT_GRANULE;

		reaches_use(reaches, pair->descriptor, AUDIT_GRANULE, USE_DESCRIPTOR);
		reaches_use(reaches, control + HOST_CONTROL_NOTICE * AUDIT_GRANULE, AUDIT_GRANULE,
			    pair->is_dead ? USE_NOTICE_DEAD : USE_NOTICE);
		if (!pair->is_dead)
			reaches_use(reaches, control + HOST_CONTROL_CONTEXTS * AUDIT_GRANULE,
				    2ull * pair->head.vcpu_count * AUDIT_GRANULE, USE_CONTEXT);
	}
}

/* --- who may reach what --- */

/* Is what both reach declared? See audit.h. */
static bool is_declared(const struct domain *a, const struct reach *at_a, const struct domain *b,
			const struct reach *at_b)
{
	if (a->kind > b->kind)
		return is_declared(b, at_b, a, at_a);
	if (a->kind == DOMAIN_OUTER && b->kind == DOMAIN_BOX)
		return at_b->ipa == BOX_CONSOLE_PAGE;
	return a->kind == DOMAIN_BOX && b->kind == DOMAIN_VM && a->pair == b->pair && (at_a->ipa & WINDOW) != 0 &&
	       (at_a->ipa & ~WINDOW) == (at_b->ipa & ~WINDOW);
}

static bool window_shows_vm(const struct audit *audit, const struct granule_view *granule, const struct reach *box)
{
	const struct domain *own = &audit->domains.list[box->domain];

	for (uint32_t i = granule->first; i != 0; i = audit->reaches.list[i].next) {
		const struct reach *reach = &audit->reaches.list[i];
		const struct domain *domain = &audit->domains.list[reach->domain];

		if (domain->kind == DOMAIN_VM && domain->pair == own->pair && reach->ipa == (box->ipa & ~WINDOW))
			return true;
	}
	return false;
}

/* Returns whether somebody else reaches the granule too, as declared. */
static bool others_judge(const struct survey *survey, uint64_t pa, const struct reach *reach)
{
	const struct audit *audit = survey->audit;
	bool is_shared = false;

	for (uint32_t i = reach->next; i != 0; i = audit->reaches.list[i].next) {
		const struct reach *other = &audit->reaches.list[i];
		const struct domain *domain = &audit->domains.list[other->domain];

		if (other->domain == reach->domain)
			continue;
		if (is_declared(survey->domain, reach, domain, other)) {
			is_shared = true;
			continue;
		}
		struct finding finding = {
			.kind = FINDING_TWO_DOMAINS, .input = reach->ipa, .pa = pa, .bytes = AUDIT_GRANULE,
			.access = reach->access, .other_input = other->ipa, .other_access = other->access,
		};

		snprintf(finding.who, sizeof(finding.who), "%s", survey->domain->name);
		snprintf(finding.other, sizeof(finding.other), "so does %s", domain->name);
		finding_add(survey->findings, &finding);
	}
	return is_shared;
}

static void use_judge(const struct survey *survey, const struct granule_view *granule, uint64_t pa,
		      const struct reach *reach)
{
	bool is_outer = survey->domain->kind == DOMAIN_OUTER;
	bool is_reader = is_outer && reach->access == ACCESS_READ;

	if (granule->use == USE_MEDIATOR)
		report(survey, FINDING_MEDIATOR, reach->ipa, pa, reach->access, "memory of the mediator");
	else if (granule->use == USE_TABLE)
		report(survey, FINDING_TABLE, reach->ipa, pa, reach->access, "a translation table");
	else if (granule->use == USE_DESCRIPTOR || granule->use == USE_CONTEXT)
		report(survey, FINDING_CONTEXT, reach->ipa, pa, reach->access, "a pair's descriptor or vCPU context");
	else if (granule->use == USE_NOTICE && !is_reader)
		report(survey, FINDING_CONTEXT, reach->ipa, pa, reach->access, "a notice page, more than readable");
	else if (granule->use == USE_ANY && is_outer && (reach->access & ACCESS_WRITE) == 0)
		report(survey, FINDING_READ_ONLY, reach->ipa, pa, reach->access, "not its own, and no notice page");
	if ((granule->el2_access & ACCESS_EXECUTE) != 0)
		report(survey, FINDING_CODE, reach->ipa, pa, reach->access, "EL2 executes it");
}

static void granule_judge(struct audit *audit, const struct granule_view *granule, uint64_t pa,
			  struct findings *findings)
{
	bool is_shared = false;

	for (uint32_t i = granule->first; i != 0; i = audit->reaches.list[i].next) {
		const struct reach *reach = &audit->reaches.list[i];
		const struct survey survey = { audit, &audit->domains.list[reach->domain], findings };

		use_judge(&survey, granule, pa, reach);
		if (survey.domain->kind == DOMAIN_BOX && (reach->ipa & WINDOW) != 0 &&
		    !window_shows_vm(audit, granule, reach))
			report(&survey, FINDING_WINDOW, reach->ipa, pa, reach->access, "its VM does not have it there");
		is_shared |= others_judge(&survey, pa, reach);
	}
	audit->shared += is_shared ? 1 : 0;
}

/* VTCR_EL2 is one for all; zero before the first CPU has set it. */
static uint64_t vtcr_of(const struct machine *machine)
{
	for (unsigned i = 0; i < machine->cpu_count; i++) {
		if (machine_is_mediated(&machine->cpus[i]) && machine->cpus[i].vtcr_el2 != 0)
			return machine->cpus[i].vtcr_el2;
	}
	return 0;
}

bool audit_run(struct audit *audit, const struct machine *machine, struct findings *findings)
{
	uint64_t vtcr = vtcr_of(machine);

	if (vtcr == 0 || !domains_find(&audit->domains, machine, findings))
		return false;
	reaches_reset(&audit->reaches, machine->memory.base, machine->memory.size);
	audit->tables = audit->leaves = audit->granules = 0;
	audit->shared = 0;
	uses_mark(audit);
	audit_el2(audit, machine, findings);
	for (unsigned i = 0; i < audit->domains.count; i++) {
		struct survey survey = { audit, &audit->domains.list[i], findings };
		struct visitor visitor = { domain_leaf, domain_table, domain_fault, &survey };

		walk_stage2(&machine->memory, vtcr, survey.domain->root, &visitor);
	}
	for (uint64_t i = 0; i < audit->reaches.count; i++) {
		const struct granule_view *granule = &audit->reaches.granules[i];

		audit->granules += granule->first != 0 ? 1 : 0;
		granule_judge(audit, granule, audit->reaches.base + i * AUDIT_GRANULE, findings);
	}
	return true;
}
