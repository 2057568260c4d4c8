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
#include "lwk/timer.h"
#include "plat/memory.h"
#include "tests/attack/outer.h"

#define WAIT_MAX	2000
#define SETTLED_MS	100

/* GICD_CTLR, at the distributor's base, as the normal world sees it (Arm IHI 0069, "GICD_CTLR, Distributor Control Register"). */
#define GICD_CTLR_ENABLE_GRP1A	BIT(1)
#define GICD_CTLR_ARE_NS	BIT(4)
#define GICD_CTLR_RWP		BIT(31)

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

/* While they are closed no interrupt takes any CPU away from what it runs. */
static void interrupts_set(bool open)
{
	mmio_write32(PLAT_GICD_BASE, (uint32_t)(GICD_CTLR_ARE_NS | (open ? GICD_CTLR_ENABLE_GRP1A : 0)));
	while ((mmio_read32(PLAT_GICD_BASE) & GICD_CTLR_RWP) != 0)
		cpu_relax();
}

/* The other CPU is inside, or enters by itself, and comes out no more: true once it has not for SETTLED_MS. */
static bool settle(struct vm *victim)
{
	uint64_t exits = 0, since = timer_now();

	interrupts_set(false);
	while (is_elsewhere(victim) && timer_now() - since < timer_from_ms(SETTLED_MS)) {
		uint64_t now = atomic_load(&victim->exits);

		if (now != exits)
			since = timer_now();
		exits = now;
	}
	if (!is_elsewhere(victim))
		interrupts_set(true);
	return is_elsewhere(victim);
}

/* HOST_RUN that comes back: the VM never yields, and where it is let in nothing else may interrupt this CPU. */
static int64_t run_briefly(uint64_t handle)
{
	uint64_t run[8] = { HOST_RUN, handle, 0 };

	/* Masked: the alarm must end the run, not be taken before it. */
	irq_disable();
	timer_arm(timer_now() + timer_from_ms(1));
	int64_t status = outer_call(run);

	irq_enable();
	return status;
}

/* Between two exits it is outside for a moment, and may be run: it is inside at one of many instants. */
static void run_twice(struct vm *victim)
{
	int64_t status;

	attack_begin("run of a vCPU that another CPU runs (HOST_RUN)");
	status = run_briefly(victim->handle);
	for (unsigned i = 0; i < WAIT_MAX && status == HOST_OK; i++) {
		/* Its own thread was refused meanwhile, and sleeps before it tries again. */
		thread_sleep_ms(2);
		status = run_briefly(victim->handle);
	}
	attack_end(status == HOST_ERR_BUSY, "%s", record_status(status));
}

void outer_inside(struct vm *victim)
{
	uint64_t ram = victim->memory.ram[0].pa, handle = victim->handle, value;

	if (!meet(victim))
		return;
	run_twice(victim);
	while (!settle(victim)) {
		if (!meet(victim))
			return;
	}
	uint64_t terminate[8] = { HOST_TERMINATE, handle };

	(void)outer_call(terminate);
	outer_refused(HOST_ERR_BUSY, "reclaim while a CPU is inside", HOST_RECLAIM, ram, GRANULE_BYTES);
	attack_begin("read of its memory at 0x%llx", (unsigned long long)ram);
	attack_end_logged(guard_is_abort(outer_read(ram, &value)), "aborted");
	outer_refused(HOST_ERR_STATE, "second terminate", HOST_TERMINATE, handle);
	outer_refused(HOST_ERR_STATE, "run of a terminated VM", HOST_RUN, handle, 0);
	outer_refused(HOST_ERR_STATE, "activation of a terminated VM", HOST_ACTIVATE, handle);
	interrupts_set(true);
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
