/*
 * The untrusted domains of a machine, from the mediator's list (abi/audit.h): the outer OS, box and VM of each pair.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#ifndef TESTS_AUDIT_DOMAIN_H
#define TESTS_AUDIT_DOMAIN_H

#include "abi/audit.h"
#include "tests/audit/finding.h"
#include "tests/audit/machine.h"

enum domain_kind { DOMAIN_OUTER, DOMAIN_BOX, DOMAIN_VM };

struct domain {
	enum domain_kind kind;
	unsigned pair;			/* meaningless for the outer OS */
	uint16_t vmid;
	uint64_t root;
	char name[32];
};

/* A pair whose descriptor granule is there; its domains are listed if it is not dead. */
struct pair_entry {
	unsigned slot;
	uint64_t descriptor;		/* physical */
	bool is_dead;			/* by the slot's state */
	struct audit_pair head;
};

#define PAIRS_MAX	256
#define DOMAINS_MAX	(1 + 2 * PAIRS_MAX)

struct domains {
	struct domain list[DOMAINS_MAX];	/* the outer OS first */
	unsigned count;
	struct pair_entry pairs[PAIRS_MAX];
	unsigned pair_count;
};

/**
 * domains_find - read the list.
 *
 * Descriptors that are malformed, and VMIDs or roots that two domains have, become findings.
 * Returns false if the mediator has no list yet: there is nothing to audit.
 */
bool domains_find(struct domains *domains, const struct machine *machine, struct findings *findings);

#endif
