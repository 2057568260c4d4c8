/*
 * redoubt doctor: is this machine fit to build, run and test Redoubt, and if not, what is to do? Looks
 * only; changes nothing and never asks the network.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/statvfs.h>
#include <sys/wait.h>
#include <unistd.h>
#include "tools/verbs.h"

#define FOUND_BYTES		160
#define CORES_MIN		2
#define MEMORY_MIB_MIN		3072	/* a 2 GiB board, QEMU itself and a compiler beside it */
#define DISK_MIB_MIN		2048	/* packages that are unpacked, both toolchains' builds, test logs */

/* What one check says. */
struct finding {
	bool ok;
	char found[FOUND_BYTES];
};

struct check {
	const char *name;
	void (*look)(const struct check *check, struct finding *finding);
	const char *subject;		/* program, file or name in setup/foreign that is looked at */
	unsigned major, minor;		/* least version, where one counts */
	const char *need;		/* in words */
	const char *advice;
};

/* The project's folder: the nearest one above the program, or above where we stand, that has setup/where. */
static char root[PATH_MAX];

static bool root_search(void)
{
	char probe[PATH_MAX + 16];

	for (;;) {
		(void)snprintf(probe, sizeof(probe), "%s/setup/where", root);
		if (access(probe, X_OK) == 0)
			return true;
		char *slash = strrchr(root, '/');

		if (slash == NULL)
			return false;
		*slash = '\0';
	}
}

static void root_find(void)
{
	ssize_t length = readlink("/proc/self/exe", root, sizeof(root) - 1);

	root[length > 0 ? length : 0] = '\0';
	if (root_search())
		return;
	if (getcwd(root, sizeof(root)) == NULL || !root_search())
		root[0] = '\0';
}

/* First line that a program prints, without its newline. False if it can't be run or says that it failed. */
static bool program_run(char *const argv[], char *out, size_t bytes)
{
	int ends[2], status;
	size_t used = 0;
	ssize_t count;

	if (pipe(ends) != 0)
		return false;
	pid_t child = fork();

	if (child == 0) {
		(void)dup2(ends[1], STDOUT_FILENO);
		(void)close(ends[0]);
		if (freopen("/dev/null", "w", stderr) != NULL)
			(void)execvp(argv[0], argv);
		_exit(127);
	}
	(void)close(ends[1]);
	while (child > 0 && used + 1 < bytes && (count = read(ends[0], out + used, bytes - 1 - used)) > 0)
		used += (size_t)count;
	(void)close(ends[0]);
	out[used] = '\0';
	out[strcspn(out, "\n")] = '\0';
	/* Ended by the pipe that we closed counts as well: the first line was all we wanted. */
	return child > 0 && waitpid(child, &status, 0) == child &&
	       ((WIFEXITED(status) && WEXITSTATUS(status) == 0) || WIFSIGNALED(status));
}

/* The first "major.minor" in a text, against the least that will do. */
static bool version_suffices(const char *line, unsigned major, unsigned minor)
{
	unsigned found_major, found_minor;

	for (const char *at = line; (at = strpbrk(at, "0123456789")) != NULL; at += strspn(at, "0123456789")) {
		if (sscanf(at, "%u.%u", &found_major, &found_minor) == 2)
			return found_major > major || (found_major == major && found_minor >= minor);
	}
	return false;
}

static void program_look_as(const char *program, const struct check *check, struct finding *finding)
{
	char name[PATH_MAX];
	char version[] = "--version";
	char *argv[] = { name, version, NULL };

	(void)snprintf(name, sizeof(name), "%s", program);
	if (!program_run(argv, finding->found, sizeof(finding->found)))
		(void)snprintf(finding->found, sizeof(finding->found), "not there");
	else
		finding->ok = check->major == 0 || version_suffices(finding->found, check->major, check->minor);
}

static void look_program(const struct check *check, struct finding *finding)
{
	program_look_as(check->subject, check, finding);
}

static void look_clang(const struct check *check, struct finding *finding)
{
	program_look_as("clang-19", check, finding);
	if (!finding->ok)
		program_look_as("clang", check, finding);
}

static void look_header(const struct check *check, struct finding *finding)
{
	char architecture[FOUND_BYTES], path[PATH_MAX];
	char gcc[] = "gcc", option[] = "-print-multiarch";
	char *argv[] = { gcc, option, NULL };

	(void)snprintf(path, sizeof(path), "/usr/include/%s", check->subject);
	finding->ok = access(path, R_OK) == 0;
	if (!finding->ok && program_run(argv, architecture, sizeof(architecture))) {
		(void)snprintf(path, sizeof(path), "/usr/include/%s/%s", architecture, check->subject);
		finding->ok = access(path, R_OK) == 0;
	}
	(void)snprintf(finding->found, sizeof(finding->found), "%.150s", finding->ok ? path : "not there");
}

