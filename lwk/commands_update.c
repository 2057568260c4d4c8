/*
 * Commands about the firmware itself: which slot runs and why, and another package in its place.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "abi/state.h"
#include "lib/memory.h"
#include "lib/print.h"
#include "lib/state_text.h"
#include "lwk/catalog.h"
#include "lwk/cpu.h"
#include "lwk/serial.h"
#include "lwk/shell.h"
#include "lwk/terminal.h"
#include "lwk/update.h"
#include "lwk/vm.h"

static void other_text(const struct update_status *status, char *out, size_t bytes)
{
	switch (status->other) {
	case STATE_OTHER_EMPTY:
		(void)print_string(out, bytes, "empty");
		return;
	case STATE_OTHER_STAGED:
		(void)print_string(out, bytes, "staged, version %u: %s", status->other_version,
				   status->is_trial ? "it is what runs" : "not tried yet");
		return;
	case STATE_OTHER_FAILED:
		(void)print_string(out, bytes, "failed, version %u: its try %s", status->other_version,
				   state_end_text(status->failure));
		return;
	default:
		(void)print_string(out, bytes, "previous, version %u", status->other_version);
	}
}

static void status_print(void)
{
	struct update_status status;
	char other[96];

	if (!update_status(&status))
		return;
	other_text(&status, other, sizeof(other));
	terminal_print("  running      slot %c, version %u%s\n", status.running, status.version,
		       status.is_trial ? ", a try" : status.running != status.active ? ", not the active one" : "");
	terminal_print("  active       slot %c: %s\n", status.active, state_reason_text(status.reason));
	terminal_print("  other        %s\n", other);
	terminal_print("  counters     firmware at least %u, policy at least %u\n", status.firmware_least,
		       status.policy_least);
	terminal_print("  last run     %s\n", state_end_text(status.last_end));
}

static void restart(const char *reason)
{
	vm_stop_all(reason);
	terminal_print("reset\n");
	serial_drain(2000);
	cpu_power_reset();
}

static void try(void)
{
	if (!update_order())
		return;
	terminal_print("update: the staged package is tried: reset\n");
	restart("machine is reset to try an update");
}

static void install(const char *name, bool is_tried)
{
	size_t bytes;
	const void *file = catalog_file(name, &bytes);

	if (file == NULL) {
		terminal_print("error: no such file\n  where:    initial ramdisk\n  expected: a package\n  found:    %s\n"
			       "  do:       pack it there, beside the directories of the VMs\n",
			       name);
		return;
	}
	if (!update_install(file, bytes))
		return;
	terminal_print("update: %s is staged in the other slot\n", name);
	if (is_tried)
		try();
}

static void command_update(const struct shell_arguments *arguments)
{
	const char *verb = arguments->text[0], *name = arguments->count > 1 ? arguments->text[1] : NULL;
	bool is_staged_only = arguments->count == 3 && strcmp(arguments->text[2], "--no-try") == 0;

	if (strcmp(verb, "install") == 0 && name != NULL && (arguments->count == 2 || is_staged_only)) {
		install(name, !is_staged_only);
	} else if (strcmp(verb, "status") == 0 && name == NULL) {
		status_print();
	} else if (strcmp(verb, "try") == 0 && name == NULL) {
		try();
	} else if (strcmp(verb, "confirm") == 0 && name == NULL) {
		if (update_confirm())
			terminal_print("update: confirmed: the slot that runs is the active one\n");
	} else if (strcmp(verb, "revert") == 0 && name == NULL) {
		if (update_revert())
			terminal_print("update: the previous package is the active one from the next reset on\n");
	} else {
		terminal_print("error: unknown kind of update\n  where:    update\n"
			       "  expected: status, install NAME [--no-try], try, confirm or revert\n  found:    %s\n",
			       verb);
	}
}

SHELL_COMMAND(update, "VERB [NAME]", "status, install NAME [--no-try], try, confirm, revert", 1, 3, command_update);
