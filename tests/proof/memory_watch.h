/*
 * For harnesses of the calls of memory.c and activation.c: one granule, any one, is watched while a call runs. granule.c,
 * stage2.c and pair.c are stood in for by what their headers promise (they have harnesses of their own); each step claims
 * that the watched granule was in the state that the step before left it in.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#ifndef TESTS_PROOF_MEMORY_WATCH_H
#define TESTS_PROOF_MEMORY_WATCH_H

#include "mediator/activation.c"
#include "mediator/memory.c"
#include "tests/proof/machine.h"

/* How far the watched granule came, in the one order that is allowed. */
enum watch_step { WATCH_REST, WATCH_HELD, WATCH_CLOSED, WATCH_ZEROED /* or filled */, WATCH_RELEASED, WATCH_MAPPED };

static struct {
	uint64_t pa;			/* of the granule */
	struct granule record;		/* what granule_get says of it; after a release what it was set to */
	enum watch_step step;
	bool is_open;			/* mapped for the outer OS by the call */
	bool is_filled;			/* something is in it that is nobody's to see but its new owner's */
	uint64_t ipa;			/* where it was mapped in @stage2 */
	const struct stage2 *stage2;
} watch;

static unsigned call_depth;		/* pair_begin less pair_end */
static unsigned held_calls;		/* granule_hold that said OK */
static uint64_t held_max = ~0ull;	/* so many can; a reclaim holds one granule at a time */

static struct boot_info board;
const struct boot_info *const boot_info = &board;
struct pair_slot pair_slots[HOST_PAIR_MAX];
static struct pair the_pair;
static unsigned the_index;
/* The bit set of states in which the call may begin, and whether it may. */
static unsigned begun_in;
static enum status begin_status;

static bool is_watched(struct pa_range range)
{
	return watch.pa >= pa_value(range.base) && watch.pa - pa_value(range.base) < range.bytes;
}

/* Whoever owns something is the outer OS or has a slot. */
static bool is_who(who_t who)
{
	return who.who == 0 || (who.who >= 2 && who.who < 2 + 2 * HOST_PAIR_MAX);
}

/* --- granule.h --- */

struct granule granule_get(pa_t pa)
{
	struct granule any = { nondet_u8(), { nondet_u16() } };

	ASSUME(is_who(any.who));
	return watch.pa >> GRANULE_SHIFT == pa_value(pa) >> GRANULE_SHIFT ? watch.record : any;
}

/* A harness about what follows a call that may be refused, or that may not, decides that itself. */
#ifndef WATCH_WITHOUT_HOLD
enum status granule_hold(struct pa_range range, uint8_t state, who_t who, pa_t *failed)
{
	CLAIM(fake_locks_held == 0, "granules are taken without a lock");
	bool is_right = !is_watched(range) || (watch.record.state == state && watch.record.who.who == who.who &&
					       watch.step == WATCH_REST);

	if (!is_right || nondet_bool()) {
		*failed = pa_make(nondet_u64());
		return nondet_bool() ? ERR_BUSY : ERR_DENIED;
	}
	ASSUME(held_calls < held_max);
	held_calls++;
	if (is_watched(range))
		watch.step = WATCH_HELD;
	return OK;
}
#endif

/* The outer OS's, out of its reach for now: it may have it back with what is in it. */
static bool is_untouched(void)
{
	return watch.step == WATCH_CLOSED && watch.record.state == GRANULE_OUTER && !watch.is_filled;
}

void granule_release(struct pa_range range, uint8_t state, who_t who)
{
	if (!is_watched(range))
		return;
	if (watch.step == WATCH_HELD && state == watch.record.state && who.who == watch.record.who.who) {
		watch.step = WATCH_REST;	/* given back as it was */
		return;
	}
	CLAIM(watch.step == WATCH_ZEROED || (is_untouched() && state == GRANULE_OUTER),
	      "a granule changes hands after it was unmapped, invalidated and zeroed");
	CLAIM(watch.is_open == (state == GRANULE_OUTER), "what goes back is mapped before another call may take it, and only that");
	watch.step = state == GRANULE_OUTER ? WATCH_MAPPED : WATCH_RELEASED;
	watch.record = (struct granule){ state, who };
}

/* --- stage2.h --- */

void stage2_outer_close(struct pa_range range)
{
	if (!is_watched(range))
		return;
	CLAIM(watch.step == WATCH_HELD, "what is unmapped is held");
	watch.step = WATCH_CLOSED;
}

void stage2_outer_open(struct pa_range range, enum stage2_access access)
{
	if (!is_watched(range))
		return;
	bool is_notice = watch.step == WATCH_RELEASED && watch.record.state == GRANULE_NOTICE;

	CLAIM(is_notice ? access == STAGE2_READ_ONLY : access == STAGE2_READ_WRITE && !watch.is_filled &&
							       (watch.step == WATCH_ZEROED || is_untouched()),
	      "the outer OS reaches what will be its own again, and reads a notice page");
	watch.is_open = true;
	watch.step = is_notice ? WATCH_MAPPED : watch.step;
}

static bool is_same(struct ipa_range a, struct ipa_range b)
{
	return ipa_value(a.base) == ipa_value(b.base) && a.bytes == b.bytes;
}

static struct stage2 *stage2_of(unsigned role)
{
	return &the_pair.domains[role].stage2;
}

