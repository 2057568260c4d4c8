/*
 * The simulated machine: registers, events, DRAM, calls to the secure world. Decides nothing about what is right:
 * tests do, through hooks.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include <string.h>
#include <sys/mman.h>
#include "arch/cpu.h"
#include "arch/fake.h"
#include "arch/linear.h"
#include "arch/sysreg.h"
#include "arch/fake/interrupt.h"
#include "lib/addr.h"
#include "lib/memory.h"
#include "plat/memory.h"

_Thread_local unsigned fake_cpu;
_Thread_local unsigned fake_locks_held;
unsigned (*fake_lock_level)(const void *lock);
_Thread_local unsigned fake_lock_levels;
bool fake_is_threaded;
bool fake_speculates;
struct fake_events fake_events[FAKE_CPU_MAX];
void (*fake_hook)(const struct fake_event *event);
void (*fake_smc)(struct smc_args *args);
_Atomic uint64_t fake_time;
void (*fake_time_hook)(void);
uint64_t fake_registers[FAKE_CPU_MAX][FAKE_REGISTER_COUNT];

#define GUARD_BYTES	BLOCK_BYTES

static struct {
	uint8_t *mapping;
	size_t mapping_bytes;
	uint8_t *host;		/* 2 MiB aligned */
	uint64_t base, bytes;
} dram;

/* Objects of the mediator's own image whose address it passes on: their places in the carve-out's image range. */
#define ALIAS_MAX	64
#define ALIAS_STRIDE	4096
static struct {
	const volatile uint8_t *_Atomic pointer[ALIAS_MAX];
	_Atomic unsigned count;
} aliases;

static void dram_unmap(void)
{
	if (dram.mapping != NULL)
		munmap(dram.mapping, dram.mapping_bytes);
	memset(&dram, 0, sizeof(dram));
}

