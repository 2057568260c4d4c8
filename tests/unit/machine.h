/*
 * The mediator on the simulated machine: boot, calls and exceptions of lower levels as hardware would deliver them,
 * and rules that hold after each of them. A test that uses it drives the product only through trap.c's entrances, or
 * calls the part that it is about.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#ifndef TESTS_UNIT_MACHINE_H
#define TESTS_UNIT_MACHINE_H

#include "tests/unit/test.h"
#include "abi/anchor.h"
#include "abi/box.h"
#include "abi/host.h"
#include "abi/token.h"
#include "arch/fake.h"
#include "arch/sysreg.h"
#include "mediator/cpu.h"
#include "mediator/granule.h"
#include "mediator/pair.h"
#include "tests/unit/walker.h"

#define KIB	0x400ull
#define MIB	0x100000ull

/* DRAM of most tests: carve-out from 2 MiB to 6 MiB, the loader window behind it. */
#define MACHINE_RAM_BYTES	(20 * MIB)
#define MACHINE_LOADER		(PLAT_RAM_BASE + 6 * MIB)
#define MACHINE_LOADER_BYTES	(1 * MIB)
#define MACHINE_RAM_END		(PLAT_RAM_BASE + MACHINE_RAM_BYTES)

/* The one image that the simulated anchor has open. */
struct machine_image {
	uint64_t handle;		/* 0: none */
	uint64_t pair;			/* whose it has become */
	uint64_t address;		/* of the first chunk, the others follow; 0: wherever each goes */
	uint32_t index, good, count;	/* next chunk; how many are good; how many there are */
	uint32_t closed_in;		/* the image closes in the midst of this chunk, counted from 1; 0: it does not */
	uint64_t granule, half_address;	/* half of the chunk is opened into this one; 0: none is */
	bool is_refused;		/* a chunk was: so are all that follow */
	unsigned closed;		/* how often its pair's end was told */
	uint64_t measurement[4];	/* that its manifest allows */
};

/* Who the simulated anchor says that the image's VM is: four words that count up; and the image's counter. */
#define MACHINE_IMAGE_OWNER	0x0717e5
#define MACHINE_IMAGE_COUNTER	3

/* The token that the simulated anchor makes for whoever asks. */
struct machine_token {
	unsigned steps;			/* that are left until it is there */
	bool fails;
	uint64_t bytes;			/* of the whole token; each is of the request (machine_token_byte) */
	struct token_request request;	/* what the last call asked */
	uint64_t place;
};

struct machine {
	struct boot_range ram, carveout, loader;
	uint64_t free;			/* outer memory from here on is unused */
	bool is_strict;			/* all tables of all pairs after each step, and while memory is zeroed */
	_Atomic uint64_t steps;		/* calls and exceptions so far */
	unsigned check_interval;	/* machine_check() at every so many steps only; 0: at each */
	bool is_without_records;	/* the test writes entries itself, whoever's the granules are */
	bool is_fast;			/* the test looks at windows itself; no model of TLBs */
	void (*watch)(const struct fake_event *event);	/* a test's own look, or NULL */
	unsigned anchor_calls;		/* calls that the anchor got */
	jmp_buf *stopped;		/* where to go when the mediator stops the machine; NULL: that is a failure */
	int64_t monitor_result;		/* of PSCI calls to the monitor */
	uint64_t monitor_calls[4];	/* x0..x3 of the last one */
	struct machine_image image;
	struct machine_token token;
};
extern struct machine machine;
/* Registers x0..x7 after this thread's last call. */
extern _Thread_local uint64_t machine_x[8];

/* The boot page; tests may change policy before they activate. */
extern struct boot_info machine_boot_info;

/**
 * machine_boot - a machine of @cpu_count CPUs, all in the outer OS, DRAM full of pattern except the carve-out.
 */
void machine_boot_with(uint64_t ram_bytes, unsigned cpu_count, struct boot_range loader);
void machine_boot(unsigned cpu_count);
/* The usual setup functions. */
int machine_boot_1(void **state);
int machine_boot_2(void **state);

/* --- who runs --- */

/* machine_context - what this CPU (fake_cpu) runs. */
struct context *machine_context(void);
struct cpu *machine_cpu(void);
bool machine_is_in(const struct context *context);

