/*
 * What an audit finds: one entry for a range of addresses in which the same is wrong, printed as a line or as JSON.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#ifndef TESTS_AUDIT_FINDING_H
#define TESTS_AUDIT_FINDING_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

enum finding_kind {
	FINDING_TWO_DOMAINS,		/* a granule that two domains reach, and no share that is declared */
	FINDING_WINDOW,			/* a box's window shows what its VM does not have there */
	FINDING_TABLE,			/* a domain reaches a translation table */
	FINDING_CONTEXT,		/* a domain reaches a descriptor, context or notice page as it must not */
	FINDING_MEDIATOR,		/* a domain reaches the mediator's memory */
	FINDING_OUTSIDE,		/* a domain reaches what is not DRAM: devices, secure memory, nothing */
	FINDING_IDENTITY,		/* the outer OS's map is not the identity */
	FINDING_READ_ONLY,		/* the outer OS reads what is neither its own nor a notice page */
	FINDING_WRITE_EXECUTE,		/* EL2 may write and execute the same memory */
	FINDING_CODE,			/* EL2 executes what is not the mediator's image, or what a domain reaches */
	FINDING_SECURE,			/* EL2 maps secure memory */
	FINDING_DESCRIPTOR,		/* tables, roots or descriptors that are malformed */
	FINDING_REGISTER,		/* a CPU's registers leave isolation off, or name an unknown root */
	FINDING_SECRET,			/* a secret that who reaches it must not have, in memory or in a register */
	FINDING_KIND_COUNT,
};

/* Access bits, and how they are shown. */
enum { ACCESS_READ = 1, ACCESS_WRITE = 2, ACCESS_EXECUTE = 4 };

struct finding {
	enum finding_kind kind;
	char who[32];			/* "outer OS", "box of pair 3", "EL2", "CPU 1" */
	uint64_t input, pa, bytes;	/* IPA or VA, PA; bytes 0: it is about no address */
	unsigned access;
	char other[96];			/* who else, or what is wrong, in words */
	uint64_t other_input;		/* two domains: where the other one reaches it, and how */
	unsigned other_access;
	unsigned audits;		/* in how many audits */
};

#define FINDINGS_KEPT	256

struct findings {
	struct finding list[FINDINGS_KEPT];
	unsigned count;			/* kept */
	unsigned long long dropped;	/* beyond these */
};

/* finding_add - of one audit; one that goes on where a recent one of the same kind ends becomes part of it. */
void finding_add(struct findings *findings, const struct finding *finding);

/* findings_merge - what one audit found becomes part of what all found; the same twice is one entry. */
void findings_merge(struct findings *all, const struct findings *one);

/* finding_name - the kind as it is printed. */
const char *finding_name(enum finding_kind kind);

/* findings_print - one line each. findings_print_json - the value of a JSON array. */
void findings_print(const struct findings *findings, FILE *out);
void findings_print_json(const struct findings *findings, FILE *out);

#endif
