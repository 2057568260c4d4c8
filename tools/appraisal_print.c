/*
 * Tables and the tree for people, JSON (jansson) for machines. Names from tokens have few characters; those of logs are
 * not shown.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "tools/appraisal_print.h"
#include <jansson.h>
#include <stdio.h>
#include <string.h>

static const char *finding_name(const struct finding *finding)
{
	return text("%s/%s", part_name(finding->part), finding->name);
}

void appraisal_print_table(const struct appraisal *appraisal)
{
	for (size_t i = 0; i < appraisal->count; i++) {
		const struct finding *finding = &appraisal->findings[i];

		printf("%-8s  %-24s %s\n", verdict_name(finding->verdict), finding_name(finding), finding->found);
		if (finding->verdict != VERDICT_MATCH)
			printf("%-8s  %-24s %s\n", "", "  expected", finding->expected);
	}
	printf("%s\n", verdict_name(appraisal_verdict(appraisal, PART_COUNT)));
}

/* A node is a part; what is told of it hangs below it, and then who it vouches for. */
static void node_print(const struct appraisal *appraisal, enum appraisal_part part, unsigned depth, const char *title)
{
	int indent = depth == 0 ? 0 : (int)(4 * depth - 4);

	printf("%-8s  %*s%s%s\n", verdict_name(appraisal_verdict(appraisal, part)), indent, "",
	       depth == 0 ? "" : "`-- ", title);
	for (size_t i = 0; i < appraisal->count; i++) {
		const struct finding *finding = &appraisal->findings[i];

		if (finding->part == part)
			printf("%-8s  %*s|   %-14s %s\n", verdict_name(finding->verdict), (int)(4 * depth), "",
			       finding->name, finding->found);
	}
}

void appraisal_print_tree(const struct appraisal *appraisal)
{
	static const char *const titles[] = {
		[PART_DEVICE] = "root key, device", [PART_FIRMWARE] = "firmware", [PART_MEDIATOR] = "mediator",
		[PART_BOX] = "box", [PART_VM] = "VM", [PART_LOG] = "event log",
	};
	bool has_log = false;

	for (size_t i = 0; i < appraisal->count; i++)
		has_log |= appraisal->findings[i].part == PART_LOG;
	for (unsigned part = 0; part < PART_COUNT; part++) {
		if (part != PART_LOG || has_log)
			node_print(appraisal, (enum appraisal_part)part, part, titles[part]);
	}
	printf("%s\n", verdict_name(appraisal_verdict(appraisal, PART_COUNT)));
}

static int json_print(json_t *object)
{
	int failed = json_dumpf(object, stdout, JSON_INDENT(2));

	json_decref(object);
	putchar('\n');
	return failed == 0 ? TOOL_DONE : refuse(TOOL_FAILED, &(struct refusal){
		.code = "no-json", .object = "standard output", .problem = "the result cannot be written" });
}

int appraisal_print_json(const struct appraisal *appraisal)
{
	json_t *object = json_object(), *findings = json_array();

	for (size_t i = 0; i < appraisal->count; i++) {
		const struct finding *from = &appraisal->findings[i];
		json_t *to = json_object();

		json_object_set_new(to, "part", json_string(part_name(from->part)));
		json_object_set_new(to, "name", json_string(from->name));
		json_object_set_new(to, "verdict", json_string(verdict_name(from->verdict)));
		json_object_set_new(to, "expected", json_string(from->expected));
		json_object_set_new(to, "found", json_string(from->found));
		json_array_append_new(findings, to);
	}
	json_object_set_new(object, "verdict", json_string(verdict_name(appraisal_verdict(appraisal, PART_COUNT))));
	json_object_set_new(object, "findings", findings);
	return json_print(object);
}

int refusal_print_json(const struct attestation_refusal *refusal, const char *found)
{
	json_t *object = json_object();

	json_object_set_new(object, "verdict", json_string("REFUSED"));
	json_object_set_new(object, "code", json_string(attestation_name(refusal->problem)));
	json_object_set_new(object, "expected", json_string(attestation_expected(refusal->problem)));
	json_object_set_new(object, "found", found != NULL ? json_string(found) : json_null());
	return json_print(object);
}
