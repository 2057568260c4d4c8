/*
 * redoubt keys: makes key pairs in a token, lists and exports their public halves.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include <getopt.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include "tools/endorse.h"

#define ROLE_ROOT	"root"

static const char usage[] =
	"usage: redoubt keys init [NAME]... [--role ROLE] [--if-missing] [--serial N] [--least-serial N]\n"
	"                         [--out DIR] [TOKEN]\n"
	"       redoubt keys list [--json] [TOKEN]\n"
	"       redoubt keys export NAME -o FILE [TOKEN]\n"
	"init makes ECDSA key pairs (P-384) that cannot leave the token; without a name: root, firmware, policy\n"
	"and vm-owner. It writes NAME.pem, the public key, and, where the root key is in the same token,\n"
	"NAME.endorsement, the root key's word for the others. A key that is there is never replaced.\n"
	"  --role          root, firmware, policy or vm; names other than the four above need it\n"
	"  --if-missing    make only the keys and files that are not there yet\n"
	"  --serial        number of the key in its role (default 1)\n"
	"  --least-serial  keys of this role with a smaller serial are revoked (default 1: none)\n"
	"  --out           where the files go (default: the development token's directory)\n"
	"list shows the names, roles and SHA-256 digests of the public keys. Neither list nor export needs a PIN.\n"
	TOKEN_USAGE;

struct request {
	struct token_choice choice;
	const char *role, *out, *output;
	uint32_t serial, serial_least;
	bool if_missing, json, help;
	char **names;
	size_t name_count;
};

/* The keys of an installation whose owner has not named any, and the roles that their names say. */
static const struct {
	const char *name, *role;
} usual[] = {
	{ "root", ROLE_ROOT }, { "firmware", "firmware" }, { "policy", "policy" }, { "vm-owner", "vm" },
};

/* A name's role: what --role says, else what the name is known for; NULL for none. */
static const char *role_choose(const struct request *request, const char *name)
{
	if (request->role != NULL)
		return request->role;
	for (size_t i = 0; i < ARRAY_COUNT(usual); i++) {
		if (strcmp(usual[i].name, name) == 0)
			return usual[i].role;
	}
	return NULL;
}

static int names_check(const struct request *request)
{
	enum signed_role role;

	if (request->role != NULL && strcmp(request->role, ROLE_ROOT) != 0 && !role_parse(request->role, &role))
		return refuse(TOOL_USAGE, &(struct refusal){
			.code = "bad-role", .object = "--role", .problem = "there is no such role",
			.expected = "root, firmware, policy or vm", .found = text("'%s'", request->role) });
	for (size_t i = 0; i < request->name_count; i++) {
		int result = option_name("NAME", request->names[i], NAME_CHARACTERS_MAX);

		if (result != TOOL_DONE)
			return result;
		if (role_choose(request, request->names[i]) == NULL)
			return option_missing("keys", text("--role, for the key '%s'", request->names[i]));
	}
	return TOOL_DONE;
}

static bool is_listed(const struct token_key *keys, size_t count, const char *name)
{
	for (size_t i = 0; i < count; i++) {
		if (strcmp(keys[i].name, name) == 0)
			return true;
	}
	return false;
}

static int key_exists(const char *name, const char *where)
{
	return refuse(TOOL_WRONG_STATE, &(struct refusal){
		.code = "key-exists", .object = name, .problem = "there is a key of this name; it is not replaced",
		.expected = text("no key '%s' in %s", name, where), .found = "one",
		.advice = "name another key, or make only what is missing with --if-missing" });
}

/* One of several keys that is there already stops it all before anything is made. */
static int names_are_free(struct token *token, const struct request *request)
{
	struct token_key keys[TOKEN_KEYS_MAX];
	size_t count;
	int result = token_keys_list(token, keys, &count);

	for (size_t i = 0; i < request->name_count && result == TOOL_DONE; i++) {
		if (is_listed(keys, count, request->names[i]))
			result = key_exists(request->names[i], token_name(token));
	}
	return result;
}

