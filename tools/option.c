/*
 * Refusals that options of all verbs have in common.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "tools/option.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>

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
