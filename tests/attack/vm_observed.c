/*
 * `observed ROUNDS`: a page is shared and taken back while the box's other vCPU looks at it. Between two rounds the page
 * is full of the secret, which nobody but this VM may ever see.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "abi/psci.h"
#include "arch/cpu.h"
#include "arch/sysreg.h"
#include "guests/small/small.h"
#include "lib/addr.h"
#include "lib/memory.h"
#include "tests/attack/observer.h"
#include "tests/attack/vm_secret.h"
#include "tests/attack/vm_share.h"

#define PAGE_WORDS	(GRANULE_BYTES / sizeof(uint64_t))
/* A step that the observer does not see by then is a hang. */
#define STEP_SECONDS	60

static struct observer_mailbox *const mailbox = (void *)OBSERVER_MAILBOX;
static volatile uint64_t *const page = (void *)OBSERVER_PAGE;

/* On the second CPU, whose box vCPU answers when all is over. */
static void observe(void)
{
	(void)mmio_read64(BOX_OBSERVE);
}

static void step_set(uint64_t step)
{
	/* What was done comes before the word that it was. */
	dmb_ish();
	mailbox->step = step;
	dmb_ish();
}

static bool step_await(uint64_t step)
{
	uint64_t end = read_cntvct_el0() + read_cntfrq_el0() * STEP_SECONDS;

	step_set(step);
	while (mailbox->seen != step) {
		if (read_cntvct_el0() > end)
			return false;
		cpu_relax();
	}
	return true;
}

static bool round_run(uint64_t round)
{
	/* Only an RSI share zeroes; elsewhere the VM shows what it means to. */
	for (uint64_t i = 0; vm_scheme() != VM_SHARES_BY_RSI && i < PAGE_WORDS; i++)
		page[i] = 0;
	step_set(OBSERVER_STEP(round, OBSERVER_OPENING));
	if (!vm_open(OBSERVER_PAGE) || !step_await(OBSERVER_STEP(round, OBSERVER_OPEN)))
		return false;
	step_set(OBSERVER_STEP(round, OBSERVER_CLOSING));
	if (!vm_close(OBSERVER_PAGE, round))
		return false;
	vm_secret_fill(page, PAGE_WORDS);
	return step_await(OBSERVER_STEP(round, OBSERVER_CLOSED));
}

static void command_observed(const struct words *words)
{
	uint64_t rounds = 0;

	/* The doorbell shares a page as it is. */
	memset(mailbox, 0, GRANULE_BYTES);
	if (cpu_start(1) != PSCI_SUCCESS || !vm_share(OBSERVER_MAILBOX)) {
		print("observed: needs a second CPU, and to share a page\n");
		return;
	}
	*mailbox = (struct observer_mailbox){ .step = OBSERVER_STEP(0, OBSERVER_OPENING), .seen = OBSERVER_END };
	vm_secret_fill(page, PAGE_WORDS);
	cpu_begin(1, observe);
	while (rounds < words->number[1] && round_run(rounds + 1))
		rounds++;
	step_set(OBSERVER_END);
	while (small_cpus[1].work != NULL)
		cpu_relax();
	print("observed: %lu rounds, %lu looks: %lu words seen in a shared page, %lu in one taken back, %lu late looks\n",
	      rounds, mailbox->looks, mailbox->shared, mailbox->taken, mailbox->late);
}

SMALL_COMMANDS(observed_commands) = {
	{ "observed", command_observed, 1, "ROUNDS: share a page and take it back while the box looks at it" },
};
