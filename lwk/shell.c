/*
 * The control prompt: line editing, words, and the table of commands that the linker made.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "lwk/shell.h"
#include "lib/memory.h"
#include "lib/print.h"
#include "lwk/console.h"
#include "lwk/terminal.h"
#include "lwk/thread.h"

#define PROMPT		"redoubt> "
#define RECALL_MAX	16

#define KEY_BACKSPACE	0x08
#define KEY_CTRL_C	0x03
#define KEY_CTRL_U	0x15
#define KEY_ESCAPE	0x1b
#define KEY_DELETE	0x7f

extern const struct shell_command shell_commands_start[], shell_commands_end[];

/* The shell thread's alone. */
static char recall[RECALL_MAX][SHELL_LINE_BYTES];	/* lines entered; the newest is recall_count - 1 */
static unsigned recall_count;

/* Escape sequences: "ESC [ A" and "ESC [ B" recall lines, others are swallowed. */
static int arrow_read(void)
{
	char c;

	if (console_read() != '[')
		return 0;
	do
		c = console_read();
	while (c >= '0' && c <= ';');
	return c == 'A' ? 1 : c == 'B' ? -1 : 0;
}

static void line_recall(char *line, unsigned *back, int step)
{
	unsigned newest = recall_count < RECALL_MAX ? recall_count : RECALL_MAX;

	if (step > 0 && *back < newest)
		(*back)++;
	else if (step < 0 && *back > 0)
		(*back)--;
	if (*back == 0)
		line[0] = '\0';
	else
		print_string(line, SHELL_LINE_BYTES, "%s", recall[(recall_count - *back) % RECALL_MAX]);
}

static void line_key(char *line, char c, unsigned *back)
{
	size_t used = strlen(line);

	if (c == KEY_BACKSPACE || c == KEY_DELETE) {
		if (used > 0)
			line[used - 1] = '\0';
	} else if (c == KEY_CTRL_U || c == KEY_CTRL_C) {
		line[0] = '\0';
	} else if (c == KEY_ESCAPE) {
		line_recall(line, back, arrow_read());
	} else if (c >= ' ' && c < KEY_DELETE && used + 1 < SHELL_LINE_BYTES) {
		line[used] = c;
		line[used + 1] = '\0';
	}
}

void shell_read(const char *prompt, char line[SHELL_LINE_BYTES])
{
	unsigned back = 0;

	line[0] = '\0';
	for (;;) {
		terminal_edit(prompt, line);
		char c = console_read();

		if (c == '\r' || c == '\n')
			break;
		line_key(line, c, &back);
	}
	terminal_edit_end();
}

/* Cut @line into words in place; more than fit are counted, so that the command refuses them. */
static unsigned words_split(char *line, const char **words, unsigned max)
{
	unsigned count = 0;

	while (*line != '\0') {
		while (*line == ' ')
			*line++ = '\0';
		if (*line == '\0')
			break;
		if (count < max)
			words[count] = line;
		count++;
		while (*line != '\0' && *line != ' ')
			line++;
	}
	return count;
}

static const struct shell_command *command_find(const char *name)
{
	for (const struct shell_command *c = shell_commands_start; c < shell_commands_end; c++) {
		if (strcmp(c->name, name) == 0)
			return c;
	}
	return NULL;
}

static void command_unknown(const char *name)
{
	terminal_print("error: unknown command\n  where:    control prompt\n  found:    %s\n  expected: one of", name);
	for (const struct shell_command *c = shell_commands_start; c < shell_commands_end; c++)
		terminal_print(" %s", c->name);
	terminal_print("\n  do:       `help` says what they do\n");
}

static void line_run(char *line)
{
	const char *words[1 + SHELL_ARGUMENT_MAX];
	unsigned count = words_split(line, words, ARRAY_COUNT(words));

	if (count == 0)
		return;
	const struct shell_command *command = command_find(words[0]);
	struct shell_arguments arguments = { .count = count - 1 };

	if (command == NULL) {
		command_unknown(words[0]);
		return;
	}
	if (arguments.count < command->argument_min || arguments.count > command->argument_max) {
		terminal_print("error: wrong number of arguments\n  where:    %s\n  expected: %s %s\n  found:    %u\n",
			       command->name, command->name, command->usage, arguments.count);
		return;
	}
	for (unsigned i = 0; i < arguments.count; i++)
		arguments.text[i] = words[1 + i];
	command->run(&arguments);
}

static void shell_main(void *argument)
{
	char line[SHELL_LINE_BYTES];

	if (argument != NULL)
		console_attach(argument);
	for (;;) {
		shell_read(PROMPT, line);
		if (line[0] != '\0')
			print_string(recall[recall_count++ % RECALL_MAX], SHELL_LINE_BYTES, "%s", line);
		line_run(line);
	}
}

void shell_start(struct vm *first)
{
	thread_create("shell", shell_main, first, true);
}

bool shell_number(const char *what, const char *text, unsigned min, unsigned *out)
{
	unsigned number = 0, digits = 0;

	for (; text[digits] >= '0' && text[digits] <= '9' && digits < 10; digits++)
		number = number * 10 + (unsigned)(text[digits] - '0');
	if (digits == 0 || digits > 9 || text[digits] != '\0' || number < min) {
		terminal_print("error: not a number that fits\n  where:    %s\n  expected: a number from %u\n"
			       "  found:    %s\n",
			       what, min, text);
		return false;
	}
	*out = number;
	return true;
}

static void command_help(const struct shell_arguments *arguments)
{
	(void)arguments;
	for (const struct shell_command *c = shell_commands_start; c < shell_commands_end; c++) {
		char call[40];

		print_string(call, sizeof(call), "%s %s", c->name, c->usage);
		terminal_print("  %-22s %s\n", call, c->help);
	}
	terminal_print("Ctrl-] leaves a console; Up recalls lines, Ctrl-U clears the line\n");
}

SHELL_COMMAND(help, "", "this list", 0, 0, command_help);
