/*
 * Any call to the secure world, typed at the control prompt: `secure ID [X1 X2 X3]`, hexadecimal. Prints x0..x6.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "tests/attack/outer.h"
#include "arch/cpu.h"
#include "lwk/shell.h"
#include "lwk/terminal.h"

static void command_secure(const struct shell_arguments *arguments)
{
	struct smc_args args = { .x = { 0 } };

	for (unsigned i = 0; i < arguments->count; i++)
		args.x[i] = outer_number(arguments->text[i]);
	smc_call(&args);
	terminal_print("secure: %ld", (int64_t)args.x[0]);
	for (unsigned i = 1; i < 7; i++)
		terminal_print(" 0x%lx", args.x[i]);
	terminal_print("\n");
}

SHELL_COMMAND(secure, "ID [X1 X2 X3]", "call the secure world", 1, 4, command_secure);
