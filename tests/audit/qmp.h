/*
 * A client of QEMU's machine protocol: as much of it as stops the machine and lets it go on.
 * Source: QEMU, "QEMU Machine Protocol Specification": greeting, commands, answers and events, one a line.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#ifndef TESTS_AUDIT_QMP_H
#define TESTS_AUDIT_QMP_H

#include <stdbool.h>
#include <stdio.h>

struct qmp {
	FILE *in, *out;
	char problem[160];		/* what went wrong, in words, where a function returned false */
};

/* qmp_open - connect to the Unix socket @path. False on failure: nothing to close then. */
bool qmp_open(struct qmp *qmp, const char *path);
void qmp_close(struct qmp *qmp);

/* qmp_stop - all CPUs stand still when this returns. */
bool qmp_stop(struct qmp *qmp);
/* qmp_continue - they run. */
bool qmp_continue(struct qmp *qmp);
/* qmp_is_running - did they run? */
bool qmp_is_running(struct qmp *qmp, bool *is_running);

#endif
