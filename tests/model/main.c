/*
 * The model's command: random walks beside the mediator, from a seed; what differs is made short and printed.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include "tests/model/shrink.h"

#define EPISODE_STEPS	10000
#define CHECK_INTERVAL	1000

static const char usage_text[] =
	"usage: model [--steps N] [--seed S] [--check N] [--no-shrink] [--replay FILE] [--save FILE]\n"
	"Random calls of the outer OS, boxes and VMs on four CPUs, on the mediator and on a model of ownership side by side.\n"
	"  --steps N      how many (default 1000000; k and m are understood)\n"
	"  --seed S       the walk (default 1; `fresh` takes one from the clock and prints it)\n"
	"  --check N      everything is compared after so many steps, what a step touched always (default 1000)\n"
	"  --no-shrink    a difference is reported as it was found\n"
	"  --save FILE    the steps that lead to a difference, for --replay\n"
	"  --replay FILE  those steps, printed one by one\n"
	"  --strict       the rules of TLBs and break before make that unit tests have hold as well; 100 times slower\n"
	"  --quiet        no table of answers at the end\n"
	"Exit: 0 no difference, 1 a difference or too tame a walk, 2 usage.\n";

struct options {
	uint64_t steps, seed;
	unsigned check;
	bool no_shrink, is_quiet, is_strict;
	const char *replay, *save;
};

static void usage(const char *problem, const char *what)
{
	fprintf(stderr, "model: %s %s\n  do: model --help\n", problem, what);
	exit(2);
}

static uint64_t number(const char *text)
{
	char *end;

	errno = 0;
	unsigned long long value = strtoull(text, &end, 0);

	if (*end == 'k' || *end == 'm') {
		value *= *end == 'k' ? 1000 : 1000000;
		end++;
	}
	if (errno != 0 || end == text || *end != 0)
		usage("not a number:", text);
	return value;
}

static uint64_t seed_of(const char *text)
{
	struct timespec now;

	if (strcmp(text, "fresh") != 0)
		return number(text);
	clock_gettime(CLOCK_REALTIME, &now);
	return (uint64_t)now.tv_sec * 1000000 + (uint64_t)now.tv_nsec / 1000;
}

static struct options options_parse(int argc, char **argv)
{
	static const struct option longs[] = {
		{ "steps", required_argument, NULL, 'n' }, { "seed", required_argument, NULL, 's' },
		{ "check", required_argument, NULL, 'c' }, { "no-shrink", no_argument, NULL, 'x' },
		{ "replay", required_argument, NULL, 'r' }, { "save", required_argument, NULL, 'w' },
		{ "quiet", no_argument, NULL, 'q' }, { "strict", no_argument, NULL, 't' }, { "help", no_argument, NULL, 'h' }, { NULL, 0, NULL, 0 },
	};
	struct options options = { .steps = 1000000, .seed = 1, .check = CHECK_INTERVAL };
	int letter;

	opterr = 0;
	while ((letter = getopt_long(argc, argv, "", longs, NULL)) != -1) {
		switch (letter) {
		case 'n':
			options.steps = number(optarg);
			break;
		case 's':
			options.seed = seed_of(optarg);
			break;
		case 'c':
			options.check = (unsigned)number(optarg);
			break;
		case 'x':
			options.no_shrink = true;
			break;
		case 't':
			options.is_strict = true;
			break;
		case 'q':
			options.is_quiet = true;
			break;
		case 'r':
			options.replay = optarg;
			break;
		case 'w':
			options.save = optarg;
			break;
		case 'h':
			fputs(usage_text, stdout);
			exit(0);
		default:
			usage("unknown option or no value:", argv[optind - 1]);
		}
	}
	if (optind < argc)
		usage("unknown argument:", argv[optind]);
	if (options.check == 0 || options.steps == 0)
		usage("not more than zero:", options.check == 0 ? "--check" : "--steps");
	return options;
}

/* --- lists of steps as files --- */

static void list_save(const struct episode_shared *shared, const char *path)
{
	FILE *file = fopen(path, "w");

	if (file == NULL) {
		fprintf(stderr, "model: %s: %s\n", path, strerror(errno));
		return;
	}
	for (unsigned i = 0; i < shared->count; i++) {
		const struct model_step *step = &shared->steps[i];

		fprintf(file, "%u %u %u %u %u", step->kind, step->cpu, step->inside, step->number, step->creation);
		for (unsigned a = 0; a < 7; a++)
			fprintf(file, " 0x%llx", (unsigned long long)step->a[a]);
		for (unsigned word = 0; step->kind == STEP_PARAMS && word < CONTENT_PARAMS_WORDS; word++)
			fprintf(file, " 0x%llx", (unsigned long long)shared->params.words[step->a[1]][word]);
		fprintf(file, "\n");
	}
	fclose(file);
}

