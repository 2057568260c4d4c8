/*
 * Ticketless spinlock on one byte. Interrupts are masked in every room that takes one, except lwk,
 * which masks them itself. No fairness: critical sections are short and bounded.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#ifndef LIB_SPINLOCK_H
#define LIB_SPINLOCK_H

#include <stdatomic.h>
#include "lib/compiler.h"

struct LOCK_TYPE spinlock {
	atomic_uint_least8_t taken;
};

static inline void spin_lock(struct spinlock *lock) TAKES(lock) NO_LOCK_CHECK
{
	while (atomic_exchange_explicit(&lock->taken, 1, memory_order_acquire) != 0) {
		while (atomic_load_explicit(&lock->taken, memory_order_relaxed) != 0)
			;
	}
}

static inline bool spin_try_lock(struct spinlock *lock) NO_LOCK_CHECK
{
	return atomic_exchange_explicit(&lock->taken, 1, memory_order_acquire) == 0;
}

static inline void spin_unlock(struct spinlock *lock) DROPS(lock) NO_LOCK_CHECK
{
	atomic_store_explicit(&lock->taken, 0, memory_order_release);
}

#endif
