/*
 * redoubt update: decides which of its verbs runs, and which options each has.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "tools/update.h"
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include "plat/memory.h"
#include "tools/option.h"
#include "tools/package_file.h"

#define TIMEOUT_NONE	0
#define TIMEOUT_DEFAULT	60

static const char usage[] =
	"usage: redoubt update check FILE --root FILE|SHA256 [--counter N] [--policy-counter N] [--serial N]\n"
	"                            [--policy-serial N] [--json]\n"
	"       redoubt update install FILE --initrd RAMDISK [--name NAME] [--replace] [--by-hand]\n"
	"                            [--root FILE|SHA256] [the numbers of check]\n"
	"       redoubt update status --flash FILE [--json]\n"
	"       redoubt update install NAME --console PATH [--no-try] [--timeout SECONDS]\n"
	"       redoubt update status --console PATH [--timeout SECONDS] [--json]\n"
	"       redoubt update try|confirm|revert --console PATH [--timeout SECONDS]\n"
	"check says whether a device takes a package, and what is in it. install puts a package into the initial\n"
	"ramdisk of a node, or lets the node install one from there. status says which slot of a device runs and\n"
	"why, from a copy of its flash0 or by its own word. None needs a token.\n"
	"  --root            the root key of the device: a PEM file, or its SHA-256 ('redoubt keys list')\n"
	"  --counter         security counter of the device: a smaller one is rolled back (default 0)\n"
	"  --policy-counter  the same of its policy\n"
	"  --serial          firmware keys of a smaller serial are revoked on the device (default 0: none)\n"
	"  --policy-serial   the same of policy keys\n"
	"  --initrd          cpio archive (newc), with the directories of the node's VMs; it is replaced whole\n"
	"  --name            what the package is called there (default update.pkg)\n"
	"  --replace         let it take the place of a file of that name\n"
	"  --by-hand         also put the file update.by-hand there: no try confirms itself then\n"
	"  --flash           64 MiB, flash0 as a whole\n"
	"  --console         the node's control console: a UNIX socket, or a terminal device on its serial line\n"
	"  --no-try          leave the package staged; without it the node tries it, and it is waited for the outcome\n"
	"  --timeout         seconds that the node may say nothing (default 60)\n"
	"  --json            print the table as JSON\n";

static struct update_request request = { .timeout_s = TIMEOUT_NONE };

/* Groups of options that belong to some verbs only. */
enum { WITH_TRUST = 1, WITH_INITRD = 2, WITH_FLASH = 4, WITH_JSON = 8, WITH_CONSOLE = 16, WITH_NO_TRY = 32 };

static const struct option_entry options[] = {
	{ .name = "root", .kind = TAKES_TEXT, .out.text = &request.root },
	{ .name = "counter", .kind = TAKES_NUMBER32, .max = UINT32_MAX,
	  .out.number32 = &request.trust.least[SIGNED_ROLE_FIRMWARE].counter },
	{ .name = "policy-counter", .kind = TAKES_NUMBER32, .max = UINT32_MAX,
	  .out.number32 = &request.trust.least[SIGNED_ROLE_POLICY].counter },
	{ .name = "serial", .kind = TAKES_NUMBER32, .max = UINT32_MAX,
	  .out.number32 = &request.trust.least[SIGNED_ROLE_FIRMWARE].serial },
	{ .name = "policy-serial", .kind = TAKES_NUMBER32, .max = UINT32_MAX,
	  .out.number32 = &request.trust.least[SIGNED_ROLE_POLICY].serial },
	{ .name = "initrd", .kind = TAKES_TEXT, .out.text = &request.initrd },
	{ .name = "name", .kind = TAKES_TEXT, .out.text = &request.name },
	{ .name = "replace", .kind = TAKES_NOTHING, .out.flag = &request.replace },
	{ .name = "by-hand", .kind = TAKES_NOTHING, .out.flag = &request.by_hand },
	{ .name = "flash", .kind = TAKES_TEXT, .out.text = &request.flash },
	{ .name = "console", .kind = TAKES_TEXT, .out.text = &request.console },
	{ .name = "no-try", .kind = TAKES_NOTHING, .out.flag = &request.no_try },
	{ .name = "timeout", .kind = TAKES_NUMBER, .min = 1, .max = 86400, .out.number = &request.timeout_s },
	OPTION_JSON(&request.json), OPTION_HELP(&request.help),
};

static int check(const char *path)
{
	static struct package package;
	struct file file;
	int result = trust_take_root(&request.trust, request.root);

	if (result == TOOL_DONE)
		result = file_read(&file, path, PLAT_FLASH_SLOT_BYTES);
	if (result != TOOL_DONE)
		return result;
	result = package_file_check(&file, &request.trust, &package);
	file_free(&file);
	if (result != TOOL_DONE)
		return result;
	if (request.json) {
		printf("{\n  \"file\": ");
		json_string_print(path);
		printf(",\n");
	}
	package_print(&package, request.json);
	printf("%s\n", request.json ? "}" : "good: a device with this root key and these counters takes it");
	return TOOL_DONE;
}

