/*
 * HOST_POPULATE with any arguments, for any granule: as destination it changes hands in the order hold, unmap and
 * invalidate, fill, measure, record, map; as source it is held while it is read and then as before; source and
 * destination are never the same; what is measured is what was filled, at its guest address, in ascending order; a call
 * that is refused leaves everything as it was. Scaled to calls of 4 granules instead of 16, regions likewise.
 * Scale: lib/addr.h: s/^#define BLOCK_BYTES		0x200000ull/#define BLOCK_BYTES 0x4000ull/
 * Scale: abi/host.h: s/^#define HOST_POPULATE_MAX		0x10000/#define HOST_POPULATE_MAX 0x4000/
 * Unwind: 7
 * Mutant: mediator/memory.c: /^static void populate_commit/,/^}/s/	stage2_outer_close(range);/	;/
 * Breaks: what is filled is unreachable for its old owner
 * Mutant: mediator/memory.c: /^MUST_CHECK static enum status populate_hold/,/^}/s/	status = source_hold(call, source);/	status = OK;/
 * Breaks: what is read is held, or the loader's
 * Mutant: mediator/memory.c: s/	run->bytes += move->to.bytes;/	;/
 * Breaks: no address is populated twice
 * Mutant: mediator/memory.c: /^static void measure(/,/^}/s/	if (base != run->base + run->bytes) {/	if (base == ~0ull) {/
 * Breaks: a run ends where there is a gap, and nowhere else
 * SPDX-License-Identifier: BSD-3-Clause
 */
#define MACHINE_WITHOUT_EVENTS
#include "tests/proof/memory_watch.h"

static uint64_t measured_ipa;
static unsigned measured, ended;

/* Only populate_commit copies here: physical addresses are the pointers. */
void *memcpy(void *restrict to, const void *restrict from, size_t bytes)
{
	struct pa_range target = { { (uint64_t)to }, bytes }, source = { { (uint64_t)from }, bytes };

	if (is_watched(target)) {
		CLAIM(watch.step == WATCH_CLOSED, "what is filled is unreachable for its old owner");
		watch.step = WATCH_ZEROED;
	}
	if (is_watched(source))
		CLAIM(watch.step == WATCH_HELD || watch.record.state == GRANULE_LOADER, "what is read is held, or the loader's");
	return to;
}

uint64_t fake_address(const volatile void *pointer)
{
	return (uint64_t)pointer;
}

void fake_event(enum fake_event_kind kind, uint64_t a, uint64_t b)
{
	if (is_watched((struct pa_range){ { a }, b }))
		CLAIM(kind == FAKE_CLEAN && watch.step == WATCH_ZEROED, "what was filled is cleaned to memory");
}

void anchor_hash_extend(pa_t granule, uint64_t ipa, uint64_t chain[PAIR_CHAIN_WORDS])
{
	CLAIM(fake_locks_held == 0, "the anchor is called without a lock");
	CLAIM(chain == the_pair.domains[HOST_ROLE_BOX].run.digest || chain == the_pair.domains[HOST_ROLE_VM].run.digest,
	      "the measurement is the domain's");
	if (pa_value(granule) != watch.pa)
		return;
	CLAIM(watch.step == WATCH_ZEROED, "what is measured is filled, and nobody reaches it");
	measured_ipa = ipa;
	measured++;
}

void anchor_hash_final(const void *data, uint64_t bytes, uint64_t chain[PAIR_CHAIN_WORDS])
{
	const struct measurement_run *run = data;

	CLAIM(fake_locks_held == 0, "a run ends without a lock");
	CLAIM(bytes == sizeof(*run) && run->bytes != 0 && measured == 0, "a run ends before the next one is measured");
	CLAIM((run == &the_pair.domains[HOST_ROLE_BOX].run && chain == the_pair.domains[HOST_ROLE_BOX].chain) ||
	      (run == &the_pair.domains[HOST_ROLE_VM].run && chain == the_pair.domains[HOST_ROLE_VM].chain),
	      "a run goes into its domain's chain");
	ended++;
}

static void domain_make(struct domain *domain)
{
	uint64_t next = nondet_u64();

	domain->ram_base = PLAT_RAM_BASE;
	domain->ram_bytes = nondet_u64();
	domain->run.base = nondet_u64();
	ASSUME(domain->ram_bytes < IPA_HALF - PLAT_RAM_BASE && is_aligned(domain->ram_bytes, BLOCK_BYTES));
	ASSUME(domain->run.base >= PLAT_RAM_BASE && domain->run.base <= next && next - PLAT_RAM_BASE <= domain->ram_bytes);
	domain->run.bytes = next - domain->run.base;
}

