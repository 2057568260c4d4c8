/*
 * redoubt measure, of a boot: predicted from files, and as the node says it was.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#ifndef TOOLS_MEASURE_BOOT_H
#define TOOLS_MEASURE_BOOT_H

#include "tools/boot_log.h"

/* What a device boots, as files and numbers that a user names. NULL and 0: not given. */
struct boot_files {
	const char *rom, *package, *root;	/* @root: a PEM file, or the SHA-256 of the key */
	const char *lifecycle;			/* "development" or "production" */
	uint64_t cpu_count, memory_mib;
};

/* What follows from that. */
struct boot_prediction {
	struct boot_log log;			/* with its platform entry */
	struct package package;
	uint8_t root_sha256[DIGEST_BYTES];
};

/* boot_files_missing - the first option that is not given, "--rom"; NULL if all are there. The lifecycle has a default. */
const char *boot_files_missing(const struct boot_files *files);

/* boot_files_measure - predict a boot. TOOL_DONE, or as package_file_check, identity_make and file_read, after printing. */
MUST_CHECK int boot_files_measure(const struct boot_files *files, struct boot_prediction *out);

/* measure_boot - argv[0] is "boot". Returns an enum tool_exit. */
int measure_boot(int argc, char **argv);
/* measure_log - argv[0] is "log". Returns an enum tool_exit. */
int measure_log(int argc, char **argv);

#endif
