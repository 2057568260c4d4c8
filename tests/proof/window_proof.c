/*
 * Sharing in place, for any page: window_share opens it exactly if it says so, the page zeroed, or cleaned with its
 * content kept, before its leaf is valid, and a page that was open keeps its content; window_take_back closes it, and
 * an invalidation that covers it comes after; nobody who finds window_used false has seen an open leaf. The doorbell,
 * for any access: what is shared is inside the VM's RAM, from where it was announced on, a bounded part at a time,
 * always forward. Scaled to calls of 2 pages instead of 512.
 * Scale: abi/rsi.h: s/^#define RSI_IPA_STATE_MAX		0x200000/#define RSI_IPA_STATE_MAX 0x2000/
 * Scale: abi/window.h: s/^#define VIRTIO_MMIO_COUNT		32/#define VIRTIO_MMIO_COUNT 1/
 * Scale: mediator/pair.h: s/^#define VRING_MAX	16	/#define VRING_MAX 1	/
 * Unwind: 3
 * Mutant: mediator/window.c: s/	if (is_closed \&\& is_zeroed)/	if (!is_closed \&\& is_zeroed)/
 * Breaks: a page is zeroed exactly if it is shared anew, and should be
 * Mutant: mediator/window.c: s/	else if (is_closed)/	else if (!is_closed)/
 * Breaks: what is opened was zeroed, or cleaned with its content
 * Mutant: mediator/window.c: s/	stage2_window_flush(box, range);/	;/
 * Breaks: what was taken back is in no TLB
 * Mutant: mediator/window.c: /^static bool announced_next/,/^}/s/	    !range_is_inside(first, out->bytes, vm->ram_base, vm->ram_bytes))/	    first < vm->ram_base)/
 * Breaks: what is shared is the VM's RAM, a bounded part of it
 * SPDX-License-Identifier: BSD-3-Clause
 */
#define MACHINE_WITHOUT_EVENTS
#include "mediator/window.c"
#include "tests/proof/machine.h"

static struct pair pair;
static struct cpu cpu;

/* One page of the VM, any one: where it lies if it is mapped, its leaf, and what was done to it. */
static struct {
	uint64_t ipa, pa;
	bool is_mapped;
	enum stage2_window leaf;
	unsigned zeroed, cleaned, flushed;
	bool is_stale;		/* a TLB may hold a leaf that was open */
} page;

static unsigned leaf_writes, refused;

/* By the pages' addresses: memory that is not watched is anything. */
static bool is_page(ipa_t address)
{
	return ipa_value(address) / GRANULE_BYTES == page.ipa / GRANULE_BYTES;
}

struct pa_result stage2_lookup(const struct stage2 *stage2, ipa_t ipa)
{
	struct pa_result any = { nondet_bool() ? OK : ERR_NOT_FOUND, pa_make(nondet_u64()) };

	CLAIM(stage2 == &pair.domains[HOST_ROLE_VM].stage2, "what is shared is looked up in the VM's tables");
	if (is_page(ipa))
		return (struct pa_result){ page.is_mapped ? OK : ERR_NOT_FOUND, pa_make(page.pa | ipa_value(ipa) % GRANULE_BYTES) };
	/* Another page of the VM is another granule. */
	ASSUME(pa_value(any.pa) >> GRANULE_SHIFT != page.pa >> GRANULE_SHIFT);
	return any;
}

enum stage2_window stage2_window_get(const struct stage2 *box, ipa_t address)
{
	uint8_t any = nondet_u8();

	CLAIM(box == &pair.domains[HOST_ROLE_BOX].stage2, "a window is the box's");
	ASSUME(any <= STAGE2_WINDOW_RING);
	return is_page(address) ? page.leaf : (enum stage2_window)any;
}

void stage2_window_open(const struct stage2 *box, ipa_t address, pa_t pa, enum stage2_window how)
{
	CLAIM(box == &pair.domains[HOST_ROLE_BOX].stage2 && how == STAGE2_WINDOW_OPEN, "a window is the box's, and open");
	CLAIM(pair.window_used, "whoever finds that no window was used has seen no leaf");
	leaf_writes++;
	if (!is_page(address))
		return;
	CLAIM(page.is_mapped && pa_value(pa) == page.pa, "a leaf leads to its own page");
	CLAIM(page.leaf != STAGE2_WINDOW_CLOSED || page.zeroed + page.cleaned == 1,
	      "what is opened was zeroed, or cleaned with its content");
	page.leaf = how;
}

