/*
 * The remote protocol's client: packets, the target description, registers.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "tests/audit/remote.h"
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>
#include <unistd.h>
#include "tests/audit/socket.h"

/* The most that the stub's answer to one packet holds; what is asked for stays below. */
#define PACKET_MAX	8192
#define CHUNK_BYTES	0x700
#define DESCRIPTION_MAX	(1u << 20)

__attribute__((format(printf, 2, 3))) static bool failed(struct remote *remote, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(remote->problem, sizeof(remote->problem), format, args);
	va_end(args);
	return false;
}

static bool byte_read(struct remote *remote, uint8_t *byte)
{
	return read(remote->fd, byte, 1) == 1;
}

static int hex_digit(uint8_t c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static bool packet_send(struct remote *remote, const char *data)
{
	char packet[256];
	uint8_t sum = 0;

	for (const char *c = data; *c != '\0'; c++)
		sum = (uint8_t)(sum + (uint8_t)*c);
	int length = snprintf(packet, sizeof(packet), "$%s#%02x", data, sum);

	return length < (int)sizeof(packet) && write(remote->fd, packet, (size_t)length) == length;
}

/* One packet's data, escapes undone, NUL behind it; its length, or -1. Acknowledgements before it are passed over. */
static int packet_receive(struct remote *remote, char answer[PACKET_MAX])
{
	uint8_t c = 0, sum = 0, digits[2];
	int length = 0;

	while (c != '$') {
		if (!byte_read(remote, &c))
			return -1;
	}
	while (byte_read(remote, &c) && c != '#' && length < PACKET_MAX - 1) {
		sum = (uint8_t)(sum + c);
		if (c == '}') {
			if (!byte_read(remote, &c))
				return -1;
			sum = (uint8_t)(sum + c);
			c ^= 0x20;
		}
		answer[length++] = (char)c;
	}
	answer[length] = '\0';
	if (c != '#' || !byte_read(remote, &digits[0]) || !byte_read(remote, &digits[1]) ||
	    hex_digit(digits[0]) << 4 != (sum & 0xf0) || hex_digit(digits[1]) != (sum & 0xf))
		return -1;
	return write(remote->fd, "+", 1) == 1 ? length : -1;
}

static int exchange(struct remote *remote, const char *data, char answer[PACKET_MAX])
{
	int length = packet_send(remote, data) ? packet_receive(remote, answer) : -1;

	if (length < 0)
		failed(remote, "the debugger stub does not answer '%.60s'", data);
	return length;
}

/* Appends one file of the target description. */
static bool description_read(struct remote *remote, const char *file, size_t *used)
{
	char answer[PACKET_MAX], request[128];
	size_t offset = 0;

	do {
		snprintf(request, sizeof(request), "qXfer:features:read:%.60s:%zx,%x", file, offset, CHUNK_BYTES);
		int length = exchange(remote, request, answer);

		if (length < 1)
			return false;
		if ((answer[0] != 'm' && answer[0] != 'l') || *used + (size_t)length > DESCRIPTION_MAX)
			return failed(remote, "the stub's description '%.60s' can't be read", file);
		memcpy(remote->description + *used, answer + 1, (size_t)length);
		*used += (size_t)length - 1;
		offset += (size_t)length - 1;
	} while (answer[0] == 'm');
	return true;
}

/* target.xml includes the files that list registers; numbers go on from one to the next. */
static bool descriptions_read(struct remote *remote)
{
	static const char key[] = "xi:include href=\"";
	size_t used = 0;

	if (!description_read(remote, "target.xml", &used))
		return false;
	char *index = strdup(remote->description);
	bool is_read = index != NULL;

	for (char *at = index; is_read && (at = strstr(at, key)) != NULL;) {
		char *name = at + sizeof(key) - 1;

		at = strchr(name, '"');
		if (at == NULL)
			break;
		*at++ = '\0';
		is_read = description_read(remote, name, &used);
	}
	free(index);
	return is_read;
}

/* The stub lists threads in lists that go on until "l"; each is a CPU. */
static bool threads_read(struct remote *remote)
{
	char answer[PACKET_MAX];

	for (const char *request = "qfThreadInfo"; exchange(remote, request, answer) > 0; request = "qsThreadInfo") {
		if (answer[0] == 'l' && remote->cpu_count > 0)
			return true;
		if (answer[0] != 'm')
			break;
		for (char *id = strtok(answer + 1, ","); id != NULL; id = strtok(NULL, ",")) {
			if (remote->cpu_count == REMOTE_CPU_MAX)
				return failed(remote, "more than %u CPUs", REMOTE_CPU_MAX);
			snprintf(remote->threads[remote->cpu_count++], sizeof(remote->threads[0]), "%.20s", id);
		}
	}
	return failed(remote, "the stub lists no CPUs");
}

bool remote_open(struct remote *remote, const char *path)
{
	char answer[PACKET_MAX];

	*remote = (struct remote){ .fd = socket_connect(path) };
	if (remote->fd < 0)
		return failed(remote, "no debugger stub listens at %.80s", path);
	remote->description = calloc(DESCRIPTION_MAX + 1, 1);
	bool is_open = remote->description != NULL && exchange(remote, "qSupported:xmlRegisters=aarch64", answer) > 0;

	if (is_open && strstr(answer, "qXfer:features:read+") == NULL)
		is_open = failed(remote, "the stub describes no registers");
	is_open = is_open && descriptions_read(remote) && threads_read(remote);
	if (!is_open)
		remote_close(remote);
	return is_open;
}

void remote_close(struct remote *remote)
{
	close(remote->fd);
	free(remote->description);
	remote->description = NULL;
}

/* An attribute's value inside the element that begins at @element; NULL if it has none. */
static const char *attribute(const char *element, const char *name)
{
	const char *end = strchr(element, '>'), *found = strstr(element, name);

	return found != NULL && end != NULL && found < end ? found + strlen(name) : NULL;
}

/* Number of a register: its own, or one more than the one before. -1 if there is none of that name. */
static long register_number(const struct remote *remote, const char *name)
{
	long number = 0;

	for (const char *at = remote->description; (at = strstr(at, "<reg ")) != NULL; at++, number++) {
		const char *own = attribute(at, " regnum=\""), *called = attribute(at, " name=\"");
		size_t length = strlen(name);

		if (own != NULL)
			number = strtol(own, NULL, 10);
		if (called != NULL && strncmp(called, name, length) == 0 && called[length] == '"')
			return number;
	}
	return -1;
}

/* The stub's answer, two digits a byte, the lowest byte first; its length, 0 after a failure. */
static size_t register_ask(struct remote *remote, unsigned cpu, const char *name, char answer[PACKET_MAX])
{
	char request[64];
	long number = register_number(remote, name);

	if (number < 0) {
		failed(remote, "the stub knows no register %.40s", name);
		return 0;
	}
	snprintf(request, sizeof(request), "Hg%s", remote->threads[cpu]);
	if (remote->selected != cpu + 1 && exchange(remote, request, answer) < 0)
		return 0;
	remote->selected = cpu + 1;
	snprintf(request, sizeof(request), "p%lx", (unsigned long)number);
	int length = exchange(remote, request, answer);

	for (int i = 0; i < length; i++) {
		if (hex_digit((uint8_t)answer[i]) < 0) {
			failed(remote, "register %.40s of CPU %u is '%.40s'", name, cpu, answer);
			return 0;
		}
	}
	if (length == 0)
		failed(remote, "register %.40s of CPU %u has no value", name, cpu);
	return length > 0 ? (size_t)length : 0;
}

static void digits_decode(const char *digits, uint8_t *out, size_t bytes)
{
	for (size_t i = 0; i < bytes; i++)
		out[i] = (uint8_t)(hex_digit((uint8_t)digits[2 * i]) << 4 | hex_digit((uint8_t)digits[2 * i + 1]));
}

bool remote_read(struct remote *remote, unsigned cpu, const char *name, uint64_t *value)
{
	char answer[PACKET_MAX];
	size_t digits = register_ask(remote, cpu, name, answer);
	uint8_t bytes[sizeof(*value)] = { 0 };

	if (digits == 0)
		return false;
	if (digits % 2 != 0 || digits > 2 * sizeof(bytes))
		return failed(remote, "register %.40s of CPU %u is '%.40s'", name, cpu, answer);
	digits_decode(answer, bytes, digits / 2);
	memcpy(value, bytes, sizeof(bytes));
	return true;
}

bool remote_read_start(struct remote *remote, unsigned cpu, const char *name, void *out, size_t bytes)
{
	char answer[PACKET_MAX];
	size_t digits = register_ask(remote, cpu, name, answer);

	if (digits == 0)
		return false;
	if (digits < 2 * bytes)
		return failed(remote, "register %.40s of CPU %u is short: '%.40s'", name, cpu, answer);
	digits_decode(answer, out, bytes);
	return true;
}

bool remote_has(const struct remote *remote, const char *name)
{
	return register_number(remote, name) >= 0;
}
