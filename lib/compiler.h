/*
 * What the language lacks: attributes, lock annotations, bit and alignment arithmetic on numbers.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#ifndef LIB_COMPILER_H
#define LIB_COMPILER_H

#include <assert.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define MUST_CHECK	__attribute__((warn_unused_result))
#define NORETURN	__attribute__((noreturn))
#define NOINLINE	__attribute__((noinline))
#define PRINTF(f, a)	__attribute__((format(printf, f, a)))
#define ALIGNED(n)	__attribute__((aligned(n)))
#define SECTION(s)	__attribute__((section(s)))

#define ARRAY_COUNT(a)	(sizeof(a) / sizeof((a)[0]))
#define BIT(n)		(1ull << (n))
/* Bits high..low of a 64-bit register, as a mask. */
#define BITS(high, low)	((~0ull >> (63 - (high))) & (~0ull << (low)))

static inline uint64_t bits_get(uint64_t value, unsigned high, unsigned low)
{
	return (value & BITS(high, low)) >> low;
}

static inline bool is_aligned(uint64_t value, uint64_t align)
{
	return (value & (align - 1)) == 0;
}

static inline uint64_t align_down(uint64_t value, uint64_t align)
{
	return value & ~(align - 1);
}

/* Lock annotations: Clang 15 and later check them (-Wthread-safety), other compilers see nothing. */
#if defined(__clang__) && __clang_major__ >= 15
#define LOCK_TYPE	__attribute__((capability("lock")))
#define TAKES(l)	__attribute__((acquire_capability(l)))
#define DROPS(l)	__attribute__((release_capability(l)))
#define HOLDS(l)	__attribute__((requires_capability(l)))
#define GUARDED_BY(l)	__attribute__((guarded_by(l)))
#define NO_LOCK_CHECK	__attribute__((no_thread_safety_analysis))
#else
#define LOCK_TYPE
#define TAKES(l)
#define DROPS(l)
#define HOLDS(l)
#define GUARDED_BY(l)
#define NO_LOCK_CHECK
#endif

#endif
