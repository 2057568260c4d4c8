/*
 * The scheduler. One lock for all run queues: eight CPUs at most, and a thread that is being switched
 * away from is never visible half saved, because the lock is held until the next one runs.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "lwk/thread.h"
#include "lib/check.h"
#include "lib/memory.h"
#include "lib/print.h"
#include "lwk/lock.h"

#define SLICE_MS	10

/* What thread_switch pops: x19..x30. */
#define SWITCH_BYTES	96
#define SWITCH_X19	0
#define SWITCH_X20	1
#define SWITCH_X30	11

struct thread threads[THREAD_MAX];
uint8_t thread_stacks[THREAD_MAX][STACK_BYTES] ALIGNED(STACK_BYTES);

static struct spinlock sched_lock;

struct thread *thread_current(void)
{
	/* By the stack, not by the CPU: right even while interrupts may move us. */
	uintptr_t offset = (uintptr_t)__builtin_frame_address(0) - (uintptr_t)thread_stacks;

	return &threads[offset >> STACK_SHIFT];
}

bool thread_is_idle(void)
{
	return thread_current() < &threads[PLAT_CPU_MAX];
}

static void queue_push(struct cpu *cpu, struct thread *thread, bool front)
{
	thread->state = THREAD_READY;
	thread->cpu = cpu->index;
	if (front || cpu->ready_first == NULL) {
		thread->next = cpu->ready_first;
		if (cpu->ready_first == NULL)
			cpu->ready_last = thread;
		cpu->ready_first = thread;
	} else {
		thread->next = NULL;
		cpu->ready_last->next = thread;
		cpu->ready_last = thread;
	}
}

static struct thread *queue_pop(struct cpu *cpu)
{
	struct thread *thread = cpu->ready_first;

	if (thread != NULL) {
		cpu->ready_first = thread->next;
		thread->next = NULL;
	}
	return thread;
}

/* A CPU that would idle takes the next thread of one that has some waiting. */
static struct thread *queue_steal(void)
{
	struct thread *thread = NULL;

	for (unsigned i = 0; i < cpu_count && thread == NULL; i++)
		thread = queue_pop(&cpus[i]);
	return thread;
}

static void alarm_update(struct cpu *cpu)
{
	/* A CPU that is about to choose again needs no alarm for it: slice_end may be long past. */
	bool shares = cpu->ready_first != NULL && !atomic_load(&cpu->resched);
	uint64_t deadline = shares ? cpu->slice_end : TIMER_NEVER;

	for (const struct thread *t = cpu->sleepers; t != NULL; t = t->next) {
		if (t->deadline < deadline)
			deadline = t->deadline;
	}
	timer_arm(deadline);
}

static bool is_idle(const struct cpu *cpu)
{
	return atomic_load(&cpu->online) && cpu->current == cpu->idle && cpu->ready_first == NULL;
}

/* Where a woken thread should run: where it was if that CPU is idle, else on an idle one, else where it was. */
static struct cpu *cpu_choose(const struct thread *thread)
{
	struct cpu *last = &cpus[thread->cpu];

	if (is_idle(last))
		return last;
	for (unsigned i = 0; i < cpu_count; i++) {
		if (is_idle(&cpus[i]))
			return &cpus[i];
	}
	return last;
}

static void make_ready(struct thread *thread) HOLDS(&sched_lock)
{
	struct cpu *cpu = cpu_choose(thread);
	bool was_empty = cpu->ready_first == NULL;

	queue_push(cpu, thread, thread->urgent);
	if (cpu->current == cpu->idle || (thread->urgent && !cpu->current->urgent))
		atomic_store(&cpu->resched, true);
	else if (was_empty)
		cpu->slice_end = timer_now() + timer_from_ms(SLICE_MS);
	else
		return;
	/* Its handler sets the alarm for the slice, or chooses again; on our own CPU as soon as we unmask. */
	cpu_kick(cpu);
}

static void sleeper_remove(struct thread *thread) HOLDS(&sched_lock)
{
	struct thread **link = &cpus[thread->cpu].sleepers;

	while (*link != NULL && *link != thread)
		link = &(*link)->next;
	if (*link != NULL)
		*link = thread->next;
	thread->next = NULL;
}

static void choose_and_switch(void) HOLDS(&sched_lock)
{
	struct cpu *cpu = cpu_this();
	struct thread *old = cpu->current, *next;
	uint64_t now = timer_now();

	atomic_store(&cpu->resched, false);
	old->ran += now - old->started;
	if (old->state == THREAD_RUNNING && old != cpu->idle)
		queue_push(cpu, old, false);
	next = queue_pop(cpu);
	if (next == NULL)
		next = queue_steal();
	if (next == NULL)
		next = cpu->idle;
	next->state = THREAD_RUNNING;
	next->cpu = cpu->index;
	next->started = now;
	cpu->current = next;
	cpu->slice_end = now + timer_from_ms(SLICE_MS);
	alarm_update(cpu);
	if (next != old) {
		cpu->switches++;
		thread_switch(&old->sp, next->sp);
	}
}

