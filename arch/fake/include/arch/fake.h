/*
 * The simulated machine below the host tests: what tests set and read. Hostile on purpose: registers start with
 * junk, a physical address is no pointer, memory outside DRAM is guarded, every maintenance operation is an event
 * that a test may look at while it happens.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#ifndef ARCH_FAKE_H
#define ARCH_FAKE_H

#include "lib/compiler.h"

#define FAKE_CPU_MAX	8

/* Which CPU the calling thread is. */
extern _Thread_local unsigned fake_cpu;

/* What happened, in order, on one CPU. */
enum fake_event_kind {
	FAKE_TLB_VMID,		/* a: VMID in VTTBR_EL2 */
	FAKE_TLB_IPA,		/* a: VMID in VTTBR_EL2, b: IPA; stage-2 entries only */
	FAKE_TLB_STAGE1,	/* a: VMID in VTTBR_EL2; stage-1 entries, and those that combine both stages */
	FAKE_TLB_ALL_GUESTS,
	FAKE_TLB_OTHER,		/* EL2's or EL3's entries */
	FAKE_DESCRIPTOR,	/* a: PA of a stage-2 descriptor, b: what is stored; c: what it holds */
	FAKE_BARRIER,		/* a: enum fake_barrier */
	FAKE_VTTBR,		/* a: value written to VTTBR_EL2 */
	FAKE_ZERO,		/* a: PA of the granule; its content is still there */
	FAKE_CLEAN,		/* a: PA, b: bytes */
	FAKE_ICACHE,
	FAKE_SMC,		/* a: x0, b: x1 */
	FAKE_MMIO_WRITE,	/* a: address, b: value */
	FAKE_SGI,		/* a: value of ICC_SGI1R_EL1 */
	FAKE_DEACTIVATE,	/* a: INTID written to ICC_DIR_EL1 */
	FAKE_WAIT,		/* WFI or WFE */
	FAKE_EVENT_KINDS,
};

enum fake_barrier { FAKE_ISB, FAKE_DSB_ISHST, FAKE_DSB_ISH, FAKE_DSB_SY };

struct fake_event {
	enum fake_event_kind kind;
	uint64_t a, b, c;
};

#define FAKE_EVENT_MAX 8192

/* Events of a CPU since fake_events_clear(); the newest are dropped when the log is full. */
struct fake_events {
	unsigned count;
	unsigned by_kind[FAKE_EVENT_KINDS];
	struct fake_event list[FAKE_EVENT_MAX];
};
extern struct fake_events fake_events[FAKE_CPU_MAX];
void fake_events_clear(void);
/* fake_event_find - the event of @kind after @nth others of that kind on @cpu, or NULL. */
const struct fake_event *fake_event_find(unsigned cpu, enum fake_event_kind kind, unsigned nth);

/* Called for each event before it takes effect; NULL: nobody looks. */
extern void (*fake_hook)(const struct fake_event *event);

struct smc_args;
/* The secure world: what an SMC does. Set before the first one. */
extern void (*fake_smc)(struct smc_args *args);

/* CNTPCT_EL0 of every CPU; and who looks when it is read, or NULL. */
extern _Atomic uint64_t fake_time;
extern void (*fake_time_hook)(void);

/* Locks that this CPU holds. */
extern _Thread_local unsigned fake_locks_held;
/* Level of a lock, 1 .. 31, in the order in which locks are taken; 0: it has none. NULL: nobody knows levels. */
extern unsigned (*fake_lock_level)(const void *lock);
/* Levels of which this CPU holds a lock, as bits. */
extern _Thread_local unsigned fake_lock_levels;
/* Other threads run: a taken lock is waited for. Otherwise waiting would be for ever, and is a violation. */
extern bool fake_is_threaded;
/* CPUs walk stage-1 tables by speculation at the worst moment: when VTTBR_EL2 is written. */
extern bool fake_speculates;

/**
 * fake_reset - registers of all CPUs hold junk, no events, no interrupts, time 1000, DRAM [@base, @base + @bytes) at a
 * host address far from @base, with unmapped memory on both sides. Its content is zero or what the last machine left.
 */
void fake_reset(uint64_t base, uint64_t bytes);

/* fake_dram - host address of DRAM's first byte. */
uint8_t *fake_dram(void);

/* fake_interrupt - @intid becomes pending on this CPU: a later acknowledge returns it, once, and makes it active. */
void fake_interrupt(unsigned intid);
/* fake_interrupt_waits - is there one to acknowledge on this CPU? */
bool fake_interrupt_waits(void);
/* fake_interrupt_is_active - was it acknowledged and not deactivated? */
bool fake_interrupt_is_active(unsigned cpu, unsigned intid);
/* fake_interrupt_end - the guest's own EOI of a list register with the HW bit. */
void fake_interrupt_end(unsigned intid);

/* fake_distributor_bit, fake_distributor_word - what the GICD registers hold. @bank: GICD_ISENABLER, ... */
bool fake_distributor_bit(uint64_t bank, unsigned intid);
uint32_t fake_distributor_word(uint64_t offset);
void fake_distributor_set(uint64_t offset, uint32_t value);

/* Provided by the test: something was done that hardware or the rules between rooms forbid. */
NORETURN PRINTF(1, 2) void fake_violation(const char *format, ...);

/* Behind the headers that stand in for arch/arm64's. */
uint64_t fake_register_read(unsigned number);
void fake_register_write(unsigned number, uint64_t value);
void fake_event(enum fake_event_kind kind, uint64_t a, uint64_t b);
void fake_tlb(enum fake_event_kind kind, uint64_t b);
void fake_descriptor(const volatile uint64_t *entry, uint64_t descriptor);
void *fake_pointer(uint64_t pa);
uint64_t fake_address(const volatile void *pointer);
uint64_t fake_mmio_read(uint64_t at, unsigned bytes);
void fake_mmio_write(uint64_t at, uint64_t value, unsigned bytes);

#endif
