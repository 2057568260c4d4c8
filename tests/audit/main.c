/*
 * The outside auditor: looks at a running machine from the host, at pseudo-random instants.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include <errno.h>
#include <getopt.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include "plat/memory.h"
#include "tests/audit/exposure.h"
#include "tests/audit/qmp.h"

enum { EXIT_CLEAN, EXIT_FINDINGS, EXIT_BAD_USAGE, EXIT_NO_AUDIT };

struct options {
	const char *directory;
	unsigned long audits, pause_ms;
	uint64_t seed;
	bool is_json, has_secrets;
};

/* Sums over all audits. */
struct totals {
	unsigned long audits;
	unsigned domains_least, domains_most;
	unsigned shared_most;
	unsigned long in_el2;		/* CPUs that were stopped inside the mediator */
	uint64_t tables, leaves, granules;
	unsigned long normal;		/* CPUs in whose registers secrets were looked for */
};

struct session {
	struct qmp qmp;
	struct remote remote;
	struct machine machine;
	struct audit audit;
	struct findings findings;	/* of all audits, each once */
	struct findings latest;
	struct totals totals;
	struct secrets secrets;
	struct exposure *exposures;	/* of each audit, where there are secrets */
};

static const char usage[] =
	"Usage: audit [--audits N] [--seed S] [--pause MS] [--secrets] [--json] DIRECTORY\n"
	"Walks all translation tables of a running Redoubt and reports what isolation does not allow.\n"
	"  DIRECTORY     where plat/virt/run --audit put ram, gdb.sock and qmp.sock\n"
	"  --audits N    so many audits (default 1), the machine running in between\n"
	"  --seed S      of the pauses in between; printed (default: chosen anew)\n"
	"  --pause MS    longest pause, in milliseconds (default 200)\n"
	"  --secrets     reads lines NAME=HEX, 8, 16 ... 64 bytes, from standard input: of these, and of key schedules, nothing\n"
	"                may be where the outer OS, a box, or another VM than the one that has them reaches it\n"
	"  --json        one JSON object instead of lines\n"
	"Exit: 0 nothing found, 1 findings, 2 usage, 3 no audit was possible.\n";

static void number_parse(const char *option, const char *text, unsigned long long max, unsigned long long *out)
{
	char *end;

	errno = 0;
	*out = strtoull(text, &end, 0);
	if (errno == 0 && *text != '\0' && *text != '-' && *end == '\0' && *out <= max)
		return;
	fprintf(stderr, "audit: not a number that fits\n");
	fprintf(stderr, "  where:    --%s\n  expected: 0 .. %llu\n  found:    %s\n", option, max, text);
	exit(EXIT_BAD_USAGE);
}

static struct options options_parse(int argc, char **argv)
{
	static const struct option known[] = {
		{ "audits", required_argument, NULL, 'a' }, { "seed", required_argument, NULL, 's' },
		{ "pause", required_argument, NULL, 'p' }, { "json", no_argument, NULL, 'j' },
		{ "secrets", no_argument, NULL, 'k' },
		{ "help", no_argument, NULL, 'h' }, { NULL, 0, NULL, 0 },
	};
	struct options options = { .audits = 1, .pause_ms = 200, .seed = 0 };
	unsigned long long value = 0;

	int which = 0;

	for (int c; (c = getopt_long(argc, argv, "h", known, &which)) != -1;) {
		if (c == 'a' || c == 'p' || c == 's')
			number_parse(known[which].name, optarg, c == 's' ? ~0ull : 1000000, &value);
		if (c == 'a')
			options.audits = (unsigned long)value;
		else if (c == 'p')
			options.pause_ms = (unsigned long)value;
		else if (c == 's')
			options.seed = value;
		else if (c == 'j')
			options.is_json = true;
		else if (c == 'k')
			options.has_secrets = true;
		else {
			fputs(usage, c == 'h' ? stdout : stderr);
			exit(c == 'h' ? EXIT_CLEAN : EXIT_BAD_USAGE);
		}
	}
	if (optind + 1 != argc || options.audits == 0) {
		fputs(usage, stderr);
		exit(EXIT_BAD_USAGE);
	}
	options.directory = argv[optind];
	/* Zero is no state of the generator. */
	while (options.seed == 0) {
		if (getentropy(&options.seed, sizeof(options.seed)) != 0)
			options.seed = (uint64_t)time(NULL);
	}
	return options;
}