static void look_file(const struct check *check, struct finding *finding)
{
	finding->ok = access(check->subject, R_OK) == 0;
	(void)snprintf(finding->found, sizeof(finding->found), "%.150s", finding->ok ? check->subject : "not there");
}

/* Where set-up put a thing, by its name in setup/foreign. */
static bool where(const char *subject, char *out, size_t bytes)
{
	char program[PATH_MAX + 16], name[64];
	char *argv[] = { program, name, NULL };

	(void)snprintf(program, sizeof(program), "%s/setup/where", root);
	(void)snprintf(name, sizeof(name), "%s", subject);
	return root[0] != '\0' && program_run(argv, out, bytes);
}

static void look_foreign(const struct check *check, struct finding *finding)
{
	char path[PATH_MAX];

	finding->ok = where(check->subject, path, sizeof(path)) && access(path, R_OK) == 0;
	(void)snprintf(finding->found, sizeof(finding->found), "%.150s", finding->ok ? path : "not there");
}

static void look_qemu(const struct check *check, struct finding *finding)
{
	char path[PATH_MAX];

	if (where(check->subject, path, sizeof(path)))
		program_look_as(path, check, finding);
	else
		(void)snprintf(finding->found, sizeof(finding->found), "not there");
}

static void look_project(const struct check *check, struct finding *finding)
{
	(void)check;
	finding->ok = root[0] != '\0';
	(void)snprintf(finding->found, sizeof(finding->found), "%.150s", finding->ok ? root : "not there");
}

static void look_system(const struct check *check, struct finding *finding)
{
	FILE *stream = fopen(check->subject, "r");
	char line[FOUND_BYTES], *text_start;
	bool is_debian = false, is_release = false;

	(void)snprintf(finding->found, sizeof(finding->found), "%s cannot be read", check->subject);
	if (stream == NULL)
		return;
	while (fgets(line, sizeof(line), stream) != NULL) {
		line[strcspn(line, "\n")] = '\0';
		is_debian |= strcmp(line, "ID=debian") == 0;
		is_release |= strcmp(line, "VERSION_ID=\"12\"") == 0 || strcmp(line, "VERSION_ID=\"13\"") == 0;
		if (strncmp(line, "PRETTY_NAME=\"", 13) == 0) {
			text_start = line + 13;
			text_start[strcspn(text_start, "\"")] = '\0';
			(void)snprintf(finding->found, sizeof(finding->found), "%s", text_start);
		}
	}
	(void)fclose(stream);
	finding->ok = is_debian && is_release;
}

static void look_cores(const struct check *check, struct finding *finding)
{
	long cores = sysconf(_SC_NPROCESSORS_ONLN);

	(void)check;
	finding->ok = cores >= CORES_MIN;
	(void)snprintf(finding->found, sizeof(finding->found), "%ld", cores);
}

static void look_memory(const struct check *check, struct finding *finding)
{
	long long mib = (long long)sysconf(_SC_PHYS_PAGES) * sysconf(_SC_PAGESIZE) >> 20;

	(void)check;
	finding->ok = mib >= MEMORY_MIB_MIN;
	(void)snprintf(finding->found, sizeof(finding->found), "%lld MiB", mib);
}

static void look_disk(const struct check *check, struct finding *finding)
{
	const char *folder = root[0] != '\0' ? root : ".";
	struct statvfs info;

	(void)check;
	if (statvfs(folder, &info) != 0) {
		(void)snprintf(finding->found, sizeof(finding->found), "%.120s cannot be asked", folder);
		return;
	}
	unsigned long long mib = (unsigned long long)info.f_bavail * info.f_frsize >> 20;

	finding->ok = mib >= DISK_MIB_MIN;
	(void)snprintf(finding->found, sizeof(finding->found), "%llu MiB", mib);
}

#define INSTALL_RUN	"run setup/install"
#define INSTALL_TEST	"run setup/install --for test"

