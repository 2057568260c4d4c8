/*
 * redoubt: the host tool. Decides which verb runs; what a verb does is in the file of its name.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include <stdio.h>
#include <string.h>
#include "tools/verbs.h"

static const struct verb verbs[] = {
	{ "check", verb_check, "find what is wrong with a VM's description or image" },
	{ "doctor", verb_doctor, "check this machine and say what to do" },
	{ "endorse", verb_endorse, "say with the root key that another key may sign objects of a role" },
	{ "keys", verb_keys, "make, list and export keys in a token" },
	{ "measure", verb_measure, "compute measurements of boxes, VMs and boots from files" },
	{ "pack", verb_pack, "make an encrypted, signed image of a VM" },
	{ "pack-firmware", verb_pack_firmware, "put all that boots into one signed package" },
	{ "pack-policy", verb_pack_policy, "make a signed policy: owners and allowed measurements" },
	{ "provision", verb_provision, "make a secure flash image and list its digests" },
	{ "update", verb_update, "check a package, bring it to a node, say which slot runs" },
	{ "verify", verb_verify, "hold an attestation token against a reference" },
};

static void help_print(FILE *out)
{
	fprintf(out, "usage: redoubt VERB [OPTION]...    (redoubt VERB -h explains one verb)\n\n");
	for (size_t i = 0; i < ARRAY_COUNT(verbs); i++)
		fprintf(out, "  %-14s %s\n", verbs[i].name, verbs[i].help);
	fprintf(out, "\nexit codes: 0 done, 1 failed, 2 usage, 10 configuration refused, 11 signature refused,\n"
		"            12 rollback refused, 13 key not released, 14 measurement does not match,\n"
		"            15 out of resources, 16 wrong state, 17 refused by policy, 18 platform lacks it,\n"
		"            19 timed out, 21 unknown to the reference, 22 attestation token refused\n");
}

/* How many leading characters two names share: enough of a spelling hint for a short list. */
static size_t prefix_shared(const char *a, const char *b)
{
	size_t count = 0;

	while (a[count] != '\0' && a[count] == b[count])
		count++;
	return count;
}

static int verb_unknown(const char *name)
{
	const struct verb *best = NULL;
	size_t best_shared = 0;

	for (size_t i = 0; i < ARRAY_COUNT(verbs); i++) {
		size_t shared = prefix_shared(verbs[i].name, name);

		if (shared > best_shared) {
			best = &verbs[i];
			best_shared = shared;
		}
	}
	return refuse(TOOL_USAGE, &(struct refusal){
		.code = "unknown-verb", .object = name, .problem = "there is no such verb",
		.advice = best != NULL ? text("did you mean 'redoubt %s'?", best->name)
				       : "'redoubt -h' lists the verbs" });
}

int main(int argc, char **argv)
{
	if (argc < 2) {
		help_print(stderr);
		return TOOL_USAGE;
	}
	if (strcmp(argv[1], "-h") == 0 || strcmp(argv[1], "--help") == 0 ||
	    strcmp(argv[1], "help") == 0) {
		help_print(stdout);
		return TOOL_DONE;
	}
	for (size_t i = 0; i < ARRAY_COUNT(verbs); i++) {
		if (strcmp(argv[1], verbs[i].name) == 0)
			return verbs[i].run(argc - 1, argv + 1);
	}
	return verb_unknown(argv[1]);
}
