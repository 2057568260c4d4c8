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
	KEY_CLASS,
	KEY_SHARE,
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
	[KEY_CLASS] = { "class", "class: isolated or confidential" },
	[KEY_SHARE] = { "share", "share: rsi or window" },
};
_Static_assert(VMPLAN_VCPU_MAX == 8 && VMPLAN_BOOTARGS_MAX == 2048, "the texts above name the limits");

/* The words of a key and what they stand for. */
struct word {
	const char *name;
	uint64_t value;
};

static const struct word classes[] = {
	{ "isolated", HOST_CLASS_ISOLATED },
	{ "confidential", HOST_CLASS_CONFIDENTIAL },
};

static const struct word shares[] = {
	{ "rsi", HOST_OPTION_SHARE_RSI },
	{ "window", HOST_OPTION_SHARE_WINDOW },
};

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

static const struct word *word_find(const struct word *words, size_t count, const char *name, size_t bytes)
{
	for (size_t i = 0; i < count; i++) {
		if (strlen(words[i].name) == bytes && memcmp(words[i].name, name, bytes) == 0)
			return &words[i];
	}
	return NULL;
}

static const char *word_name(const struct word *words, size_t count, uint64_t value)
{
	for (size_t i = 0; i < count; i++) {
		if (words[i].value == value)
			return words[i].name;
	}
	return "-";
}

bool vmconfig_class_read(const char *word, size_t bytes, uint32_t *out)
{
	const struct word *found = word_find(classes, ARRAY_COUNT(classes), word, bytes);

	if (found != NULL)
		*out = (uint32_t)found->value;
	return found != NULL;
}

bool vmconfig_share_read(const char *word, size_t bytes, uint64_t *out)
{
	const struct word *found = word_find(shares, ARRAY_COUNT(shares), word, bytes);

	if (found != NULL)
		*out = found->value;
	return found != NULL;
}

const char *vmconfig_class_name(uint32_t class)
{
	return word_name(classes, ARRAY_COUNT(classes), class);
}

const char *vmconfig_share_name(uint64_t options)
{
	return word_name(shares, ARRAY_COUNT(shares), options);
}

const char *vmconfig_class_check(const struct vmconfig *config)
{
	if (config->class == HOST_CLASS_CONFIDENTIAL && config->options == 0)
		return "share: rsi or window, since the class is confidential";
	if (config->class == HOST_CLASS_ISOLATED && config->options != 0)
		return "class: confidential, or no share: an isolated VM shares all of its memory";
	return NULL;
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
	case KEY_CLASS:
		return vmconfig_class_read(value->text, value->bytes, &out->class);
	case KEY_SHARE:
		return vmconfig_share_read(value->text, value->bytes, &out->options);
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

/* @seen has the keys that may not come (again). */
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
		return refuse(error, &name, "a key: memory_mib vcpus args raw autostart console class share");
	if ((*seen & 1u << key) != 0)
		return refuse(error, line, "each key once; of a VM with an image, autostart and console only");
	*seen |= 1u << key;
	if (!value_set(key, &value, out))
		return refuse(error, &value, keys[key].expected);
	return OK;
}

/* What no single line can tell. */
static enum status whole_check(unsigned seen, const struct vmconfig *config, struct vmconfig_error *error)
{
	const char *expected = vmconfig_class_check(config);
	char found[sizeof(error->found)];

	if ((seen & 1u << KEY_MEMORY) == 0)
		return refuse(error, &(struct line){ "nothing", 7 }, keys[KEY_MEMORY].expected);
	if (expected == NULL)
		return OK;
	print_string(found, sizeof(found), "class=%s share=%s", vmconfig_class_name(config->class),
		     vmconfig_share_name(config->options));
	return refuse(error, &(struct line){ found, strlen(found) }, expected);
}

static enum status lines_parse(const char *text, size_t bytes, unsigned *seen, struct vmconfig *out,
			       struct vmconfig_error *error)
{
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
		enum status status = line_parse(&line, seen, out, error);

		if (status != OK)
			return status;
	}
	error->line = 0;
	return OK;
}

enum status vmconfig_parse(const char *text, size_t bytes, struct vmconfig *out, struct vmconfig_error *error)
{
	unsigned seen = 0;
	enum status status;

	*out = (struct vmconfig){ .vcpu_count = 1, .class = HOST_CLASS_ISOLATED };
	status = lines_parse(text, bytes, &seen, out, error);
	return status == OK ? whole_check(seen, out, error) : status;
}

enum status vmconfig_parse_image(const char *text, size_t bytes, struct vmconfig *out, struct vmconfig_error *error)
{
	unsigned seen = (1u << KEY_COUNT) - 1 - (1u << KEY_AUTOSTART) - (1u << KEY_CONSOLE);

	return lines_parse(text, bytes, &seen, out, error);
}