void stage2_window_close(const struct stage2 *box, ipa_t address)
{
	CLAIM(box == &pair.domains[HOST_ROLE_BOX].stage2, "a window that is closed is the box's");
	leaf_writes++;
	if (is_page(address))
		page.leaf = STAGE2_WINDOW_CLOSED;
}

void stage2_window_flush(const struct stage2 *box, struct ipa_range range)
{
	CLAIM(box == &pair.domains[HOST_ROLE_BOX].stage2, "what is invalidated is the box's");
	if (page.ipa >= ipa_value(range.base) && page.ipa - ipa_value(range.base) < range.bytes &&
	    page.leaf == STAGE2_WINDOW_CLOSED)
		page.is_stale = false;
}

void *fake_pointer(uint64_t pa)
{
	return (void *)pa;
}

uint64_t fake_address(const volatile void *pointer)
{
	return (uint64_t)pointer;
}

void zero_granule(void *at)
{
	if ((uint64_t)at == page.pa) {
		CLAIM(page.leaf == STAGE2_WINDOW_CLOSED, "what is shared already keeps its content");
		page.zeroed++;
	}
}

void fake_event(enum fake_event_kind kind, uint64_t a, uint64_t b)
{
	if (kind == FAKE_CLEAN && a == page.pa && b == GRANULE_BYTES)
		page.cleaned++;
}

void refusal(struct cpu *on, const struct context *context, enum host_event event, uint64_t a, uint64_t b, uint64_t c,
	     uint64_t d)
{
	(void)context;
	(void)a;
	(void)b;
	(void)d;
	CLAIM(on == &cpu && event == HOST_EVENT_REFUSED_CALL && (int64_t)c == HOST_ERR_ARGS, "a refusal says why");
	refused++;
}

static bool is_in(struct ipa_range range, uint64_t bytes)
{
	return page.ipa >= ipa_value(range.base) && page.ipa - ipa_value(range.base) < bytes;
}

static struct ipa_range range_any(void)
{
	struct ipa_range range;

	ASSUME(ipa_range_make(nondet_u64(), nondet_u64(), GRANULE_BYTES, &range) == OK && range.bytes <= RSI_IPA_STATE_MAX);
	return range;
}

static void share(void)
{
	struct ipa_range range = range_any();
	bool is_zeroed = nondet_bool();
	enum stage2_window was = page.leaf;
	uint64_t done = window_share(&pair, range, is_zeroed);

	CLAIM(done <= range.bytes && is_aligned(done, GRANULE_BYTES), "no more is shared than was asked for");
	CLAIM(page.leaf == (is_in(range, done) ? STAGE2_WINDOW_OPEN : was), "a page is open exactly if the call says so");
	CLAIM(!is_in(range, done) || page.is_mapped, "what is shared is mapped");
	CLAIM(done == range.bytes || !is_in(range, done + GRANULE_BYTES) || is_in(range, done) || !page.is_mapped,
	      "a call ends early only where nothing is mapped");
	CLAIM(page.zeroed == (is_in(range, done) && was == STAGE2_WINDOW_CLOSED && is_zeroed ? 1 : 0),
	      "a page is zeroed exactly if it is shared anew, and should be");
	WITNESS(page.zeroed == 1 && done == RSI_IPA_STATE_MAX, "as much as a call may share, zeroed");
	WITNESS(was == STAGE2_WINDOW_RING && page.leaf == STAGE2_WINDOW_OPEN, "a ring's page shared for good");
	WITNESS(done == GRANULE_BYTES && range.bytes == 2 * GRANULE_BYTES, "a range that is mapped in part");
}

