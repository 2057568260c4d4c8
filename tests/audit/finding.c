/*
 * Findings: which belong together, and how they are shown.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "tests/audit/finding.h"
#include <string.h>

/* How far back a finding is looked for that a new one continues: kinds alternate from granule to granule. */
#define RECENT	8

static bool is_continued(const struct finding *last, const struct finding *next)
{
	return last->kind == next->kind && last->access == next->access && last->bytes != 0 && next->bytes != 0 &&
	       last->pa + last->bytes == next->pa && last->input + last->bytes == next->input &&
	       (last->kind != FINDING_TWO_DOMAINS || last->other_input + last->bytes == next->other_input) &&
	       last->other_access == next->other_access && strcmp(last->who, next->who) == 0 && strcmp(last->other, next->other) == 0;
}

void finding_add(struct findings *findings, const struct finding *finding)
{
	for (unsigned i = findings->count; i-- > 0 && findings->count - i <= RECENT;) {
		if (is_continued(&findings->list[i], finding)) {
			findings->list[i].bytes += finding->bytes;
			return;
		}
	}
	if (findings->count < FINDINGS_KEPT)
		findings->list[findings->count++] = *finding;
	else
		findings->dropped++;
}

const char *finding_name(enum finding_kind kind)
{
	static const char *const names[FINDING_KIND_COUNT] = {
		[FINDING_TWO_DOMAINS] = "two domains", [FINDING_WINDOW] = "window", [FINDING_TABLE] = "table",
		[FINDING_CONTEXT] = "context", [FINDING_MEDIATOR] = "mediator memory", [FINDING_OUTSIDE] = "outside DRAM",
		[FINDING_IDENTITY] = "not identity", [FINDING_READ_ONLY] = "read-only", [FINDING_CODE] = "code",
		[FINDING_WRITE_EXECUTE] = "write and execute", [FINDING_SECURE] = "secure memory",
		[FINDING_DESCRIPTOR] = "descriptor", [FINDING_REGISTER] = "register",
	};

	return names[kind];
}

static const char *access_name(unsigned access)
{
	static const char *const names[8] = { "---", "r--", "-w-", "rw-", "--x", "r-x", "-wx", "rwx" };

	return names[access & 7];
}

void findings_print(const struct findings *findings, FILE *out)
{
	for (unsigned i = 0; i < findings->count; i++) {
		const struct finding *f = &findings->list[i];

		fprintf(out, "FINDING %s: %s", finding_name(f->kind), f->who);
		if (f->bytes != 0)
			fprintf(out, " at 0x%010llx reaches 0x%010llx, 0x%llx bytes, %s", (unsigned long long)f->input,
				(unsigned long long)f->pa, (unsigned long long)f->bytes, access_name(f->access));
		fprintf(out, ": %s", f->other);
		if (f->kind == FINDING_TWO_DOMAINS)
			fprintf(out, " at 0x%010llx, %s", (unsigned long long)f->other_input,
				access_name(f->other_access));
		fprintf(out, "\n");
	}
	if (findings->dropped != 0)
		fprintf(out, "FINDING and %llu more\n", findings->dropped);
}

/* All texts are our own: none has a character that JSON would want escaped. */
void findings_print_json(const struct findings *findings, FILE *out)
{
	fprintf(out, "[");
	for (unsigned i = 0; i < findings->count; i++) {
		const struct finding *f = &findings->list[i];

		fprintf(out, "%s{\"kind\": \"%s\", \"who\": \"%s\", \"input\": %llu, \"pa\": %llu, \"bytes\": %llu, "
			"\"access\": \"%s\", \"other\": \"%s\", \"other_input\": %llu, \"other_access\": \"%s\"}", i == 0 ? "" : ", ", finding_name(f->kind), f->who,
			(unsigned long long)f->input, (unsigned long long)f->pa, (unsigned long long)f->bytes,
			access_name(f->access), f->other, (unsigned long long)f->other_input,
			access_name(f->other_access));
	}
	fprintf(out, "]");
}