/* What every function here is promised: the pair's own tables, a range inside one region. */
static void move_claim(const struct stage2 *stage2, struct ipa_range range)
{
	uint64_t first = ipa_value(range.base), last = first + range.bytes - 1;

	CLAIM(stage2 == stage2_of(HOST_ROLE_BOX) || stage2 == stage2_of(HOST_ROLE_VM), "tables are the pair's");
	CLAIM(first / BLOCK_BYTES == last / BLOCK_BYTES && last < IPA_HALF, "a call stays inside one region");
}

bool stage2_is_clear(const struct stage2 *stage2, struct ipa_range range)
{
	move_claim(stage2, range);
	return nondet_bool();
}

/* Spare tables that the two will take: see the harnesses stage2_map and stage2_window. */
static uint64_t map_needs, window_needs;
static struct ipa_range windowed;	/* what has tables in the window, made by this call */

uint64_t stage2_tables_needed(const struct stage2 *stage2, struct ipa_range range, pa_t pa)
{
	(void)pa;
	move_claim(stage2, range);
	map_needs = nondet_u8();
	return map_needs;
}

uint64_t stage2_window_tables_needed(const struct stage2 *box, struct ipa_range range)
{
	move_claim(box, range);
	window_needs = nondet_u8();
	return window_needs;
}

void stage2_window_prepare(struct stage2 *box, struct table_pool *pool, struct ipa_range range)
{
	CLAIM(box == stage2_of(HOST_ROLE_BOX) && pool == &the_pair.pool, "a window is the box's, its tables are the pair's");
	CLAIM(pool->count >= window_needs, "there are tables enough for the window");
	pool->count -= window_needs;
	windowed = range;
}

void stage2_map(struct stage2 *stage2, struct table_pool *pool, struct ipa_range range, pa_t pa)
{
	bool has_window = the_pair.class == HOST_CLASS_CONFIDENTIAL && stage2 == stage2_of(HOST_ROLE_VM);

	CLAIM(pool == &the_pair.pool, "tables come from the pair's pool");
	CLAIM(pool->count >= map_needs, "there are tables enough for what is mapped");
	CLAIM(has_window ? is_same(windowed, range) : windowed.bytes == 0,
	      "a confidential VM's memory, and no other, has tables in the window before it is mapped");
	if (!is_watched((struct pa_range){ pa, range.bytes }))
		return;
	CLAIM(watch.step == WATCH_RELEASED, "a domain's memory is mapped last");
	watch.step = WATCH_MAPPED;
	watch.stage2 = stage2;
	watch.ipa = ipa_value(range.base) + (watch.pa - pa_value(pa));
}

void pool_add(struct table_pool *pool, pa_t granule)
{
	CLAIM(pool == &the_pair.pool, "spare tables go to the pair's pool");
	if (pa_value(granule) != watch.pa)
		return;
	CLAIM(watch.step == WATCH_RELEASED, "a spare table is recorded before it can be used");
	watch.step = WATCH_MAPPED;
}

/* --- arch/cpu.h, arch/linear.h --- */

/* A harness whose call writes what it took has memory of its own. */
#ifndef WATCH_WITHOUT_MEMORY
void *fake_pointer(uint64_t pa)
{
	return (void *)pa;
}

void zero_granule(void *page)
{
	if ((uint64_t)page != watch.pa)
		return;
	CLAIM(watch.step == WATCH_CLOSED, "what is zeroed is unreachable for its old owner");
	watch.step = WATCH_ZEROED;
	watch.is_filled = false;
}
#endif

/* --- pair.h --- */

uint64_t pair_handle(unsigned index)
{
	return (uint64_t)pair_slots[index].generation << 32 | (index + 1);
}

enum status pair_begin(uint64_t handle, unsigned states, struct pair_slot **out)
{
	(void)handle;
	*out = &pair_slots[the_index];
	begun_in = states;
	if (begin_status == OK)
		call_depth++;
	return begin_status;
}

void pair_end(struct pair_slot *slot)
{
	CLAIM(slot == &pair_slots[the_index] && call_depth == 1, "a call ends in the pair in which it began, once");
	call_depth--;
}

/* A pair in any slot, and any granule of DRAM. */
static void watch_make(void)
{
	struct pa_range one;

	ASSUME(pa_range_make(nondet_u64(), GRANULE_BYTES, GRANULE_BYTES, &one) == OK);
	watch.pa = pa_value(one.base);
	watch.record = (struct granule){ nondet_u8(), { nondet_u16() } };
	ASSUME(is_who(watch.record.who));
	the_index = nondet_u8();
	ASSUME(the_index < HOST_PAIR_MAX);
	the_pair.index = (uint16_t)the_index;
	the_pair.class = nondet_bool() ? HOST_CLASS_CONFIDENTIAL : HOST_CLASS_ISOLATED;
	the_pair.pool.count = nondet_u64();
	the_pair.granule_count = nondet_u64();
	the_pair.control = pa_make(nondet_u64());
	/* What create made sure of; the descriptor is always there. */
	ASSUME(is_aligned(pa_value(the_pair.control), STAGE2_ROOT_BYTES) && pa_value(the_pair.control) < BIT(47) &&
	       the_pair.granule_count >= 1 && the_pair.granule_count < BIT(36));
	pair_slots[the_index].pair = &the_pair;
	begin_status = nondet_bool() ? OK : ERR_STATE;
}

#endif