static void take_back(void)
{
	struct ipa_range range = range_any();
	enum stage2_window was = page.leaf;

	page.is_stale = nondet_bool() || was != STAGE2_WINDOW_CLOSED;
	window_take_back(&pair, range);
	CLAIM(page.leaf == (is_in(range, range.bytes) ? STAGE2_WINDOW_CLOSED : was),
	      "what was taken back is closed, all else as before");
	CLAIM(!is_in(range, range.bytes) || !page.is_stale, "what was taken back is in no TLB");
	CLAIM(page.zeroed == 0, "what was taken back keeps its content");
	CLAIM(window_is_private(&pair, ipa_make(page.ipa)) == (page.is_mapped && page.leaf == STAGE2_WINDOW_CLOSED),
	      "what is private is mapped, and closed");
	WITNESS(is_in(range, range.bytes) && was == STAGE2_WINDOW_OPEN, "an open page taken back");
}

static void doorbell(void)
{
	struct context vm = { .pair = &pair, .role = HOST_ROLE_VM };
	struct access access = {
		.address = 0x0b000000 + (uint64_t)(nondet_u16() & 0xfff), .value = nondet_u64(), .bytes = nondet_u8(),
		.is_write = nondet_bool(),
	};
	const struct domain *ram = &pair.domains[HOST_ROLE_VM];
	uint64_t next = pair.window_next, offset = access.address & 0xfff, value = access.value;
	enum stage2_window was = page.leaf;

	ASSUME(access.bytes == 1 || access.bytes == 2 || access.bytes == 4 || access.bytes == 8);
	ASSUME(is_aligned(access.address, access.bytes));
	bool is_over = window_doorbell(&cpu, &vm, &access), is_first = access.is_write && access.bytes == 8 && offset == 0;
	bool is_last = access.is_write && access.bytes == 8 && offset == 8, is_changed = page.leaf != was;
	uint64_t done = pair.window_next - (is_first ? 0 : next);

	CLAIM(!is_first || (pair.window_next == value && leaf_writes == 0), "the first register keeps what is announced");
	CLAIM(is_first || is_last || (leaf_writes == 0 && pair.window_next == next && is_over),
	      "no other access shares anything");
	CLAIM(!is_changed || (page.ipa >= next && page.ipa <= value && page.ipa >= ram->ram_base &&
			      value - ram->ram_base < ram->ram_bytes && page.ipa - next < RSI_IPA_STATE_MAX),
	      "what is shared is the VM's RAM, a bounded part of it");
	CLAIM(is_over || (is_last && done == RSI_IPA_STATE_MAX && pair.window_next <= value),
	      "an access that is made again has more to share, and goes forward");
	CLAIM(!is_last || refused == 1 || (done > 0 && done <= RSI_IPA_STATE_MAX && (!is_over ||
	      pair.window_next == value + 1)),
	      "an access that is over has shared everything, or was refused");
	CLAIM(page.zeroed == 0, "what is announced keeps its content");
	WITNESS(!is_over, "more than one exit may share");
	WITNESS(is_last && is_over && refused == 0 && is_changed, "the last part shared");
	WITNESS(is_last && refused == 1 && next >= ram->ram_base, "a range that leaves the RAM");
}

void proof(void)
{
	struct domain *ram = &pair.domains[HOST_ROLE_VM];

	page.ipa = nondet_u64();
	page.pa = nondet_u64();
	page.is_mapped = nondet_bool();
	page.leaf = nondet_bool() ? STAGE2_WINDOW_CLOSED : nondet_bool() ? STAGE2_WINDOW_OPEN : STAGE2_WINDOW_RING;
	ASSUME(is_aligned(page.ipa | page.pa, GRANULE_BYTES) && page.ipa < IPA_HALF && page.pa < BIT(47) && page.pa != 0);
	ram->ram_base = PLAT_RAM_BASE;
	ram->ram_bytes = nondet_u64();
	ASSUME(ram->ram_bytes <= IPA_HALF - PLAT_RAM_BASE && is_aligned(ram->ram_bytes, BLOCK_BYTES) && ram->ram_bytes != 0);
	/* Memory is mapped inside the RAM: see the harness memory_donate. */
	ASSUME(!page.is_mapped || (page.ipa >= ram->ram_base && page.ipa - ram->ram_base < ram->ram_bytes));
	pair.window_used = page.leaf != STAGE2_WINDOW_CLOSED || nondet_bool();
	pair.window_next = nondet_u64();
	uint8_t what = nondet_u8();

	if (what == 0)
		share();
	else if (what == 1)
		take_back();
	else
		doorbell();
}
