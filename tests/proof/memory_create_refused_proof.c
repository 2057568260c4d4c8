/*
 * HOST_PAIR_CREATE with any argument and any parameters that does not get its control area, whatever the reason, for
 * any granule: the caller's page is held while it is read and then as before, no granule changes hands, a slot that was
 * taken is given back, and nothing is published.
 * Unwind: 22
 * Mutant: mediator/memory.c: /^enum status memory_create/,/^}/s/		pair_slot_drop(index);/		;/
 * Breaks: a refused call keeps no slot
 * Mutant: mediator/memory.c: /^MUST_CHECK static enum status params_copy/,/^}/s/		status = source_hold(call, page);/		;/
 * Breaks: what is read is held, or the loader's
 * SPDX-License-Identifier: BSD-3-Clause
 */
#define WATCH_WITHOUT_MEMORY
#define WATCH_WITHOUT_HOLD
#include "tests/proof/memory_watch.h"

struct host_pair_params nondet_params(void);

/* The last address for which a pointer was asked. */
static uint64_t pointed;
static bool is_read, is_taken;
static enum status take_status;
/* Written by nobody: what would be is not reached. */
static struct {
	uint8_t bytes[GRANULE_BYTES];
} granule;

void *fake_pointer(uint64_t pa)
{
	pointed = pa;
	return &granule;
}

void zero_granule(void *page)
{
	(void)page;
	CLAIM(false, "nothing is zeroed");
}

/* Only the parameters are copied. */
void *memcpy(void *restrict to, const void *restrict from, size_t bytes)
{
	(void)from;
	CLAIM(bytes == sizeof(struct host_pair_params) && !is_taken && !is_read, "the parameters are read once");
	CLAIM(pointed != watch.pa || watch.step == WATCH_HELD || watch.record.state == GRANULE_LOADER,
	      "what is read is held, or the loader's");
	*(struct host_pair_params *)to = nondet_params();
	is_read = true;
	return to;
}

/* The page may be had; the control area, which comes after, may not. */
enum status granule_hold(struct pa_range range, uint8_t state, who_t who, pa_t *failed)
{
	CLAIM(fake_locks_held == 0, "granules are taken without a lock");
	bool is_right = !is_watched(range) || (watch.record.state == state && watch.record.who.who == who.who &&
					       watch.step == WATCH_REST);

	if (is_read || !is_right || nondet_bool()) {
		*failed = pa_make(nondet_u64());
		return nondet_bool() ? ERR_BUSY : ERR_DENIED;
	}
	if (is_watched(range))
		watch.step = WATCH_HELD;
	return OK;
}

enum status pair_slot_take(unsigned *index)
{
	*index = the_index;
	is_taken = take_status == OK;
	return take_status;
}

void pair_slot_drop(unsigned index)
{
	CLAIM(is_taken && index == the_index, "a slot that is given back was taken");
	is_taken = false;
}

void pair_publish(unsigned index, struct pair *pair)
{
	(void)index;
	(void)pair;
	CLAIM(false, "nothing is published");
}

void anchor_hash_init(uint64_t kind, uint64_t chain[PAIR_CHAIN_WORDS])
{
	(void)kind;
	(void)chain;
	CLAIM(false, "nothing is measured");
}

void context_init(struct context *context, struct vcpu *vcpu, struct pair *pair, const struct stage2 *stage2,
		  who_t who, unsigned role, unsigned index)
{
	(void)context;
	(void)vcpu;
	(void)pair;
	(void)stage2;
	(void)who;
	(void)role;
	(void)index;
	CLAIM(false, "no context is made");
}

void proof(void)
{
	struct call call = { .args = { nondet_u64() } };

	watch_make();
	take_status = nondet_bool() ? OK : ERR_NO_MEMORY;
	board.loader = (struct boot_range){ nondet_u64(), nondet_u64() };
	ASSUME(board.loader.base < BIT(47) && board.loader.bytes < BIT(47));
	ASSUME(is_aligned(board.loader.base | board.loader.bytes, GRANULE_BYTES));
	ASSUME((watch.record.state == GRANULE_LOADER) ==
	       range_is_inside(watch.pa, GRANULE_BYTES, board.loader.base, board.loader.bytes));
	ASSUME(watch.record.state != GRANULE_LOADER || watch.record.who.who == 0);
	struct granule before = watch.record;
	enum status status = memory_create(&call);

	CLAIM(status != OK, "a call that gets no memory is refused");
	CLAIM(watch.step == WATCH_REST && watch.record.state == before.state && watch.record.who.who == before.who.who,
	      "every granule is as before");
	CLAIM(!is_taken, "a refused call keeps no slot");
	CLAIM(call.results[0] == 0, "a refused call gives no handle");
	WITNESS(status == ERR_NO_MEMORY && watch.pa == call.args[0], "no slot is free");
	WITNESS(status == ERR_BUSY && is_read, "an area that is refused");
	WITNESS(status == ERR_DENIED && !is_read, "a page that is refused");
	WITNESS(status == ERR_ARGS && is_read && watch.record.state == GRANULE_LOADER && watch.pa == call.args[0],
		"malformed parameters in the loader's memory");
}
