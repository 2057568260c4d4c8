/*
 * The machine protocol's client. Answers are looked at as text: the keys that matter occur nowhere else in them.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "tests/audit/qmp.h"
#include <string.h>
#include <unistd.h>
#include "tests/audit/socket.h"

#define LINE_MAX_BYTES	65536

static bool failed(struct qmp *qmp, const char *what, const char *line)
{
	snprintf(qmp->problem, sizeof(qmp->problem), "%.60s: %.80s", what, line);
	qmp->problem[strcspn(qmp->problem, "\r\n")] = '\0';
	return false;
}

/* Sends a command and waits for its answer; events that come before are passed over. */
static bool command(struct qmp *qmp, const char *execute, char line[LINE_MAX_BYTES])
{
	if (fprintf(qmp->out, "{\"execute\": \"%s\"}\n", execute) < 0 || fflush(qmp->out) != 0)
		return failed(qmp, "QEMU takes no command", execute);
	while (fgets(line, LINE_MAX_BYTES, qmp->in) != NULL) {
		if (strncmp(line, "{\"return\"", 9) == 0)
			return true;
		if (strncmp(line, "{\"error\"", 8) == 0)
			return failed(qmp, execute, line);
	}
	return failed(qmp, "QEMU does not answer", execute);
}

static bool command_do(struct qmp *qmp, const char *execute)
{
	static char line[LINE_MAX_BYTES];

	return command(qmp, execute, line);
}

bool qmp_open(struct qmp *qmp, const char *path)
{
	char greeting[4096];
	int fd = socket_connect(path);

	*qmp = (struct qmp){ 0 };
	if (fd < 0)
		return failed(qmp, "no machine protocol at", path);
	qmp->in = fdopen(fd, "r");
	qmp->out = fdopen(dup(fd), "w");
	bool is_open = qmp->in != NULL && qmp->out != NULL && fgets(greeting, sizeof(greeting), qmp->in) != NULL;

	if (!is_open || strstr(greeting, "\"QMP\"") == NULL)
		is_open = failed(qmp, "QEMU does not greet", path);
	else
		is_open = command_do(qmp, "qmp_capabilities");
	if (!is_open)
		qmp_close(qmp);
	return is_open;
}

void qmp_close(struct qmp *qmp)
{
	if (qmp->in != NULL)
		fclose(qmp->in);
	if (qmp->out != NULL)
		fclose(qmp->out);
}

bool qmp_stop(struct qmp *qmp)
{
	return command_do(qmp, "stop");
}

bool qmp_continue(struct qmp *qmp)
{
	return command_do(qmp, "cont");
}

bool qmp_is_running(struct qmp *qmp, bool *is_running)
{
	static char line[LINE_MAX_BYTES];

	if (!command(qmp, "query-status", line))
		return false;
	*is_running = strstr(line, "\"running\": true") != NULL;
	return true;
}
