/*
 * Consoles: opening them, and what a terminal would show of what comes.
 * Source: ECMA-48, sections 5.4 (control sequences), 8.3.41 (EL); termios(3), cfmakeraw.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "tools/console.h"
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

#define ESCAPE	'\033'

/* A terminal device is the only one that is open, if there is one: a signal finds it here. */
static struct {
	volatile sig_atomic_t is_raw;
	int descriptor;
	struct termios before;
} device;

static const int ending_signals[] = { SIGHUP, SIGINT, SIGTERM };

static void device_restore(void)
{
	if (!device.is_raw)
		return;
	device.is_raw = 0;
	(void)tcsetattr(device.descriptor, TCSANOW, &device.before);
}

/* As the signal would have done, but with the device as it was. */
static void end_by_signal(int number)
{
	device_restore();
	(void)raise(number);
}

static int open_failed(const char *path, const char *problem)
{
	return refuse(TOOL_FAILED, &(struct refusal){
		.code = "no-console", .object = path, .problem = problem,
		.expected = "a UNIX socket that somebody listens on, or a terminal device",
		.found = "neither, or no access",
		.advice = "'plat/virt/run --console SOCKET' offers one; a serial line is /dev/ttyUSB0 or alike" });
}

static int socket_connect(struct console *console)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };

	if (strlen(console->path) >= sizeof(address.sun_path))
		return open_failed(console->path, text("the name of a socket has at most %zu bytes",
						       sizeof(address.sun_path) - 1));
	memcpy(address.sun_path, console->path, strlen(console->path) + 1);
	console->descriptor = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (console->descriptor < 0 ||
	    connect(console->descriptor, (const struct sockaddr *)&address, sizeof(address)) != 0)
		return open_failed(console->path, strerror(errno));
	return TOOL_DONE;
}

static int device_open(struct console *console)
{
	struct sigaction action = { .sa_handler = end_by_signal, .sa_flags = (int)SA_RESETHAND };
	struct termios raw;

	console->descriptor = open(console->path, O_RDWR | O_NOCTTY | O_CLOEXEC | O_NONBLOCK);
	if (console->descriptor < 0)
		return open_failed(console->path, strerror(errno));
	if (tcgetattr(console->descriptor, &device.before) != 0)
		return open_failed(console->path, "it is no terminal device");
	raw = device.before;
	cfmakeraw(&raw);
	/* No hang-up of the line when it is closed, no modem lines: a node's serial line has none. */
	raw.c_cflag = (raw.c_cflag & ~(tcflag_t)HUPCL) | CLOCAL | CREAD;
	device.descriptor = console->descriptor;
	device.is_raw = 1;
	for (size_t i = 0; i < ARRAY_COUNT(ending_signals); i++)
		(void)sigaction(ending_signals[i], &action, NULL);
	if (tcsetattr(console->descriptor, TCSANOW, &raw) != 0)
		return open_failed(console->path, strerror(errno));
	return TOOL_DONE;
}

int console_open(struct console *console, const char *path)
{
	struct stat info;
	int result;

	*console = (struct console){ .path = path, .descriptor = -1, .is_complete = true };
	/* A console that is closed is told of as such. */
	(void)signal(SIGPIPE, SIG_IGN);
	if (stat(path, &info) != 0)
		result = open_failed(path, strerror(errno));
	else
		result = S_ISSOCK(info.st_mode) ? socket_connect(console) : device_open(console);
	if (result == TOOL_DONE && fcntl(console->descriptor, F_SETFL, O_NONBLOCK) != 0)
		result = open_failed(path, strerror(errno));
	if (result != TOOL_DONE)
		console_close(console);
	return result;
}

void console_close(struct console *console)
{
	device_restore();
	for (size_t i = 0; i < ARRAY_COUNT(ending_signals); i++)
		(void)signal(ending_signals[i], SIG_DFL);
	if (console->descriptor >= 0)
		(void)close(console->descriptor);
	console->descriptor = -1;
}

uint64_t console_now(void)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

/* Whether the console is ready for @events before the deadline. */
static bool wait_for(const struct console *console, short events, uint64_t deadline)
{
	struct pollfd wanted = { .fd = console->descriptor, .events = events };

	for (;;) {
		uint64_t now = console_now();
		int ready = now < deadline ? poll(&wanted, 1, (int)(deadline - now)) : 0;

		if (ready >= 0)
			return ready > 0;
	}
}

enum console_event console_send(struct console *console, const char *text, uint64_t deadline)
{
	while (*text != '\0') {
		ssize_t written = write(console->descriptor, text, strlen(text));

		if (written > 0)
			text += written;
		else if (errno != EAGAIN && errno != EINTR)
			return CONSOLE_CLOSED;
		else if (!wait_for(console, POLLOUT, deadline))
			return CONSOLE_LATE;
	}
	return CONSOLE_LINE;
}

static void line_clear(struct console *console)
{
	console->used = 0;
	console->line[0] = '\0';
	console->is_returned = false;
	console->is_complete = false;
}

/* Inside an escape sequence: only "erase to the end of the line", after a return, means something here. */
static void escape_take(struct console *console, char c)
{
	if (console->escape == ESCAPE) {
		console->escape = c == '[' ? '[' : '\0';
		return;
	}
	if (c >= ' ' && c < '@')
		return;
	console->escape = '\0';
	if (c == 'K' && console->is_returned)
		line_clear(console);
}

/* Returns whether the line is complete now. */
static bool byte_take(struct console *console, char c)
{
	if (console->is_complete)
		line_clear(console);
	if (console->escape != '\0') {
		escape_take(console, c);
		return false;
	}
	if (c == ESCAPE || c == '\r') {
		console->escape = c == ESCAPE ? ESCAPE : '\0';
		console->is_returned = console->is_returned || c == '\r';
		return false;
	}
	if (c == '\n') {
		console->is_complete = true;
		return true;
	}
	if (console->is_returned)
		line_clear(console);
	if (console->used + 1 < sizeof(console->line)) {
		console->line[console->used++] = c >= ' ' && c < 0x7f ? c : '?';
		console->line[console->used] = '\0';
	}
	return false;
}

/* More input. CONSOLE_LINE if there is some. */
static enum console_event input_fill(struct console *console, uint64_t deadline)
{
	for (;;) {
		ssize_t count = read(console->descriptor, console->input, sizeof(console->input));

		if (count > 0) {
			console->taken = 0;
			console->count = (size_t)count;
			return CONSOLE_LINE;
		}
		if (count == 0 || (errno != EAGAIN && errno != EINTR))
			return CONSOLE_CLOSED;
		if (!wait_for(console, POLLIN, deadline))
			return CONSOLE_LATE;
	}
}

enum console_event console_next(struct console *console, const char *part, uint64_t deadline)
{
	for (;;) {
		while (console->taken < console->count) {
			if (byte_take(console, (char)console->input[console->taken++]))
				return CONSOLE_LINE;
			if (part != NULL && !console->is_returned && strcmp(console->line, part) == 0)
				return CONSOLE_PART;
		}

		/* A line that never ends must not keep us beyond the deadline either. */
		enum console_event event = console_now() < deadline ? input_fill(console, deadline) : CONSOLE_LATE;

		if (event != CONSOLE_LINE)
			return event;
	}
}
