/*
 * HOST_DONATE and HOST_POOL_ADD with any arguments, for any granule: it changes hands in the order hold, unmap and
 * invalidate, zero, record, map, exactly if the call says that it came that far, to where it was asked for; the work of
 * a call is bounded, stays inside the domain's RAM and one 2 MiB region; a call that is refused touches nothing.
 * Scaled to regions of 4 granules instead of 512.
 * Scale: lib/addr.h: s/^#define BLOCK_BYTES		0x200000ull/#define BLOCK_BYTES 0x4000ull/
 * Scale: abi/host.h: s/^#define HOST_MOVE_MAX			0x200000/#define HOST_MOVE_MAX 0x4000/
 * Unwind: 7
 * Mutant: mediator/memory.c: s/		needed += stage2_window_tables_needed(/		(void)stage2_window_tables_needed(/
 * Breaks: there are tables enough for what is mapped
 * Mutant: mediator/memory.c: /^enum status memory_donate/,/^}/s/		zero_range(move_range(&move));/		;/
 * Breaks: a granule changes hands after it was unmapped, invalidated and zeroed
 * Mutant: mediator/memory.c: s/	if (!range_is_inside(ipa_value(move->to.base), move->to.bytes, domain->ram_base, domain->ram_bytes))/	if (ipa_value(move->to.base) < domain->ram_base)/
 * Breaks: memory is mapped inside the domain's RAM
 * Mutant: mediator/memory.c: s/	return chunk < to_boundary ? chunk : to_boundary;/	return chunk;/
 * Breaks: a call stays inside one region
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "tests/proof/memory_watch.h"

static void domain_make(struct domain *domain)
{
	domain->ram_base = PLAT_RAM_BASE;
	domain->ram_bytes = nondet_u64();
	ASSUME(domain->ram_bytes < IPA_HALF - PLAT_RAM_BASE && is_aligned(domain->ram_bytes, BLOCK_BYTES));
}

/* What a call says that it did: [@start, @start + done) of physical memory. */
static void done_check(enum status status, const struct call *call, uint64_t start, uint64_t asked)
{
	uint64_t done = status == OK ? call->results[0] : 0;
	bool is_mine = watch.pa >= start && watch.pa - start < done;

	CLAIM(status != OK || (done > 0 && done <= asked && done <= HOST_MOVE_MAX), "a call does some of what was asked");
	CLAIM(watch.step == (is_mine ? WATCH_MAPPED : WATCH_REST),
	      "a granule changes hands exactly if the call says so");
	CLAIM(call_depth == 0 && fake_locks_held == 0, "a call that began has ended");
	CLAIM(begin_status == OK || status != OK, "what may not begin is refused");
}

static void donate(struct call *call)
{
	uint64_t role = call->args[1], ipa = call->args[2], pa = call->args[3], bytes = call->args[4];
	uint64_t had = the_pair.granule_count;
	struct granule before = watch.record;
	enum status status = memory_donate(call);
	bool moved = watch.step == WATCH_MAPPED;

	done_check(status, call, pa, bytes);
	CLAIM(!moved || (before.state == GRANULE_OUTER && before.who.who == 0), "what is donated was the outer OS's");
	if (moved) {
		const struct domain *domain = &the_pair.domains[role];

		CLAIM(role <= HOST_ROLE_VM && watch.record.state == GRANULE_DATA &&
		      watch.record.who.who == 2 * the_index + 2 + role, "what was donated is the domain's");
		CLAIM(watch.stage2 == &domain->stage2 && watch.ipa == ipa + (watch.pa - pa),
		      "what was donated is mapped where it was asked for");
		CLAIM(watch.ipa >= domain->ram_base && watch.ipa - domain->ram_base < domain->ram_bytes,
		      "memory is mapped inside the domain's RAM");
	}
	CLAIM(the_pair.granule_count == had + (status == OK ? call->results[0] / GRANULE_BYTES : 0),
	      "the pair's granules are counted");
	WITNESS(moved && call->results[0] == 3 * GRANULE_BYTES && bytes == BIT(30), "three granules of many donated");
	WITNESS(moved && windowed.bytes != 0 && the_pair.pool.count == 0, "a window's tables are the last");
	WITNESS(status == ERR_NO_MEMORY, "a pool that is too small");
	WITNESS(status == ERR_STATE && begin_status == OK, "memory that is mapped already");
}

static void add(struct call *call)
{
	uint64_t pa = call->args[1], bytes = call->args[2], had = the_pair.granule_count;
	struct granule before = watch.record;
	enum status status = memory_pool_add(call);
	bool moved = watch.step == WATCH_MAPPED;

	done_check(status, call, pa, bytes);
	CLAIM(!moved || (before.state == GRANULE_OUTER && before.who.who == 0), "a spare table was the outer OS's");
	CLAIM(!moved || (watch.record.state == GRANULE_TABLE && watch.record.who.who == 2 * the_index + 2),
	      "a spare table is a table of the pair");
	CLAIM(the_pair.granule_count == had + (status == OK ? call->results[0] / GRANULE_BYTES : 0),
	      "the pair's tables are counted");
	WITNESS(moved && call->results[0] == HOST_MOVE_MAX, "a whole region of spare tables");
}

void proof(void)
{
	struct call call = { 0 };

	watch_make();
	domain_make(&the_pair.domains[HOST_ROLE_BOX]);
	domain_make(&the_pair.domains[HOST_ROLE_VM]);
	for (unsigned i = 0; i < ARRAY_COUNT(call.args); i++)
		call.args[i] = nondet_u64();
	if (nondet_bool())
		donate(&call);
	else
		add(&call);
	CLAIM(held_calls == 0 || begun_in == 1u << HOST_PAIR_NEW, "only a new pair takes memory");
}
