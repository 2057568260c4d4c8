/*
 * Reads a node's answers: decides what each line means, and which exit code a refusal has. Lines of others may come
 * between them; all lines of one error come together.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "tools/update_answer.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "abi/anchor.h"
#include "abi/state.h"
#include "lib/state_text.h"
#include "tools/package_file.h"

#define PACKAGE_REFUSED	"the package is refused: "

/* If the line begins with @start, the rest of it; else NULL. */
static const char *after(const char *line, const char *start)
{
	size_t length = strlen(start);

	return line != NULL && strncmp(line, start, length) == 0 ? line + length : NULL;
}

/* Digits, as the node prints a number of 32 bits; what follows them, or NULL. */
static const char *number_take(const char *at, uint32_t *out)
{
	size_t digits = at != NULL ? strspn(at, "0123456789") : 0;
	unsigned long long number = digits > 0 && digits <= 10 ? strtoull(at, NULL, 10) : UINT64_MAX;

	if (number > UINT32_MAX)
		return NULL;
	*out = (uint32_t)number;
	return at + digits;
}

static const char *slot_take(const char *at, char *out)
{
	at = after(at, "slot ");
	if (at == NULL || (at[0] != 'A' && at[0] != 'B'))
		return NULL;
	*out = at[0];
	return at + 1;
}

static void keep(char out[ANSWER_LINE_BYTES], const char *line)
{
	(void)snprintf(out, ANSWER_LINE_BYTES, "%s", line);
}

static bool running_read(struct node_status *status, const char *at)
{
	at = number_take(after(slot_take(at, &status->running), ", version "), &status->version);
	status->is_trial = at != NULL && strcmp(at, ", a try") == 0;
	return at != NULL && (status->is_trial || *at == '\0' || strcmp(at, ", not the active one") == 0);
}

static bool active_read(struct node_status *status, const char *at)
{
	at = after(slot_take(at, &status->slots.active), ": ");
	if (at == NULL)
		return false;
	keep(status->reason, at);
	status->slots.other = status->slots.active == 'A' ? 'B' : 'A';
	status->slots.reason = status->reason;
	return true;
}

static bool other_read(struct node_status *status, const char *at)
{
	static const uint32_t kinds[] = {
		STATE_OTHER_EMPTY, STATE_OTHER_STAGED, STATE_OTHER_FAILED, STATE_OTHER_PREVIOUS,
	};
	struct update_slots *slots = &status->slots;
	const char *rest = NULL;

	for (size_t i = 0; i < ARRAY_COUNT(kinds) && rest == NULL; i++) {
		slots->holds = state_other_text(kinds[i]);
		rest = after(at, slots->holds);
	}
	slots->other_version = 0;
	slots->end = NULL;
	if (rest != NULL && *rest == '\0')
		return strcmp(slots->holds, state_other_text(STATE_OTHER_EMPTY)) == 0;
	rest = number_take(after(rest, ", version "), &slots->other_version);
	if (after(rest, ": its try ") != NULL) {
		keep(status->end, after(rest, ": its try "));
		slots->end = status->end;
	}
	return rest != NULL && (*rest == '\0' || *rest == ':');
}

static bool counters_read(struct node_status *status, const char *at)
{
	at = number_take(after(at, "firmware at least "), &status->firmware_least);
	at = number_take(after(at, ", policy at least "), &status->policy_least);
	return at != NULL && *at == '\0';
}

static bool last_run_read(struct node_status *status, const char *at)
{
	keep(status->last_run, at);
	return true;
}

static const struct {
	const char *start;
	bool (*read)(struct node_status *status, const char *at);
} status_lines[] = {
	{ "  running      ", running_read }, { "  active       ", active_read }, { "  other        ", other_read },
	{ "  counters     ", counters_read }, { "  last run     ", last_run_read },
};
#define STATUS_LINES_ALL	((1u << ARRAY_COUNT(status_lines)) - 1)

static bool status_take(struct node_status *status, const char *line)
{
	for (unsigned i = 0; i < ARRAY_COUNT(status_lines); i++) {
		const char *at = after(line, status_lines[i].start);

		if (at != NULL && status_lines[i].read(status, at)) {
			status->lines |= 1u << i;
			return true;
		}
	}
	return false;
}

/* An error is one of the command's own: other threads of the node print errors too. */
static bool error_begins(const char *line)
{
	static const char *const starts[] = {
		("error: " PACKAGE_REFUSED), "error: the update was refused", "error: the try was refused",
		"error: the confirmation was refused", "error: the revert was refused", "error: the status was refused",
		"error: no such file", "error: unknown kind of update", "error: unknown command",
		"error: wrong number of arguments",
	};

	for (size_t i = 0; i < ARRAY_COUNT(starts); i++) {
		if (after(line, starts[i]) != NULL)
			return true;
	}
	return false;
}

static bool error_take(struct update_answer *answer, const char *line)
{
	static const char *const labels[] = { "  where:    ", "  expected: ", "  found:    " };
	char *const lines[] = { answer->where, answer->expected, answer->found };

	if (answer->error_lines == 0) {
		if (!error_begins(line))
			return false;
		keep(answer->error, line + strlen("error: "));
		answer->error_lines = 1;
		return true;
	}
	for (size_t i = 0; i < ARRAY_COUNT(labels); i++) {
		if (lines[i][0] == '\0' && after(line, labels[i]) != NULL) {
			keep(lines[i], after(line, labels[i]));
			return true;
		}
	}
	return false;
}

