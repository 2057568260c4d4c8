/*
 * The one place that writes to the serial line while the kernel is well.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "lwk/terminal.h"
#include "lib/memory.h"
#include "lib/print.h"
#include "lwk/lock.h"
#include "lwk/serial.h"
#include "lwk/thread.h"
#include "lwk/timer.h"

#define WAIT_MS		1000
#define ERASE_LINE	"\r\033[K"

/* Mutex. */
static struct mutex screen;
static bool editing;
static bool mid_line;			/* a VM's output left the cursor inside a line */
static const char *edit_prompt = "";
static char edit_text[TERMINAL_LINE_BYTES];

struct output {
	uint64_t deadline;
	size_t used;
	char bytes[128];
};

static void output_flush(struct output *out)
{
	size_t sent = 0;

	while (sent < out->used && timer_now() < out->deadline) {
		size_t taken = serial_send(out->bytes + sent, out->used - sent);

		sent += taken;
		/* Boot still runs on an idle thread's stack, which must not sleep. */
		if (taken == 0 && !thread_is_idle())
			thread_sleep_ms(2);
	}
	out->used = 0;
}

static void output_put(void *context, char c)
{
	struct output *out = context;

	if (out->used + 2 > sizeof(out->bytes))
		output_flush(out);
	if (c == '\n')
		out->bytes[out->used++] = '\r';
	out->bytes[out->used++] = c;
}

static const struct print_sink sink = { output_put };

static void output_text(struct output *out, const char *text)
{
	while (*text != '\0')
		output_put(out, *text++);
}

void terminal_print(const char *format, ...)
{
	struct output out = { .deadline = timer_now() + timer_from_ms(WAIT_MS) };
	va_list args;

	mutex_take(&screen);
	if (editing)
		output_text(&out, ERASE_LINE);
	else if (mid_line)
		output_text(&out, "\n");
	mid_line = false;
	va_start(args, format);
	print_to(&sink, &out, format, args);
	va_end(args);
	if (editing) {
		output_text(&out, edit_prompt);
		output_text(&out, edit_text);
	}
	output_flush(&out);
	mutex_drop(&screen);
}

void terminal_edit(const char *prompt, const char *text)
{
	struct output out = { .deadline = timer_now() + timer_from_ms(WAIT_MS) };

	mutex_take(&screen);
	size_t shown = strlen(edit_text);

	/* Typing at the end adds to what is shown; anything else draws the line anew. */
	if (editing && strncmp(text, edit_text, shown) == 0) {
		output_text(&out, text + shown);
	} else {
		output_text(&out, editing ? ERASE_LINE : mid_line ? "\n" : "");
		output_text(&out, prompt);
		output_text(&out, text);
	}
	editing = true;
	mid_line = false;
	edit_prompt = prompt;
	print_string(edit_text, sizeof(edit_text), "%s", text);
	output_flush(&out);
	mutex_drop(&screen);
}

void terminal_edit_end(void)
{
	mutex_take(&screen);
	editing = false;
	edit_text[0] = '\0';
	mutex_drop(&screen);
	terminal_print("\n");
}

size_t terminal_raw(const void *data, size_t bytes)
{
	const char *text = data;
	size_t taken;

	mutex_take(&screen);
	taken = serial_send(text, bytes);
	if (taken > 0)
		mid_line = text[taken - 1] != '\n';
	mutex_drop(&screen);
	return taken;
}
