/*
 * Lines, words and the table of commands.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "abi/psci.h"
#include "guests/small/small.h"
#include "lib/fdt.h"
#include "lib/memory.h"
#include "lib/vmplan.h"

#define LINE_BYTES 128

/* From the linker: the table below, and what test builds add. */
extern const struct command small_commands_start[], small_commands_end[];

static void command_hello(const struct words *words)
{
	(void)words;
	print("hello from the small guest\n");
}

static void command_poweroff(const struct words *words)
{
	(void)words;
	print("poweroff: %ld\n", (long)psci_call(PSCI_SYSTEM_OFF, 0, 0, 0));
}

static void command_reset(const struct words *words)
{
	(void)words;
	print("reset: %ld\n", (long)psci_call(PSCI_SYSTEM_RESET, 0, 0, 0));
}

static void command_help(const struct words *words);

SMALL_COMMANDS(commands) = {
	{ "hello", command_hello, 0, "say hello" },
	{ "cpus", command_cpus, 0, "start all CPUs; each reports" },
	{ "timer", command_timer, 1, "N: take N virtual timer interrupts, 1 ms apart" },
	{ "sgi", command_sgi, 0, "take an SGI from this CPU" },
	{ "ipi", command_ipi, 0, "[N]: N round trips of SGIs between CPUs 0 and 1, both asleep between" },
	{ "fp", command_fp, 1, "SEED [SECONDS]: fill the vector registers, see that they stay" },
	{ "regs", command_regs, 0, "registers at the first instruction, and control registers" },
	{ "idregs", command_idregs, 0, "identification registers" },
	{ "peek", command_peek, 1, "ADDRESS [BYTES]: read 1, 2, 4 or 8 bytes" },
	{ "poke", command_poke, 2, "ADDRESS VALUE [BYTES]: write them" },
	{ "smc", command_smc, 1, "ID [ARGUMENTS]: SMC, x0..x3 of the result" },
	{ "hvc", command_hvc, 1, "ID [ARGUMENTS]: HVC, likewise" },
	{ "mark", command_mark, 1, "PATTERN: fill 1 MiB of RAM with it" },
	{ "disk", command_disk, 1, "SEED [ALIAS]: write to the disk and read it back; ALIAS: in all its addresses" },
	{ "spin", command_spin, 0, "never yield: loop with interrupts masked" },
	{ "irqhold", command_irqhold, 0, "stay in the timer handler for ever" },
	{ "bench", command_bench, 0, "[OPERATION]: instructions, or ticks, of each operation" },
	{ "poweroff", command_poweroff, 0, "PSCI SYSTEM_OFF" },
	{ "reset", command_reset, 0, "PSCI SYSTEM_RESET" },
	{ "help", command_help, 0, "this list" },
};

static void command_help(const struct words *words)
{
	(void)words;
	for (const struct command *c = small_commands_start; c < small_commands_end; c++)
		print("%-9s %s\n", c->name, c->help);
}

/* Decimal, or hexadecimal after 0x. */
static bool number_parse(const char *text, uint64_t *out)
{
	unsigned base = text[0] == '0' && (text[1] | 0x20) == 'x' ? 16 : 10;
	uint64_t value = 0;

	if (base == 16)
		text += 2;
	if (*text == '\0')
		return false;
	for (; *text != '\0'; text++) {
		unsigned digit = *text >= '0' && *text <= '9' ? (unsigned)(*text - '0')
							       : (unsigned)((*text | 0x20) - 'a') + 10;

		if (digit >= base)
			return false;
		value = value * base + digit;
	}
	*out = value;
	return true;
}

/* Cuts @line at its spaces. */
static void words_split(char *line, struct words *out)
{
	memset(out, 0, sizeof(*out));
	while (out->count < SHELL_WORDS) {
		while (*line == ' ')
			*line++ = '\0';
		if (*line == '\0')
			return;
		out->word[out->count++] = line;
		while (*line != ' ' && *line != '\0')
			line++;
	}
	*line = '\0';
}

static void line_read(char line[LINE_BYTES])
{
	size_t length = 0;

	for (;;) {
		char c = console_get();

		if (c == '\r' || c == '\n') {
			console_put('\n');
			line[length] = '\0';
			return;
		}
		if ((c == '\b' || c == 0x7f) && length > 0) {
			length--;
			print("\b \b");
		} else if (c >= ' ' && c < 0x7f && length < LINE_BYTES - 1) {
			line[length++] = c;
			console_put(c);
		}
	}
}

static void command_execute(const struct command *command, const struct words *words)
{
	for (unsigned i = 1; i <= command->numbers; i++) {
		if (!words->is_number[i]) {
			print("%s: argument %u is no number; usage: %s %s\n", command->name, i, command->name,
			      command->help);
			return;
		}
	}
	command->run(words);
}

static void line_execute(struct words *words)
{
	for (unsigned i = 1; i < words->count; i++)
		words->is_number[i] = number_parse(words->word[i], &words->number[i]);
	for (const struct command *c = small_commands_start; c < small_commands_end; c++) {
		if (strcmp(words->word[0], c->name) == 0) {
			command_execute(c, words);
			return;
		}
	}
	print("unknown command '%s'; try help\n", words->word[0]);
}

/* The kernel's command line, cut to a line, is the first command. */
static void bootargs_execute(char line[LINE_BYTES])
{
	struct fdt tree;
	struct fdt_property property;
	struct words words;

	if (fdt_open((const void *)(uintptr_t)small_boot_frame.x[0], VMPLAN_DTB_MAX, &tree) != OK ||
	    fdt_find(&tree, "/chosen", "bootargs", &property) != OK || property.bytes > LINE_BYTES)
		return;
	memcpy(line, property.data, property.bytes);
	line[property.bytes - 1] = '\0';
	words_split(line, &words);
	if (words.count > 0)
		line_execute(&words);
}

void shell_run(void)
{
	char line[LINE_BYTES];
	struct words words;

	bootargs_execute(line);
	for (;;) {
		print("small> ");
		line_read(line);
		words_split(line, &words);
		if (words.count > 0)
			line_execute(&words);
	}
}
