/*
 * HOST_POPULATE_IMAGE with any arguments and an anchor that refuses any chunk, for any granule: it changes hands in the
 * order hold, unmap and invalidate, open, clean, measure, record, map; from the chunk on that is refused granules are the
 * outer OS's as before, that one zero; nobody reaches what was opened but the VM whose it becomes; a call that is refused
 * leaves everything else as it was. Scaled to calls of 4 granules instead of 16, regions likewise.
 * Scale: lib/addr.h: s/^#define BLOCK_BYTES		0x200000ull/#define BLOCK_BYTES 0x4000ull/
 * Scale: abi/host.h: s/^#define HOST_POPULATE_MAX		0x10000/#define HOST_POPULATE_MAX 0x4000/
 * Unwind: 7
 * Mutant: mediator/memory.c: /^MUST_CHECK static enum status image_commit/,/^}/s/	stage2_outer_close(rest);/	;/
 * Breaks: what is opened into is held, and nobody reaches it
 * Mutant: mediator/memory.c: /^MUST_CHECK static enum status image_commit/,/^}/s/		zero_granule([^;]*;/		;/
 * Breaks: the outer OS reaches what will be its own again, and reads a notice page
 * Mutant: mediator/memory.c: /^MUST_CHECK static enum status image_commit/,/^}/s/	rest = (struct pa_range){ pa_add(move->pa, done), move->to.bytes - done };/	rest = move_range(move);/
 * Breaks: the outer OS reaches what will be its own again, and reads a notice page
 * Mutant: mediator/memory.c: /^enum status memory_populate_image/,/^}/s/	if (slot->pair->image != 0 && slot->pair->image != call->args\[1\])/	if (slot->pair->image == ~0ull)/
 * Breaks: a VM is of one image
 * Mutant: mediator/memory.c: /^MUST_CHECK static enum status image_commit/,/^}/s/	measure([^;]*;/	;/
 * Breaks: what was populated is measured once, with its address
 * SPDX-License-Identifier: BSD-3-Clause
 */
#define MACHINE_WITHOUT_EVENTS
#include "tests/proof/memory_watch.h"

static struct call call;
static uint64_t opened, measured_ipa;
static unsigned measured, logged;
static bool is_refused, is_cleaned;

uint64_t fake_address(const volatile void *pointer)
{
	return (uint64_t)pointer;
}

void fake_event(enum fake_event_kind kind, uint64_t a, uint64_t b)
{
	if (!is_watched((struct pa_range){ { a }, b }))
		return;
	CLAIM(kind == FAKE_CLEAN && watch.step == WATCH_ZEROED && watch.is_filled, "what was opened is cleaned to memory");
	is_cleaned = true;
}

/* Whatever comes of it, something may be in the granule. */
enum status anchor_image_chunk(uint64_t image, uint64_t pair, pa_t pa, uint64_t ipa, uint64_t *problem)
{
	CLAIM(fake_locks_held == 0 && !is_refused, "the anchor is called without a lock, and not after it refused");
	CLAIM(image == call.args[1] && pair == call.args[0] && pa_value(pa) == call.args[3] + opened &&
	      ipa == call.args[2] + opened, "chunks go to the pair, one after the other, where they were asked for");
	is_refused = nondet_bool();
	if (pa_value(pa) == watch.pa) {
		CLAIM(watch.step == WATCH_CLOSED, "what is opened into is held, and nobody reaches it");
		watch.is_filled = true;
		watch.step = is_refused ? WATCH_CLOSED : WATCH_ZEROED;
	}
	if (is_refused) {
		*problem = nondet_u64();
		return ERR_AUTH;
	}
	opened += GRANULE_BYTES;
	return OK;
}

void refusal(struct cpu *cpu, const struct context *context, enum host_event event, uint64_t a, uint64_t b, uint64_t c,
	     uint64_t d)
{
	CLAIM(is_refused && cpu == call.cpu && context == the_pair.contexts[HOST_ROLE_VM][0] && event == HOST_EVENT_CHUNK &&
	      a == call.args[2] + opened && b == call.results[0] && (c | d) == 0, "a refused chunk is logged with its address");
	logged++;
}

