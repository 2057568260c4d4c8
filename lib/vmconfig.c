/*
 * Reads a VM's description. Refuses what it does not know: a misspelt key never becomes a default.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "lib/vmconfig.h"
#include "lib/memory.h"
#include "lib/print.h"

/* 32 GiB: the most RAM that a board has here. */
#define MEMORY_MIB_MAX	32768

enum key {
	KEY_MEMORY,
	KEY_VCPUS,
	KEY_ARGS,
	KEY_RAW,
	KEY_AUTOSTART,
	KEY_CONSOLE,
	KEY_COUNT,
};

static const struct {
	const char *name;
	const char *expected;
} keys[KEY_COUNT] = {
	[KEY_MEMORY] = { "memory_mib", "memory_mib: an even number, 2 .. 32768" },
	[KEY_VCPUS] = { "vcpus", "vcpus: a number, 1 .. 8" },
	[KEY_ARGS] = { "args", "args: at most 2047 printable characters" },
	[KEY_RAW] = { "raw", "raw: 0 or 1" },
	[KEY_AUTOSTART] = { "autostart", "autostart: 0 or 1" },
	[KEY_CONSOLE] = { "console", "console: 0 or 1" },
};
_Static_assert(VMPLAN_VCPU_MAX == 8 && VMPLAN_BOOTARGS_MAX == 2048, "the texts above name the limits");

/* One line, not NUL terminated. */
struct line {
	const char *text;
	size_t bytes;
};

static bool line_is_printable(const struct line *line)
{
	for (size_t i = 0; i < line->bytes; i++) {
		if ((line->text[i] < ' ' && line->text[i] != '\t') || line->text[i] == 0x7f)
			return false;
	}
	return true;
}

static enum status refuse(struct vmconfig_error *error, const struct line *line, const char *expected)
{
	size_t used = 0;

	for (size_t i = 0; i < line->bytes && used + 1 < sizeof(error->found); i++) {
		char c = line->text[i];

		error->found[used++] = c >= ' ' && c < 0x7f ? c : '?';
	}
	error->found[used] = '\0';
	print_string(error->expected, sizeof(error->expected), "%s", expected);
	return ERR_ARGS;
}

static bool number_read(const struct line *value, uint32_t min, uint32_t max, uint32_t *out)
{
	uint32_t number = 0;

	/* Six digits cannot overflow, and no limit has more. */
	if (value->bytes == 0 || value->bytes > 6)
		return false;
	for (size_t i = 0; i < value->bytes; i++) {
		if (value->text[i] < '0' || value->text[i] > '9')
			return false;
		number = number * 10 + (uint32_t)(value->text[i] - '0');
	}
	*out = number;
	return number >= min && number <= max;
}

static bool bool_read(const struct line *value, bool *out)
{
	uint32_t number;

	if (!number_read(value, 0, 1, &number))
		return false;
	*out = number == 1;
	return true;
}

static bool value_set(enum key key, const struct line *value, struct vmconfig *out)
{
	switch (key) {
	case KEY_MEMORY:
		return number_read(value, 2, MEMORY_MIB_MAX, &out->memory_mib) && out->memory_mib % 2 == 0;
	case KEY_VCPUS:
		return number_read(value, 1, VMPLAN_VCPU_MAX, &out->vcpu_count);
	case KEY_ARGS:
		if (value->bytes >= sizeof(out->args))
			return false;
		memcpy(out->args, value->text, value->bytes);
		out->args[value->bytes] = '\0';
		return true;
	case KEY_RAW:
		return bool_read(value, &out->raw);
	case KEY_AUTOSTART:
		return bool_read(value, &out->autostart);
	case KEY_CONSOLE:
		return bool_read(value, &out->console);
	case KEY_COUNT:
		break;
	}
	return false;
}

static enum key key_find(const struct line *name)
{
	for (enum key key = 0; key < KEY_COUNT; key++) {
		if (strlen(keys[key].name) == name->bytes &&
		    memcmp(keys[key].name, name->text, name->bytes) == 0)
			return key;
	}
	return KEY_COUNT;
}

static enum status line_parse(const struct line *line, unsigned *seen, struct vmconfig *out,
			      struct vmconfig_error *error)
{
	struct line name = { line->text, 0 };

	if (!line_is_printable(line))
		return refuse(error, line, "printable characters");
	while (name.bytes < line->bytes && name.text[name.bytes] != '=')
		name.bytes++;
	if (name.bytes == line->bytes)
		return refuse(error, line, "key=value");

	struct line value = { line->text + name.bytes + 1, line->bytes - name.bytes - 1 };
	enum key key = key_find(&name);

	if (key == KEY_COUNT)
		return refuse(error, &name, "a key: memory_mib vcpus args raw autostart console");
	if ((*seen & 1u << key) != 0)
		return refuse(error, line, "each key once");
	*seen |= 1u << key;
	if (!value_set(key, &value, out))
		return refuse(error, &value, keys[key].expected);
	return OK;
}

enum status vmconfig_parse(const char *text, size_t bytes, struct vmconfig *out, struct vmconfig_error *error)
{
	unsigned seen = 0;

	*out = (struct vmconfig){ .vcpu_count = 1 };
	*error = (struct vmconfig_error){ 0 };
	for (size_t at = 0; at < bytes;) {
		struct line line = { text + at, 0 };

		error->line++;
		while (at + line.bytes < bytes && line.text[line.bytes] != '\n')
			line.bytes++;
		at += line.bytes + 1;
		if (line.bytes > 0 && line.text[line.bytes - 1] == '\r')
			line.bytes--;
		if (line.bytes == 0 || line.text[0] == '#')
			continue;
		enum status status = line_parse(&line, &seen, out, error);

		if (status != OK)
			return status;
	}
	error->line = 0;
	if ((seen & 1u << KEY_MEMORY) == 0)
		return refuse(error, &(struct line){ "nothing", 7 }, keys[KEY_MEMORY].expected);
	return OK;
}
