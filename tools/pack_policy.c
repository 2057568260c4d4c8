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

static struct request {
	struct object_request object;
	struct policy policy;
} request = { .object.key = "policy" };

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
static int allow_take(const char *value)
{
	struct policy *policy = &request.policy;
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
static int owner_take(const char *value)
{
	struct policy *policy = &request.policy;
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

static int options_parse(int argc, char **argv)
{
	const struct option_entry entries[] = {
		{ .name = "owner", .kind = TAKES_EACH, .out.each = owner_take },
		{ .name = "allow", .kind = TAKES_EACH, .out.each = allow_take },
		OBJECT_ENTRIES(&request.object),
	};
	int result = options_take(entries, ARRAY_COUNT(entries), argc, argv);

	if (result != TOOL_DONE || request.object.help)
		return result;
	return optind < argc ? option_extra("pack-policy", argv[optind])
			     : object_request_check(&request.object, "pack-policy");
}

/* What was signed must be what a device reads; only then is it a file. */
static int chain_keep(const struct signer *signer, const struct cbor_writer *chain)
{
	struct file file = { .path = request.object.output, .bytes = chain->bytes, .count = chain->count };
	struct trust trust = { 0 };
	static struct policy policy;
	int result = public_key_digest(&signer->endorsement.root, trust.root_sha256);

	if (result == TOOL_DONE)
		result = policy_file_check(&file, &trust, &policy);
	if (result == TOOL_DONE)
		result = file_write(request.object.output, chain->bytes, chain->count, FILE_MODE_PUBLIC);
	if (result != TOOL_DONE)
		return result;
	if (request.object.json)
		printf("{\n");
	policy_print(&policy, request.object.json);
	if (request.object.json)
		printf("}\n");
	return TOOL_DONE;
}

static int policy_pack(void)
{
	static uint8_t payload_bytes[SIGNED_PAYLOAD_MAX], chain_bytes[CHAIN_BYTES_MAX];
	static struct signer signer;
	struct cbor_writer payload = { .bytes = payload_bytes, .capacity = sizeof(payload_bytes) };
	struct cbor_writer chain = { .bytes = chain_bytes, .capacity = sizeof(chain_bytes) };
	struct policy *policy = &request.policy;
	int result;

	(void)snprintf(policy->name, sizeof(policy->name), "%s", request.object.name);
	policy->version = request.object.version;
	policy->counter = request.object.counter;
	policy_write(&payload, policy);
	result = signer_open(&signer, &request.object, SIGNED_ROLE_POLICY);
	if (result == TOOL_DONE)
		result = signer_chain_write(&signer, &payload, &chain);
	if (result == TOOL_DONE)
		result = chain_keep(&signer, &chain);
	signer_close(&signer);
	return result;
}

int verb_pack_policy(int argc, char **argv)
{
	int result = options_parse(argc, argv);

	if (request.object.help) {
		fputs(usage, stdout);
		return TOOL_DONE;
	}
	return result == TOOL_DONE ? policy_pack() : result;
}
