/*
 * Takes options by a verb's table (getopt_long); refusals that options of all verbs have in common.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "tools/option.h"
#include <errno.h>
#include <getopt.h>
#include <stdlib.h>
#include <string.h>

/* What getopt_long returns for an entry: its letter, else a number that is none. */
static int entry_code(const struct option_entry *entry, size_t place)
{
	return entry->letter != '\0' ? entry->letter : 256 + (int)place;
}

/* The table as getopt_long has it. */
static void table_make(const struct option_entry *entries, size_t count, struct option *longs, char *letters)
{
	for (size_t i = 0; i < count; i++) {
		bool has_value = entries[i].kind != TAKES_NOTHING;

		longs[i] = (struct option){ entries[i].name, has_value ? required_argument : no_argument, NULL,
					    entry_code(&entries[i], i) };
		if (entries[i].letter != '\0')
			*letters++ = entries[i].letter;
		if (entries[i].letter != '\0' && has_value)
			*letters++ = ':';
	}
	longs[count] = (struct option){ NULL, 0, NULL, 0 };
	*letters = '\0';
}

static int number_store(const struct option_entry *entry, const char *option, const char *value)
{
	uint64_t number;
	int result = option_number(option, value, entry->min, entry->max, &number);

	if (result != TOOL_DONE)
		return result;
	if (entry->kind == TAKES_NUMBER)
		*entry->out.number = number;
	else
		*entry->out.number32 = (uint32_t)number;
	return TOOL_DONE;
}

static int entry_store(const struct option_entry *entry, const char *value)
{
	const char *option = text("--%s", entry->name);

	switch (entry->kind) {
	case TAKES_NOTHING:
		*entry->out.flag = true;
		return TOOL_DONE;
	case TAKES_NUMBER:
	case TAKES_NUMBER32:
		return number_store(entry, option, value);
	case TAKES_EACH:
		return entry->out.each(value);
	case TAKES_NAME:
		*entry->out.text = value;
		return option_name(option, value, (size_t)entry->max);
	default:
		*entry->out.text = value;
		return TOOL_DONE;
	}
}

int options_take(const struct option_entry *entries, size_t count, int argc, char **argv)
{
	struct option longs[OPTION_ENTRY_MAX + 1];
	char letters[2 * OPTION_ENTRY_MAX + 1];
	int code, result = TOOL_DONE;

	table_make(entries, count, longs, letters);
	while (result == TOOL_DONE && (code = getopt_long(argc, argv, letters, longs, NULL)) != -1) {
		size_t i = 0;

		while (i < count && entry_code(&entries[i], i) != code)
			i++;
		result = i < count ? entry_store(&entries[i], optarg) : TOOL_USAGE;
	}
	return result;
}

int option_number(const char *option, const char *value, uint64_t min, uint64_t max, uint64_t *out)
{
	char *end;

	errno = 0;
	/* Base 0 would read a leading 0 as octal. */
	uint64_t number = strtoull(value, &end, strncmp(value, "0x", 2) == 0 ? 16 : 10);

	if (errno == 0 && value[0] >= '0' && value[0] <= '9' && *end == '\0' && number >= min && number <= max) {
		*out = number;
		return TOOL_DONE;
	}
	return refuse(TOOL_USAGE, &(struct refusal){
		.code = "not-a-number", .object = option, .problem = "the value is not a number in range",
		.expected = text("%ju to %ju (0x%jx to 0x%jx)", (uintmax_t)min, (uintmax_t)max, (uintmax_t)min,
				 (uintmax_t)max),
		.found = text("'%s'", value) });
}

int option_name(const char *option, const char *value, size_t characters_max)
{
	size_t length = strspn(value, "abcdefghijklmnopqrstuvwxyz0123456789._-");

	if (value[length] == '\0' && length > 0 && length <= characters_max)
		return TOOL_DONE;
	return refuse(TOOL_USAGE, &(struct refusal){
		.code = "bad-name", .object = option, .problem = "this cannot be a name in a signed object",
		.expected = text("1 to %zu characters of a-z, 0-9, '.', '_' and '-'", characters_max),
		.found = text("'%s'", value) });
}

int option_missing(const char *verb, const char *option)
{
	return refuse(TOOL_USAGE, &(struct refusal){
		.code = "option-missing", .object = option, .problem = "this is needed",
		.advice = text("'redoubt %s -h' explains it", verb) });
}

int option_extra(const char *verb, const char *argument)
{
	return refuse(TOOL_USAGE, &(struct refusal){
		.code = "extra-argument", .object = argument, .problem = "nothing takes this argument",
		.advice = text("'redoubt %s -h' lists what there is", verb) });
}
