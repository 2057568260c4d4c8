/*
 * granule_hold and granule_release on a DRAM of 4 to 8 granules at any address, any records, any range: hold takes all
 * or changes nothing, release gives exactly what it names, and the count of the outer OS's granules stays right.
 * Unwind: 9
 * Mutant: mediator/granule.c: s/back < done; back += GRANULE_BYTES/back + GRANULE_BYTES < done; back += GRANULE_BYTES/
 * Breaks: a refused hold changes no record
 * Mutant: mediator/granule.c: s/atomic_fetch_sub_explicit(&outer_count, range.bytes >> GRANULE_SHIFT/atomic_fetch_sub_explicit(\&outer_count, 1/
 * Breaks: the outer OS's granules are counted
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "mediator/granule.c"
#include "tests/proof/machine.h"

#define COUNT 8

static record_t memory[COUNT];
static uint32_t before[COUNT];

/* Any DRAM, any records, and a count that agrees with them. */
static void dram_make(void)
{
	uint64_t base = nondet_u64(), count = nondet_u64(), outer = 0;

	ASSUME(is_aligned(base, GRANULE_BYTES) && base < BIT(47) && count >= 4 && count <= COUNT);
	records = memory;
	dram = (struct boot_range){ base, count * GRANULE_BYTES };
	for (unsigned i = 0; i < COUNT; i++) {
		uint8_t state = nondet_u8();

		ASSUME(state < GRANULE_STATE_COUNT);
		memory[i] = record_make(state, (who_t){ nondet_u16() });
		before[i] = memory[i];
		outer += i < count && state_is_outer(state) ? 1 : 0;
	}
	outer_count = outer;
}

static struct pa_range range_any(void)
{
	struct pa_range range;

	ASSUME(pa_range_make(nondet_u64(), nondet_u64(), GRANULE_BYTES, &range) == OK);
	return range;
}

static bool is_ram(struct pa_range range)
{
	unsigned __int128 end = (unsigned __int128)pa_value(range.base) + range.bytes;

	return pa_value(range.base) >= dram.base && end <= (unsigned __int128)dram.base + dram.bytes;
}

/* Is record @i about a granule of @range, which is DRAM? */
static bool is_in(struct pa_range range, unsigned i)
{
	uint64_t first = (pa_value(range.base) - dram.base) >> GRANULE_SHIFT;

	return i >= first && i < first + (range.bytes >> GRANULE_SHIFT);
}

/* The first record of @range, which is DRAM, that is not (@state, @who); COUNT if there is none. */
static unsigned first_other(struct pa_range range, uint8_t state, who_t who)
{
	for (unsigned i = 0; i < COUNT; i++) {
		if (is_in(range, i) && before[i] != record_make(state, who))
			return i;
	}
	return COUNT;
}

static void count_check(void)
{
	uint64_t outer = 0;

	for (unsigned i = 0; i < COUNT; i++)
		outer += i < granule_count() && state_is_outer((uint8_t)(memory[i] >> 16)) ? 1 : 0;
	CLAIM(granule_count_outer() == outer, "the outer OS's granules are counted");
}

static void hold(struct pa_range range)
{
	uint8_t state = nondet_u8();
	who_t who = { nondet_u16() };
	pa_t failed = pa_make(nondet_u64());

	/* Nobody takes what another call holds, by naming that state. */
	ASSUME(state < GRANULE_STATE_COUNT && state != GRANULE_MOVING);
	enum status status = granule_hold(range, state, who, &failed);

	bool inside = is_ram(range);
	unsigned other = inside ? first_other(range, state, who) : COUNT;
	unsigned i = nondet_u8();

	ASSUME(i < COUNT);
	CLAIM((status == OK) == (inside && other == COUNT),
	      "a range is held exactly if all of it is DRAM of that state and owner");
	if (status == OK) {
		CLAIM(memory[i] == (is_in(range, i) ? record_make(GRANULE_MOVING, who) : before[i]),
		      "held granules are MOVING with their owner, others as before");
		count_check();
	} else {
		CLAIM(memory[i] == before[i], "a refused hold changes no record");
		CLAIM(pa_value(failed) == (inside ? dram.base + other * GRANULE_BYTES : pa_value(range.base)),
		      "the granule in the way is named");
		CLAIM(status == (inside && before[other] >> 16 == GRANULE_MOVING ? ERR_BUSY : ERR_DENIED),
		      "busy means that the granule in the way is moving, anything else is denied");
	}
	WITNESS(status == OK && range.bytes == COUNT * GRANULE_BYTES, "all of DRAM held");
	WITNESS(status == ERR_BUSY && other == 3, "a hold that fails at a granule in the middle");
	WITNESS(status == ERR_DENIED && !inside && pa_value(range.base) == dram.base, "a range that leaves DRAM");
	WITNESS(status == OK && state == GRANULE_DATA, "memory of a domain held");
}

/* The range is one that granule_hold said OK for: MOVING DRAM. */
static void release(struct pa_range range)
{
	uint8_t state = nondet_u8();
	who_t who = { nondet_u16() };
	unsigned i = nondet_u8();

	ASSUME(state < GRANULE_STATE_COUNT && i < COUNT && is_ram(range));
	for (unsigned j = 0; j < COUNT; j++)
		ASSUME(!is_in(range, j) || before[j] >> 16 == GRANULE_MOVING);
	granule_release(range, state, who);
	CLAIM(memory[i] == (is_in(range, i) ? record_make(state, who) : before[i]),
	      "a release sets the named granules and no others");
	count_check();
	WITNESS(state == GRANULE_OUTER && range.bytes == 2 * GRANULE_BYTES, "memory that goes back to the outer OS");
}

void proof(void)
{
	dram_make();
	struct pa_range range = range_any();

	if (nondet_bool())
		hold(range);
	else
		release(range);
	struct granule got = granule_get(range.base);

	CLAIM(pa_value(range.base) >= dram.base && pa_value(range.base) < dram.base + dram.bytes ?
	      record_make(got.state, got.who) == memory[(pa_value(range.base) - dram.base) >> GRANULE_SHIFT] :
	      got.state == GRANULE_CORE, "granule_get says what is recorded, and CORE outside DRAM");
}
