/*
 * Talks with the control prompt: decides when it is there, and where the answer to a command ends.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "tools/prompt.h"
#include <stdio.h>
#include <string.h>
#include "tools/random.h"

#define PROMPT		"redoubt> "
/* Ctrl-] leaves a VM's console, and what is typed behind it never gets there; Ctrl-U clears the line. */
#define LEAVE_CLEAR	"\x1d\x15"
#define CLEAR		"\x15"
/* What is typed while the machine boots may be lost. */
#define TRY_AGAIN_MS	2000

static int not_answered(const struct console *console, enum console_event event, uint64_t seconds, const char *what)
{
	if (event == CONSOLE_CLOSED)
		return refuse(TOOL_FAILED, &(struct refusal){
			.code = "console-closed", .object = console->path,
			.problem = text("the console was closed %s", what), .expected = "a node that runs on",
			.found = text("its last line: '%.200s'", console->line),
			.advice = "look whether the machine was turned off; 'update status' says what it did" });
	return refuse(TOOL_TIMED_OUT, &(struct refusal){
		.code = "no-answer", .object = console->path, .problem = text("the node does not answer %s", what),
		.expected = text("the control prompt within %ju s", (uintmax_t)seconds),
		.found = text("its last line: '%.200s'", console->line),
		.advice = "look whether another program uses this console, or wait longer with --timeout" });
}

int prompt_find(struct console *console, uint64_t seconds, void (*seen)(const char *line))
{
	uint64_t deadline = console_now() + 1000 * seconds, again = 0;
	enum console_event event = CONSOLE_LATE;
	char typed[sizeof(LEAVE_CLEAR) + 16], wanted[sizeof(PROMPT) + 16];
	uint64_t number;
	int result = random_make(&number, sizeof(number));

	if (result != TOOL_DONE)
		return result;
	(void)snprintf(typed, sizeof(typed), "%s%016jx", LEAVE_CLEAR, (uintmax_t)number);
	(void)snprintf(wanted, sizeof(wanted), "%s%016jx", PROMPT, (uintmax_t)number);
	while (console_now() < deadline && event != CONSOLE_PART && event != CONSOLE_CLOSED) {
		event = CONSOLE_LINE;
		if (console_now() >= again) {
			event = console_send(console, typed, deadline);
			again = console_now() + TRY_AGAIN_MS;
		}
		if (event == CONSOLE_LINE)
			event = console_next(console, wanted, again < deadline ? again : deadline);
		if (event == CONSOLE_LINE && seen != NULL)
			seen(console->line);
	}
	return event == CONSOLE_PART ? TOOL_DONE : not_answered(console, event, seconds, "at its control prompt");
}

/* The command as it is echoed, behind whatever came before it. */
static enum console_event echo_await(struct console *console, const char *command, uint64_t deadline)
{
	char echo[PROMPT_COMMAND_BYTES + sizeof(PROMPT)];
	enum console_event event = console_send(console, text("%s%s\r", CLEAR, command), deadline);

	(void)snprintf(echo, sizeof(echo), "%s%s", PROMPT, command);
	while (event == CONSOLE_LINE) {
		event = console_next(console, NULL, deadline);
		/* A line of the node's log may follow at once. */
		if (event == CONSOLE_LINE && strncmp(console->line, echo, strlen(echo)) == 0)
			return event;
	}
	return event;
}

int prompt_ask(struct console *console, const char *command, uint64_t seconds, prompt_take *take, void *context)
{
	uint64_t deadline = console_now() + 1000 * seconds;
	enum console_event event = echo_await(console, command, deadline);

	while (event == CONSOLE_LINE) {
		event = console_next(console, PROMPT, deadline);
		if (event == CONSOLE_PART)
			return TOOL_DONE;
		if (event != CONSOLE_LINE)
			break;

		enum prompt_line meaning = take(context, console->line);

		if (meaning == PROMPT_LAST)
			return TOOL_DONE;
		if (meaning == PROMPT_OWN)
			deadline = console_now() + 1000 * seconds;
	}
	return not_answered(console, event, seconds, text("'%s'", command));
}
