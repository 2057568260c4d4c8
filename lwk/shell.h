/*
 * The control prompt, and how a command is made: SHELL_COMMAND in any linked file adds one.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#ifndef LWK_SHELL_H
#define LWK_SHELL_H

#include "lib/compiler.h"

#define SHELL_ARGUMENT_MAX	8
#define SHELL_LINE_BYTES	160

struct shell_arguments {
	unsigned count;			/* without the command itself */
	const char *text[SHELL_ARGUMENT_MAX];
};

struct shell_command {
	const char *name;
	const char *usage;		/* its arguments; "" for none */
	const char *help;		/* one line */
	unsigned argument_min, argument_max;
	void (*run)(const struct shell_arguments *arguments);
};

/* The linker sorts commands by name into one read-only table. */
#define SHELL_COMMAND(name_, usage_, help_, min_, max_, run_)				\
	static const struct shell_command shell_command_##name_				\
		__attribute__((used, section(".lwk_commands." #name_))) = {		\
		.name = #name_, .usage = usage_, .help = help_,				\
		.argument_min = min_, .argument_max = max_, .run = run_,		\
	}

struct vm;

/* shell_start - create the shell thread; it begins on the console of @first unless that is NULL. Once. */
void shell_start(struct vm *first);

/* shell_read - edit one more line of a command that takes several. Context: the shell thread. */
void shell_read(const char *prompt, char line[SHELL_LINE_BYTES]);

/**
 * shell_number - read @text as a decimal number of at most nine digits.
 *
 * Returns false, having printed an error that names @what, if it is not one or below @min.
 */
MUST_CHECK bool shell_number(const char *what, const char *text, unsigned min, unsigned *out);

#endif
