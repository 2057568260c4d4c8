/*
 * Locks of the lightweight kernel: a spinlock that masks interrupts (handlers take it too), and a
 * mutex on which threads sleep. Order, outer first: a VM's console mutex, the terminal's mutex, then
 * one of the spinlocks of vm.c, console.c, frames.c and serial.c, then the scheduler's.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#ifndef LWK_LOCK_H
#define LWK_LOCK_H

#include "arch/cpu.h"
#include "arch/sysreg.h"
#include "lib/spinlock.h"

/* lock_take - mask interrupts, then take @lock. Returns the mask from before, for lock_drop. */
static inline uint64_t lock_take(struct spinlock *lock) TAKES(lock) NO_LOCK_CHECK
{
	uint64_t mask = read_daif();

	irq_disable();
	spin_lock(lock);
	return mask;
}

static inline void lock_drop(struct spinlock *lock, uint64_t mask) DROPS(lock) NO_LOCK_CHECK
{
	spin_unlock(lock);
	write_daif(mask);
}

struct mutex {
	atomic_bool taken;
};

/* mutex_take - wait for @mutex, asleep; threads only. A wake-up token of the caller may be used up. */
void mutex_take(struct mutex *mutex);
void mutex_drop(struct mutex *mutex);

#endif
