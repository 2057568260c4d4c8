/*
 * search: looks for keys in memory that is a file: byte strings that it is told, and expanded AES-256 keys, whosever.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include <errno.h>
#include <getopt.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include "tests/audit/memory.h"
#include "tests/search/secret.h"

enum { EXIT_NOTHING, EXIT_FOUND, EXIT_BAD_USAGE, EXIT_NO_MEMORY };

/* So many places of one kind are told; all are counted. */
#define TOLD_MAX	4

static const char usage[] =
	"Usage: search [--secret NAME=HEX]... FILE\n"
	"Looks for keys in a file that is memory, such as plat/virt/run --audit leaves; prints where they are.\n"
	"  --secret NAME=HEX  bytes that must not be there: 8, 16 ... 64 of them; each 8 are looked for by themselves, at\n"
	"                     any place. '-' reads such lines from standard input\n"
	"Expanded AES-256 keys are found by their form, at each multiple of 4.\n"
	"Exit: 0 nothing found, 1 something, 2 usage, 3 the file can't be read.\n";

/* What was found so far, of each secret, and of key schedules behind them. */
struct tally {
	const struct secrets *secrets;
	unsigned long long counts[SECRET_MAX + 1];
};

static int refuse(const char *what, const char *found)
{
	fprintf(stderr, "search: %s\n  found:    %s\n  do:       `search --help`\n", what, found);
	return EXIT_BAD_USAGE;
}

static void tell(void *context, size_t which, size_t at, size_t bytes)
{
	struct tally *tally = context;
	bool is_schedule = which == tally->secrets->count;

	(void)bytes;
	if (++tally->counts[which] <= TOLD_MAX)
		printf("search: %s at 0x%zx\n", is_schedule ? "AES-256 key schedule" : tally->secrets->list[which].name, at);
}

int main(int argc, char **argv)
{
	static const struct option known[] = {
		{ "secret", required_argument, NULL, 's' }, { "help", no_argument, NULL, 'h' }, { NULL, 0, NULL, 0 },
	};
	static struct secrets secrets;
	struct tally tally = { .secrets = &secrets };
	struct memory memory;
	unsigned long long found = 0, schedules;

	for (int c; (c = getopt_long(argc, argv, "h", known, NULL)) != -1;) {
		if (c != 's') {
			fputs(usage, c == 'h' ? stdout : stderr);
			return c == 'h' ? EXIT_NOTHING : EXIT_BAD_USAGE;
		}
		if (strcmp(optarg, "-") == 0 ? !secrets_read(&secrets, stdin) : !secret_take(&secrets, optarg))
			return refuse("not a secret to look for: NAME=HEX, 8, 16 ... 64 bytes", optarg);
	}
	if (optind + 1 != argc)
		return refuse("one file is looked at", optind < argc ? argv[optind + 1] : "none");
	if (!memory_open(&memory, argv[optind], 0)) {
		fprintf(stderr, "search: %s: %s\n", argv[optind], strerror(errno));
		return EXIT_NO_MEMORY;
	}
	secrets_find(&secrets, memory.bytes, memory.size, tell, &tally);
	for (size_t i = 0; i < secrets.count; i++)
		found += tally.counts[i];
	schedules = tally.counts[secrets.count];
	printf("search: %llu MiB, %zu secrets: %llu pieces of them, %llu parts of AES-256 key schedules\n",
	       (unsigned long long)memory.size >> 20, secrets.count, found, schedules);
	return found + schedules == 0 ? EXIT_NOTHING : EXIT_FOUND;
}