static void dram_map(uint64_t base, uint64_t bytes)
{
	/* The same DRAM again keeps its mapping; what it held is the test's to overwrite. */
	if (dram.mapping != NULL && dram.base == base && dram.bytes == bytes)
		return;
	dram_unmap();
	dram.mapping_bytes = bytes + 3 * GUARD_BYTES;
	dram.mapping = mmap(NULL, dram.mapping_bytes, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (dram.mapping == MAP_FAILED)
		fake_violation("the host has no address space for simulated DRAM");
	uintptr_t start = ((uintptr_t)dram.mapping + 2 * GUARD_BYTES - 1) & ~(uintptr_t)(GUARD_BYTES - 1);

	dram.host = (uint8_t *)start;
	dram.base = base;
	dram.bytes = bytes;
	if (mprotect(dram.host, bytes, PROT_READ | PROT_WRITE) != 0)
		fake_violation("simulated DRAM can't be opened");
}

void fake_reset(uint64_t base, uint64_t bytes)
{
	fake_speculates = false;
	dram_map(base, bytes);
	for (unsigned cpu = 0; cpu < FAKE_CPU_MAX; cpu++) {
		for (unsigned i = 0; i < FAKE_REGISTER_COUNT; i++)
			fake_registers[cpu][i] = 0xbad0000000000000ull | (uint64_t)cpu << 32 | i * 0x10001ull;
	}
	fake_interrupts_reset();
	aliases.count = 0;
	fake_cpu = 0;
	fake_locks_held = 0;
	fake_lock_levels = 0;
	fake_lock_level = NULL;
	fake_is_threaded = false;
	fake_hook = NULL;
	fake_time_hook = NULL;
	fake_time = 1000;
	fake_events_clear();
}

uint8_t *fake_dram(void)
{
	return dram.host;
}

void fake_events_clear(void)
{
	for (unsigned cpu = 0; cpu < FAKE_CPU_MAX; cpu++) {
		fake_events[cpu].count = 0;
		memset(fake_events[cpu].by_kind, 0, sizeof(fake_events[cpu].by_kind));
	}
}

const struct fake_event *fake_event_find(unsigned cpu, enum fake_event_kind kind, unsigned nth)
{
	const struct fake_events *events = &fake_events[cpu];

	for (unsigned i = 0; i < events->count; i++) {
		if (events->list[i].kind == kind && nth-- == 0)
			return &events->list[i];
	}
	return NULL;
}

static void event_add(const struct fake_event *event)
{
	struct fake_events *events = &fake_events[fake_cpu];

	if (events->count < FAKE_EVENT_MAX)
		events->list[events->count++] = *event;
	events->by_kind[event->kind]++;
	if (fake_hook != NULL)
		fake_hook(event);
}

void fake_event(enum fake_event_kind kind, uint64_t a, uint64_t b)
{
	event_add(&(struct fake_event){ kind, a, b, 0 });
}

void fake_descriptor(const volatile uint64_t *entry, uint64_t descriptor)
{
	event_add(&(struct fake_event){ FAKE_DESCRIPTOR, fake_address(entry), descriptor, *entry });
}

void fake_tlb(enum fake_event_kind kind, uint64_t b)
{
	fake_event(kind, fake_registers[fake_cpu][FAKE_vttbr_el2] >> 48, b);
}

uint64_t fake_register_read(unsigned number)
{
	const uint64_t *own = fake_registers[fake_cpu];

	switch (number) {
	case FAKE_cntpct_el0:
		if (fake_time_hook != NULL)
			fake_time_hook();
		return fake_time;
	case FAKE_cntvct_el0:
		return fake_time - own[FAKE_cntvoff_el2];
	case FAKE_cntv_ctl_el0:
		return fake_timer_control(own[number], own[FAKE_cntv_cval_el0], fake_time - own[FAKE_cntvoff_el2]);
	case FAKE_cnthp_ctl_el2:
		return fake_timer_control(own[number], own[FAKE_cnthp_cval_el2], fake_time);
	case FAKE_icc_iar1_el1:
		return fake_interrupt_take();
	default:
		return own[number];
	}
}

/* A CPU that walks EL1's tables by speculation mixes the old half with the new one, unless walks are stopped. */
static void walk_by_speculation(void)
{
	const uint64_t *registers = fake_registers[fake_cpu];

	if (fake_speculates && ((registers[FAKE_tcr_el1] & TCR_EPD0) == 0 || (registers[FAKE_tcr_el1] & TCR_EPD1) == 0 ||
				(registers[FAKE_sctlr_el1] & SCTLR_M) == 0))
		fake_violation("VTTBR_EL2 changes while walks of stage 1 are not stopped");
}

void fake_register_write(unsigned number, uint64_t value)
{
	if (number == FAKE_vttbr_el2)
		walk_by_speculation();
	fake_registers[fake_cpu][number] = value;
	if (number == FAKE_vttbr_el2)
		fake_event(FAKE_VTTBR, value, 0);
	if (number == FAKE_icc_sgi1r_el1)
		fake_event(FAKE_SGI, value, 0);
	if (number == FAKE_icc_dir_el1) {
		fake_event(FAKE_DEACTIVATE, value, 0);
		fake_interrupt_end((unsigned)value);
	}
}

void *fake_pointer(uint64_t pa)
{
	uint64_t alias = (pa - PLAT_MEDIATOR_BASE) / ALIAS_STRIDE;

	if (pa >= PLAT_MEDIATOR_BASE && alias < aliases.count)
		return (void *)((uintptr_t)aliases.pointer[alias] + (pa - PLAT_MEDIATOR_BASE) % ALIAS_STRIDE);
	if (pa < dram.base || pa - dram.base >= dram.bytes)
		fake_violation("a pointer is made of 0x%llx, which is not DRAM", (unsigned long long)pa);
	return dram.host + (pa - dram.base);
}

static uint64_t alias_address(const volatile uint8_t *pointer)
{
	for (unsigned i = 0; i < aliases.count; i++) {
		if (aliases.pointer[i] == pointer)
			return PLAT_MEDIATOR_BASE + (uint64_t)i * ALIAS_STRIDE;
	}
	unsigned i = aliases.count++;

	if (i >= ALIAS_MAX)
		fake_violation("too many objects outside DRAM have their address taken");
	aliases.pointer[i] = pointer;
	return PLAT_MEDIATOR_BASE + (uint64_t)i * ALIAS_STRIDE;
}

uint64_t fake_address(const volatile void *pointer)
{
	uintptr_t at = (uintptr_t)pointer, start = (uintptr_t)dram.host;

	if (at < start || at - start >= dram.bytes)
		return alias_address(pointer);
	return dram.base + (at - start);
}

void zero_granule(void *page)
{
	uint64_t pa = fake_address(page);

	if (!is_aligned(pa, GRANULE_BYTES))
		fake_violation("zero_granule of 0x%llx, not a granule", (unsigned long long)pa);
	fake_event(FAKE_ZERO, pa, 0);
	memset(page, 0, GRANULE_BYTES);
}

void memory_wipe(void *dst, size_t bytes)
{
	memset(dst, 0, bytes);
}

void smc_call(struct smc_args *args)
{
	fake_event(FAKE_SMC, args->x[0], args->x[1]);
	fake_smc(args);
}
