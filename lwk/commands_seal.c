/*
 * Commands that let the anchor seal a text and open it again, and the counters that let old blobs expire. A blob is
 * lines of hexadecimal digits: what is sealed is kept by whoever reads the screen.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "abi/anchor.h"
#include "abi/seal.h"
#include "abi/state.h"
#include "lib/memory.h"
#include "lib/print.h"
#include "lwk/host.h"
#include "lwk/machine.h"
#include "lwk/shell.h"
#include "lwk/terminal.h"

#define LINE_DIGITS	64

/* By enum anchor_seal_reason: what is found, and what to do. */
static const struct { const char *found, *advice; } reasons[] = {
	[ANCHOR_SEAL_MALFORMED] = { "this is no sealed blob", "enter all lines that `seal` printed, and an empty one" },
	[ANCHOR_SEAL_TOO_LARGE] = { "more data than can be sealed", "seal less at a time" },
	[ANCHOR_SEAL_VERSION] = { "sealed under a higher security counter", "boot the newer firmware that sealed it" },
	[ANCHOR_SEAL_MEASUREMENT] = { "sealed for a boot with other measurements",
				      "boot what sealed it, on as many CPUs and as much memory" },
	[ANCHOR_SEAL_REPLAYED] = { "the monotonic counter was raised since", "use the blob that was sealed last" },
	[ANCHOR_SEAL_EARLY] = { "the monotonic counter is not there yet", "raise it, or use the blob before this one" },
	[ANCHOR_SEAL_ALTERED] = { "altered, or sealed by another device",
				  "enter it as it was printed, where it was sealed" },
};

static void refused(const char *command, const struct host_result *result)
{
	bool has_reason = result->status == ANCHOR_ERR_SEAL && result->x[1] < ARRAY_COUNT(reasons) &&
			  reasons[result->x[1]].found != NULL;

	if (has_reason)
		terminal_print("error: the anchor refuses\n  where:    %s\n  found:    %s\n  do:       %s\n", command,
			       reasons[result->x[1]].found, reasons[result->x[1]].advice);
	else
		terminal_print("error: the anchor answers %ld\n  where:    %s\n  do:       see docs/abi.md\n",
			       result->status, command);
}

static struct anchor_seal *page(void)
{
	if (machine.anchor_page == 0)
		terminal_print("error: there is no loader window, which the anchor is asked through\n"
			       "  do:       build the flash image anew\n");
	return (struct anchor_seal *)(uintptr_t)machine.anchor_page;
}

static bool label_take(const char *text, uint8_t label[16])
{
	size_t count = strlen(text);

	if (count > 16) {
		terminal_print("error: the label is too long\n  expected: 1 .. 16 characters\n  found:    %s\n", text);
		return false;
	}
	memset(label, 0, 16);
	memcpy(label, text, count);
	return true;
}

/* The options before the label; @at: of the first word behind them. */
static bool options_take(const struct shell_arguments *arguments, struct anchor_seal *request, unsigned *at)
{
	unsigned counter;

	request->mode = SEAL_MODE_SIGNER;
	request->counter = SEAL_COUNTER_NONE;
	request->counter_value = 0;
	for (*at = 0; *at < arguments->count && arguments->text[*at][0] == '-'; (*at)++) {
		if (strcmp(arguments->text[*at], "--exact") == 0) {
			request->mode = SEAL_MODE_EXACT;
			continue;
		}
		if (strcmp(arguments->text[*at], "--counter") != 0 || *at + 1 == arguments->count)
			break;
		if (!shell_number("seal, --counter", arguments->text[++*at], 0, &counter))
			return false;

		struct host_result now = host_call(ANCHOR_COUNTER_READ, counter, 0, 0);

		if (now.status != ANCHOR_OK) {
			refused("seal, --counter", &now);
			return false;
		}
		request->counter = counter;
		request->counter_value = now.x[1];
	}
	if (*at + 2 <= arguments->count && arguments->text[*at][0] != '-')
		return true;
	terminal_print("error: a label and a text are missing\n"
		       "  expected: seal [--exact] [--counter N] LABEL TEXT\n");
	return false;
}

static void blob_print(const uint8_t *blob, uint64_t bytes)
{
	for (uint64_t i = 0; i < bytes; i++)
		terminal_print("%02x%s", blob[i], (i + 1) % (LINE_DIGITS / 2) == 0 || i + 1 == bytes ? "\n" : "");
}

