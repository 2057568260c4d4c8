/*
 * Addresses as distinct types: physical, guest-physical, virtual; and checked ranges of them.
 * Only this file opens the structs. There is no cast between the spaces: IPA -> PA is a table walk.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#ifndef LIB_ADDR_H
#define LIB_ADDR_H

#include "lib/compiler.h"
#include "lib/status.h"

#define GRANULE_BYTES		4096ull
#define GRANULE_SHIFT		12
#define BLOCK_BYTES		0x200000ull
#define GIB			0x40000000ull

/* Guest-physical addresses have 40 bits everywhere; bit 39 selects the upper half. */
#define IPA_BITS		40
#define IPA_HALF		BIT(39)

typedef struct { uint64_t pa; } pa_t;
typedef struct { uint64_t ipa; } ipa_t;

static inline pa_t pa_make(uint64_t value) { return (pa_t){ value }; }
static inline uint64_t pa_value(pa_t pa) { return pa.pa; }
static inline pa_t pa_add(pa_t pa, uint64_t bytes) { return (pa_t){ pa.pa + bytes }; }
static inline bool pa_is_aligned(pa_t pa, uint64_t align) { return is_aligned(pa.pa, align); }

static inline ipa_t ipa_make(uint64_t value) { return (ipa_t){ value }; }
static inline uint64_t ipa_value(ipa_t ipa) { return ipa.ipa; }
static inline ipa_t ipa_add(ipa_t ipa, uint64_t bytes) { return (ipa_t){ ipa.ipa + bytes }; }
static inline bool ipa_is_aligned(ipa_t ipa, uint64_t align) { return is_aligned(ipa.ipa, align); }

/* A range that is aligned, not empty, and does not wrap. Made only by the functions below. */
struct pa_range { pa_t base; uint64_t bytes; };
struct ipa_range { ipa_t base; uint64_t bytes; };

/**
 * pa_range_make - check a physical range once, so that nobody needs to again.
 *
 * @base, @bytes  as an untrusted caller gave them
 * @align         power of two; both must be multiples of it
 * @out           written only on OK
 *
 * Returns OK; ERR_ARGS if a value is not aligned, @bytes is zero, or base + bytes exceeds 2^48.
 */
MUST_CHECK static inline enum status pa_range_make(uint64_t base, uint64_t bytes, uint64_t align,
						   struct pa_range *out)
{
	if (!is_aligned(base | bytes, align) || bytes == 0 || base >= BIT(48) || bytes > BIT(48) - base)
		return ERR_ARGS;
	*out = (struct pa_range){ { base }, bytes };
	return OK;
}

/**
 * ipa_range_make - likewise for a guest-physical range in the lower half (below bit 39).
 */
MUST_CHECK static inline enum status ipa_range_make(uint64_t base, uint64_t bytes, uint64_t align,
						    struct ipa_range *out)
{
	if (!is_aligned(base | bytes, align) || bytes == 0 || base >= IPA_HALF || bytes > IPA_HALF - base)
		return ERR_ARGS;
	*out = (struct ipa_range){ { base }, bytes };
	return OK;
}

/* Is [base, base + bytes) inside [outer_base, outer_base + outer_bytes)? No sum can overflow. */
static inline bool range_is_inside(uint64_t base, uint64_t bytes, uint64_t outer_base, uint64_t outer_bytes)
{
	return base >= outer_base && bytes <= outer_bytes && base - outer_base <= outer_bytes - bytes;
}

static inline bool range_overlaps(uint64_t a, uint64_t a_bytes, uint64_t b, uint64_t b_bytes)
{
	return a < b ? b - a < a_bytes : a - b < b_bytes;
}

#endif
