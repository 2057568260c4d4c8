/*
 * search: looks for keys in memory that is a file: byte strings that it is told, and expanded AES-256 keys, whosever.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include <errno.h>
#include <getopt.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "tests/audit/memory.h"
#include "tests/search/schedule.h"

enum { EXIT_NOTHING, EXIT_FOUND, EXIT_BAD_USAGE, EXIT_NO_MEMORY };

#define SECRET_MAX	16
#define PIECE_BYTES	8
#define SECRET_BYTES	64
/* So many places of one kind are told; all are counted. */
#define TOLD_MAX	4

static const char usage[] =
	"Usage: search [--secret NAME=HEX]... FILE\n"
	"Looks for keys in a file that is memory, such as plat/virt/run --audit leaves; prints where they are.\n"
	"  --secret NAME=HEX  bytes that must not be there: 8, 16 ... 64 of them; each 8 are looked for by themselves, at\n"
	"                     any place. '-' reads such lines from standard input\n"
	"Expanded AES-256 keys are found by their form, at each multiple of 4.\n"
	"Exit: 0 nothing found, 1 something, 2 usage, 3 the file can't be read.\n";

struct secret {
	char name[32];
	uint8_t bytes[SECRET_BYTES];
	size_t count;
};

static struct secret secrets[SECRET_MAX];
static size_t secret_count;

static int refuse(const char *what, const char *found)
{
	fprintf(stderr, "search: %s\n  found:    %s\n  do:       `search --help`\n", what, found);
	return EXIT_BAD_USAGE;
}

/* NAME=HEX into the next place. */
static bool secret_take(const char *text)
{
	struct secret *secret = &secrets[secret_count];
	size_t name = strcspn(text, "="), digits = strspn(text + name + (text[name] == '='), "0123456789abcdef");
	const char *hex = text + name + 1;

	if (secret_count == SECRET_MAX || text[name] != '=' || name == 0 || name >= sizeof(secret->name) ||
	    hex[digits] != '\0' || digits % (2 * PIECE_BYTES) != 0 || digits == 0 || digits > 2 * SECRET_BYTES)
		return false;
	memcpy(secret->name, text, name);
	for (size_t i = 0; i < digits; i += 2) {
		char byte[3] = { hex[i], hex[i + 1], '\0' };

		secret->bytes[i / 2] = (uint8_t)strtoul(byte, NULL, 16);
	}
	secret->count = digits / 2;
	secret_count++;
	return true;
}

/* A command line can be read by others: what must stay secret comes from a pipe. */
static bool secrets_read(void)
{
	char line[sizeof(secrets[0].name) + 2 * SECRET_BYTES + 3];

	while (fgets(line, sizeof(line), stdin) != NULL) {
		line[strcspn(line, "\n")] = '\0';
		if (!secret_take(line))
			return false;
	}
	return true;
}

static void told(const char *what, uint64_t at, unsigned long long count)
{
	if (count <= TOLD_MAX)
		printf("search: %s at 0x%llx\n", what, (unsigned long long)at);
}

static unsigned long long secret_find(const struct memory *memory, const struct secret *secret)
{
	unsigned long long count = 0;

	for (size_t piece = 0; piece < secret->count; piece += PIECE_BYTES) {
		const uint8_t *from = memory->bytes, *end = from + memory->size, *at;

		while ((at = memmem(from, (size_t)(end - from), secret->bytes + piece, PIECE_BYTES)) != NULL) {
			told(secret->name, (uint64_t)(at - memory->bytes), ++count);
			from = at + 1;
		}
	}
	return count;
}

static unsigned long long schedules_find(const struct memory *memory)
{
	unsigned long long count = 0;

	for (size_t at = 0; (at = schedule_find(memory->bytes, memory->size, at)) < memory->size; at++)
		told("AES-256 key schedule", at, ++count);
	return count;
}

int main(int argc, char **argv)
{
	static const struct option known[] = {
		{ "secret", required_argument, NULL, 's' }, { "help", no_argument, NULL, 'h' }, { NULL, 0, NULL, 0 },
	};
	struct memory memory;
	unsigned long long found = 0, schedules;

	for (int c; (c = getopt_long(argc, argv, "h", known, NULL)) != -1;) {
		if (c != 's') {
			fputs(usage, c == 'h' ? stdout : stderr);
			return c == 'h' ? EXIT_NOTHING : EXIT_BAD_USAGE;
		}
		if (strcmp(optarg, "-") == 0 ? !secrets_read() : !secret_take(optarg))
			return refuse("not a secret to look for: NAME=HEX, 8, 16 ... 64 bytes", optarg);
	}
	if (optind + 1 != argc)
		return refuse("one file is looked at", optind < argc ? argv[optind + 1] : "none");
	if (!memory_open(&memory, argv[optind], 0)) {
		fprintf(stderr, "search: %s: %s\n", argv[optind], strerror(errno));
		return EXIT_NO_MEMORY;
	}
	for (size_t i = 0; i < secret_count; i++)
		found += secret_find(&memory, &secrets[i]);
	schedules = schedules_find(&memory);
	printf("search: %llu MiB, %zu secrets: %llu pieces of them, %llu parts of AES-256 key schedules\n",
	       (unsigned long long)memory.size >> 20, secret_count, found, schedules);
	return found + schedules == 0 ? EXIT_NOTHING : EXIT_FOUND;
}