/* machine_trap - the running context takes an exception to EL2. @ipa: of an abort. Returns what runs then. */
struct context *machine_trap(uint64_t esr, uint64_t far, uint64_t ipa);
/* machine_irq - a physical interrupt: @intid, then whatever else fake_interrupt() queued. */
struct context *machine_irq(unsigned intid);

/* machine_call - HVC by the running context with x0.. as given; x0 when it, or whoever ran it, goes on. */
int64_t machine_call(const uint64_t args[7]);
#define call(...)	machine_call((const uint64_t[7]){ __VA_ARGS__ })
/* machine_smc - likewise by SMC. */
int64_t machine_smc(const uint64_t args[7]);
#define smc(...)	machine_smc((const uint64_t[7]){ __VA_ARGS__ })

/* --- memory --- */

/* machine_at - a word of DRAM. */
uint64_t *machine_at(uint64_t pa);
/* machine_take - outer memory that no test used yet. */
uint64_t machine_take(uint64_t bytes, uint64_t align);
/* machine_is_zero - are all bytes of the granule zero? */
bool machine_is_zero(uint64_t pa);
/* The pattern that fresh outer memory holds. */
uint64_t machine_pattern(uint64_t pa);
/* machine_outer_leaf - what the outer OS meets at @pa, by the walker. */
struct walk_leaf machine_outer_leaf(uint64_t pa);
/* The same for a domain of a pair, HOST_ROLE_*. */
struct walk_leaf machine_leaf(uint64_t handle, unsigned role, uint64_t ipa);

/* --- the guest's view of interrupts, on this CPU --- */

/* guest_open - the running guest enables group 1 and unmasks all priorities. */
void guest_open(void);
/* guest_acknowledge - what it reads from ICC_IAR1_EL1. */
unsigned guest_acknowledge(void);
/* guest_end - it writes @intid to ICC_EOIR1_EL1; a maintenance interrupt is taken if one is due. */
void guest_end(unsigned intid);
/* guest_list_register - the live list register of @intid, or 0. */
uint64_t guest_list_register(unsigned intid);

/* machine_use_fp - the running guest writes @value to a vector register; its old value. */
uint64_t machine_use_fp(uint64_t value);

/* --- rules --- */

/**
 * machine_check - ownership, the outer OS's map and its TLB, and counters agree. Every step ends with it.
 */
void machine_check(void);
/* machine_check_pairs - all tables of all pairs, by the walker. */
void machine_check_pairs(void);
/* machine_shared - the test says that a box shares (or no longer) this granule. */
void machine_shared(uint64_t pa, bool is_shared);

/* machine_snapshot / machine_expect_unchanged - all DRAM (records, tables and contexts lie in it) and the slot table;
 * the general registers of what runs don't count. */
void machine_snapshot(void);
void machine_expect_unchanged(void);

/* machine_secure - the monitor and the anchor. */
void machine_secure(struct smc_args *args);
/* machine_secret_word - of a VM's secret, by the same word of who it is. */
static inline uint64_t machine_secret_word(uint64_t owner, uint64_t version)
{
	return (owner ^ version << 48) * 0x9e3779b97f4a7c15ull;
}

/* machine_image_word - each word of an image's chunk. */
static inline uint64_t machine_image_word(uint32_t index)
{
	return 0x1a6e000000000001ull + index;
}
/* machine_token_byte - of the token for a request. */
static inline uint8_t machine_token_byte(const struct token_request *request, uint64_t at)
{
	return (uint8_t)(((const uint8_t *)request)[at % sizeof(*request)] + at / sizeof(*request));
}
/* machine_mix - the simulated anchor's hash: chain = f(chain, words). */
void machine_mix(uint64_t chain[4], const void *data, size_t bytes);

/* Between machine*.c: the model of cached translations. */
void machine_rules_reset(void);
void machine_rules_entered(const struct context *context);
/* Windows of confidential VMs: what boxes may have in a TLB; and whether @pa may be zeroed or cleaned where it is. */
void machine_window_reset(void);
void machine_window_entered(void);
void machine_window_event(const struct fake_event *event);
bool machine_window_is_private(struct granule granule, uint64_t pa);
/* machine_window_is_open - was the page in this granule in a window after the last step? */
bool machine_window_is_open(uint64_t pa);

#endif