void anchor_hash_extend(pa_t granule, uint64_t ipa, uint64_t chain[PAIR_CHAIN_WORDS])
{
	CLAIM(fake_locks_held == 0 && chain == the_pair.domains[HOST_ROLE_VM].run.digest,
	      "what is measured is the VM's, without a lock");
	if (pa_value(granule) != watch.pa)
		return;
	CLAIM(watch.step == WATCH_ZEROED && watch.is_filled && is_cleaned,
	      "what is measured was opened and cleaned, and nobody reaches it");
	measured_ipa = ipa;
	measured++;
}

void anchor_hash_final(const void *data, uint64_t bytes, uint64_t chain[PAIR_CHAIN_WORDS])
{
	const struct domain *vm = &the_pair.domains[HOST_ROLE_VM];

	CLAIM(fake_locks_held == 0 && data == &vm->run && bytes == sizeof(vm->run) && chain == vm->chain && measured == 0,
	      "a run ends before the next one is measured");
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

void proof(void)
{
	watch_make();
	domain_make(&the_pair.domains[HOST_ROLE_VM]);
	the_pair.image = nondet_u64();
	for (unsigned i = 0; i < ARRAY_COUNT(call.args); i++)
		call.args[i] = nondet_u64();

	uint64_t image = call.args[1], ipa = call.args[2], pa = call.args[3], bytes = call.args[4];
	const struct domain *vm = &the_pair.domains[HOST_ROLE_VM];
	uint64_t next = vm->run.base + vm->run.bytes, had = the_pair.granule_count, of = the_pair.image;
	struct granule before = watch.record;
	enum status status = memory_populate_image(&call);
	uint64_t done = status == OK ? call.results[0] : 0;
	bool is_behind = watch.pa >= pa, is_target = is_behind && watch.pa - pa < done;
	bool was_refused = is_refused && is_behind && watch.pa - pa == opened;

	CLAIM(logged == (is_refused ? 1 : 0), "a refused chunk is logged once");
	CLAIM(done == opened, "a call says how many chunks were opened");
	if (is_target) {
		CLAIM(watch.step == WATCH_MAPPED && !watch.is_open && before.state == GRANULE_OUTER && before.who.who == 0,
		      "what is populated was the outer OS's, and no longer is");
		CLAIM(watch.record.state == GRANULE_DATA && watch.record.who.who == 2 * the_index + 2 + HOST_ROLE_VM &&
		      watch.stage2 == &vm->stage2 && watch.ipa == ipa + (watch.pa - pa) &&
		      watch.ipa - vm->ram_base < vm->ram_bytes, "what was populated is the VM's, at its address");
		CLAIM(measured == 1 && measured_ipa == watch.ipa, "what was populated is measured once, with its address");
		CLAIM(watch.ipa >= next && vm->run.base + vm->run.bytes > watch.ipa, "no address is populated twice");
		CLAIM((of == 0 || of == image) && the_pair.image == image, "a VM is of one image");
	} else {
		CLAIM(watch.record.state == before.state && watch.record.who.who == before.who.who && measured == 0 &&
		      (watch.step == WATCH_REST || (watch.step == WATCH_MAPPED && watch.is_open)),
		      "what was not populated is as before");
		CLAIM(!watch.is_filled, "what is the outer OS's holds nothing of a chunk");
	}
	CLAIM(status == OK || the_pair.image == of, "a refused call gives a VM no image");
	CLAIM(status != OK || (done > 0 && done <= bytes && done <= HOST_POPULATE_MAX &&
			       ipa / BLOCK_BYTES == (ipa + done - 1) / BLOCK_BYTES), "a call does some of what was asked");
	CLAIM(the_pair.granule_count == had + done / GRANULE_BYTES, "the pair's granules are counted");
	CLAIM(call_depth == 0 && fake_locks_held == 0, "a call that began has ended");
	CLAIM(held_calls == 0 || (begin_status == OK && begun_in == 1u << HOST_PAIR_NEW), "only a new pair takes memory");
	WITNESS(is_target && done == HOST_POPULATE_MAX, "a whole call's worth populated");
	WITNESS(was_refused && status == OK, "a chunk refused after others");
	WITNESS(was_refused && status == ERR_AUTH, "the first chunk refused");
	WITNESS(!is_target && !was_refused && watch.step == WATCH_MAPPED, "memory behind a chunk that was refused");
	WITNESS(status == ERR_STATE && begin_status == OK && of != 0 && of != image, "another image");
}
