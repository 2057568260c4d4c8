/*
 * Two CPUs: one reads a granule over and over, without an exit that would let its translations go, while
 * the other donates it. When the call has returned, no read may succeed.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "arch/cpu.h"
#include "arch/sysreg.h"
#include "lib/addr.h"
#include "lwk/cpu.h"
#include "lwk/mmu.h"
#include "lwk/probe.h"
#include "lwk/terminal.h"
#include "tests/attack/outer.h"

#define ROUNDS		20
#define LATE_READS	100000

static struct {
	uint64_t pa;
	_Atomic uint64_t early;		/* reads that succeeded so far */
	atomic_bool donated;		/* the call has returned */
	atomic_bool done;
	uint64_t late;			/* reads that succeeded after that */
	unsigned cpu;
} observer;

static void observer_main(void *argument)
{
	uint64_t mask = read_daif();
	uint64_t value;

	(void)argument;
	irq_disable();
	uintptr_t at = mmu_window(observer.pa, false);

	observer.cpu = cpu_this()->index;
	for (uint64_t reads = 0; reads < LATE_READS;) {
		/* Before the read: only reads that begin after the call count. */
		bool donated = atomic_load(&observer.donated);
		bool succeeded = probe_load64(at, &value);

		if (donated) {
			reads++;
			observer.late += succeeded ? 1 : 0;
			if (!succeeded)
				break;
		} else if (succeeded) {
			atomic_fetch_add_explicit(&observer.early, 1, memory_order_relaxed);
		}
	}
	write_daif(mask);
	atomic_store(&observer.done, true);
}

/* One round on a granule; false if the threads did not meet as they should. */
static bool round_run(const struct outer_pair *pair, uint64_t pa, uint64_t ipa)
{
	uint64_t donate[8] = { HOST_DONATE, pair->handle, HOST_ROLE_VM, ipa, pa, GRANULE_BYTES };

	observer.pa = pa;
	observer.early = 0;
	atomic_store(&observer.donated, false);
	atomic_store(&observer.done, false);
	if (thread_create("observer", observer_main, NULL, false) == NULL)
		return false;
	/* Without sleeping: a thread that sleeps leaves its CPU to the observer. */
	while (atomic_load(&observer.early) < 1000)
		cpu_relax();
	bool donated = outer_call(donate) == HOST_OK;

	atomic_store(&observer.donated, true);
	while (!atomic_load(&observer.done))
		cpu_relax();
	return donated;
}

void outer_race(struct vm *victim)
{
	struct outer_pair pair;
	unsigned rounds = 0;

	(void)victim;
	if (cpu_count < 2) {
		terminal_print("error: attack: race needs a second CPU\n");
		return;
	}
	if (!outer_pair_make(&pair))
		return;
	observer.late = 0;
	attack_begin("reads on another CPU of a granule that is donated meanwhile, %u granules from 0x%llx", ROUNDS,
		     (unsigned long long)pair.block);
	while (rounds < ROUNDS && round_run(&pair, pair.block + rounds * GRANULE_BYTES,
					    PLAT_RAM_BASE + rounds * GRANULE_BYTES))
		rounds++;
	if (rounds < ROUNDS)
		attack_end(false, "only %u rounds could be made", rounds);
	else
		attack_end_logged(observer.late == 0, "%llu reads succeeded after the call",
				  (unsigned long long)observer.late);
	(void)outer_pair_end(&pair);
}
