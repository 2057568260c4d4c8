/*
 * Drives the anchor's update calls, a bounded step at a time, and puts their results into words.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "lwk/update.h"
#include "abi/anchor.h"
#include "arch/cpu.h"
#include "lib/firmware.h"
#include "lib/signed.h"
#include "lwk/catalog.h"
#include "lwk/terminal.h"

static int64_t call(struct smc_args *args, uint64_t id)
{
	args->x[0] = id;
	smc_call(args);
	return (int64_t)args->x[0];
}

static const char *code_text(int64_t code)
{
	switch (code) {
	case ANCHOR_NOT_SUPPORTED:
		return "the anchor does not know the call";
	case ANCHOR_ERR_ARGS:
		return "the file is empty, larger than a slot, or not in the loader window";
	case ANCHOR_ERR_DENIED:
		return "not allowed in this run, or by the security counters";
	case ANCHOR_ERR_STATE:
		return "not now: `update status` says what the slots hold and which one runs";
	case ANCHOR_ERR_BUSY:
		return "the anchor is busy: try again";
	case ANCHOR_ERR_FLASH:
		return "the flash did not take what was written; the slot that runs is as it was";
	default:
		return "an answer that this kernel does not know";
	}
}

static bool refused(const char *what, int64_t code)
{
	terminal_print("error: %s was refused\n  where:    trust anchor\n  expected: 0\n  found:    %ld: %s\n", what, code,
		       code_text(code));
	return false;
}

/* A package that does not hold: what is wrong, where, and what the device takes. */
static bool package_refused(const struct smc_args *args)
{
	enum signed_problem problem = (enum signed_problem)args->x[1];
	const char *part = args->x[3] < FIRMWARE_PART_COUNT ? firmware_part_name((enum firmware_part)args->x[3]) : "head";

	terminal_print("error: the package is refused: %s: it %s\n"
		       "  where:    %s, byte %lu of the file\n"
		       "  expected: %s\n"
		       "  do:       `redoubt update check` on the host says the same; the slot that runs is as it was\n",
		       signed_name(problem), signed_text(problem), part, args->x[2], signed_expected(problem));
	return false;
}

/* A line when a phase begins, and at each quarter of a long one. */
static void progress_print(const struct smc_args *args, uint64_t *shown)
{
	static const char *const phases[] = {
		[ANCHOR_PHASE_HEAD] = "head: signatures", [ANCHOR_PHASE_CHECK] = "digests",
		[ANCHOR_PHASE_POLICY] = "policy: signatures", [ANCHOR_PHASE_ERASE] = "erase the other slot",
		[ANCHOR_PHASE_WRITE] = "write", [ANCHOR_PHASE_VERIFY] = "verify what is in flash",
	};
	uint64_t phase = args->x[1], all = args->x[3], done = args->x[2] < all ? args->x[2] : all;
	uint64_t quarter = phase << 8 | (all != 0 ? 4 * done / all : 0);

	if (quarter == *shown || phase >= ARRAY_COUNT(phases) || phases[phase] == NULL)
		return;
	*shown = quarter;
	terminal_print("  %-24s %3lu %%\n", phases[phase], all != 0 ? 100 * done / all : 0);
}

/* All steps of an update or a revert. */
static bool steps_run(uint64_t id, const char *what)
{
	struct smc_args args = { { 0 } };
	uint64_t shown = 0;
	int64_t code;

	while ((code = call(&args, id)) == ANCHOR_INCOMPLETE)
		progress_print(&args, &shown);
	if (code == ANCHOR_ERR_REFUSED)
		return package_refused(&args);
	return code == ANCHOR_OK || refused(what, code);
}

bool update_install(const void *file, size_t bytes)
{
	struct smc_args args = { { 0, (uintptr_t)file, bytes } };
	int64_t code = call(&args, ANCHOR_UPDATE_BEGIN);

	if (code != ANCHOR_OK)
		return refused("the update", code);
	return steps_run(ANCHOR_UPDATE_STEP, "the update");
}

bool update_revert(void)
{
	return steps_run(ANCHOR_UPDATE_REVERT, "the revert");
}

bool update_order(void)
{
	struct smc_args args = { { 0 } };
	int64_t code = call(&args, ANCHOR_UPDATE_TRY);

	return code == ANCHOR_OK || refused("the try", code);
}

bool update_confirm(void)
{
	struct smc_args args = { { 0 } };
	int64_t code = call(&args, ANCHOR_UPDATE_CONFIRM);

	return code == ANCHOR_OK || refused("the confirmation", code);
}

bool update_status(struct update_status *out)
{
	struct smc_args args = { { 0 } };
	const uint64_t *x = args.x;
	int64_t code = call(&args, ANCHOR_UPDATE_STATUS);

	if (code != ANCHOR_OK)
		return refused("the status", code);
	*out = (struct update_status){
		.running = (char)x[1], .active = (char)(x[1] >> 16), .is_trial = (x[1] >> 8 & 1) != 0,
		.other = (uint32_t)x[2], .failure = (uint32_t)(x[2] >> 32),
		.version = (uint32_t)x[3], .other_version = (uint32_t)(x[3] >> 32),
		.reason = (uint32_t)x[4], .last_end = (uint32_t)(x[4] >> 32),
		.firmware_least = (uint32_t)x[5], .policy_least = (uint32_t)(x[5] >> 32),
	};
	return true;
}

void update_boot_confirm(bool is_whole)
{
	struct update_status status;
	size_t bytes;

	if (!update_status(&status) || !status.is_trial)
		return;
	if (!is_whole)
		terminal_print("error: the try of version %u in slot %c is not confirmed\n"
			       "  where:    boot of the lightweight kernel\n  expected: all CPUs online\n"
			       "  found:    fewer\n  do:       `reset` goes back to slot %c\n",
			       status.version, status.running, status.active);
	else if (catalog_file("update.by-hand", &bytes) != NULL)
		terminal_print("update: version %u in slot %c is tried: `update confirm` keeps it, `reset` goes back\n",
			       status.version, status.running);
	else if (update_confirm())
		terminal_print("update: version %u in slot %c works and is confirmed\n", status.version, status.running);
}
