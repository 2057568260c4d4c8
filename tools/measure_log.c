/*
 * redoubt measure log: the anchor's log as the node printed it, replayed: its digest, and whether it is the log of a
 * boot that was predicted.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "tools/boot_log.h"
#include "tools/measure_boot.h"
#include "tools/option.h"

#define CAPTURE_BYTES_MAX	(64ull << 20)

static const char usage[] =
	"usage: redoubt measure log FILE [--against FILE] [--json]\n"
	"Reads the lines 'measured NAME SHA256' that 'info' at the control prompt printed, the last time if there are\n"
	"several, and prints them and the digest of the log, which is what data is sealed to exactly.\n"
	"  --against  what 'redoubt measure boot' printed: the log must be that one\n"
	"  --json     print JSON\n";

/* One line of text, if it is an entry. A log begins with the ROM: what was read before it is an older one. */
static bool line_take(struct boot_log *log, const char *line)
{
	char name[sizeof(log->entries[0].name)], digest[DIGEST_TEXT_BYTES];
	struct boot_measurement *entry;

	if (sscanf(line, " measured %15[a-z] %64[0-9a-f]", name, digest) != 2)
		return true;
	if (strcmp(name, "rom") == 0)
		log->count = 0;
	if (log->count == ARRAY_COUNT(log->entries))
		return false;
	entry = &log->entries[log->count++];
	*entry = (struct boot_measurement){ .name = "" };
	memcpy(entry->name, name, strlen(name));
	return digest_parse(digest, entry->sha256);
}

static bool text_take(struct boot_log *log, char *at)
{
	bool is_taken = true;

	log->count = 0;
	for (char *end; is_taken && at != NULL; at = end) {
		end = strchr(at, '\n');
		if (end != NULL)
			*end++ = '\0';
		is_taken = line_take(log, at);
	}
	return is_taken && log->count > 0;
}

static int log_read(struct boot_log *log, const char *path)
{
	struct file file;
	int result = file_read(&file, path, CAPTURE_BYTES_MAX);
	char *copy;

	if (result != TOOL_DONE)
		return result;
	copy = strndup((const char *)file.bytes, file.count);
	if (copy == NULL || !text_take(log, copy))
		result = refuse(TOOL_CONFIGURATION, &(struct refusal){
			.code = "no-log", .object = path, .problem = "there is no log of measurements in the file",
			.expected = "lines 'measured NAME SHA256', the first one of the ROM",
			.found = copy == NULL ? "no memory for it" : text("%zu of them", log->count),
			.advice = "keep what 'info' at the control prompt prints" });
	free(copy);
	file_free(&file);
	return result;
}

static const char *entry_text(const struct boot_log *log, size_t at)
{
	char digest[DIGEST_TEXT_BYTES];

	if (at >= log->count)
		return "the end of the log";
	digest_print(log->entries[at].sha256, digest);
	return text("%s %s", log->entries[at].name, digest);
}

static int logs_compare(const struct boot_log *log, const struct boot_log *predicted, const char *path)
{
	size_t at = 0;

	while (at < log->count && at < predicted->count &&
	       memcmp(&log->entries[at], &predicted->entries[at], sizeof(log->entries[at])) == 0)
		at++;
	if (at == log->count && at == predicted->count)
		return TOOL_DONE;
	return refuse(TOOL_MEASUREMENT, &(struct refusal){
		.code = "another-log", .object = path, .problem = text("entry %zu is not what was predicted", at),
		.expected = entry_text(predicted, at), .found = entry_text(log, at),
		.advice = "do not trust this boot, or predict it from the files, CPUs and RAM that it has" });
}

int measure_log(int argc, char **argv)
{
	static const struct option options[] = {
		{ "against", required_argument, NULL, 'a' }, { "json", no_argument, NULL, 'j' },
		{ "help", no_argument, NULL, 'h' }, { NULL, 0, NULL, 0 },
	};
	const char *against = NULL;
	struct boot_log log, predicted;
	bool json = false;
	int result;

	for (int option; (option = getopt_long(argc, argv, "h", options, NULL)) != -1;) {
		if (option == 'h') {
			fputs(usage, stdout);
			return TOOL_DONE;
		}
		if (option != 'a' && option != 'j')
			return TOOL_USAGE;
		json |= option == 'j';
		against = option == 'a' ? optarg : against;
	}
	if (optind == argc)
		return option_missing("measure log", "a file");
	if (optind + 1 < argc)
		return option_extra("measure log", argv[optind + 1]);
	result = log_read(&log, argv[optind]);
	if (result == TOOL_DONE && against != NULL)
		result = log_read(&predicted, against);
	if (result == TOOL_DONE && against != NULL)
		result = logs_compare(&log, &predicted, argv[optind]);
	return result == TOOL_DONE ? boot_log_print_whole(&log, json) : result;
}
