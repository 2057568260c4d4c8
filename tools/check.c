/*
 * redoubt check: says of a description of a VM all that is wrong with it, and of an image whether it holds.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include <getopt.h>
#include <stdio.h>
#include "tools/image_file.h"
#include "tools/image_source.h"
#include "tools/option.h"
#include "tools/package_file.h"

static const char usage[] =
	"usage: redoubt check FILE.conf [--json]\n"
	"       redoubt check FILE.rvm [--owner FILE] [--policy FILE --root FILE|SHA256] [--json]\n"
	"Says of a description of a VM all that is wrong with it before anything starts, and of an image whether its\n"
	"signature and size hold and what is in it. Needs no token. What is in the chunks only a platform can check.\n"
	"  --owner   public key of who must have signed: a PEM file\n"
	"  --policy  or a policy ('redoubt pack-policy' made it) that names him and his least counter\n"
	"  --root    the root key that the policy's signature goes back to: a PEM file, or its SHA-256\n"
	"  --json    print the table as JSON\n";

static struct request {
	const char *owner, *policy, *root;
	bool json, help;
} request;

static int options_parse(int argc, char **argv)
{
	const struct option_entry entries[] = {
		{ .name = "owner", .kind = TAKES_TEXT, .out.text = &request.owner },
		{ .name = "policy", .kind = TAKES_TEXT, .out.text = &request.policy },
		{ .name = "root", .kind = TAKES_TEXT, .out.text = &request.root },
		OPTION_JSON(&request.json), OPTION_HELP(&request.help),
	};
	int result = options_take(entries, ARRAY_COUNT(entries), argc, argv);

	if (result != TOOL_DONE || request.help)
		return result;
	if (optind == argc)
		return option_missing("check", "FILE");
	if ((request.policy == NULL) != (request.root == NULL))
		return option_missing("check", request.policy == NULL ? "--policy" : "--root");
	return optind + 1 < argc ? option_extra("check", argv[optind + 1]) : TOOL_DONE;
}

static void table_print(const struct vmimage *image, const char *path)
{
	if (request.json) {
		printf("{\n  \"file\": ");
		json_string_print(path);
		printf(",\n");
	}
	image_print(image, request.json);
}

/* Whose signature holds, and what that says. */
static int signer_print(const struct image_file *file)
{
	uint8_t digest[DIGEST_BYTES];
	char hex[DIGEST_TEXT_BYTES];
	const char *checked = request.policy != NULL ? "policy" : request.owner != NULL ? "owner" : "nobody";
	int result = public_key_digest(&file->owner, digest);

	if (result != TOOL_DONE)
		return result;
	digest_print(digest, hex);
	if (request.json) {
		printf(",\n  \"owner_sha256\": \"%s\",\n  \"owner_checked_against\": \"%s\"\n}\n", hex, checked);
		return TOOL_DONE;
	}
	printf("owner        %s%s%s\n", hex, file->owner_name != NULL ? "  " : "",
	       file->owner_name != NULL ? file->owner_name : "");
	printf("%s\n", request.policy != NULL ? "good: signature and size hold, and the policy names the owner" :
	       request.owner != NULL ? "good: signature and size hold, and the owner is the one named" :
	       "signature and size hold; not checked: whose key this is (--owner or --policy)");
	return TOOL_DONE;
}

static int image_check(const char *path)
{
	static struct image_file file;
	static struct policy policy;
	struct public_key owner;
	struct image_trust image_trust = { .owner = NULL };
	struct trust trust = { 0 };
	struct file policy_file;
	int result = TOOL_DONE;

	if (request.owner != NULL) {
		result = public_key_read(&owner, request.owner);
		image_trust.owner = &owner;
	}
	if (request.policy != NULL && result == TOOL_DONE) {
		result = trust_take_root(&trust, request.root);
		if (result == TOOL_DONE)
			result = file_read(&policy_file, request.policy, FIRMWARE_POLICY_MAX);
		if (result == TOOL_DONE) {
			result = policy_file_check(&policy_file, &trust, &policy);
			file_free(&policy_file);
		}
		image_trust.policy = &policy;
	}
	if (result == TOOL_DONE)
		result = image_file_check(&file, path, &image_trust);
	if (result != TOOL_DONE)
		return result;
	table_print(&file.image, path);
	return signer_print(&file);
}

static int conf_check(const char *path)
{
	static struct image_conf conf;
	static struct image_source source;
	int result;

	if (request.owner != NULL || request.policy != NULL)
		return option_extra("check", request.owner != NULL ? "--owner" : "--policy");
	result = image_conf_read(&conf, path);
	if (result != TOOL_DONE)
		return result;
	image_conf_warn(&conf);
	result = image_source_open(&source, &conf);
	if (result == TOOL_DONE)
		result = image_source_walk(&source, NULL, NULL);
	image_source_close(&source);
	if (result != TOOL_DONE)
		return result;
	table_print(&source.image, path);
	printf("%s", request.json ? "\n}\n" : "good: it can be packed\n");
	return TOOL_DONE;
}

int verb_check(int argc, char **argv)
{
	int result = options_parse(argc, argv);

	if (request.help) {
		fputs(usage, stdout);
		return TOOL_DONE;
	}
	if (result != TOOL_DONE)
		return result;
	return image_file_is_one(argv[optind]) ? image_check(argv[optind]) : conf_check(argv[optind]);
}
