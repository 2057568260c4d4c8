/*
 * A client of the debugger's remote serial protocol: as much of it as reads registers of a machine that stands still.
 * Source: "Debugging with GDB", appendix "Remote Serial Protocol": packets qSupported, qXfer:features:read,
 * qfThreadInfo, H, p; appendix "Target Descriptions".
 * SPDX-License-Identifier: BSD-3-Clause
 */
#ifndef TESTS_AUDIT_REMOTE_H
#define TESTS_AUDIT_REMOTE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define REMOTE_CPU_MAX	64

struct remote {
	int fd;
	char *description;		/* the target's XML files, one after the other in the order of their numbers */
	unsigned cpu_count;
	unsigned selected;		/* the CPU whose registers the stub tells, plus 1; 0 not known */
	char threads[REMOTE_CPU_MAX][24];	/* as the stub names the CPUs */
	char problem[160];		/* what went wrong, in words, where a function returned false */
};

/**
 * remote_open - connect to the stub at the Unix socket @path and learn its CPUs and registers.
 *
 * The stub stops the machine when somebody connects. False on failure: nothing to close then.
 */
bool remote_open(struct remote *remote, const char *path);
void remote_close(struct remote *remote);

/* remote_read - register @name, as the target description spells it, of CPU @cpu. */
bool remote_read(struct remote *remote, unsigned cpu, const char *name, uint64_t *value);

/* remote_read_start - its first @bytes bytes, lowest first, of a register that has as many or more. */
bool remote_read_start(struct remote *remote, unsigned cpu, const char *name, void *out, size_t bytes);

/* remote_has - does the target description know a register of that name? */
bool remote_has(const struct remote *remote, const char *name);

#endif