static int impossible(const char *what, const char *found, const char *advice)
{
	fprintf(stderr, "audit: %s\n  found:    %s\n  do:       %s\n", what, found, advice);
	return EXIT_NO_AUDIT;
}

static int qemu_failed(const char *what, const char *problem)
{
	return impossible(what, problem, "see QEMU's own messages");
}

/* xorshift64; instants, not secrets. */
static void pause_random(uint64_t *state, unsigned long pause_ms)
{
	*state ^= *state << 13;
	*state ^= *state >> 7;
	*state ^= *state << 17;
	uint64_t ns = pause_ms == 0 ? 0 : (*state >> 11) % (pause_ms * 1000000);
	struct timespec pause = { .tv_sec = (time_t)(ns / 1000000000), .tv_nsec = (long)(ns % 1000000000) };

	nanosleep(&pause, NULL);
}

static void totals_add(struct totals *totals, const struct audit *audit, const struct machine *machine)
{
	for (unsigned i = 0; i < machine->cpu_count; i++)
		totals->in_el2 += machine_is_in_el2(&machine->cpus[i]) ? 1 : 0;
	if (totals->audits++ == 0 || audit->domains.count < totals->domains_least)
		totals->domains_least = audit->domains.count;
	if (audit->domains.count > totals->domains_most)
		totals->domains_most = audit->domains.count;
	if (audit->shared > totals->shared_most)
		totals->shared_most = audit->shared;
	totals->tables += audit->tables;
	totals->leaves += audit->leaves;
	totals->granules += audit->granules;
}

static bool secrets_look(struct session *session, unsigned long number)
{
	if (!machine_read_data(&session->machine, &session->remote))
		return false;
	session->exposures[number] = exposure_find(&session->secrets, &session->audit, &session->machine, &session->latest);
	session->totals.normal += session->exposures[number].normal;
	return true;
}

/* The machine runs; it is looked at so many times, and runs again. */
static int audits_run(struct session *session, const struct options *options)
{
	uint64_t random = options->seed;

	for (unsigned long i = 0; i < options->audits; i++) {
		pause_random(&random, options->pause_ms);
		if (!qmp_stop(&session->qmp))
			return qemu_failed("the machine can't be stopped", session->qmp.problem);
		if (!machine_read(&session->machine, &session->remote))
			return qemu_failed("registers can't be read", session->remote.problem);
		session->latest = (struct findings){ 0 };
		if (!audit_run(&session->audit, &session->machine, &session->latest))
			return impossible("there is nothing to audit", "the mediator lists no roots yet",
					  "wait for the control prompt");
		if (options->has_secrets && !secrets_look(session, i))
			return qemu_failed("registers can't be read", session->remote.problem);
		findings_merge(&session->findings, &session->latest);
		totals_add(&session->totals, &session->audit, &session->machine);
		if (!qmp_continue(&session->qmp))
			return qemu_failed("the machine does not go on", session->qmp.problem);
	}
	return session->findings.count == 0 ? EXIT_CLEAN : EXIT_FINDINGS;
}

/* "NAME": how many pieces there were in each audit. */
static void exposures_print_json(const struct session *session)
{
	printf("\"normal\": %lu, \"secrets\": {", session->totals.normal);
	for (size_t which = 0; which <= session->secrets.count; which++) {
		bool is_schedule = which == session->secrets.count;

		printf("%s\"%s\": [", which == 0 ? "" : ", ", is_schedule ? "key schedules" : session->secrets.list[which].name);
		for (unsigned long i = 0; i < session->totals.audits; i++)
			printf("%s%llu", i == 0 ? "" : ", ", session->exposures[i].counts[which]);
		printf("]");
	}
	printf("}, ");
}

