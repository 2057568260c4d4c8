/*
 * The host tests' spinlock: lib/spinlock.h's functions, which also count what is held, find a CPU that would wait for
 * itself, and one that takes locks against their order. lib/spinlock.h has its own test.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#ifndef LIB_SPINLOCK_H
#define LIB_SPINLOCK_H

#include <stdatomic.h>
#include "arch/fake.h"

struct spinlock {
	atomic_uint_least8_t taken;
};

/* Levels only rise: a lock is taken while none of its own level or a higher one is held. */
static inline void fake_lock_order(const struct spinlock *lock, bool is_taken)
{
	unsigned level = fake_lock_level != NULL ? fake_lock_level(lock) : 0;

	if (level == 0)
		return;
	if (is_taken && fake_lock_levels >> level != 0)
		fake_violation("a lock of level %u is taken while levels 0x%x are held", level, fake_lock_levels);
	fake_lock_levels = is_taken ? fake_lock_levels | 1u << level : fake_lock_levels & ~(1u << level);
}

static inline bool spin_try_lock(struct spinlock *lock)
{
	if (atomic_exchange_explicit(&lock->taken, 1, memory_order_acquire) != 0)
		return false;
	fake_locks_held++;
	fake_lock_order(lock, true);
	return true;
}

static inline void spin_lock(struct spinlock *lock)
{
	while (!spin_try_lock(lock)) {
		if (!fake_is_threaded)
			fake_violation("a CPU waits for a lock that nobody will give back");
	}
}

static inline void spin_unlock(struct spinlock *lock)
{
	if (fake_locks_held == 0 || atomic_load_explicit(&lock->taken, memory_order_relaxed) == 0)
		fake_violation("a lock is given back that was not taken");
	fake_locks_held--;
	fake_lock_order(lock, false);
	atomic_store_explicit(&lock->taken, 0, memory_order_release);
}

#endif