static const struct check checks[] = {
	{ "system", look_system, "/etc/os-release", 0, 0, "Debian 12 or 13", "use such a machine, container or chroot" },
	{ "cores", look_cores, NULL, 0, 0, "at least 2", "use a machine with more: tests have time limits" },
	{ "memory", look_memory, NULL, 0, 0, "at least 3072 MiB", "use a machine with more" },
	{ "disk", look_disk, NULL, 0, 0, "at least 2048 MiB free", "free some, or move the clone" },
	{ "project", look_project, NULL, 0, 0, "the clone that has setup/where", "run redoubt from inside the clone" },
	{ "make", look_program, "make", 4, 0, "GNU make 4.0", INSTALL_RUN },
	{ "compiler", look_program, "gcc", 12, 0, "GCC 12, for this tool", INSTALL_RUN },
	{ "cross", look_program, "aarch64-linux-gnu-gcc", 12, 0, "GCC 12 for arm64", INSTALL_RUN },
	{ "clang", look_clang, "clang", 14, 0, "Clang 14, the second compiler", INSTALL_TEST },
	{ "lld", look_program, "ld.lld", 14, 0, "its linker", INSTALL_TEST },
	{ "dtc", look_program, "dtc", 1, 6, "device tree compiler 1.6", INSTALL_RUN },
	{ "python", look_program, "python3", 3, 9, "Python 3.9", INSTALL_RUN },
	{ "libcrypto", look_header, "openssl/evp.h", 0, 0, "libssl-dev", INSTALL_RUN },
	{ "p11-kit", look_header, "p11-kit-1/p11-kit/pkcs11.h", 0, 0, "libp11-kit-dev", INSTALL_RUN },
	{ "softhsm", look_file, "/usr/lib/softhsm/libsofthsm2.so", 0, 0, "libsofthsm2", INSTALL_RUN },
	{ "libfdt", look_header, "libfdt.h", 0, 0, "libfdt-dev", INSTALL_RUN },
	{ "cmocka", look_header, "cmocka.h", 0, 0, "libcmocka-dev", INSTALL_TEST },
	{ "qemu", look_qemu, "qemu", 10, 0, "QEMU 10.0 for arm64", INSTALL_RUN },
	{ "mbedtls", look_foreign, "mbedtls", 0, 0, "Mbed TLS 3.6 source", INSTALL_RUN },
	{ "kernel", look_foreign, "vmlinuz", 0, 0, "the guest's Debian kernel", INSTALL_RUN },
	{ "kernel-6.1", look_foreign, "vmlinuz-6.1", 0, 0, "an older one for tests", INSTALL_TEST },
	{ "kernel-7.3", look_foreign, "vmlinuz-7.3", 0, 0, "a newer one for tests", INSTALL_TEST },
	{ "busybox", look_foreign, "busybox", 0, 0, "the guest's busybox", INSTALL_RUN },
};

static void row_print_json(const struct check *check, const struct finding *finding, bool last)
{
	printf("    {\"name\": \"%s\", \"ok\": %s, \"need\": ", check->name, finding->ok ? "true" : "false");
	json_string_print(check->need);
	printf(", \"found\": ");
	json_string_print(finding->found);
	if (!finding->ok) {
		printf(", \"do\": ");
		json_string_print(check->advice);
	}
	printf("}%s\n", last ? "" : ",");
}

static void row_print(const struct check *check, const struct finding *finding)
{
	printf("%-4s %-10s %s\n", finding->ok ? "ok" : "BAD", check->name, finding->found);
	if (!finding->ok)
		printf("     need: %s\n     do:   %s\n", check->need, check->advice);
}

int verb_doctor(int argc, char **argv)
{
	bool json = argc == 2 && strcmp(argv[1], "--json") == 0;
	struct finding findings[ARRAY_COUNT(checks)] = { { .ok = false } };
	unsigned bad = 0;

	if (argc == 2 && (strcmp(argv[1], "-h") == 0 || strcmp(argv[1], "--help") == 0)) {
		fputs("usage: redoubt doctor [--json]\n"
		      "Checks what building, running and testing need. Exit: 0 all there, 18 something is missing.\n",
		      stdout);
		return TOOL_DONE;
	}
	if (argc > 1 && !json)
		return refuse(TOOL_USAGE, &(struct refusal){
			.code = "extra-argument", .object = argv[1], .problem = "nothing takes this argument",
			.expected = "--json or nothing" });
	root_find();
	for (size_t i = 0; i < ARRAY_COUNT(checks); i++) {
		checks[i].look(&checks[i], &findings[i]);
		bad += findings[i].ok ? 0 : 1;
	}
	if (json)
		printf("{\n  \"ok\": %s,\n  \"checks\": [\n", bad == 0 ? "true" : "false");
	for (size_t i = 0; i < ARRAY_COUNT(checks); i++) {
		if (json)
			row_print_json(&checks[i], &findings[i], i + 1 == ARRAY_COUNT(checks));
		else
			row_print(&checks[i], &findings[i]);
	}
	if (json)
		printf("  ]\n}\n");
	else if (bad == 0)
		printf("all there\n");
	else
		printf("%u of %zu checks failed\n", bad, ARRAY_COUNT(checks));
	return bad == 0 ? TOOL_DONE : TOOL_PLATFORM;
}
