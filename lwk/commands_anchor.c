/*
 * Commands that ask the trust anchor: the mediator carries the calls there and back as they are.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "abi/anchor.h"
#include "abi/monitor.h"
#include "arch/cpu.h"
#include "lwk/shell.h"
#include "lwk/terminal.h"

/* An altered mediator ends the run before the call returns: the monitor sees the answer first. */
static void command_recheck(const struct shell_arguments *arguments)
{
	struct smc_args call = { { 0 } };
	unsigned calls = 0;

	(void)arguments;
	do {
		call.x[0] = ANCHOR_RECHECK;
		smc_call(&call);
		calls++;
	} while (call.x[0] == ANCHOR_INCOMPLETE);
	if (call.x[0] != ANCHOR_OK) {
		terminal_print("error: the mediator was not re-checked\n"
			       "  where:    anchor call recheck, after %lu bytes\n  expected: 0\n  found:    %ld\n",
			       call.x[1], (int64_t)call.x[0]);
		return;
	}
	terminal_print("  re-checked   %lu KiB of the mediator's code and constants are what was verified\n"
		       "  by itself    each CPU that is on does the same every %u ms\n",
		       call.x[1] >> 10, calls * MONITOR_WATCH_MS);
}

SHELL_COMMAND(recheck, "", "is the mediator still what was verified at boot?", 0, 0, command_recheck);
