/*
 * The outer OS's side of each CPU: a thread that does what the driver tells it.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "abi/host.h"
#include "arch/cpu.h"
#include "arch/sysreg.h"
#include "lib/memory.h"
#include "lwk/cpu.h"
#include "lwk/mmu.h"
#include "lwk/probe.h"
#include "lwk/thread.h"
#include "tests/model/board/board.h"

/* No interrupt but the driver's comes while it carries. Source: Arm IHI 0069, "GICR register map". */
#define GICR_ISENABLER0		0x10100
#define GICR_ICENABLER0		0x10180
#define QUIET			((1u << HOST_INTID_NOTICE) | (1u << TIMER_INTID))

static struct carrier {
	_Atomic uint64_t posted, done;
	atomic_bool is_ended;
	unsigned cpu;
	struct model_step step;
	struct guest_result result;
} carriers[MODEL_CPU_MAX];

static atomic_bool is_over;

/* --- pages --- */

/* ESR is not known here: 1 says that there was an abort. */
static uint64_t page_access(uint64_t pa, bool is_write, uint64_t content, uint64_t *first, uint64_t *last)
{
	uint64_t mask = read_daif();

	irq_disable();
	uintptr_t at = mmu_window(pa, false);
	bool is_done = true;

	if (!is_write)
		is_done = probe_load64(at, first) && probe_load64(at + MODEL_GRANULE - 8, last);
	for (unsigned i = 0; is_write && is_done && i < CONTENT_WORDS; i++)
		is_done = probe_store64(at + 8ull * i, content_word(&board.m->params, content, i));
	write_daif(mask);
	return is_done ? 0 : 1;
}

bool page_write(uint64_t pa, uint64_t content)
{
	return page_access(pa, true, content, NULL, NULL) == 0;
}

/* --- steps --- */

static void call(const struct model_step *step, struct guest_result *result)
{
	struct smc_args args = { .x = { 0 } };

	memcpy(args.x, step->a, sizeof(step->a));
	if (step->kind == STEP_SMC)
		smc_call(&args);
	else
		hvc_call(&args);
	memcpy(result->x, args.x, sizeof(result->x));
}

static void step_do(const struct model_step *step, struct guest_result *result)
{
	*result = (struct guest_result){ 0 };
	switch (step->kind) {
	case STEP_HVC:
	case STEP_SMC:
		call(step, result);
		return;
	case STEP_PARAMS:
		result->esr = page_access(step->a[0], true, CONTENT_PARAMS + step->a[1], NULL, NULL);
		return;
	case STEP_WRITE:
		result->esr = page_access(step->a[0], true, step->a[1], NULL, NULL);
		return;
	case STEP_READ:
		result->esr = page_access(step->a[0], false, 0, &result->x[0], &result->x[1]);
		return;
	default:
		return;
	}
}

static void carry(void *argument)
{
	struct carrier *carrier = argument;
	uintptr_t frame = cpu_this()->redistributor;

	carrier->cpu = cpu_this()->index;
	mmio_write32(frame + GICR_ICENABLER0, QUIET);
	atomic_store(&carrier->done, 1);
	while (!atomic_load(&is_over)) {
		uint64_t posted = atomic_load(&carrier->posted);

		if (posted <= atomic_load(&carrier->done)) {
			cpu_relax();
			continue;
		}
		step_do(&carrier->step, &carrier->result);
		if (cpu_this()->index != carrier->cpu)
			carrier->result.x[0] = ~0ull - 1000;
		atomic_store(&carrier->done, posted);
	}
	mmio_write32(frame + GICR_ISENABLER0, QUIET);
	atomic_store(&carrier->is_ended, true);
}

void carrier_post(unsigned cpu, const struct model_step *step)
{
	carriers[cpu].step = *step;
	atomic_fetch_add(&carriers[cpu].posted, 1);
}

bool carrier_done(unsigned cpu)
{
	return atomic_load(&carriers[cpu].posted) == atomic_load(&carriers[cpu].done);
}

const struct guest_result *carrier_result(unsigned cpu)
{
	return &carriers[cpu].result;
}

bool carrier_is_interrupted(unsigned cpu)
{
	const struct carrier *carrier = &carriers[cpu];

	return carrier->step.kind == STEP_HVC && carrier->step.a[0] == HOST_RUN && carrier->result.x[0] == HOST_OK &&
	       carrier->result.x[1] == HOST_EXIT_INTERRUPTED;
}

void carrier_again(unsigned cpu)
{
	atomic_fetch_add(&carriers[cpu].posted, 1);
}

void carrier_interrupt(unsigned cpu)
{
	cpu_kick(&cpus[carriers[cpu].cpu]);
}

/* --- their lives --- */

bool carrier_start(unsigned count)
{
	atomic_store(&is_over, false);
	for (unsigned i = 0; i < count; i++) {
		carriers[i] = (struct carrier){ .posted = 1 };
		if (thread_create("carrier", carry, &carriers[i], false) == NULL)
			return false;
		/* One that got no CPU of its own never comes so far. */
		uint64_t end = timer_now() + timer_from_ms(10000);

		while (!carrier_done(i)) {
			if (timer_now() > end)
				return false;
			cpu_relax();
		}
	}
	return true;
}

void carrier_end(void)
{
	atomic_store(&is_over, true);
	for (unsigned i = 0; i < board.m->shape.cpu_count; i++) {
		while (!atomic_load(&carriers[i].is_ended))
			cpu_relax();
	}
}
