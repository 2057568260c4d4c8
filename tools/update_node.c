/*
 * redoubt update ... --console: drives a node's control prompt, and decides how a try ended by what the node says of
 * its slots before and after.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include <stdio.h>
#include <string.h>
#include "tools/update_answer.h"

/* A try that hangs is ended by the node's watchdog, two minutes after its start (docs/operating.md). */
#define TRY_SECONDS	120

static int ask(struct console *console, const struct update_request *request, const char *command,
	       struct update_answer *answer)
{
	int result = prompt_ask(console, command, request->timeout_s, update_answer_take, answer);

	return result == TOOL_DONE ? update_answer_check(answer, command) : result;
}

static int status_ask(struct console *console, const struct update_request *request, struct update_answer *answer)
{
	*answer = (struct update_answer){ .is_status = true };
	return ask(console, request, "update status", answer);
}

static void status_print_json(const struct node_status *status)
{
	printf("{\n  \"running\": {\"slot\": \"%c\", \"version\": %u, \"is_trial\": %s},\n", status->running,
	       status->version, status->is_trial ? "true" : "false");
	update_slots_print(&status->slots);
	printf("  \"least\": {\"firmware\": {\"counter\": %u}, \"policy\": {\"counter\": %u}},\n  \"last_run\": ",
	       status->firmware_least, status->policy_least);
	json_string_print(status->last_run);
	printf("\n}\n");
}

static void status_print(const struct node_status *status, bool json)
{
	const struct update_slots *slots = &status->slots;

	if (json) {
		status_print_json(status);
		return;
	}
	printf("running   slot %c: version %u%s\n", status->running, status->version,
	       status->is_trial ? ", a try" : status->running != slots->active ? ", not the active one" : "");
	printf("active    slot %c: %s\n", slots->active, slots->reason);
	update_other_print(slots);
	printf("firmware  counter at least %u\npolicy    counter at least %u\nlast run  %s\n", status->firmware_least,
	       status->policy_least, status->last_run);
}

/* What a person wants to see while the machine starts. A VM in front may print such lines too: they decide nothing. */
static void boot_show(const char *line)
{
	static const char *const wanted[] = {
		"rom: slot ", "rom: last run ended: ", "monitor: stopped: ", "update: version ",
		"error: the try of version ",
	};

	for (size_t i = 0; i < ARRAY_COUNT(wanted); i++) {
		if (strstr(line, wanted[i]) != NULL) {
			printf("  %s\n", line);
			(void)fflush(stdout);
			return;
		}
	}
}

static int try_failed(const struct node_status *now)
{
	const struct update_slots *slots = &now->slots;
	bool is_over = slots->end != NULL;

	return refuse(TOOL_FAILED, &(struct refusal){
		.code = is_over ? "try-failed" : "try-lost", .object = text("version %u", slots->other_version),
		.problem = is_over ? "the try is over, and the version before it runs" :
				     "the package was not tried, and the version before it runs",
		.expected = text("slot %c to run and to be confirmed", slots->other),
		.found = is_over ? text("slot %c runs version %u; the try %s", now->running, now->version, slots->end) :
				   text("slot %c runs version %u; the other one: %s", now->running, now->version,
					slots->holds),
		.advice = is_over ? "look at the node's log; the package is not tried again, install a corrected one" :
				    "if power was lost: 'redoubt update try' tries it again" });
}

/* By what the node says of itself: which slot runs now, and whether that is for good. */
static int try_judge(char tried, const struct node_status *now)
{
	if (now->running != tried)
		return try_failed(now);
	if (now->is_trial)
		printf("version %u in slot %c is tried and not confirmed: 'redoubt update confirm' keeps it, "
		       "a reset goes back\n", now->version, now->running);
	else
		printf("version %u in slot %c runs and is confirmed\n", now->version, now->running);
	return TOOL_DONE;
}

/* The machine comes back with one version or the other. */
static int try_follow(struct console *console, const struct update_request *request, char tried)
{
	struct update_answer answer;
	int result;

	result = prompt_find(console, request->timeout_s + TRY_SECONDS, boot_show);
	if (result == TOOL_DONE)
		result = status_ask(console, request, &answer);
	return result == TOOL_DONE ? try_judge(tried, &answer.status) : result;
}

static int command_run(struct console *console, const struct update_request *request, const char *command)
{
	struct update_answer before, answer = { .is_done = false };
	int result = status_ask(console, request, &before);

	if (result == TOOL_DONE)
		result = ask(console, request, command, &answer);
	if (result == TOOL_DONE && answer.is_reset)
		result = try_follow(console, request, before.status.slots.other);
	return result;
}

static int status_run(struct console *console, const struct update_request *request)
{
	struct update_answer answer;
	int result = status_ask(console, request, &answer);

	if (result == TOOL_DONE)
		status_print(&answer.status, request->json);
	return result;
}

int update_at_node(const struct update_request *request, const char *verb, const char *name)
{
	struct console console;
	char command[PROMPT_COMMAND_BYTES];
	int result = name != NULL ? update_name_check("NAME", name) : TOOL_DONE;

	if (result == TOOL_DONE)
		result = console_open(&console, request->console);
	if (result != TOOL_DONE)
		return result;
	(void)snprintf(command, sizeof(command), "update %s%s%s%s", verb, name != NULL ? " " : "",
		       name != NULL ? name : "", request->no_try ? " --no-try" : "");
	result = prompt_find(&console, request->timeout_s, NULL);
	if (result == TOOL_DONE)
		result = strcmp(verb, "status") == 0 ? status_run(&console, request) :
			 command_run(&console, request, command);
	console_close(&console);
	return result;
}