/* "  write                     25 %" */
static bool is_progress(const char *line)
{
	size_t length = strlen(line);

	return after(line, "  ") != NULL && line[2] != ' ' && length > 4 && strcmp(line + length - 2, " %") == 0;
}

enum prompt_line update_answer_take(void *context, const char *line)
{
	struct update_answer *answer = context;

	if (error_take(answer, line))
		return PROMPT_OWN;
	if (answer->is_status)
		return status_take(&answer->status, line) ? PROMPT_OWN : PROMPT_FOREIGN;
	if (strcmp(line, "reset") == 0 && answer->is_reset)
		return PROMPT_LAST;
	if (!is_progress(line) && after(line, "update: ") == NULL) {
		keep(answer->last, line);
		return PROMPT_FOREIGN;
	}
	printf("%s\n", line);
	(void)fflush(stdout);
	answer->is_done = answer->is_done || after(line, "update: ") != NULL;
	answer->is_reset = strcmp(line, "update: the staged package is tried: reset") == 0;
	return PROMPT_OWN;
}

static int package_refused(const struct update_answer *answer, const char *command)
{
	const char *problem = after(answer->error, PACKAGE_REFUSED);
	const char *sentence = strstr(problem, ": it ");
	size_t length = sentence != NULL ? (size_t)(sentence - problem) : 0;
	int code = SIGNED_TRUNCATED;

	while (code < SIGNED_PROBLEM_COUNT && (strlen(signed_name((enum signed_problem)code)) != length ||
	       strncmp(signed_name((enum signed_problem)code), problem, length) != 0))
		code++;

	bool is_known = code < SIGNED_PROBLEM_COUNT;

	return refuse(is_known ? signed_problem_exit((enum signed_problem)code) : TOOL_CONFIGURATION, &(struct refusal){
		.code = is_known ? signed_name((enum signed_problem)code) : "package", .object = command,
		.problem = text("the node says: the package is refused: %s", problem),
		.expected = answer->expected, .found = answer->where,
		.advice = "'redoubt update check' says the same of the file; the slot that runs is as it was" });
}

/* What the anchor answered, as the number in the line "found". */
static int call_refused(const struct update_answer *answer, const char *command)
{
	static const struct {
		long answer;
		int exit_code;
		const char *code, *advice;
	} codes[] = {
		{ ANCHOR_ERR_STATE, TOOL_WRONG_STATE, "wrong-state", "'update status' says what the slots hold" },
		{ ANCHOR_ERR_DENIED, TOOL_POLICY, "denied", "'update status' says which run this is" },
		{ ANCHOR_ERR_ARGS, TOOL_CONFIGURATION, "bad-file", "pack the ramdisk again, with all of the package" },
		{ ANCHOR_NOT_SUPPORTED, TOOL_PLATFORM, "not-supported", "the node's firmware is of another version" },
		{ ANCHOR_ERR_BUSY, TOOL_FAILED, "busy", "try again" },
		{ ANCHOR_ERR_FLASH, TOOL_FAILED, "flash", "test the flash of the node; what ran before runs on" },
	};
	long found = strtol(answer->found, NULL, 10);
	size_t i = 0;

	while (i < ARRAY_COUNT(codes) && codes[i].answer != found)
		i++;

	bool is_known = i < ARRAY_COUNT(codes);

	return refuse(is_known ? codes[i].exit_code : TOOL_FAILED, &(struct refusal){
		.code = is_known ? codes[i].code : "refused", .object = command,
		.problem = text("the node says: %s", answer->error), .expected = "0 from the trust anchor",
		.found = answer->found, .advice = is_known ? codes[i].advice : "look at the node's log" });
}

static int error_refuse(const struct update_answer *answer, const char *command)
{
	bool is_no_file = after(answer->error, "no such file") != NULL;

	if (after(answer->error, PACKAGE_REFUSED) != NULL)
		return package_refused(answer, command);
	if (strstr(answer->error, " was refused") != NULL)
		return call_refused(answer, command);
	return refuse(is_no_file ? TOOL_CONFIGURATION : TOOL_PLATFORM, &(struct refusal){
		.code = is_no_file ? "no-such-file" : "not-supported", .object = command,
		.problem = text("the node says: %s", answer->error),
		.expected = answer->expected, .found = answer->found,
		.advice = is_no_file ? "put it there: 'redoubt update install FILE --initrd RAMDISK', boot with that"
				     : "the node's kernel is of another version" });
}

int update_answer_check(const struct update_answer *answer, const char *command)
{
	bool is_done = answer->is_status ? answer->status.lines == STATUS_LINES_ALL : answer->is_done;

	if (answer->error_lines > 0)
		return error_refuse(answer, command);
	if (is_done)
		return TOOL_DONE;
	return refuse(TOOL_FAILED, &(struct refusal){
		.code = "unknown-answer", .object = command,
		.problem = "the node says neither that it is done nor why not",
		.expected = answer->is_status ? "running, active, other, counters and last run" : "update: ...",
		.found = text("'%s'", answer->is_status ? "some of them are missing" : answer->last),
		.advice = "look at the node's console: its kernel may be of another version" });
}
