/*
 * Options of the verbs: a table says what each takes and where that goes. And what the verbs ask of their values:
 * numbers in range, names of the charset that signed objects have, nothing missing, nothing more. Each prints its
 * refusal and returns an enum tool_exit.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#ifndef TOOLS_OPTION_H
#define TOOLS_OPTION_H

#include "tools/verbs.h"

/* Names in signed objects: 1 to 31 characters (docs/formats.md). */
#define NAME_CHARACTERS_MAX	31

enum option_kind {
	TAKES_NOTHING,		/* takes nothing */
	TAKES_TEXT,		/* any text; the last one counts */
	TAKES_NUMBER,		/* as option_number */
	TAKES_NUMBER32,
	TAKES_NAME,		/* as option_name; .max characters */
	TAKES_EACH,		/* a function is called each time it is given */
};

/* One option of a verb. */
struct option_entry {
	const char *name;	/* "serial", of --serial */
	char letter;		/* its short form, 0 for none */
	enum option_kind kind;
	union {
		bool *flag;
		const char **text;
		uint64_t *number;
		uint32_t *number32;
		int (*each)(const char *value);	/* TOOL_DONE, or what it printed a refusal for */
	} out;
	uint64_t min, max;
};

#define OPTION_ENTRY_MAX	32
#define OPTION_HELP(FLAG)	{ .name = "help", .letter = 'h', .kind = TAKES_NOTHING, .out.flag = (FLAG) }
#define OPTION_JSON(FLAG)	{ .name = "json", .kind = TAKES_NOTHING, .out.flag = (FLAG) }
#define OPTION_OUTPUT(TEXT)	{ .name = "output", .letter = 'o', .kind = TAKES_TEXT, .out.text = (TEXT) }

/**
 * options_take - take all options of a verb, wherever they stand; the first one that is refused ends it.
 *
 * @entries  at most OPTION_ENTRY_MAX
 * @argv     argv[0] is the verb; what is left begins at optind afterwards (getopt(3))
 *
 * Returns TOOL_DONE; TOOL_USAGE, or what an entry's function returned, after printing why.
 */
MUST_CHECK int options_take(const struct option_entry *entries, size_t count, int argc, char **argv);

/**
 * option_number - a number, decimal or hexadecimal with 0x.
 *
 * @option    as the user typed it, e.g. "--serial"
 * @min @max  what it must lie between, inclusive
 * @out       written only on TOOL_DONE
 *
 * Returns TOOL_DONE, or TOOL_USAGE after printing why.
 */
MUST_CHECK int option_number(const char *option, const char *value, uint64_t min, uint64_t max, uint64_t *out);

/* option_name - is @value a name of at most @characters_max characters? TOOL_DONE, or TOOL_USAGE. */
MUST_CHECK int option_name(const char *option, const char *value, size_t characters_max);

/* option_missing - refuse because @option, or an argument in words, is needed by @verb ("keys init"). TOOL_USAGE. */
int option_missing(const char *verb, const char *option);

/* option_extra - refuse an argument that nothing takes. TOOL_USAGE. */
int option_extra(const char *verb, const char *argument);

#endif