static void key_print(const struct token_key *key, const char *note)
{
	uint8_t digest[DIGEST_BYTES];
	char hex[DIGEST_TEXT_BYTES];

	if (public_key_digest(&key->public, digest) != TOOL_DONE)
		return;
	digest_print(digest, hex);
	printf("%-*s %-9s sha256 %s%s\n", 12, key->name, key->role, hex, note);
}

/* A key, and where its files go. A file that was there before the key is another key's. */
struct place {
	const char *directory;
	bool key_is_new;
};

/* The path of a file that belongs to a key, and whether it is to be written. */
static bool file_is_wanted(const struct place *place, const char *name, const char *suffix, char path[PATH_MAX])
{
	(void)snprintf(path, PATH_MAX, "%s/%s.%s", place->directory, name, suffix);
	return place->key_is_new || access(path, F_OK) != 0;
}

static int key_endorse(struct token *token, const struct request *request, const struct place *place,
		       const struct token_key *key)
{
	char path[PATH_MAX];
	struct endorse_request wanted = {
		.root = "root", .output = path,
		.endorsement = { .serial = request->serial, .serial_least = request->serial_least },
	};
	struct token_key keys[TOKEN_KEYS_MAX];
	size_t count;
	int result;

	if (!role_parse(key->role, &wanted.endorsement.role) ||
	    !file_is_wanted(place, key->name, "endorsement", path))
		return TOOL_DONE;
	result = token_keys_list(token, keys, &count);
	if (result != TOOL_DONE)
		return result;
	if (!is_listed(keys, count, wanted.root)) {
		printf("%s: not endorsed: the root key is elsewhere; use 'redoubt endorse --public %s/%s.pem' there\n",
		       key->name, place->directory, key->name);
		return TOOL_DONE;
	}
	memcpy(wanted.endorsement.name, key->name, sizeof(wanted.endorsement.name));
	memcpy(wanted.endorsement.key, key->public.point, sizeof(wanted.endorsement.key));
	return endorse(token, &wanted);
}

static int key_init(struct token *token, const struct request *request, const char *directory, const char *name)
{
	struct token_key keys[TOKEN_KEYS_MAX], key;
	char path[PATH_MAX];
	size_t count;
	int result = token_keys_list(token, keys, &count);

	if (result != TOOL_DONE)
		return result;

	const struct place place = { directory, !is_listed(keys, count, name) };

	result = place.key_is_new ? token_key_make(token, name, role_choose(request, name), &key)
				  : token_key_find(token, name, &key);
	if (result == TOOL_DONE && file_is_wanted(&place, name, "pem", path))
		result = public_key_write(&key.public, path);
	if (result == TOOL_DONE)
		result = key_endorse(token, request, &place, &key);
	if (result == TOOL_DONE)
		key_print(&key, place.key_is_new ? "  made" : "");
	return result;
}

static int init(struct request *request)
{
	static char names[ARRAY_COUNT(usual)][NAME_CHARACTERS_MAX + 1];
	static char *name_list[ARRAY_COUNT(usual)];
	struct token *token = NULL;
	int result;

	for (size_t i = 0; i < ARRAY_COUNT(usual) && request->name_count == 0; i++) {
		(void)snprintf(names[i], sizeof(names[i]), "%s", usual[i].name);
		name_list[i] = names[i];
	}
	if (request->name_count == 0) {
		request->names = name_list;
		request->name_count = ARRAY_COUNT(usual);
	}
	result = names_check(request);
	if (result == TOOL_DONE)
		result = endorse_check_serials(&(struct endorsement){
			.serial = request->serial, .serial_least = request->serial_least });
	if (result == TOOL_DONE && request->choice.module != NULL && request->out == NULL)
		result = option_missing("keys", "--out");
	if (result == TOOL_DONE)
		result = token_open(&request->choice, TOKEN_MAKE_KEYS, &token);
	if (result == TOOL_DONE && !request->if_missing)
		result = names_are_free(token, request);
	for (size_t i = 0; i < request->name_count && result == TOOL_DONE; i++)
		result = key_init(token, request, request->out != NULL ? request->out : token_directory(token),
				  request->names[i]);
	token_close(token);
	return result;
}