static void result_print_json(const struct session *session, const struct options *options)
{
	const struct totals *totals = &session->totals;

	printf("{\"seed\": %llu, \"audits\": %lu, \"cpus\": %u, \"in_el2\": %lu, ", (unsigned long long)options->seed,
	       totals->audits, session->machine.cpu_count, totals->in_el2);
	printf("\"domains_least\": %u, \"domains_most\": %u, \"shared_most\": %u, ", totals->domains_least,
	       totals->domains_most, totals->shared_most);
	printf("\"tables\": %llu, \"leaves\": %llu, \"granules\": %llu, ", (unsigned long long)totals->tables,
	       (unsigned long long)totals->leaves, (unsigned long long)totals->granules);
	if (options->has_secrets)
		exposures_print_json(session);
	printf("\"found\": %llu, \"findings\": ", session->findings.count + session->findings.dropped);
	findings_print_json(&session->findings, stdout);
	printf("}\n");
}

static void result_print(const struct session *session, const struct options *options)
{
	const struct totals *totals = &session->totals;

	findings_print(&session->findings, stdout);
	printf("audit: seed 0x%llx, %lu audits of %u CPUs (%lu times one inside EL2), %u to %u domains, ",
	       (unsigned long long)options->seed, totals->audits, session->machine.cpu_count, totals->in_el2,
	       totals->domains_least, totals->domains_most);
	printf("%llu tables, %llu leaves, %llu granules reached, %u shared at most, %llu findings\n",
	       (unsigned long long)totals->tables, (unsigned long long)totals->leaves,
	       (unsigned long long)totals->granules, totals->shared_most,
	       session->findings.count + session->findings.dropped);
}

/* Connecting to the stub stops the machine; it runs again when this returns. */
static int session_run(struct session *session, const struct options *options)
{
	bool is_running;

	if (!qmp_is_running(&session->qmp, &is_running))
		return qemu_failed("the machine's state can't be read", session->qmp.problem);
	if (!is_running)
		return impossible("the machine does not run", "it stands still", "let it go on; an audit stops it");
	if (!remote_open(&session->remote, "gdb.sock"))
		return impossible("no registers", session->remote.problem, "start the board with --audit");
	if (!qmp_continue(&session->qmp))
		return qemu_failed("the machine does not go on", session->qmp.problem);
	int status = audits_run(session, options);

	remote_close(&session->remote);
	if (!qmp_continue(&session->qmp) && status != EXIT_NO_AUDIT)
		return qemu_failed("the machine does not go on", session->qmp.problem);
	return status;
}

static bool secrets_begin(struct session *session, const struct options *options)
{
	if (!options->has_secrets)
		return true;
	session->exposures = calloc(options->audits, sizeof(*session->exposures));
	return session->exposures != NULL && secrets_read(&session->secrets, stdin);
}

int main(int argc, char **argv)
{
	static struct session session;
	struct options options = options_parse(argc, argv);

	if (!secrets_begin(&session, &options)) {
		fputs(usage, stderr);
		return EXIT_BAD_USAGE;
	}
	/* A socket's address is short, a directory's path need not be. */
	if (chdir(options.directory) != 0 || !memory_open(&session.machine.memory, "ram", PLAT_RAM_BASE))
		return impossible("the machine's RAM can't be read", strerror(errno),
				  "name the directory that plat/virt/run --audit got");
	if (!qmp_open(&session.qmp, "qmp.sock"))
		return impossible("the machine can't be stopped", session.qmp.problem, "start the board with --audit");
	int status = session_run(&session, &options);

	if (status != EXIT_NO_AUDIT && options.is_json)
		result_print_json(&session, &options);
	else if (status != EXIT_NO_AUDIT)
		result_print(&session, &options);
	qmp_close(&session.qmp);
	reaches_free(&session.audit.reaches);
	free(session.exposures);
	return status;
}
