/*
 * What each operation costs, in counter ticks: one instruction each where the counter runs at 1 GHz
 * under `-icount shift=0`. Each is sampled alone, the empty pair of readings subtracted.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "abi/psci.h"
#include "abi/smccc.h"
#include "arch/sysreg.h"
#include "guests/small/small.h"
#include "lib/memory.h"
#include "lib/vmplan.h"

#define SAMPLE_COUNT	101
#define TIMER_LEAD	20000	/* ticks from arming to expiry: longer than arming takes */
#define GICD_TYPER	(VM_GICD_BASE + 4)

/* arch/arm64/small_bench.S */
uint64_t sample_empty(void);
uint64_t sample_smc(uint64_t id);
uint64_t sample_hvc(uint64_t id);
uint64_t sample_idreg(void);
uint64_t sample_load(uint64_t address);
uint64_t sample_share(uint64_t base, uint64_t top);
uint64_t sample_sgi(uint64_t sgi1r, const volatile uint32_t *count, uint32_t before);

static uint64_t hypercall(void)
{
	return psci_is_smc() ? sample_smc(SMCCC_VERSION) : sample_hvc(SMCCC_VERSION);
}

static uint64_t psci_version(void)
{
	return psci_is_smc() ? sample_smc(PSCI_VERSION) : sample_hvc(PSCI_VERSION);
}

static uint64_t mmio_box(void)
{
	return sample_load(VM_RTC_BASE);
}

static uint64_t gicd_read(void)
{
	return sample_load(GICD_TYPER);
}

static uint64_t sgi_self(void)
{
	const struct cpu *cpu = &small_cpus[cpu_this()];

	return sample_sgi(gic_sgi_value(SGI_TEST, cpu_this()), &cpu->sgi_count, cpu->sgi_count);
}

/* From the programmed expiry to the handler's first reading. No pair of readings: nothing to subtract. */
static uint64_t timer(void)
{
	const struct cpu *cpu = &small_cpus[cpu_this()];
	uint32_t before = cpu->timer_count;
	uint64_t due = read_cntvct_el0() + TIMER_LEAD;

	timer_arm(due);
	while (cpu->timer_count == before)
		;
	return cpu->timer_at - due;
}

/* One page shared with the box and taken back. Of a realm only: elsewhere both calls are refused at once. */
static uint64_t share_box(void)
{
	static ALIGNED(4096) volatile uint8_t page[4096];

	return sample_share((uintptr_t)page, (uintptr_t)page + sizeof(page));
}

/* A page that nothing touched before: memory was given at the start, so there is no fault to take. */
static uint64_t first_touch(void)
{
	static uint64_t next = SMALL_MARK_BASE;
	uint64_t page = next;

	if (next < SMALL_MARK_BASE + SMALL_MARK_BYTES - 4096)
		next += 4096;
	return sample_load(page);
}

static const struct operation {
	const char *name;
	uint64_t (*sample)(void);
	bool is_pair;			/* holds an empty pair of readings */
} operations[] = {
	{ "empty", sample_empty, false },
	{ "hypercall", hypercall, true },
	{ "idreg", sample_idreg, true },
	{ "psci_version", psci_version, true },
	{ "mmio_box", mmio_box, true },
	{ "gicd_read", gicd_read, true },
	{ "timer", timer, false },
	{ "sgi_self", sgi_self, true },
	{ "first_touch", first_touch, true },
	{ "share_box", share_box, true },
};

static void sort(uint64_t values[SAMPLE_COUNT])
{
	for (unsigned i = 1; i < SAMPLE_COUNT; i++) {
		uint64_t value = values[i];
		unsigned at = i;

		for (; at > 0 && values[at - 1] > value; at--)
			values[at] = values[at - 1];
		values[at] = value;
	}
}

static void operation_measure(const struct operation *operation, uint64_t values[SAMPLE_COUNT])
{
	for (unsigned i = 0; i < SAMPLE_COUNT; i++)
		values[i] = operation->sample();
	sort(values);
}

void command_bench(const struct words *words)
{
	uint64_t values[SAMPLE_COUNT], empty;
	bool found = false;

	operation_measure(&operations[0], values);
	empty = values[SAMPLE_COUNT / 2];
	for (size_t i = 0; i < ARRAY_COUNT(operations); i++) {
		uint64_t base = operations[i].is_pair ? empty : 0;

		if (words->count > 1 && strcmp(words->word[1], operations[i].name) != 0)
			continue;
		found = true;
		operation_measure(&operations[i], values);
		print("bench %s %lu %lu\n", operations[i].name, values[SAMPLE_COUNT / 2] - base,
		      values[SAMPLE_COUNT * 9 / 10] - base);
	}
	if (!found)
		print("bench: no operation '%s'\n", words->word[1]);
}
