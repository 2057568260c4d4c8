/*
 * Who reaches a secret, by the reaches that the audit has found.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "tests/audit/exposure.h"

#define NOBODY	UINT16_MAX

struct look {
	const struct secrets *secrets;
	struct audit *audit;
	struct findings *findings;
	struct exposure exposure;
	uint16_t owners[SECRET_MAX + 1];	/* by secret: the VM that has it */
	unsigned cpu;				/* whose registers are looked at */
};

static const char *name_of(const struct look *look, size_t which)
{
	return which == look->secrets->count ? "a key schedule" : look->secrets->list[which].name;
}

/* May the domain have it? The first VM that does is its owner. */
static bool is_owner(struct look *look, size_t which, uint16_t domain)
{
	if (which == look->secrets->count || look->audit->domains.list[domain].kind != DOMAIN_VM)
		return false;
	if (look->owners[which] == NOBODY)
		look->owners[which] = domain;
	return look->owners[which] == domain;
}

static void granule_judge(struct look *look, size_t which, uint64_t pa)
{
	const struct granule_view *granule = reaches_at(&look->audit->reaches, pa);

	for (uint32_t i = granule != NULL ? granule->first : 0; i != 0; i = look->audit->reaches.list[i].next) {
		const struct reach *reach = &look->audit->reaches.list[i];
		struct finding finding = { .kind = FINDING_SECRET, .input = reach->ipa, .pa = pa, .bytes = AUDIT_GRANULE,
					   .access = reach->access };

		if (is_owner(look, which, reach->domain))
			continue;
		snprintf(finding.who, sizeof(finding.who), "%s", look->audit->domains.list[reach->domain].name);
		snprintf(finding.other, sizeof(finding.other), "a part of %s is there", name_of(look, which));
		finding_add(look->findings, &finding);
	}
}

static void in_memory(void *context, size_t which, size_t at, size_t bytes)
{
	struct look *look = context;
	uint64_t first = look->audit->reaches.base + at, last = first + bytes - 1;

	look->exposure.counts[which]++;
	granule_judge(look, which, first & ~(AUDIT_GRANULE - 1));
	if ((first ^ last) >= AUDIT_GRANULE)
		granule_judge(look, which, last & ~(AUDIT_GRANULE - 1));
}

static void in_registers(void *context, size_t which, size_t at, size_t bytes)
{
	struct look *look = context;
	struct finding finding = { .kind = FINDING_SECRET };
	unsigned word = (unsigned)(at / sizeof(uint64_t));
	bool is_vector = word >= MACHINE_GENERAL;

	(void)bytes;
	snprintf(finding.who, sizeof(finding.who), "CPU %u", look->cpu);
	snprintf(finding.other, sizeof(finding.other), "a part of %s begins in %c%u", name_of(look, which),
		 is_vector ? 'v' : 'x', is_vector ? (word - MACHINE_GENERAL) / 2 : word);
	finding_add(look->findings, &finding);
}

/* Is a VM on this CPU that has one of the secrets? Its vector registers stay there while its exits are handled. */
static bool runs_owner(const struct look *look, const struct cpu_registers *cpu)
{
	for (size_t i = 0; i < look->secrets->count; i++) {
		uint16_t owner = look->owners[i];

		if (owner != NOBODY && look->audit->domains.list[owner].root == (cpu->vttbr_el2 & 0x0000fffffffffffe))
			return true;
	}
	return false;
}

struct exposure exposure_find(const struct secrets *secrets, struct audit *audit, const struct machine *machine,
			      struct findings *findings)
{
	struct look look = { .secrets = secrets, .audit = audit, .findings = findings };

	for (unsigned i = 0; i <= SECRET_MAX; i++)
		look.owners[i] = NOBODY;
	secrets_find(secrets, machine->memory.bytes, machine->memory.size, in_memory, &look);
	for (look.cpu = 0; look.cpu < machine->cpu_count; look.cpu++) {
		const struct cpu_registers *cpu = &machine->cpus[look.cpu];

		if (!machine_is_normal(cpu) || runs_owner(&look, cpu))
			continue;
		look.exposure.normal++;
		secrets_find(secrets, (const uint8_t *)cpu->data, sizeof(cpu->data), in_registers, &look);
	}
	return look.exposure;
}