static void row_print_json(const struct token_key *key, const char *digest, bool last)
{
	printf("    {\"name\": ");
	json_string_print(key->name);
	printf(", \"role\": ");
	json_string_print(key->role);
	printf(", \"sha256\": \"%s\"}%s\n", digest, last ? "" : ",");
}

static int list(const struct request *request)
{
	struct token_key keys[TOKEN_KEYS_MAX];
	struct token *token = NULL;
	size_t count = 0;
	int result = token_open(&request->choice, TOKEN_LIST, &token);

	if (result == TOOL_DONE)
		result = token_keys_list(token, keys, &count);
	if (result == TOOL_DONE && request->json) {
		printf("{\n  \"token\": ");
		json_string_print(token_name(token));
		printf(",\n  \"keys\": [\n");
	}
	for (size_t i = 0; i < count && result == TOOL_DONE; i++) {
		uint8_t digest[DIGEST_BYTES];
		char hex[DIGEST_TEXT_BYTES];

		if (!request->json) {
			key_print(&keys[i], "");
			continue;
		}
		result = public_key_digest(&keys[i].public, digest);
		digest_print(digest, hex);
		row_print_json(&keys[i], hex, i + 1 == count);
	}
	if (result == TOOL_DONE && request->json)
		printf("  ]\n}\n");
	token_close(token);
	return result;
}

static int export(const struct request *request)
{
	struct token *token = NULL;
	struct token_key key;
	int result = option_name("NAME", request->names[0], NAME_CHARACTERS_MAX);

	if (result == TOOL_DONE)
		result = token_open(&request->choice, TOKEN_LIST, &token);
	if (result == TOOL_DONE)
		result = token_key_find(token, request->names[0], &key);
	if (result == TOOL_DONE)
		result = public_key_write(&key.public, request->output);
	if (result == TOOL_DONE)
		key_print(&key, "");
	token_close(token);
	return result;
}

static int options_parse(struct request *request, int argc, char **argv)
{
	const struct option_entry entries[] = {
		{ .name = "role", .kind = TAKES_TEXT, .out.text = &request->role },
		{ .name = "serial", .kind = TAKES_NUMBER32, .out.number32 = &request->serial, .min = 1, .max = UINT32_MAX },
		{ .name = "least-serial", .kind = TAKES_NUMBER32, .out.number32 = &request->serial_least, .min = 1,
		  .max = UINT32_MAX },
		{ .name = "out", .kind = TAKES_TEXT, .out.text = &request->out },
		{ .name = "if-missing", .kind = TAKES_NOTHING, .out.flag = &request->if_missing },
		OPTION_JSON(&request->json), OPTION_OUTPUT(&request->output), OPTION_HELP(&request->help),
		TOKEN_ENTRIES(&request->choice),
	};
	int result = options_take(entries, ARRAY_COUNT(entries), argc, argv);

	request->names = argv + optind + 1;
	request->name_count = optind + 1 < argc ? (size_t)(argc - optind - 1) : 0;
	return result;
}

int verb_keys(int argc, char **argv)
{
	struct request request = { .serial = 1, .serial_least = 1 };
	int result = options_parse(&request, argc, argv);

	if (request.help) {
		fputs(usage, stdout);
		return TOOL_DONE;
	}
	if (result != TOOL_DONE)
		return result;
	if (optind == argc)
		return option_missing("keys", "init, list or export");
	if (strcmp(argv[optind], "init") == 0)
		return init(&request);
	if (strcmp(argv[optind], "list") == 0)
		return request.name_count == 0 ? list(&request) : option_extra("keys", request.names[0]);
	if (strcmp(argv[optind], "export") != 0)
		return option_extra("keys", argv[optind]);
	if (request.name_count == 0 || request.output == NULL)
		return option_missing("keys", request.name_count == 0 ? "NAME" : "-o");
	return request.name_count == 1 ? export(&request) : option_extra("keys", request.names[1]);
}