static uint64_t word_read(FILE *file)
{
	unsigned long long value;

	if (fscanf(file, "%lli", (long long *)&value) != 1)
		usage("malformed list", "in --replay");
	return value;
}

static void list_read(struct episode_shared *shared, const char *path)
{
	FILE *file = fopen(path, "r");
	unsigned kind;

	if (file == NULL)
		usage(strerror(errno), path);
	while (shared->count < EPISODE_STEPS_MAX && fscanf(file, "%u", &kind) == 1) {
		struct model_step *step = &shared->steps[shared->count++];

		step->kind = (uint8_t)kind;
		step->cpu = (uint8_t)(word_read(file) % MODEL_CPU_MAX);
		step->inside = (uint8_t)word_read(file);
		step->number = (uint32_t)word_read(file);
		step->creation = (uint32_t)word_read(file);
		if (step->number > EPISODE_STEPS_MAX || step->creation > EPISODE_STEPS_MAX)
			usage("malformed list:", path);
		for (unsigned a = 0; a < 7; a++)
			step->a[a] = word_read(file);
		if (kind != STEP_PARAMS)
			continue;
		if (step->a[1] >= CONTENT_PARAMS_MAX)
			usage("malformed list:", path);
		for (unsigned word = 0; word < CONTENT_PARAMS_WORDS; word++)
			shared->params.words[step->a[1]][word] = word_read(file);
		if (shared->params.count <= step->a[1])
			shared->params.count = step->a[1] + 1;
	}
	fclose(file);
}

/* --- reports --- */

/* What the walk must have seen of every call: where that is missing, the walk is too tame to say much. */
static const struct expected {
	uint64_t id;
	const char *codes;	/* digits: the absolute values of the codes */
} expected[] = {
	{ HOST_INFO, "0" }, { HOST_GRANULE_INFO, "02" }, { HOST_PAIR_CREATE, "0236" }, { HOST_POOL_ADD, "023467" },
	{ HOST_POPULATE, "0234567" }, { HOST_POPULATE_IMAGE, "02345678" }, { HOST_DONATE, "0234567" }, { HOST_ACTIVATE, "04678" }, { HOST_RUN, "02467" },
	{ HOST_NOTIFY, "047" }, { HOST_TERMINATE, "047" }, { HOST_RECLAIM, "02346" }, { HOST_PAIR_INFO, "02" },
	{ HOST_PAIR_MEASUREMENT, "027" }, { HOST_BOOT_MEASUREMENT, "07" }, { HOST_RING_READ, "0236" },
	{ BOX_INFO, "0" }, { BOX_VM_RUN, "024" }, { BOX_SHARE, "023" }, { BOX_UNSHARE, "023" }, { BOX_NOTIFY, "0" },
	{ RSI_VERSION, "01" }, { RSI_FEATURES, "0" }, { RSI_MEASUREMENT_READ, "01" }, { RSI_MEASUREMENT_EXTEND, "01" },
	{ RSI_ATTESTATION_TOKEN_INIT, "0" }, { RSI_ATTESTATION_TOKEN_CONTINUE, "0123" }, { RSI_REALM_CONFIG, "01" },
	{ RSI_IPA_STATE_SET, "01" }, { RSI_IPA_STATE_GET, "01" }, { RSI_HOST_CALL, "01" },
};

/* And what must have come about, each in the order of struct model_counts. */
static const char *const counted[] = {
	"blocks", "blocks from pages", "pairs that died", "accesses through a window", "pages shared", "pages taken back",
	"pages announced", "rings begun", "rings ended", "rings refused", "host calls", "granules found moving",
	"pairs found busy", "chunks opened", "chunks refused", "images that there are not", "VMs of images that run",
};
#define COUNTED (sizeof(counted) / sizeof(counted[0]))
_Static_assert(sizeof(struct model_counts) == COUNTED * sizeof(uint64_t), "a name for each count");

