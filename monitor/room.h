/*
 * Monitor: EL3 after boot. It trusts ROM, anchor and board. From the normal world only EL2 (the
 * mediator) may call it; EL1 and EL0 there are hostile, and the monitor gives them nothing but an
 * undefined-instruction exception of their own.
 *
 * Promises: a CPU enters the normal world only at EL2, at an address in the mediator's image. No
 * EL3 or anchor value reaches the normal world but the named results. Anything unexpected at EL3,
 * in the anchor, or reported by the mediator, a hang of either, and a mediator that is no longer what was
 * verified end the run: crash record, restart record, secrets wiped, then reset or power-off (restart.h).
 *
 * Concurrency: each CPU has its own stack and runs with interrupts masked. Shared state: power.c's
 * states (atomics), the anchor's context (one lock, world.c), the end of the run (first CPU wins).
 * SPDX-License-Identifier: BSD-3-Clause
 */
#ifndef MONITOR_ROOM_H
#define MONITOR_ROOM_H

#include "monitor/layout.h"

#ifndef __ASSEMBLER__
#include "abi/boot.h"
#include "abi/restart.h"
#include "arch/frame.h"
#include "lib/compiler.h"
#include "lib/status.h"
#include "plat/memory.h"

/*
 * main.c: entered by monitor_start.S with the MMU off; CPU 0 first, the others when CPU 0 wakes
 * them.
 */
NORETURN void monitor_main(void);
NORETURN void monitor_main_secondary(unsigned cpu);
/* main.c: this boot's hand-over, copied from PLAT_BOOT_INFO and checked for magic and version. */
extern struct boot_info boot_info;

/*
 * calls.c: an SMC from the normal world; results go to the frame. Called on this CPU's stack,
 * interrupts masked.
 */
void calls_smc(struct frame *frame);
/* calls.c: any other synchronous exception from the normal world. */
void calls_trap(void);
/* calls.c: a group 0 interrupt, from the normal world or while the anchor runs. */
void calls_interrupt(void);

/* trng.c: is this a call of the TRNG interface? And answer it, in x0..x3. */
bool trng_is(uint32_t id);
void trng_call(struct frame *frame);

/* memory.c: build the monitor's map; memory_enable turns it on for the calling CPU. */
void memory_map(void);
void memory_enable(void);
/* memory.c: is @address in a guard page below a stack? */
bool memory_is_guard(uint64_t address);
/* memory.c: zero all memory that may hold a secret. Once, when the anchor runs no more. */
void memory_wipe_secrets(void);

/*
 * gic.c: distributor (once) and this CPU's redistributor and CPU interface; everything to the
 * normal world but SGI 8-15 and the secure timer.
 */
void gic_init(void);
void gic_init_cpu(unsigned cpu);
/*
 * gic.c: wake one CPU that sleeps, in the ROM or in power.c; or make all others come to stop_check.
 */
void gic_wake(unsigned cpu);
void gic_wake_others(void);
/* gic.c: a group 0 interrupt, taken from below or found after WFI: acknowledge and end it. Returns its INTID. */
uint64_t gic_acknowledge(void);
/*
 * gic.c: this CPU's interrupts of the normal world neither reach it nor end a WFI; then as before again,
 * with what that returned.
 */
uint64_t gic_close_normal(void);
void gic_open_normal(uint64_t open);

/* power.c: PSCI. Results are PSCI_* values; what they mean is in abi/psci.h. */
int64_t power_cpu_on(uint64_t target, uint64_t entry, uint64_t context);
int64_t power_cpu_off(void);
int64_t power_cpu_suspend(uint32_t power_state);
int64_t power_affinity_info(uint64_t target, uint64_t level);
/* power.c: the index of the CPU that asks. */
unsigned power_this_cpu(void);
/* power.c: this CPU is running (CPU 0 at boot). */
void power_mark_on(unsigned cpu);
/*
 * power.c: wait until all other CPUs are in power_sleep, out of the flash, which the anchor programs; stops
 * the machine if one does not come.
 */
void power_await_asleep(void);
/* power.c: sleep until CPU_ON, then enter the normal world. Called with an empty stack. */
NORETURN void power_sleep(unsigned cpu);

/* world.c: start the anchor once, on CPU 0; stops the machine if it fails. */
void world_start_anchor(void);
/*
 * world.c: an anchor call: x0..x6 in and out. Any CPU; one at a time. What the answer says about this run
 * is acted on.
 */
void world_call_anchor(uint64_t args[7]);
/* world.c: zero this CPU's vector registers: the run is over. */
void world_forget_vectors(void);
/*
 * world.c: set what the monitor decides about the normal world, then enter EL2 with @x0 and all
 * other registers zero.
 */
NORETURN void world_enter_normal(uint64_t entry, uint64_t x0);

/* tree.c: write the outer OS's device tree at PLAT_OUTER_DTB; stops if it does not fit. */
void tree_write(void);

/* Who failed: the value goes into the crash record. */
enum crash_level {
	CRASH_ANCHOR = 1,
	CRASH_MEDIATOR = 2,
	CRASH_MONITOR = 3,
};

/* crash.c: a failure: record, print, end the run. @text is printable; it is cut to CRASH_TEXT_BYTES - 1. */
NORETURN void crash_stop(enum crash_level level, uint64_t esr, uint64_t pc, uint64_t far,
			 const char *text);
/* crash.c: likewise, for another reason than a failure (RESTART_END_*), with the PC that was interrupted. */
NORETURN void crash_end(enum restart_end why, enum crash_level level, uint64_t far, const char *text);
/*
 * crash.c: an exception at EL3; called on the emergency stack. @vector counts the slots of the
 * table.
 */
NORETURN void crash_exception(uint64_t vector);
/* crash.c: an exception out of the anchor that is not a call of its. */
NORETURN void crash_anchor_exception(void);

/* stop.c: does another CPU end the run? Then stay away from it for good. */
void stop_check(void);
/*
 * stop.c: this CPU ends the run; returns once, to one CPU. Another one stays away; one that fails while it ends the run
 * powers off.
 */
void stop_begin(void);
/* stop.c: after stop_begin and the record: wipe, and reset or power off as restart.h decides. */
NORETURN void stop_failed(enum restart_end end);
/* stop.c: the outer OS asked for the end. */
NORETURN void stop_asked(bool is_reset);

/* watchdog.c: this CPU is about to run the normal world, or the anchor for the first time; or no longer does. */
void watchdog_start(void);
void watchdog_stop(void);
/* watchdog.c: this CPU's timer has expired: decide whether the run goes on. */
void watchdog_look(void);
/* watchdog.c: MONITOR_WATCH. */
int64_t watchdog_watch(uint64_t pa);
/* watchdog.c: a call of the anchor begins; has ended, and may say something about this run. */
void watchdog_anchor_call(void);
void watchdog_anchor_answer(uint32_t id, const uint64_t result[7]);
/* watchdog.c: is this run a try that is not confirmed? Has it lasted @ms? */
bool watchdog_is_trial(void);
bool watchdog_has_lived(uint64_t ms);

/* arch/arm64/monitor_*.S */
void monitor_anchor_enter(uint64_t args[7]);
void monitor_fp_save(void *area);
void monitor_fp_load(const void *area);
NORETURN void monitor_eret_normal(uint64_t x0);
NORETURN void monitor_sleep_on_empty_stack(unsigned cpu);
#endif

#endif
