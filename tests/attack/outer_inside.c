/*
 * A VM is terminated while another CPU is inside it: nothing of it may come back before that CPU has left, and it
 * leaves at its next exit to the box, though nobody interrupts it. The victim is lost by this.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "arch/cpu.h"
#include "lib/addr.h"
#include "lib/record.h"
#include "lwk/cpu.h"
#include "lwk/terminal.h"
#include "tests/attack/outer.h"

#define WAIT_MAX 2000

/* Its only vCPU runs on another CPU now. */
static bool is_elsewhere(const struct vm *victim)
{
	const struct thread *thread = victim->vcpus[0].thread;

	return thread != NULL && thread->state == THREAD_RUNNING && thread != thread_current();
}

static bool meet(const struct vm *victim)
{
	for (unsigned i = 0; i < WAIT_MAX && !is_elsewhere(victim); i++)
		thread_sleep_ms(1);
	if (is_elsewhere(victim))
		return true;
	attack_begin("meeting the victim on another CPU");
	attack_end(false, "it never ran there: the attack cannot be made");
	return false;
}

void outer_inside(struct vm *victim)
{
	uint64_t ram = victim->memory.ram[0].pa, handle = victim->handle, value;

	if (!meet(victim))
		return;
	outer_refused(HOST_ERR_BUSY, "run of a vCPU that another CPU runs", HOST_RUN, handle, 0);
	uint64_t terminate[8] = { HOST_TERMINATE, handle };

	/* Nobody kicks the CPU that is inside: it stays there. */
	(void)outer_call(terminate);
	outer_refused(HOST_ERR_BUSY, "reclaim while a CPU is inside", HOST_RECLAIM, ram, GRANULE_BYTES);
	attack_begin("read of its memory at 0x%llx", (unsigned long long)ram);
	attack_end_logged(guard_is_abort(outer_read(ram, &value)), "aborted");
	outer_refused(HOST_ERR_STATE, "second terminate", HOST_TERMINATE, handle);
	outer_refused(HOST_ERR_STATE, "run of a terminated VM", HOST_RUN, handle, 0);
	outer_refused(HOST_ERR_STATE, "activation of a terminated VM", HOST_ACTIVATE, handle);
}

void outer_leaving(struct vm *victim)
{
	uint64_t ram = victim->memory.ram[0].pa;
	uint64_t terminate[8] = { HOST_TERMINATE, victim->handle };
	int64_t status = HOST_ERR_BUSY;

	if (!meet(victim))
		return;
	(void)outer_call(terminate);
	attack_begin("running on after it was terminated");
	for (unsigned i = 0; i < WAIT_MAX && status == HOST_ERR_BUSY; i++) {
		uint64_t reclaim[8] = { HOST_RECLAIM, ram, GRANULE_BYTES };

		status = outer_call(reclaim);
		/* Not by sleeping: a thread that wakes may interrupt the other CPU. */
		for (unsigned spins = 0; spins < 100000 && status == HOST_ERR_BUSY; spins++)
			cpu_relax();
	}
	attack_end(status == HOST_OK, "its CPU left, and reclaim says: %s", record_status(status));
}
