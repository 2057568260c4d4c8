/*
 * Kernel threads: per-CPU run queues, 10 ms slices when more are ready than CPUs, and one way to
 * sleep: park, with a token that keeps a wake-up that came first.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#ifndef LWK_THREAD_H
#define LWK_THREAD_H

#include "lib/compiler.h"
#include "lwk/cpu.h"
#include "lwk/layout.h"
#include "lwk/timer.h"

#define THREAD_NAME_BYTES	24

enum thread_state {
	THREAD_FREE = 0,
	THREAD_READY,		/* in a run queue */
	THREAD_RUNNING,
	THREAD_PARKED,		/* in a list of sleepers */
};

struct thread {
	struct thread *next;
	uint64_t sp;		/* while it does not run */
	enum thread_state state;
	bool urgent;		/* to the front of the queue, and interrupts one that is not */
	bool token;		/* woken before it parked */
	unsigned cpu;		/* where it runs, is queued, or parked */
	uint64_t deadline;	/* while parked: CNTPCT */
	uint64_t started;	/* when it began to run */
	uint64_t ran;		/* ticks it has run */
	char name[THREAD_NAME_BYTES];
};

extern struct thread threads[THREAD_MAX];
extern uint8_t thread_stacks[THREAD_MAX][STACK_BYTES];

/* thread_init_cpu - make the running boot context the idle thread of @cpu. Interrupts masked. */
void thread_init_cpu(struct cpu *cpu);

/* thread_idle - wait for interrupts for ever; the end of every CPU's boot. */
NORETURN void thread_idle(void);

/**
 * thread_create - start @entry(@argument) as a thread that is ready at once.
 *
 * @urgent  for threads that run for microseconds and on whose latency a person waits
 * Returns NULL if all THREAD_MAX are taken. The thread ends when @entry returns.
 */
struct thread *thread_create(const char *name, void (*entry)(void *), void *argument, bool urgent);

/* thread_free_count - how many more thread_create could start now. */
unsigned thread_free_count(void);

/* thread_current - the caller; thread_is_idle - is it an idle thread (or boot), which must not sleep? */
struct thread *thread_current(void);
bool thread_is_idle(void);

/**
 * thread_park - sleep until thread_unpark or @deadline (CNTPCT; TIMER_NEVER).
 *
 * Returns at once if an unpark came since the last park returned. May return early: check the
 * condition again. Context: threads, no spinlock held; interrupts may be masked and stay so.
 */
void thread_park(uint64_t deadline);

/* thread_sleep_ms - park with a deadline; may return early. */
void thread_sleep_ms(uint64_t ms);

/* thread_unpark - wake @thread, or leave it a token. Any context. A thread that has ended ignores it. */
void thread_unpark(struct thread *thread);

/* What interrupt handlers call: timer expired; kicked by another CPU; and last, on the way out. */
void thread_tick(void);
void thread_kicked(void);
void thread_preempt(void);

/* From arch/arm64/lwk_switch.S, and called from there. */
void thread_switch(uint64_t *save_sp, uint64_t load_sp);
void thread_first(void);
void thread_begin(void);
NORETURN void thread_end(void);

#endif