static unsigned coverage_check(const struct episode_shared *shared)
{
	const uint64_t *counts = (const uint64_t *)&shared->counts;
	unsigned missing = 0;

	for (size_t i = 0; i < COUNTED; i++) {
		if (counts[i] < 3)
			printf("model: %s: %llu: the walk is too tame\n", counted[i], (unsigned long long)counts[i]);
		missing += counts[i] < 3 ? 1 : 0;
	}

	for (size_t i = 0; i < sizeof(expected) / sizeof(expected[0]); i++) {
		int row = episode_call_row(expected[i].id);

		for (const char *code = expected[i].codes; *code != 0; code++) {
			const uint64_t *seen = shared->seen[row];

			/* A call that was let in answers later, to whoever made it. */
			if (seen[*code - '0'] == 0 && !(*code == '0' && seen[9] != 0)) {
				printf("model: no %s was answered -%c: the walk is too tame\n", episode_call_name(row), *code);
				missing++;
			}
		}
	}
	return missing;
}

static void coverage_print(const struct episode_shared *shared)
{
	for (size_t i = 0; i < COUNTED; i++)
		printf("%s%s %llu", i == 0 ? "" : i % 5 == 0 ? ",\n" : ", ", counted[i],
		       (unsigned long long)((const uint64_t *)&shared->counts)[i]);
	printf("\n");
	printf("%-24s%10s", "answers", "0");
	for (int code = 1; code < 9; code++)
		printf("%9d", -code);
	printf("%9s\n", "later");
	for (int row = 0; episode_call_name(row) != NULL; row++) {
		printf("%-24s%10llu", episode_call_name(row), (unsigned long long)shared->seen[row][0]);
		for (int code = 1; code < EPISODE_CODES; code++)
			printf("%9llu", (unsigned long long)shared->seen[row][code]);
		printf("\n");
	}
}

/* Without the test framework's own lines. */
static void message_print(const char *message)
{
	while (*message != 0) {
		size_t length = strcspn(message, "\n");

		if (length != 0 && message[0] != '[' && strncmp(message, " 1 FAILED", 9) != 0)
			printf("model: %.*s\n", (int)length, message);
		message += length + (message[length] != 0 ? 1 : 0);
	}
}

static int list_print(struct episode_shared *shared, bool is_strict)
{
	char message[EPISODE_MESSAGE];
	struct episode_plan plan = { .is_replay = true, .is_printed = true, .is_strict = is_strict, .check_interval = 1 };
	bool is_good = episode_run(shared, &plan, message);

	message_print(message);
	return is_good ? 0 : 1;
}

static int difference_report(struct episode_shared *shared, const struct options *options, char *message)
{
	unsigned long long seed = options->seed, episode = shared->episode;

	printf("model: seed %llu, episode %llu, step %u:\n", seed, episode, shared->count);
	message_print(message);
	if (options->no_shrink || !shrink(shared, options->is_strict, message))
		printf("model: the list of %u steps stays as it is\n", shared->count);
	else
		printf("model: %u steps are left:\n", shared->count);
	if (options->save != NULL)
		list_save(shared, options->save);
	if (shared->count <= 200)
		list_print(shared, options->is_strict);
	printf("model: seed %llu: FAILED\n", seed);
	return 1;
}

static int walk_all(struct episode_shared *shared, const struct options *options)
{
	char message[EPISODE_MESSAGE];
	unsigned steps = options->steps < EPISODE_STEPS ? (unsigned)options->steps : EPISODE_STEPS;
	struct episode_plan plan = { .seed = options->seed, .steps = steps, .is_strict = options->is_strict,
				     .check_interval = options->check,
				     .episodes = (options->steps + steps - 1) / steps };
	struct timespec begun, ended;

	clock_gettime(CLOCK_MONOTONIC, &begun);
	if (!episode_run(shared, &plan, message))
		return difference_report(shared, options, message);
	clock_gettime(CLOCK_MONOTONIC, &ended);
	double seconds = (double)(ended.tv_sec - begun.tv_sec) + (double)(ended.tv_nsec - begun.tv_nsec) / 1e9;

	if (!options->is_quiet)
		coverage_print(shared);
	printf("model: seed %llu: %llu steps, %llu of them in the middle of another, 0 differences (%.0f steps/s)\n",
	       (unsigned long long)options->seed, (unsigned long long)shared->total,
	       (unsigned long long)shared->insides, (double)shared->total / seconds);
	/* A short walk can't have met everything. */
	return options->steps >= 1000000 && coverage_check(shared) != 0 ? 1 : 0;
}

int main(int argc, char **argv)
{
	struct options options = options_parse(argc, argv);
	struct episode_shared *shared = episode_open();

	if (options.replay != NULL) {
		list_read(shared, options.replay);
		return list_print(shared, options.is_strict);
	}
	return walk_all(shared, &options);
}