static void command_seal(const struct shell_arguments *arguments)
{
	struct anchor_seal *request = page();
	size_t used = 0;
	unsigned at;

	if (request == NULL || !options_take(arguments, request, &at) ||
	    !label_take(arguments->text[at], request->label))
		return;
	while (++at < arguments->count)
		used += print_string((char *)request->data + used, sizeof(request->data) - used, "%s%s",
				     used == 0 ? "" : " ", arguments->text[at]);
	request->magic = SEAL_MAGIC;
	request->version = SEAL_VERSION;
	request->bytes = (uint32_t)used;

	struct host_result result = host_call(ANCHOR_SEAL, machine.anchor_page, 0, 0);

	if (result.status == ANCHOR_OK)
		blob_print((const uint8_t *)request, result.x[1]);
	else
		refused("seal", &result);
	memset(request, 0, sizeof(*request));
}

static int digit(char c)
{
	return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* Lines of digits up to an empty one, as `seal` prints them. */
static bool blob_read(struct anchor_seal *blob)
{
	uint8_t *out = (uint8_t *)blob, *end = out + sizeof(*blob);
	char line[SHELL_LINE_BYTES];

	memset(blob, 0, sizeof(*blob));
	for (shell_read("blob> ", line); line[0] != '\0'; shell_read("blob> ", line)) {
		for (unsigned i = 0; line[i] != '\0'; i += 2) {
			if (digit(line[i]) < 0 || digit(line[i + 1]) < 0 || out == end) {
				terminal_print("error: not a line of a blob\n  expected: pairs of 0-9, a-f, as `seal` "
					       "prints them\n  found:    %s\n", line);
				return false;
			}
			*out++ = (uint8_t)(digit(line[i]) << 4 | digit(line[i + 1]));
		}
	}
	return true;
}

static void text_print(const uint8_t *text, uint64_t bytes)
{
	for (uint64_t i = 0; i < bytes; i++)
		terminal_print(text[i] >= ' ' && text[i] < 0x7f ? "%c" : "\\x%02x", text[i]);
	terminal_print("\n");
}

static void command_unseal(const struct shell_arguments *arguments)
{
	struct anchor_seal *blob = page();
	uint8_t label[sizeof(blob->label)];

	if (blob == NULL || !label_take(arguments->text[0], label) || !blob_read(blob))
		return;
	if (blob->magic == SEAL_MAGIC && memcmp(blob->label, label, sizeof(label)) != 0) {
		terminal_print("error: sealed under another label\n  where:    unseal\n  expected: %s\n"
			       "  found:    %.16s\n", arguments->text[0], (const char *)blob->label);
		return;
	}

	struct host_result result = host_call(ANCHOR_UNSEAL, machine.anchor_page, 0, 0);

	if (result.status == ANCHOR_OK)
		text_print(blob->data, result.x[1]);
	else
		refused("unseal", &result);
	memset(blob, 0, sizeof(*blob));
}

static void command_counter(const struct shell_arguments *arguments)
{
	unsigned numbers[2] = { 0 };

	for (unsigned i = 0; i < arguments->count; i++) {
		if (!shell_number("counter", arguments->text[i], 0, &numbers[i]))
			return;
	}

	struct host_result result = { ANCHOR_OK, { 0 } };

	if (arguments->count == 2)
		result = host_call(ANCHOR_COUNTER_RAISE, numbers[0], numbers[1], 0);
	if (result.status == ANCHOR_OK)
		result = host_call(ANCHOR_COUNTER_READ, numbers[0], 0, 0);
	if (result.status == ANCHOR_OK)
		terminal_print("  counter %u is %lu\n", numbers[0], result.x[1]);
	else
		terminal_print("error: the anchor answers %ld\n  where:    counter\n  expected: an index of 0 .. %u, "
			       "and a value above the present one\n", result.status, STATE_COUNTER_MAX - 1);
}

SHELL_COMMAND(counter, "N [VALUE]", "a monotonic counter; with a value: raise it for good", 1, 2, command_counter);
SHELL_COMMAND(seal, "[--exact] [--counter N] LABEL TEXT", "let the anchor seal a text; prints the blob", 2,
	      SHELL_ARGUMENT_MAX, command_seal);
SHELL_COMMAND(unseal, "LABEL", "open a blob, entered line by line, then an empty line", 1, 1, command_unseal);