static bool has_least(void)
{
	for (unsigned role = 0; role < SIGNED_ROLE_END; role++) {
		if ((request.trust.least[role].serial | request.trust.least[role].counter) != 0)
			return true;
	}
	return false;
}

/* An option that is there but would have no effect; NULL if there is none. */
static const char *option_misplaced(unsigned with)
{
	const struct {
		unsigned group;
		bool is_there;
		const char *name;
	} given[] = {
		{ WITH_TRUST, request.root != NULL, "--root" }, { WITH_TRUST, has_least(), "a number of check" },
		{ WITH_INITRD, request.initrd != NULL, "--initrd" }, { WITH_INITRD, request.name != NULL, "--name" },
		{ WITH_INITRD, request.replace, "--replace" }, { WITH_INITRD, request.by_hand, "--by-hand" },
		{ WITH_FLASH, request.flash != NULL, "--flash" },
		{ WITH_CONSOLE, request.console != NULL, "--console" },
		{ WITH_CONSOLE, request.timeout_s != TIMEOUT_NONE, "--timeout" },
		{ WITH_NO_TRY, request.no_try, "--no-try" }, { WITH_JSON, request.json, "--json" },
	};

	for (size_t i = 0; i < ARRAY_COUNT(given); i++) {
		if (given[i].is_there && (with & given[i].group) == 0)
			return given[i].name;
	}
	return NULL;
}

/* A verb, in the form that it has with or without a node's console. */
struct form {
	const char *name;
	const char *word;		/* what its one further argument is; NULL if it has none */
	unsigned with;
};

static const struct form forms[] = {
	{ "check", "FILE", WITH_TRUST | WITH_JSON },
	{ "install", "FILE", WITH_TRUST | WITH_INITRD },
	{ "status", NULL, WITH_FLASH | WITH_JSON },
	{ "install", "NAME", WITH_CONSOLE | WITH_NO_TRY },
	{ "status", NULL, WITH_CONSOLE | WITH_JSON },
	{ "try", NULL, WITH_CONSOLE }, { "confirm", NULL, WITH_CONSOLE }, { "revert", NULL, WITH_CONSOLE },
};

/* NULL if there is no such verb. Where there is only one form of it, that; else the one that the options ask for. */
static const struct form *form_find(const char *name)
{
	const struct form *found = NULL;

	for (size_t i = 0; i < ARRAY_COUNT(forms); i++) {
		bool is_asked_for = ((forms[i].with & WITH_CONSOLE) != 0) == (request.console != NULL);

		if (strcmp(forms[i].name, name) == 0 && (found == NULL || is_asked_for))
			found = &forms[i];
	}
	return found;
}

static int form_run(const struct form *form, const char *word)
{
	if ((form->with & WITH_CONSOLE) != 0) {
		if (request.timeout_s == TIMEOUT_NONE)
			request.timeout_s = TIMEOUT_DEFAULT;
		return request.console == NULL ? option_missing("update", "--console") :
		       update_at_node(&request, form->name, word);
	}
	if ((form->with & WITH_FLASH) != 0)
		return request.flash == NULL ? option_missing("update", "--flash or --console") :
		       update_flash_status(&request);
	if ((form->with & WITH_INITRD) == 0)
		return request.root == NULL ? option_missing("update", "--root") : check(word);
	if (request.initrd == NULL)
		return option_missing("update", "--initrd or --console");
	if (request.name == NULL)
		request.name = "update.pkg";
	return update_into_ramdisk(&request, word);
}

/* The words that are no options: a verb, and what it takes. */
static int words_take(int count, char **words)
{
	const struct form *form = form_find(words[0]);
	const char *misplaced = form != NULL ? option_misplaced(form->with) : NULL;
	int wanted = form != NULL && form->word != NULL ? 2 : 1;

	if (form == NULL)
		return option_extra("update", words[0]);
	if (misplaced != NULL)
		return option_extra("update", text("%s with '%s%s'", misplaced, form->name,
						   request.console != NULL ? " --console" : ""));
	if (count < wanted)
		return option_missing("update", form->word);
	if (count > wanted)
		return option_extra("update", words[wanted]);
	return form_run(form, form->word != NULL ? words[1] : NULL);
}

int verb_update(int argc, char **argv)
{
	int result = options_take(options, ARRAY_COUNT(options), argc, argv);

	if (request.help) {
		fputs(usage, stdout);
		return TOOL_DONE;
	}
	if (result != TOOL_DONE)
		return result;
	if (optind == argc)
		return option_missing("update", "check, install, status, try, confirm or revert");
	return words_take(argc - optind, argv + optind);
}
