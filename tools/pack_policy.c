/*
 * redoubt pack-policy: whose VMs, and which measurements, a device lets run, signed with a key that is endorsed for
 * policies.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include <getopt.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include "abi/host.h"
#include "tools/object_writer.h"
#include "tools/package_file.h"
#include "tools/signed_object.h"

static const char usage[] =
	"usage: redoubt pack-policy --name NAME --version N --counter N [--owner NAME=FILE[:COUNTER]]...\n"
	"                           [--allow box|vm:NAME=SHA256]... [--key NAME] [--endorsement FILE] [--json]\n"
	"                           [TOKEN] -o FILE\n"
	"Makes the signed policy that 'redoubt pack-firmware --policy' takes.\n"
	"  --version      for people; --counter: the security counter, which never falls on a device\n"
	"  --owner        who may sign VMs: a name, a PEM file with the public key, and the least security counter\n"
	"                 that his images may have (default 0); at most 8\n"
	"  --allow        measurement that a box or VM may have ('redoubt measure' prints it); at most 24\n"
	"  --key          key to sign with (default policy)\n"
	"  --endorsement  its endorsement (default: NAME.endorsement in the development token's directory)\n"
	"  --json         print the table as JSON\n"
	TOKEN_USAGE;

struct request {
	struct token_choice choice;
	struct policy policy;
	const char *name, *key, *endorsement, *output;
	uint64_t version, counter;
	bool json, help;
};

static int entry_malformed(const char *option, const char *value, const char *problem)
{
	bool is_owner = strcmp(option, "--owner") == 0;

	return refuse(TOOL_USAGE, &(struct refusal){
		.code = is_owner ? "bad-owner" : "bad-allow", .object = option, .problem = problem,
		.expected = is_owner ? "NAME=FILE[:COUNTER], FILE a public key in PEM" : "box:NAME=SHA256 or vm:NAME=SHA256",
		.found = text("'%s'", value),
		.advice = is_owner ? "'redoubt keys export' writes such a file"
				   : "'redoubt measure' prints a measurement in this form" });
}

static int entries_full(const char *option, unsigned max, const char *value)
{
	return refuse(TOOL_NO_RESOURCES, &(struct refusal){
		.code = "policy-full", .object = option, .problem = "a policy has no room for it",
		.expected = text("at most %u", max), .found = text("one more: '%s'", value),
		.advice = "leave out what is not used" });
}

/* The text between @from and @to, as a name of less than @bytes characters. */
static int name_take(const char *option, const char *from, const char *to, char *out, size_t bytes)
{
	(void)snprintf(out, bytes, "%.*s", (int)(to - from), from);
	if ((size_t)(to - from) >= bytes)
		return option_name(option, text("%.*s", (int)(to - from), from), bytes - 1);
	return option_name(option, out, bytes - 1);
}

/* --allow box|vm:NAME=SHA256 */
static int allow_take(struct policy *policy, const char *value)
{
	const char *colon = strchr(value, ':'), *equals = colon != NULL ? strchr(colon, '=') : NULL;
	struct policy_allowed *entry = &policy->allowed[policy->allowed_count];
	bool is_box = strncmp(value, "box:", 4) == 0;
	int result;

	if (policy->allowed_count == POLICY_ALLOWED_MAX)
		return entries_full("--allow", POLICY_ALLOWED_MAX, value);
	if (equals == NULL)
		return entry_malformed("--allow", value, "':' or '=' is missing");
	if (!is_box && strncmp(value, "vm:", 3) != 0)
		return entry_malformed("--allow", value, "the role is unknown");
	if (!digest_parse(equals + 1, entry->sha256))
		return entry_malformed("--allow", value, "the digest is not 64 hexadecimal digits");
	entry->role = is_box ? HOST_ROLE_BOX : HOST_ROLE_VM;
	result = name_take("--allow", colon + 1, equals, entry->name, sizeof(entry->name));
	policy->allowed_count += result == TOOL_DONE;
	return result;
}

/* Where the counter of FILE[:COUNTER] begins, NULL if there is none: a file's name may have colons of its own. */
static const char *owner_counter(const char *file)
{
	const char *colon = strrchr(file, ':');

	return colon != NULL && colon[1] != '\0' && strspn(colon + 1, "0123456789") == strlen(colon + 1) ? colon + 1 : NULL;
}

/* FILE[:COUNTER] */
static int owner_key_take(struct policy_owner *entry, const char *value)
{
	const char *digits = owner_counter(value);
	int file_bytes = (int)(digits != NULL ? (size_t)(digits - value) - 1 : strlen(value));
	struct public_key key;
	uint64_t counter = 0;
	char path[PATH_MAX];
	int result = digits != NULL ? option_number("--owner", digits, 0, UINT32_MAX, &counter) : TOOL_DONE;

	(void)snprintf(path, sizeof(path), "%.*s", file_bytes, value);
	if (result == TOOL_DONE)
		result = public_key_read(&key, path);
	if (result != TOOL_DONE)
		return result;
	memcpy(entry->key, key.point, sizeof(entry->key));
	entry->counter = (uint32_t)counter;
	return TOOL_DONE;
}

