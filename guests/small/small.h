/*
 * The small guest: a shell on the PL011 of QEMU's `virt`, in 16 MiB, for tests and bench. It runs as a
 * VM and on the bare board alike. Whatever it is asked to touch, it survives and reports.
 *
 * cpu.c     CPUs, PSCI, and who runs what      trap.c   exceptions, interrupts
 * mmu.c     its address space                  gic.c    interrupt controller
 * uart.c    console                            shell.c  lines, words, the table of commands
 * probe.c, interrupts.c, fp.c, realm.c, secret.c, virtio.c, bench.c   the commands, by what they look at
 * SPDX-License-Identifier: BSD-3-Clause
 */
#ifndef SMALL_H
#define SMALL_H

#include "arch/frame.h"
#include "guests/small/layout.h"
#include "lib/compiler.h"

/* State of a CPU, by MPIDR's affinity 0. Written by its interrupt handler unless said otherwise. */
struct cpu {
	volatile uint32_t timer_count;
	volatile uint64_t timer_at;	/* counter when the handler began */
	volatile uint32_t sgi_count;
	volatile bool hold;		/* its own command: stay in the next timer handler */
	void (*volatile work)(void);	/* CPU 0 gives it, the CPU clears it when done */
	volatile bool is_on;		/* set by the CPU itself */
};
extern struct cpu small_cpus[SMALL_CPU_MAX];

/* Registers as they were at the first instruction of CPU 0. */
extern struct frame small_boot_frame;

/* small_main - C entrance of a CPU. */
NORETURN void small_main(unsigned cpu);

/* cpu_this - own index. cpu_wait - sleep until *@flag differs from @old; interrupts are on meanwhile. */
unsigned cpu_this(void);
void cpu_wait(const volatile uint32_t *flag, uint32_t old);

/**
 * cpu_start - turn on CPU @cpu and wait until it runs, a second at most.
 *
 * Returns a PSCI code: success also if it was on already.
 */
int64_t cpu_start(unsigned cpu);

/* cpu_run - let a CPU that is on call @work, and wait for its end. cpu_begin only starts it. */
void cpu_run(unsigned cpu, void (*work)(void));
void cpu_begin(unsigned cpu, void (*work)(void));

/* psci_init - find out whether SMC or HVC reaches PSCI. psci_call - x0 of the result. */
void psci_init(void);
int64_t psci_call(uint64_t id, uint64_t a, uint64_t b, uint64_t c);
bool psci_is_smc(void);

void mmu_build(void);

/* Console: printing waits for room; console_get sleeps until there is a character. */
void console_init(void);
PRINTF(1, 2) void print(const char *format, ...);
void console_put(char c);
char console_get(void);
/* console_interrupt - the receive interrupt: wake whoever sleeps in console_get. */
void console_interrupt(void);

#define SGI_TEST	1
#define SGI_WORK	2

/* virtio_interrupt - the disk's interrupt: acknowledge it, and wake whoever waits for a request. */
void virtio_interrupt(void);

/* gic_init - CPU 0 also sets up the distributor. gic_send - SGI @intid to @cpu. */
void gic_init(unsigned cpu);
/* gic_spi_enable - SPI @intid goes to CPU 0 from now on. */
void gic_spi_enable(unsigned intid);
void gic_send(unsigned intid, unsigned cpu);
/* gic_sgi_value - what gic_send writes to ICC_SGI1R_EL1. */
uint64_t gic_sgi_value(unsigned intid, unsigned cpu);

/* timer_arm - virtual timer of this CPU, once, at counter value @due. */
void timer_arm(uint64_t due);

/* Outcome of an access or call that may fault (arch/arm64/small_probe.S). */
struct probe {
	uint64_t value[4];
	uint64_t esr;			/* 0: it did not fault */
	uint64_t far;
};
void probe_load(struct probe *out, uint64_t address, uint64_t bytes);
void probe_store(struct probe *out, uint64_t address, uint64_t bytes, uint64_t value);
void probe_smc(struct probe *out, const uint64_t args[8]);
void probe_hvc(struct probe *out, const uint64_t args[8]);

/* Words of a command line; words[0] is its name. */
#define SHELL_WORDS	10
struct words {
	unsigned count;
	const char *word[SHELL_WORDS];
	uint64_t number[SHELL_WORDS];	/* of words that are one, else 0 */
	bool is_number[SHELL_WORDS];
};

/* A command. The linker puts all tables of them behind each other. */
struct command {
	const char *name;
	void (*run)(const struct words *words);
	unsigned numbers;		/* arguments that must be there and be numbers */
	const char *help;
};
/* Its alignment is that of one command: no gap between tables. */
#define SMALL_COMMANDS(name) \
	static const struct command name[] __attribute__((used, aligned(8), section(".small_commands")))

/* shell_run - read and run command lines for ever. */
NORETURN void shell_run(void);

/* The commands; shell.c has the table. */
void command_cpus(const struct words *words);
void command_timer(const struct words *words);
void command_sgi(const struct words *words);
void command_ipi(const struct words *words);
void command_irqhold(const struct words *words);
void command_spin(const struct words *words);
void command_fp(const struct words *words);
void command_regs(const struct words *words);
void command_idregs(const struct words *words);
void command_peek(const struct words *words);
void command_poke(const struct words *words);
void command_smc(const struct words *words);
void command_hvc(const struct words *words);
void command_mark(const struct words *words);
void command_disk(const struct words *words);
void command_bench(const struct words *words);

#endif
