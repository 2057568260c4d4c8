/*
 * Findings: which belong together, and how they are shown.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "tests/audit/finding.h"
#include <string.h>

/* How far back a finding is looked for that a new one continues: kinds alternate from granule to granule. */
#define RECENT	8

/* All but the addresses. */
static bool is_alike(const struct finding *a, const struct finding *b)
{
	return a->kind == b->kind && a->access == b->access && a->other_access == b->other_access &&
	       strcmp(a->who, b->who) == 0 && strcmp(a->other, b->other) == 0;
}

static bool is_continued(const struct finding *last, const struct finding *next)
{
	return is_alike(last, next) && last->bytes != 0 && next->bytes != 0 && last->pa + last->bytes == next->pa &&
	       last->input + last->bytes == next->input &&
	       (last->kind != FINDING_TWO_DOMAINS || last->other_input + last->bytes == next->other_input);
}

void finding_add(struct findings *findings, const struct finding *finding)
{
	for (unsigned i = findings->count; i-- > 0 && findings->count - i <= RECENT;) {
		if (is_continued(&findings->list[i], finding)) {
			findings->list[i].bytes += finding->bytes;
			return;
		}
	}
	if (findings->count < FINDINGS_KEPT) {
		findings->list[findings->count] = *finding;
		findings->list[findings->count++].audits = 1;
	} else {
		findings->dropped++;
	}
}

static struct finding *same_find(struct findings *findings, const struct finding *wanted)
{
	for (unsigned i = 0; i < findings->count; i++) {
		struct finding *found = &findings->list[i];

		if (is_alike(found, wanted) && found->input == wanted->input && found->pa == wanted->pa &&
		    found->bytes == wanted->bytes && found->other_input == wanted->other_input)
			return found;
	}
	return NULL;
}

void findings_merge(struct findings *all, const struct findings *one)
{
	for (unsigned i = 0; i < one->count; i++) {
		struct finding *same = same_find(all, &one->list[i]);

		if (same != NULL)
			same->audits++;
		else if (all->count < FINDINGS_KEPT)
			all->list[all->count++] = one->list[i];
		else
			all->dropped++;
	}
	all->dropped += one->dropped;
}

const char *finding_name(enum finding_kind kind)
{
	static const char *const names[FINDING_KIND_COUNT] = {
		[FINDING_TWO_DOMAINS] = "two domains",
		[FINDING_WINDOW] = "window",
		[FINDING_TABLE] = "table",
		[FINDING_CONTEXT] = "context",
		[FINDING_MEDIATOR] = "mediator memory",
		[FINDING_OUTSIDE] = "outside DRAM",
		[FINDING_IDENTITY] = "not identity",
		[FINDING_READ_ONLY] = "read-only",
		[FINDING_WRITE_EXECUTE] = "write and execute",
		[FINDING_CODE] = "code",
		[FINDING_SECURE] = "secure memory",
		[FINDING_DESCRIPTOR] = "descriptor",
		[FINDING_REGISTER] = "register",
		[FINDING_SECRET] = "secret",
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
		fprintf(out, " (in %u audits)\n", f->audits);
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

		fprintf(out, "%s{\"kind\": \"%s\", \"who\": \"%s\", ", i == 0 ? "" : ", ", finding_name(f->kind),
			f->who);
		fprintf(out, "\"input\": %llu, \"pa\": %llu, \"bytes\": %llu, \"access\": \"%s\", ",
			(unsigned long long)f->input, (unsigned long long)f->pa, (unsigned long long)f->bytes,
			access_name(f->access));
		fprintf(out, "\"other\": \"%s\", \"other_input\": %llu, \"other_access\": \"%s\", ", f->other,
			(unsigned long long)f->other_input, access_name(f->other_access));
		fprintf(out, "\"audits\": %u}", f->audits);
	}
	fprintf(out, "]");
}