/* --owner NAME=FILE[:COUNTER] */
static int owner_take(struct policy *policy, const char *value)
{
	const char *equals = strchr(value, '=');
	struct policy_owner *entry = &policy->owners[policy->owner_count];
	int result;

	if (policy->owner_count == POLICY_OWNER_MAX)
		return entries_full("--owner", POLICY_OWNER_MAX, value);
	if (equals == NULL)
		return entry_malformed("--owner", value, "'=' is missing");
	result = name_take("--owner", value, equals, entry->name, sizeof(entry->name));
	if (result == TOOL_DONE)
		result = owner_key_take(entry, equals + 1);
	policy->owner_count += result == TOOL_DONE;
	return result;
}

enum option_id {
	OPTION_NAME = 256, OPTION_VERSION, OPTION_COUNTER, OPTION_OWNER, OPTION_ALLOW, OPTION_KEY, OPTION_ENDORSEMENT,
	OPTION_JSON,
};

static int option_take(struct request *request, int option, const char *value)
{
	if (token_option_take(&request->choice, option, value))
		return TOOL_DONE;
	switch (option) {
	case OPTION_NAME:
		request->name = value;
		return option_name("--name", value, NAME_CHARACTERS_MAX);
	case OPTION_VERSION:
		return option_number("--version", value, 1, UINT32_MAX, &request->version);
	case OPTION_COUNTER:
		return option_number("--counter", value, 1, UINT32_MAX, &request->counter);
	case OPTION_OWNER:
		return owner_take(&request->policy, value);
	case OPTION_ALLOW:
		return allow_take(&request->policy, value);
	case OPTION_KEY:
		request->key = value;
		return option_name("--key", value, NAME_CHARACTERS_MAX);
	case OPTION_ENDORSEMENT:
		request->endorsement = value;
		return TOOL_DONE;
	case OPTION_JSON:
		request->json = true;
		return TOOL_DONE;
	case 'o':
		request->output = value;
		return TOOL_DONE;
	case 'h':
		request->help = true;
		return TOOL_DONE;
	default:
		return TOOL_USAGE;
	}
}

static int options_parse(struct request *request, int argc, char **argv)
{
	static const struct option options[] = {
		{ "name", required_argument, NULL, OPTION_NAME },
		{ "version", required_argument, NULL, OPTION_VERSION },
		{ "counter", required_argument, NULL, OPTION_COUNTER },
		{ "owner", required_argument, NULL, OPTION_OWNER },
		{ "allow", required_argument, NULL, OPTION_ALLOW }, { "key", required_argument, NULL, OPTION_KEY },
		{ "endorsement", required_argument, NULL, OPTION_ENDORSEMENT },
		{ "json", no_argument, NULL, OPTION_JSON },
		{ "output", required_argument, NULL, 'o' }, { "help", no_argument, NULL, 'h' }, TOKEN_OPTIONS,
		{ NULL, 0, NULL, 0 },
	};
	int option, result = TOOL_DONE;

	while (result == TOOL_DONE && (option = getopt_long(argc, argv, "o:h", options, NULL)) != -1)
		result = option_take(request, option, optarg);
	if (result != TOOL_DONE || request->help)
		return result;
	if (optind < argc)
		return option_extra("pack-policy", argv[optind]);
	if (request->name == NULL || request->version == 0 || request->counter == 0 || request->output == NULL)
		return option_missing("pack-policy", request->name == NULL ? "--name" :
				      request->version == 0 ? "--version" : request->counter == 0 ? "--counter" : "-o");
	return TOOL_DONE;
}

/* What was signed must be what a device reads; only then is it a file. */
static int chain_keep(const struct request *request, const struct signer *signer, const struct cbor_writer *chain)
{
	struct file file = { .path = request->output, .bytes = chain->bytes, .count = chain->count };
	struct trust trust = { 0 };
	static struct policy policy;
	int result = public_key_digest(&signer->endorsement.root, trust.root_sha256);

	if (result == TOOL_DONE)
		result = policy_file_check(&file, &trust, &policy);
	if (result == TOOL_DONE)
		result = file_write(request->output, chain->bytes, chain->count, FILE_MODE_PUBLIC);
	if (result != TOOL_DONE)
		return result;
	if (request->json)
		printf("{\n");
	policy_print(&policy, request->json);
	if (request->json)
		printf("}\n");
	return TOOL_DONE;
}

static int policy_pack(struct request *request)
{
	static uint8_t payload_bytes[SIGNED_PAYLOAD_MAX], chain_bytes[CHAIN_BYTES_MAX];
	static struct signer signer;
	struct cbor_writer payload = { .bytes = payload_bytes, .capacity = sizeof(payload_bytes) };
	struct cbor_writer chain = { .bytes = chain_bytes, .capacity = sizeof(chain_bytes) };
	struct policy *policy = &request->policy;
	int result;

	(void)snprintf(policy->name, sizeof(policy->name), "%s", request->name);
	policy->version = (uint32_t)request->version;
	policy->counter = (uint32_t)request->counter;
	policy_write(&payload, policy);
	result = signer_open(&signer, &request->choice, request->key, request->endorsement, SIGNED_ROLE_POLICY);
	if (result == TOOL_DONE)
		result = signer_chain_write(&signer, &payload, &chain);
	if (result == TOOL_DONE)
		result = chain_keep(request, &signer, &chain);
	signer_close(&signer);
	return result;
}

int verb_pack_policy(int argc, char **argv)
{
	static struct request request = { .key = "policy" };
	int result = options_parse(&request, argc, argv);

	if (request.help) {
		fputs(usage, stdout);
		return TOOL_DONE;
	}
	return result == TOOL_DONE ? policy_pack(&request) : result;
}
