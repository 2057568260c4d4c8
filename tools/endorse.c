/*
 * redoubt endorse: the root key says that another key may sign objects of one role, and which older keys of that role
 * may not any more.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "tools/endorse.h"
#include <getopt.h>
#include <stdio.h>
#include <string.h>

static const char usage[] =
	"usage: redoubt endorse NAME --role ROLE --serial N [--least-serial N] [--public FILE]\n"
	"                       [--root-key NAME] [TOKEN] -o FILE\n"
	"Signs with the root key that the key NAME may sign objects of a role.\n"
	"  --role          firmware, policy or vm\n"
	"  --serial        number of the key in its role: 1, and one more for each key that follows\n"
	"  --least-serial  keys of this role with a smaller serial are revoked (default 1: none); a device that\n"
	"                  has taken this endorsement takes none of theirs any more\n"
	"  --public        the key is in this PEM file ('redoubt keys export'), not in the token\n"
	"  --root-key      name of the root key (default root)\n"
	"  -o FILE         where the endorsement goes\n"
	TOKEN_USAGE;

static int policy_refused(const char *name, const char *problem, const char *expected, const char *found)
{
	return refuse(TOOL_POLICY, &(struct refusal){
		.code = "role", .object = name, .problem = problem, .expected = expected, .found = found,
		.advice = "the root key signs endorsements and nothing else; use one key for one role" });
}

int endorse_check_serials(const struct endorsement *endorsement)
{
	if (endorsement->serial_least <= endorsement->serial)
		return TOOL_DONE;
	return refuse(TOOL_USAGE, &(struct refusal){
		.code = "bad-serial", .object = "--least-serial", .problem = "the endorsement would revoke itself",
		.expected = text("at most the serial, %u", endorsement->serial),
		.found = text("%u", endorsement->serial_least) });
}

int endorse(struct token *token, const struct endorse_request *request)
{
	struct token_key root;
	int result = endorse_check_serials(&request->endorsement);

	if (result == TOOL_DONE)
		result = token_key_find(token, request->root, &root);
	if (result != TOOL_DONE)
		return result;
	if (strcmp(root.role, "root") != 0 && strcmp(root.role, "-") != 0)
		return policy_refused(request->root, "the key was made for another role", "root", root.role);
	if (memcmp(root.public.point, request->endorsement.key, POINT_BYTES) == 0)
		return policy_refused(request->endorsement.name, "this is the root key itself", "another key",
				      "the same key");
	return endorsement_file_write(token, &root, &request->endorsement, request->output);
}

struct request {
	struct token_choice choice;
	struct endorse_request endorse;
	const char *name, *role, *public;
	bool help;
};

static int options_parse(struct request *request, int argc, char **argv)
{
	const struct option_entry entries[] = {
		{ .name = "role", .kind = TAKES_TEXT, .out.text = &request->role },
		{ .name = "serial", .kind = TAKES_NUMBER32, .out.number32 = &request->endorse.endorsement.serial,
		  .min = 1, .max = UINT32_MAX },
		{ .name = "least-serial", .kind = TAKES_NUMBER32, .out.number32 = &request->endorse.endorsement.serial_least,
		  .min = 1, .max = UINT32_MAX },
		{ .name = "public", .kind = TAKES_TEXT, .out.text = &request->public },
		{ .name = "root-key", .kind = TAKES_NAME, .out.text = &request->endorse.root, .max = NAME_CHARACTERS_MAX },
		OPTION_OUTPUT(&request->endorse.output), OPTION_HELP(&request->help), TOKEN_ENTRIES(&request->choice),
	};
	int result = options_take(entries, ARRAY_COUNT(entries), argc, argv);

	if (result != TOOL_DONE || request->help)
		return result;
	if (optind == argc)
		return option_missing("endorse", "NAME");
	if (optind + 1 < argc)
		return option_extra("endorse", argv[optind + 1]);
	request->name = argv[optind];
	if (request->role == NULL)
		return option_missing("endorse", "--role");
	if (request->endorse.endorsement.serial == 0)
		return option_missing("endorse", "--serial");
	return request->endorse.output == NULL ? option_missing("endorse", "-o")
					       : option_name("NAME", request->name, NAME_CHARACTERS_MAX);
}

static int request_complete(struct request *request)
{
	struct endorsement *endorsement = &request->endorse.endorsement;

	if (!role_parse(request->role, &endorsement->role))
		return refuse(TOOL_USAGE, &(struct refusal){
			.code = "bad-role", .object = "--role", .problem = "there is no such role to endorse a key for",
			.expected = "firmware, policy or vm", .found = text("'%s'", request->role) });
	(void)snprintf(endorsement->name, sizeof(endorsement->name), "%s", request->name);
	return endorse_check_serials(endorsement);
}

static int key_load(struct request *request, struct token *token)
{
	struct endorsement *endorsement = &request->endorse.endorsement;
	struct token_key key = { .role = "-" };
	int result = request->public != NULL ? public_key_read(&key.public, request->public)
					     : token_key_find(token, request->name, &key);

	if (result != TOOL_DONE)
		return result;
	memcpy(endorsement->key, key.public.point, sizeof(endorsement->key));
	if (strcmp(key.role, "-") == 0 || strcmp(key.role, role_name(endorsement->role)) == 0)
		return TOOL_DONE;
	return policy_refused(request->name, "the key was made for another role", key.role,
			      role_name(endorsement->role));
}

int verb_endorse(int argc, char **argv)
{
	struct request request = { .endorse = { .root = "root", .endorsement.serial_least = 1 } };
	struct token *token = NULL;
	int result = options_parse(&request, argc, argv);

	if (request.help) {
		fputs(usage, stdout);
		return TOOL_DONE;
	}
	if (result == TOOL_DONE)
		result = request_complete(&request);
	if (result == TOOL_DONE)
		result = token_open(&request.choice, TOKEN_SIGN, &token);
	if (result == TOOL_DONE)
		result = key_load(&request, token);
	if (result == TOOL_DONE)
		result = endorse(token, &request.endorse);
	if (result == TOOL_DONE)
		printf("%s: %s may sign %s objects; serial %u, serials below %u are revoked\n", request.endorse.output,
		       request.name, request.role, request.endorse.endorsement.serial,
		       request.endorse.endorsement.serial_least);
	token_close(token);
	return result;
}
