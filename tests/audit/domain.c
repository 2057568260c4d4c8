/*
 * Reading the mediator's list. It lies in memory that no domain reaches, which the audit itself shows.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "tests/audit/domain.h"
#include "abi/host.h"
#include "plat/memory.h"

static void problem(struct findings *findings, const char *who, const char *what)
{
	struct finding finding = { .kind = FINDING_DESCRIPTOR };

	snprintf(finding.who, sizeof(finding.who), "%s", who);
	snprintf(finding.other, sizeof(finding.other), "%s", what);
	finding_add(findings, &finding);
}

static void domain_add(struct domains *domains, enum domain_kind kind, unsigned pair, const struct audit_domain *from,
		       struct findings *findings)
{
	static const char *const kinds[] = { "outer OS", "box of pair", "VM of pair" };
	struct domain *domain = &domains->list[domains->count];

	*domain = (struct domain){ .kind = kind, .pair = pair, .vmid = from->vmid, .root = from->root };
	if (kind == DOMAIN_OUTER)
		snprintf(domain->name, sizeof(domain->name), "%s", kinds[kind]);
	else
		snprintf(domain->name, sizeof(domain->name), "%s %u", kinds[kind], pair);
	for (unsigned i = 0; i < domains->count; i++) {
		if (domains->list[i].vmid == domain->vmid)
			problem(findings, domain->name, "another domain has the same VMID");
		if (domains->list[i].root == domain->root)
			problem(findings, domain->name, "another domain has the same root");
	}
	domains->count++;
}

static void pair_add(struct domains *domains, const struct machine *machine, struct pair_entry pair,
		     struct findings *findings)
{
	char name[32];

	snprintf(name, sizeof(name), "pair %u", pair.slot);
	if (pair.descriptor % AUDIT_GRANULE != 0 ||
	    !memory_copy(&machine->memory, pair.descriptor, &pair.head, sizeof(pair.head)) ||
	    pair.head.magic != AUDIT_PAIR_MAGIC || pair.head.vcpu_count == 0 ||
	    pair.head.vcpu_count > HOST_VCPU_MAX) {
		problem(findings, name, "its descriptor granule does not begin as it should");
		return;
	}
	domains->pairs[domains->pair_count++] = pair;
	if (pair.is_dead)
		return;
	domain_add(domains, DOMAIN_BOX, pair.slot, &pair.head.domains[HOST_ROLE_BOX], findings);
	domain_add(domains, DOMAIN_VM, pair.slot, &pair.head.domains[HOST_ROLE_VM], findings);
}

bool domains_find(struct domains *domains, const struct machine *machine, struct findings *findings)
{
	const struct memory *memory = &machine->memory;
	uint64_t at, outer_at = 0;
	struct audit_domain outer;
	struct audit_list list;

	domains->count = domains->pair_count = 0;
	if (!memory_copy(memory, PLAT_MEDIATOR_BASE + AUDIT_LIST_POINTER, &at, sizeof(at)) ||
	    !memory_copy(memory, at, &list, sizeof(list)) || list.magic != AUDIT_LIST_MAGIC ||
	    !memory_copy(memory, list.outer, &outer_at, sizeof(outer_at)) ||
	    !memory_copy(memory, outer_at, &outer, sizeof(outer)))
		return false;
	domain_add(domains, DOMAIN_OUTER, 0, &outer, findings);
	if (list.pair_max > PAIRS_MAX)
		problem(findings, "the mediator's list", "it has more slots than the auditor knows of");
	for (unsigned i = 0; i < list.pair_max && i < PAIRS_MAX; i++) {
		struct pair_entry pair = { .slot = i };
		uint64_t offset = (uint64_t)i * list.pair_stride;
		uint8_t state = HOST_PAIR_FREE;

		if (!memory_copy(memory, list.pairs + offset, &pair.descriptor, sizeof(pair.descriptor)) ||
		    !memory_copy(memory, list.states + offset, &state, sizeof(state)))
			problem(findings, "the mediator's list", "a slot of it is not in RAM");
		pair.is_dead = state == HOST_PAIR_DEAD;
		if (pair.descriptor != 0)
			pair_add(domains, machine, pair, findings);
	}
	return true;
}