void thread_park(uint64_t deadline)
{
	uint64_t mask = lock_take(&sched_lock);
	struct thread *self = thread_current();

	if (self->token || deadline <= timer_now()) {
		self->token = false;
	} else {
		struct cpu *cpu = cpu_this();

		self->state = THREAD_PARKED;
		self->deadline = deadline;
		self->next = cpu->sleepers;
		cpu->sleepers = self;
		choose_and_switch();
		self->token = false;
	}
	lock_drop(&sched_lock, mask);
}

void thread_sleep_ms(uint64_t ms)
{
	thread_park(timer_now() + timer_from_ms(ms));
}

void thread_unpark(struct thread *thread)
{
	uint64_t mask = lock_take(&sched_lock);

	if (thread->state == THREAD_PARKED) {
		sleeper_remove(thread);
		make_ready(thread);
	}
	thread->token = true;
	lock_drop(&sched_lock, mask);
}

static void wake_expired(struct cpu *cpu) HOLDS(&sched_lock)
{
	uint64_t now = timer_now();
	struct thread *next;

	for (struct thread *t = cpu->sleepers; t != NULL; t = next) {
		next = t->next;
		if (t->deadline <= now) {
			sleeper_remove(t);
			make_ready(t);
		}
	}
}

void thread_tick(void)
{
	uint64_t mask = lock_take(&sched_lock);
	struct cpu *cpu = cpu_this();

	wake_expired(cpu);
	if (cpu->ready_first != NULL && timer_now() >= cpu->slice_end)
		atomic_store(&cpu->resched, true);
	alarm_update(cpu);
	lock_drop(&sched_lock, mask);
}

void thread_kicked(void)
{
	uint64_t mask = lock_take(&sched_lock);

	alarm_update(cpu_this());
	lock_drop(&sched_lock, mask);
}

void thread_preempt(void)
{
	if (!atomic_load(&cpu_this()->resched))
		return;
	uint64_t mask = lock_take(&sched_lock);

	choose_and_switch();
	lock_drop(&sched_lock, mask);
}

/* A new thread starts where thread_switch returned in another: with the scheduler lock held. */
void thread_begin(void) NO_LOCK_CHECK
{
	spin_unlock(&sched_lock);
	irq_enable();
}

void thread_end(void) NO_LOCK_CHECK
{
	irq_disable();
	spin_lock(&sched_lock);
	/* Nobody can take the slot and its stack before the lock is dropped, on another stack. */
	thread_current()->state = THREAD_FREE;
	choose_and_switch();
	CHECK(false);
}

void thread_init_cpu(struct cpu *cpu)
{
	uint64_t mask = lock_take(&sched_lock);
	struct thread *idle = &threads[cpu->index];

	print_string(idle->name, sizeof(idle->name), "idle/%u", cpu->index);
	idle->state = THREAD_RUNNING;
	idle->cpu = cpu->index;
	idle->started = timer_now();
	cpu->idle = idle;
	cpu->current = idle;
	atomic_store(&cpu->online, true);
	lock_drop(&sched_lock, mask);
}

void thread_idle(void)
{
	for (;;) {
		/* Masked, so that an interrupt between the look and WFI still ends the WFI. */
		irq_disable();
		if (!atomic_load(&cpu_this()->resched))
			wfi();
		irq_enable();
		isb();
	}
}

struct thread *thread_create(const char *name, void (*entry)(void *), void *argument, bool urgent)
{
	uint64_t mask = lock_take(&sched_lock);
	struct thread *thread = NULL;

	for (unsigned i = PLAT_CPU_MAX; i < THREAD_MAX && thread == NULL; i++) {
		if (threads[i].state == THREAD_FREE)
			thread = &threads[i];
	}
	if (thread != NULL) {
		uint8_t *stack = thread_stacks[thread - threads];
		uint64_t *top = (uint64_t *)(void *)(stack + STACK_FIRST_SP - SWITCH_BYTES);

		memset(top, 0, SWITCH_BYTES);
		top[SWITCH_X19] = (uintptr_t)entry;
		top[SWITCH_X20] = (uintptr_t)argument;
		top[SWITCH_X30] = (uintptr_t)thread_first;
		*thread = (struct thread){ .sp = (uintptr_t)top, .urgent = urgent, .cpu = cpu_this()->index };
		print_string(thread->name, sizeof(thread->name), "%s", name);
		make_ready(thread);
	}
	lock_drop(&sched_lock, mask);
	return thread;
}

unsigned thread_free_count(void)
{
	uint64_t mask = lock_take(&sched_lock);
	unsigned count = 0;

	for (unsigned i = PLAT_CPU_MAX; i < THREAD_MAX; i++)
		count += threads[i].state == THREAD_FREE ? 1 : 0;
	lock_drop(&sched_lock, mask);
	return count;
}

void mutex_take(struct mutex *mutex)
{
	while (atomic_exchange_explicit(&mutex->taken, true, memory_order_acquire))
		thread_sleep_ms(1);
}

void mutex_drop(struct mutex *mutex)
{
	atomic_store_explicit(&mutex->taken, false, memory_order_release);
}
