/*
 * Looks through the text of a description, passing over comments and strings as libconfig's scanner does.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "tools/image_conf_text.h"
#include <ctype.h>
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

/* A position in the text. */
struct scan {
	const char *at;
	unsigned line;
};

static void step(struct scan *scan)
{
	scan->line += *scan->at == '\n';
	scan->at++;
}

/* To behind the first @end, or to the end of all. */
static void pass(struct scan *scan, const char *end, bool has_escapes)
{
	while (*scan->at != '\0' && strncmp(scan->at, end, strlen(end)) != 0) {
		if (has_escapes && scan->at[0] == '\\' && scan->at[1] != '\0')
			step(scan);
		step(scan);
	}
	for (size_t i = 0; i < strlen(end) && *scan->at != '\0'; i++)
		step(scan);
}

/* Passes over a comment or a string; false if none begins here. */
static bool pass_text(struct scan *scan)
{
	bool is_string = *scan->at == '"', is_block = strncmp(scan->at, "/*", 2) == 0;

	if (!is_string && !is_block && *scan->at != '#' && strncmp(scan->at, "//", 2) != 0)
		return false;
	step(scan);
	if (is_block)
		step(scan);
	pass(scan, is_string ? "\"" : is_block ? "*/" : "\n", is_string);
	return true;
}

static void include_refused(struct image_conf *conf, const struct scan *scan)
{
	conf->has_include = true;
	image_conf_problem(conf, &(struct refusal){
		.code = "include", .object = text("%s:%u", conf->path, scan->line),
		.problem = "a description is one file", .expected = "no @include", .found = "@include",
		.advice = "write what is included here" });
}

/* A word that begins with a digit: names and what follows a name's first letter do not come here. */
static void number_check(struct image_conf *conf, const struct scan *scan, size_t length)
{
	char *end;

	errno = 0;

	unsigned long long number = strtoull(scan->at, &end, scan->at[0] == '0' ? 16 : 10);

	if (end < scan->at + length && *end == 'L' && errno == 0 && number <= UINT32_MAX)
		return;
	if (errno == 0 && number <= INT_MAX)
		return;
	conf->large_line = scan->line;
	image_conf_problem(conf, &(struct refusal){
		.code = "large-number", .object = text("%s:%u", conf->path, scan->line),
		.problem = "libconfig would cut this number off",
		.expected = text("at most %u, and an L behind what is above %d", UINT32_MAX, INT_MAX),
		.found = text("%.*s", (int)(length < 200 ? length : 200), scan->at),
		.advice = number <= UINT32_MAX && errno == 0 ? text("write %lluL", number) : "write a smaller number" });
}

void image_conf_text_check(struct image_conf *conf, const char *source)
{
	struct scan scan = { source, 1 };

	while (*scan.at != '\0') {
		size_t length = 0;

		if (pass_text(&scan))
			continue;
		while (isalnum((unsigned char)scan.at[length]) || strchr("_-*.", scan.at[length]) != NULL) {
			if (scan.at[length] == '\0')
				break;
			length++;
		}
		if (strncmp(scan.at, "@include", 8) == 0)
			include_refused(conf, &scan);
		if (isdigit((unsigned char)scan.at[0]))
			number_check(conf, &scan, length);
		scan.at += length;
		if (length == 0)
			step(&scan);
	}
}
