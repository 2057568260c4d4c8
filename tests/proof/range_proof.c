/*
 * Ranges of addresses: for all 64-bit values, what lib/addr.h says is what 128-bit arithmetic says.
 * Unwind: 1
 * Mutant: lib/addr.h: s/bytes > BIT(48) - base/base + bytes > BIT(48)/
 * Breaks: a physical range is accepted exactly if it is aligned, not empty and ends by 2^48
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "lib/addr.h"
#include "tests/proof/proof.h"

typedef unsigned __int128 wide_t;

/* The meaning of a well-formed range, in arithmetic that cannot wrap. */
static bool is_range(uint64_t base, uint64_t bytes, unsigned align_shift, wide_t end)
{
	bool is_multiple = base >> align_shift << align_shift == base && bytes >> align_shift << align_shift == bytes;

	return is_multiple && bytes != 0 && (wide_t)base + bytes <= end;
}

static void pa_ranges(void)
{
	uint64_t base = nondet_u64(), bytes = nondet_u64(), old_base = nondet_u64(), old_bytes = nondet_u64();
	struct pa_range range = { { old_base }, old_bytes };
	uint8_t shift = nondet_u8();

	ASSUME(shift < 64);
	enum status status = pa_range_make(base, bytes, 1ull << shift, &range);

	CLAIM((status == OK) == is_range(base, bytes, shift, (wide_t)1 << 48),
	      "a physical range is accepted exactly if it is aligned, not empty and ends by 2^48");
	CLAIM(status == OK || status == ERR_ARGS, "a physical range is refused as malformed");
	CLAIM(range.base.pa == (status == OK ? base : old_base) && range.bytes == (status == OK ? bytes : old_bytes),
	      "a physical range is written as given, or not at all");
	WITNESS(status == OK && (wide_t)base + bytes == (wide_t)1 << 48, "a physical range to the very end");
	WITNESS(status != OK && (wide_t)base + bytes > ~0ull, "a physical range that would wrap");
}

static void ipa_ranges(void)
{
	uint64_t base = nondet_u64(), bytes = nondet_u64(), old_base = nondet_u64(), old_bytes = nondet_u64();
	struct ipa_range range = { { old_base }, old_bytes };
	uint8_t shift = nondet_u8();

	ASSUME(shift < 64);
	enum status status = ipa_range_make(base, bytes, 1ull << shift, &range);

	CLAIM((status == OK) == is_range(base, bytes, shift, (wide_t)1 << 39),
	      "a guest-physical range is accepted exactly if it is aligned, not empty and in the lower half");
	CLAIM(status == OK || status == ERR_ARGS, "a guest-physical range is refused as malformed");
	CLAIM(range.base.ipa == (status == OK ? base : old_base) && range.bytes == (status == OK ? bytes : old_bytes),
	      "a guest-physical range is written as given, or not at all");
	WITNESS(status == OK, "a guest-physical range that is accepted");
	WITNESS(status != OK && base < IPA_HALF && is_aligned(base | bytes, 1ull << shift) && bytes != 0,
		"a guest-physical range that leaves the lower half");
}

static void comparisons(void)
{
	uint64_t a = nondet_u64(), a_bytes = nondet_u64(), b = nondet_u64(), b_bytes = nondet_u64();
	wide_t a_end = (wide_t)a + a_bytes, b_end = (wide_t)b + b_bytes;
	bool is_inside = range_is_inside(a, a_bytes, b, b_bytes);
	bool overlaps = range_overlaps(a, a_bytes, b, b_bytes);
	bool is_common = a < b_end && b < a_end;

	CLAIM(is_inside == (a >= b && a_end <= b_end), "inside means: not before, and not past the end");
	CLAIM(a_bytes == 0 || b_bytes == 0 || overlaps == is_common, "ranges overlap exactly if they have a byte in common");
	CLAIM(overlaps || a_bytes == 0 || b_bytes == 0 || !is_inside, "what is inside overlaps");
	WITNESS(is_inside && a_bytes != 0 && b_end > ~0ull, "a range inside one that wraps in 64 bits");
	WITNESS(!overlaps && (wide_t)a + a_bytes > ~0ull, "a range that wraps in 64 bits and overlaps nothing");
}

void proof(void)
{
	pa_ranges();
	ipa_ranges();
	comparisons();
}