/* The loader window, whose granules have their own state from boot on. */
static void loader_make(void)
{
	board.loader = (struct boot_range){ nondet_u64(), nondet_u64() };
	ASSUME(board.loader.base < BIT(47) && board.loader.bytes < BIT(47));
	ASSUME((watch.record.state == GRANULE_LOADER) ==
	       range_is_inside(watch.pa, GRANULE_BYTES, board.loader.base, board.loader.bytes));
	ASSUME(watch.record.state != GRANULE_LOADER || watch.record.who.who == 0);
	ASSUME(is_aligned(board.loader.base | board.loader.bytes, GRANULE_BYTES));
}

void proof(void)
{
	struct call call = { 0 };

	watch_make();
	loader_make();
	domain_make(&the_pair.domains[HOST_ROLE_BOX]);
	domain_make(&the_pair.domains[HOST_ROLE_VM]);
	for (unsigned i = 0; i < ARRAY_COUNT(call.args); i++)
		call.args[i] = nondet_u64();

	uint64_t role = call.args[1], ipa = call.args[2], pa = call.args[3], source = call.args[4], bytes = call.args[5];
	const struct domain *domain = &the_pair.domains[role == HOST_ROLE_VM ? HOST_ROLE_VM : HOST_ROLE_BOX];
	struct measurement_run run = domain->run;
	uint64_t next = run.base + run.bytes, had = the_pair.granule_count;
	struct granule before = watch.record;
	enum status status = memory_populate(&call);
	uint64_t done = status == OK ? call.results[0] : 0;
	bool is_target = watch.pa >= pa && watch.pa - pa < done, is_source = watch.pa >= source && watch.pa - source < done;

	CLAIM(watch.step == (is_target ? WATCH_MAPPED : WATCH_REST), "a granule changes hands exactly if the call says so");
	CLAIM(is_target || (watch.record.state == before.state && watch.record.who.who == before.who.who),
	      "what was only read is as before");
	CLAIM(!(is_target && is_source), "source and destination are different");
	CLAIM(!(is_target || is_source) || (before.who.who == 0 && (before.state == GRANULE_OUTER ||
	      (is_source && before.state == GRANULE_LOADER))), "what is populated, and from where, was the outer OS's");
	CLAIM(status != OK || (done > 0 && done <= bytes && done <= HOST_POPULATE_MAX && role <= HOST_ROLE_VM &&
			       ipa / BLOCK_BYTES == (ipa + done - 1) / BLOCK_BYTES), "a call does some of what was asked");
	if (is_target) {
		CLAIM(watch.record.state == GRANULE_DATA && watch.record.who.who == 2 * the_index + 2 + role &&
		      watch.stage2 == &domain->stage2 && watch.ipa == ipa + (watch.pa - pa) &&
		      watch.ipa - domain->ram_base < domain->ram_bytes, "what was populated is the domain's, at its address");
		CLAIM(measured == 1 && measured_ipa == watch.ipa, "what was populated is measured once, with its address");
		CLAIM(watch.ipa >= next && domain->run.base + domain->run.bytes > watch.ipa,
		      "no address is populated twice");
		CLAIM(ended == (run.bytes != 0 && ipa != next) && domain->run.base == (ipa == next ? run.base : ipa),
		      "a run ends where there is a gap, and nowhere else");
	}
	CLAIM(is_target || measured == 0, "nothing else is measured");
	CLAIM(the_pair.granule_count == had + done / GRANULE_BYTES, "the pair's granules are counted");
	CLAIM(call_depth == 0 && fake_locks_held == 0, "a call that began has ended");
	CLAIM(held_calls == 0 || (begin_status == OK && begun_in == 1u << HOST_PAIR_NEW), "only a new pair takes memory");
	WITNESS(is_target && done == HOST_POPULATE_MAX, "a whole call's worth populated");
	WITNESS(is_source && before.state == GRANULE_LOADER, "memory populated from the loader window");
	WITNESS(is_source && before.state == GRANULE_OUTER && is_aligned(ipa, BLOCK_BYTES), "memory populated from elsewhere");
	WITNESS(status == ERR_DENIED && held_calls == 1, "a source that is refused");
}
