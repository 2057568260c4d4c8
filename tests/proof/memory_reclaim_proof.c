/*
 * HOST_RECLAIM with any arguments, for any granule with any record: it goes back to the outer OS in the order hold,
 * unmap and invalidate, zero, map, record, and only if it was a dead pair's; the descriptor goes when it is the last,
 * and the slot with it; a call that is refused touches nothing. Scaled to calls of 4 granules instead of 512.
 * Scale: abi/host.h: s/^#define HOST_MOVE_MAX			0x200000/#define HOST_MOVE_MAX 0x4000/
 * Unwind: 7
 * Mutant: mediator/memory.c: s/		    (granule.who.who - 2u) \/ 2 != pair->index ||/		    granule.who.who < 2 ||/
 * Breaks: what goes back was the dead pair's
 * Mutant: mediator/memory.c: s/	if (slot->pair->granule_count != 1)/	if (slot->pair->granule_count == 0)/
 * Breaks: the descriptor goes back last
 * Mutant: mediator/memory.c: /^static void reclaim_commit/,/^}/s/	stage2_outer_close(range);/	;/
 * Breaks: what is zeroed is unreachable for its old owner
 * Mutant: mediator/memory.c: /^static void reclaim_commit/,/^}/s/	stage2_outer_open(range, STAGE2_READ_WRITE);/	;/
 * Breaks: what goes back is mapped before another call may take it, and only that
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "tests/proof/memory_watch.h"

static bool is_dead, is_freed;

bool pair_reap(unsigned index)
{
	CLAIM(index < HOST_PAIR_MAX, "a pair that is reaped has a slot");
	/* Any pair, but one at a time: the others' slots hold nothing here. */
	ASSUME(index == the_index);
	return is_dead;
}

void anchor_image_close(uint64_t image, uint64_t pair)
{
	(void)pair;
	CLAIM(image == the_pair.image && image != 0 && is_dead && call_depth == 1, "the image that is closed is the dead pair's");
}

void pair_free(unsigned index)
{
	CLAIM(index == the_index && call_depth == 1, "the slot that is freed is the pair's");
	is_freed = true;
	call_depth--;
}

void proof(void)
{
	struct call call = { 0 };
	uint64_t pa = nondet_u64(), bytes = nondet_u64();

	watch_make();
	is_dead = nondet_bool();
	pair_slots[the_index].state = nondet_u8();
	call.args[0] = pa;
	call.args[1] = bytes;

	struct granule before = watch.record;
	uint64_t had = the_pair.granule_count;
	/* As many granules are the pair's as it counts; the descriptor stays until it is the only one. */
	held_max = had == 1 ? 1 : had - 1;
	enum status status = memory_reclaim(&call);
	uint64_t done = status == OK ? call.results[0] : 0;
	bool moved = watch.step == WATCH_MAPPED;
	bool is_descriptor = watch.pa == pa_value(the_pair.control) + HOST_CONTROL_DESCRIPTOR * GRANULE_BYTES;

	CLAIM(watch.step == (watch.pa >= pa && watch.pa - pa < done ? WATCH_MAPPED : WATCH_REST),
	      "a granule goes back exactly if the call says so");
	CLAIM(!moved || (is_dead && begin_status == OK && begun_in == 1u << HOST_PAIR_DEAD &&
			 before.who.who >= 2 && (before.who.who - 2u) / 2 == the_index),
	      "what goes back was the dead pair's");
	CLAIM(!moved || before.state == GRANULE_TABLE || before.state == GRANULE_CONTEXT ||
	      before.state == GRANULE_NOTICE || before.state == GRANULE_DATA, "what goes back was a pair's");
	CLAIM(!moved || (watch.record.state == GRANULE_OUTER && watch.record.who.who == 0 && watch.is_open),
	      "what went back is the outer OS's");
	CLAIM(!moved || !is_descriptor || (had == 1 && done == GRANULE_BYTES && is_freed), "the descriptor goes back last");
	CLAIM(is_freed || the_pair.granule_count == had - done / GRANULE_BYTES, "the pair's granules are counted");
	CLAIM(status != OK || (done > 0 && done <= bytes && done <= HOST_MOVE_MAX), "a call does some of what was asked");
	CLAIM(call_depth == 0 && fake_locks_held == 0, "a call that began has ended");
	WITNESS(moved && done == HOST_MOVE_MAX, "as much as a call can do");
	WITNESS(moved && is_freed, "the descriptor went back");
	WITNESS(status == ERR_STATE && is_descriptor && pa == watch.pa && is_dead && begin_status == OK,
		"a descriptor that is not the last");
}
