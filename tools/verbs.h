/*
 * The verbs of `redoubt`, its exit codes, and what every verb shares: refusals, files, digests.
 * A new verb is one function here and one line of the table in main.c.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#ifndef TOOLS_VERBS_H
#define TOOLS_VERBS_H

#include <stddef.h>
#include <stdint.h>
#include "lib/compiler.h"

/* Exit codes: fixed for ever, and in the man page. */
enum tool_exit {
	TOOL_DONE = 0,
	TOOL_FAILED = 1,
	TOOL_USAGE = 2,
	TOOL_VM_NOT_RUNNING = 3,
	TOOL_NO_SUCH_VM = 4,
	TOOL_CONFIGURATION = 10,
	TOOL_SIGNATURE = 11,
	TOOL_ROLLBACK = 12,
	TOOL_KEY_NOT_RELEASED = 13,
	TOOL_MEASUREMENT = 14,
	TOOL_NO_RESOURCES = 15,
	TOOL_WRONG_STATE = 16,
	TOOL_POLICY = 17,
	TOOL_PLATFORM = 18,
	TOOL_TIMED_OUT = 19,
	TOOL_MEDIATOR_FAULT = 20,
	TOOL_UNKNOWN = 21,
	TOOL_TOKEN_REFUSED = 22,
};

/* A verb: argv[0] is its name. Returns an enum tool_exit. */
struct verb {
	const char *name;
	int (*run)(int argc, char **argv);
	const char *help;	/* one line, for `redoubt -h` */
};

int verb_check(int argc, char **argv);
int verb_doctor(int argc, char **argv);
int verb_endorse(int argc, char **argv);
int verb_keys(int argc, char **argv);
int verb_measure(int argc, char **argv);
int verb_pack(int argc, char **argv);
int verb_pack_firmware(int argc, char **argv);
int verb_pack_policy(int argc, char **argv);
int verb_provision(int argc, char **argv);
int verb_update(int argc, char **argv);
int verb_verify(int argc, char **argv);

/* What a refusal says. A NULL line is left out. */
struct refusal {
	const char *code;	/* stable, e.g. "file-too-large" */
	const char *object;	/* what was refused: a file, an option, a component */
	const char *problem;	/* in words */
	const char *expected, *found, *advice;
};

/**
 * refuse - print a refusal on standard error.
 *
 * Returns @exit_code, so that a verb can end with `return refuse(...)`.
 */
int refuse(int exit_code, const struct refusal *refusal);

/*
 * text - format into one of eight rotating buffers, for the lines of one refusal; long text is cut.
 */
PRINTF(1, 2) const char *text(const char *format, ...);

/* json_string_print - in quotes, on standard output; quotes, backslashes and control characters do not break it. */
void json_string_print(const char *string);

#define DIGEST_BYTES		32
#define DIGEST_TEXT_BYTES	(2 * DIGEST_BYTES + 1)

/* A file, whole, in memory. */
struct file {
	const char *path;
	uint8_t *bytes;
	size_t count;
};

/**
 * file_read - read all of @path; a refusal is printed when that fails. Free with file_free.
 *
 * @bytes_max  a longer file is refused
 *
 * Returns TOOL_DONE, or TOOL_FAILED / TOOL_CONFIGURATION with nothing to free.
 */
MUST_CHECK int file_read(struct file *file, const char *path, size_t bytes_max);
void file_free(struct file *file);

/* Who may read what is written: all, or only the owner. */
#define FILE_MODE_PUBLIC	0666
#define FILE_MODE_PRIVATE	0600

/**
 * file_write - make @path hold these bytes; it appears whole or not at all.
 *
 * @mode  FILE_MODE_*, less what the umask takes away
 *
 * Returns TOOL_DONE, or TOOL_FAILED after printing why; @path is as it was then.
 */
MUST_CHECK int file_write(const char *path, const void *bytes, size_t count, unsigned mode);

/* digest_make - SHA-256 of @count bytes. Returns TOOL_DONE, or TOOL_FAILED after printing why. */
MUST_CHECK int digest_make(const void *bytes, size_t count, uint8_t out[DIGEST_BYTES]);
/*
 * digest_print - as 64 hexadecimal digits; digest_parse - the reverse, false unless exactly 64
 * digits.
 */
void digest_print(const uint8_t digest[DIGEST_BYTES], char out[DIGEST_TEXT_BYTES]);
MUST_CHECK bool digest_parse(const char *hex, uint8_t out[DIGEST_BYTES]);

#endif
