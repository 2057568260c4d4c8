/*
 * redoubt pack: makes an encrypted, signed image of a VM from its description.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include <getopt.h>
#include <stdio.h>
#include <string.h>
#include "tools/image_writer.h"
#include "tools/signed_object.h"

static const char usage[] =
	"usage: redoubt pack FILE.conf --platform FILE [--platform FILE]... [--key NAME] [--json] [TOKEN] -o FILE\n"
	"Makes an image of a VM that only the platforms named can open, signed with its owner's key. The description\n"
	"says name, version, counter, kernel, initrd, args, memory, vcpus, class, share, raw, box and secret: redoubt(1).\n"
	"  --platform  public key of a platform ('redoubt provision --platform-key' writes it); at most 8\n"
	"  --key       the owner's key to sign with (default vm-owner)\n"
	"  --json      print the table as JSON\n"
	TOKEN_USAGE;

static struct request {
	struct token_choice choice;
	struct public_key platforms[VMIMAGE_RECIPIENTS_MAX];
	size_t platform_count;
	const char *key, *output;
	bool json, help;
} request = { .key = "vm-owner" };

static int platform_take(const char *path)
{
	struct public_key *platform = &request.platforms[request.platform_count];
	int result;

	if (request.platform_count == VMIMAGE_RECIPIENTS_MAX)
		return refuse(TOOL_NO_RESOURCES, &(struct refusal){
			.code = "image-full", .object = "--platform", .problem = "an image has no room for it",
			.expected = text("at most %d", VMIMAGE_RECIPIENTS_MAX), .found = text("one more: '%s'", path),
			.advice = "pack a second image for the others" });
	result = public_key_read(platform, path);
	for (size_t i = 0; i < request.platform_count && result == TOOL_DONE; i++) {
		if (memcmp(request.platforms[i].point, platform->point, sizeof(platform->point)) == 0)
			result = refuse(TOOL_USAGE, &(struct refusal){
				.code = "platform-twice", .object = path, .problem = "the platform is named twice",
				.expected = "each platform once", .found = text("the key of --platform number %zu", i + 1),
				.advice = "leave one of the two out" });
	}
	request.platform_count += result == TOOL_DONE;
	return result;
}

static int options_parse(int argc, char **argv)
{
	const struct option_entry entries[] = {
		{ .name = "platform", .kind = TAKES_EACH, .out.each = platform_take },
		{ .name = "key", .kind = TAKES_NAME, .out.text = &request.key, .max = NAME_CHARACTERS_MAX },
		OPTION_JSON(&request.json), OPTION_OUTPUT(&request.output), OPTION_HELP(&request.help),
		TOKEN_ENTRIES(&request.choice),
	};
	int result = options_take(entries, ARRAY_COUNT(entries), argc, argv);

	if (result != TOOL_DONE || request.help)
		return result;
	if (optind == argc || request.platform_count == 0 || request.output == NULL)
		return option_missing("pack", optind == argc ? "FILE.conf" : request.output == NULL ? "-o" : "--platform");
	return optind + 1 < argc ? option_extra("pack", argv[optind + 1]) : TOOL_DONE;
}

/* A guard against mistakes: whose images a device takes says the policy. */
static int role_check(const struct token_key *key)
{
	if (strcmp(key->role, role_name(SIGNED_ROLE_VM)) == 0 || strcmp(key->role, "-") == 0)
		return TOOL_DONE;
	return refuse(TOOL_POLICY, &(struct refusal){
		.code = "role", .object = key->name, .problem = "the key was made for another role",
		.expected = role_name(SIGNED_ROLE_VM), .found = key->role,
		.advice = "name the owner's key with --key, or make one: 'redoubt keys init --role vm NAME'" });
}

static int image_pack(struct image_source *source, struct image_file *out)
{
	struct token *token = NULL;
	struct token_key key;
	int result = token_open(&request.choice, TOKEN_SIGN, &token);

	if (result != TOOL_DONE)
		return result;
	result = token_key_find(token, request.key, &key);
	if (result == TOOL_DONE)
		result = role_check(&key);
	if (result == TOOL_DONE)
		result = image_write(request.output, source, request.platforms, request.platform_count, token, &key, out);
	token_close(token);
	return result;
}

int verb_pack(int argc, char **argv)
{
	static struct image_conf conf;
	static struct image_source source;
	static struct image_file out;
	int result = options_parse(argc, argv);

	if (request.help) {
		fputs(usage, stdout);
		return TOOL_DONE;
	}
	if (result == TOOL_DONE)
		result = image_conf_read(&conf, argv[optind]);
	if (result != TOOL_DONE)
		return result;
	image_conf_warn(&conf);
	result = image_source_open(&source, &conf);
	if (result == TOOL_DONE)
		result = image_pack(&source, &out);
	image_source_close(&source);
	if (result != TOOL_DONE)
		return result;
	printf("%s", request.json ? "{\n" : "");
	image_print(&out.image, request.json);
	printf("%s", request.json ? "\n}\n" : "");
	return TOOL_DONE;
}
