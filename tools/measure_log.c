/*
 * redoubt measure log: the anchor's log as the node printed it, replayed: its digest, and whether it is the log of a
 * boot that was predicted.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include <getopt.h>
#include <stdio.h>
#include <string.h>
#include "tools/boot_log.h"
#include "tools/measure_boot.h"
#include "tools/option.h"

static const char usage[] =
	"usage: redoubt measure log FILE [--against FILE] [--json]\n"
	"Reads the lines 'measured NAME SHA256' that 'info' at the control prompt printed, the last time if there are\n"
	"several, and prints them and the digest of the log, which is what data is sealed to exactly.\n"
	"  --against  what 'redoubt measure boot' printed: the log must be that one\n"
	"  --json     print JSON\n";

/* The boot part of a log; what else is in it does not matter here. */
static int log_read(struct boot_log *log, const char *path)
{
	static struct event_log events;
	int result = event_log_read(&events, path);

	*log = events.boot;
	if (result != TOOL_DONE || log->count > 0)
		return result;
	return refuse(TOOL_CONFIGURATION, &(struct refusal){
		.code = "no-log", .object = path, .problem = "there is no log of a boot in the file",
		.expected = "lines 'measured NAME SHA256', the first one of the ROM", .found = "only logs of VMs",
		.advice = "keep what 'info' at the control prompt prints" });
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
	const char *against = NULL;
	struct boot_log log, predicted;
	bool json = false, help = false;
	const struct option_entry entries[] = {
		{ .name = "against", .kind = TAKES_TEXT, .out.text = &against }, OPTION_JSON(&json), OPTION_HELP(&help),
	};
	int result = options_take(entries, ARRAY_COUNT(entries), argc, argv);

	if (help) {
		fputs(usage, stdout);
		return TOOL_DONE;
	}
	if (result == TOOL_DONE && optind == argc)
		return option_missing("measure log", "a file");
	if (result == TOOL_DONE && optind + 1 < argc)
		return option_extra("measure log", argv[optind + 1]);
	if (result == TOOL_DONE)
		result = log_read(&log, argv[optind]);
	if (result == TOOL_DONE && against != NULL)
		result = log_read(&predicted, against);
	if (result == TOOL_DONE && against != NULL)
		result = logs_compare(&log, &predicted, argv[optind]);
	return result == TOOL_DONE ? boot_log_print_whole(&log, json) : result;
}
