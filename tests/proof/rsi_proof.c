/*
 * An RSI call with any registers by any vCPU of a realm: which ranges and pages are accepted, in the harness's own
 * words; what is shared, taken back or written is the caller's own RAM, whole granules, a bounded part, always forward;
 * of the caller the named results change and nothing else; three values leave with a host call. Scaled to calls of 3
 * pages instead of 512, without room for rings.
 * Scale: abi/rsi.h: s/^#define RSI_IPA_STATE_MAX		0x200000/#define RSI_IPA_STATE_MAX 0x3000/
 * Scale: abi/host.h: s/^#define HOST_PAIR_MAX			120/#define HOST_PAIR_MAX 2/
 * Scale: abi/window.h: s/^#define VIRTIO_MMIO_COUNT		32/#define VIRTIO_MMIO_COUNT 1/
 * Scale: mediator/pair.h: s/^#define VRING_MAX	16	/#define VRING_MAX 1	/
 * Wraps: the identifier less the first one: what is smaller is far too large then
 * Unwind: 17
 * Options: --no-array-field-sensitivity
 * Mutant: mediator/rsi.c: /^static uint64_t ipa_state_set/,/^}/s/(top < ram_end ? top : ram_end) - base/top - base/
 * Breaks: what is shared or taken back is the caller's RAM, a bounded part of what was asked for
 * Mutant: mediator/rsi.c: s/	    !window_is_private(vm->pair, ipa_make(page)))/	    false)/
 * Breaks: what the mediator writes is a private page of the caller's
 * Mutant: mediator/rsi.c: s/	if (index == 0 || index >= RSI_MEASUREMENT_COUNT ||/	if (index >= RSI_MEASUREMENT_COUNT ||/
 * Breaks: an extension is of one of the four values that can be
 * Mutant: mediator/rsi.c: s/{ measurement_extend, 0 },/{ measurement_extend, 1 },/
 * Breaks: only the results that a call names change
 * Mutant: mediator/rsi.c: s/	if (page == NULL || offset >= GRANULE_BYTES || !range_is_inside(offset, bytes, 0, GRANULE_BYTES))/	if (page == NULL || offset >= GRANULE_BYTES || bytes > GRANULE_BYTES)/
 * Breaks: a token goes into the page that was named, and not past its end
 * Mutant: mediator/rsi.c: s/	token->count += bytes;/	token->count = bytes;/
 * Breaks: each byte of a token comes once
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "mediator/rsi.c"
#include "tests/proof/machine.h"

struct context nondet_context(void);
struct pair nondet_pair(void);
struct rsi_host_call nondet_host_call(void);

static struct boot_info board;
const struct boot_info *const boot_info = &board;
struct pair_slot pair_slots[HOST_PAIR_MAX];
static struct cpu cpu;
static struct context vm, before;
static struct pair pair, pair_before;

/* What the calls above rely on. */
static unsigned shared, taken_back, hashed, asked, left, refused;
static struct ipa_range moved;
static uint64_t moved_bytes;
static bool is_private, is_there;
static struct rsi_realm_config config;
static struct rsi_host_call host_call_page;

static bool is_own_ram(uint64_t base, uint64_t bytes)
{
	const struct domain *ram = &pair_before.domains[HOST_ROLE_VM];

	return base >= ram->ram_base && (unsigned __int128)base + bytes <= (unsigned __int128)ram->ram_base + ram->ram_bytes;
}

/* As C defines them, in words: results and measurements are moved here. */
void *memcpy(void *restrict to, const void *restrict from, size_t bytes)
{
	CLAIM(bytes % 8 == 0 && bytes <= 128, "what is copied are registers and measurements");
	for (unsigned i = 0; i < bytes / 8; i++)
		((uint64_t *)to)[i] = ((const uint64_t *)from)[i];
	return to;
}

int memcmp(const void *a, const void *b, size_t bytes)
{
	bool is_same = true;

	CLAIM(bytes == HOST_MEASUREMENT_BYTES, "a measurement is compared whole");
	for (unsigned i = 0; i < PAIR_CHAIN_WORDS; i++)
		is_same = is_same && ((const uint64_t *)a)[i] == ((const uint64_t *)b)[i];
	return is_same ? 0 : 1;
}

static void move_check(struct ipa_range range)
{
	uint64_t base = ipa_value(range.base);

	CLAIM(base == before.frame.x[1] && range.bytes > 0 && is_aligned(base | range.bytes, GRANULE_BYTES) &&
	      range.bytes <= RSI_IPA_STATE_MAX && base + range.bytes <= before.frame.x[2] && is_own_ram(base, range.bytes),
	      "what is shared or taken back is the caller's RAM, a bounded part of what was asked for");
	CLAIM(before.frame.x[0] == 0xc4000197, "only RSI_IPA_STATE_SET moves pages");
	moved = range;
}

uint64_t window_share(struct pair *of, struct ipa_range range, bool is_zeroed)
{
	uint64_t done = nondet_u64();

	move_check(range);
	CLAIM(of == &pair && is_zeroed && before.frame.x[3] == 0, "an RSI share is of zeroed pages");
	shared++;
	ASSUME(done <= range.bytes && is_aligned(done, GRANULE_BYTES));
	moved_bytes = done;
	return done;
}

void window_take_back(struct pair *of, struct ipa_range range)
{
	move_check(range);
	CLAIM(of == &pair && before.frame.x[3] == 1, "an RSI take-back is of RAM");
	taken_back++;
	moved_bytes = range.bytes;
}

/* Private or shared, page by page from the one that the call begins with; far away anything. */
static uint64_t private_pages;

bool window_is_private(const struct pair *of, ipa_t address)
{
	uint64_t page = ipa_value(address) / GRANULE_BYTES, first = before.frame.x[1] / GRANULE_BYTES;

	CLAIM(of == &pair, "whose page is private is asked of the caller's pair");
	return page >= first && page - first < 64 ? (private_pages >> (page - first) & 1) != 0 : nondet_bool();
}

void *window_memory(const struct pair *of, ipa_t address)
{
	CLAIM(of == &pair && ipa_value(address) == before.frame.x[1], "memory that is reached is the page that was named");
	if (before.frame.x[0] == 0xc4000199)
		return is_there ? &host_call_page : NULL;
	CLAIM(is_own_ram(ipa_value(address), GRANULE_BYTES) && (private_pages & 1) != 0 &&
	      is_aligned(ipa_value(address), GRANULE_BYTES), "what the mediator writes is a private page of the caller's");
	return &config;
}

bool redistributor_is(const struct context *context, uint64_t address)
{
	return context == &vm && address >= 0x080a0000 && address - 0x080a0000 < (uint64_t)pair.vcpu_count << 17;
}

/* What the anchor says of a token; it writes no more than there is room for. */
static enum status token_status;
static uint64_t token_bytes, token_whole;

enum status anchor_token(const struct token_request *request, unsigned place, const void *to, uint64_t *bytes, uint64_t had,
			 uint64_t *whole)
{
	uint64_t offset = before.frame.x[2];

	CLAIM(pair_slots[pair.index].lock.taken == 0, "a token is asked for without a lock");
	CLAIM(before.frame.x[0] == 0xc4000195 && before.token.is_begun, "a token is asked for by who has begun one");
	CLAIM(request == &vm.token.request && had == before.token.count, "a token goes on where it was");
	CLAIM(place < ANCHOR_TOKEN_PLACES && place == pair.index * 8u + vm.index, "who asks has its own place");
	CLAIM(offset < 4096 && *bytes <= 4096 - offset && to == (const uint8_t *)&config + offset,
	      "a token goes into the page that was named, and not past its end");
	asked++;
	token_status = nondet_bool() ? OK : nondet_bool() ? ERR_BUSY : ERR_AUTH;
	if (token_status != OK)
		return token_status;
	ASSUME(token_bytes <= *bytes && token_whole <= 4096 && token_bytes <= token_whole - had && had <= token_whole);
	*bytes = token_bytes;
	*whole = token_whole;
	return OK;
}

void anchor_hash_final(const void *data, uint64_t bytes, uint64_t chain[PAIR_CHAIN_WORDS])
{
	uint64_t index = before.frame.x[1];

	CLAIM(pair_slots[pair.index].lock.taken == 0, "the anchor is called without a lock");
	CLAIM(data == &vm.frame.x[3] && bytes == before.frame.x[2] && bytes <= 64, "what is hashed is what the caller gave");
	CLAIM(index >= 1 && index <= 4, "an extension is of one of the four values that can be");
	hashed++;
	for (unsigned i = 0; i < PAIR_CHAIN_WORDS; i++)
		chain[i] = nondet_u64();
	/* Another vCPU may have been quicker. */
	if (nondet_bool() && index >= 1 && index <= 4)
		pair.extensible[index - 1][0] = nondet_u64();
}

uint64_t fake_address(const volatile void *pointer)
{
	(void)pointer;
	return nondet_u64();
}

struct context *run_to_box(struct cpu *on, uint64_t reason, uint64_t address, uint64_t access, uint64_t value)
{
	uint64_t at = before.frame.x[1];

	CLAIM(on == &cpu && before.frame.x[0] == 0xc4000199 && reason == BOX_EXIT_HOST_CALL &&
	      address == host_call_page.immediate &&
	      access == host_call_page.gprs[0] && value == host_call_page.gprs[1], "three values leave with a host call");
	CLAIM(at % 256 == 0 && is_own_ram(at, 256) && is_there, "a host call's struct is the caller's RAM");
	left++;
	WITNESS(host_call_page.immediate == 0xffff, "a host call");
	return NULL;
}

void refusal(struct cpu *on, const struct context *context, enum host_event event, uint64_t a, uint64_t b, uint64_t c,
	     uint64_t d)
{
	CLAIM(on == &cpu && context == &vm && event == HOST_EVENT_REFUSED_CALL && a == before.frame.x[0] &&
	      b == before.frame.x[1] &&
	      (c == 1 || c == 2) && d == 0, "a refused call leaves a record");
	refused++;
}

/* Both IPA_STATE calls: granules, not empty, below the shared half. */
static bool is_range(void)
{
	uint64_t base = before.frame.x[1], top = before.frame.x[2];

	return base % 4096 == 0 && top % 4096 == 0 && base < top && top <= 1ull << 39;
}

static void state_set_check(void)
{
	uint64_t base = before.frame.x[1], top = before.frame.x[2], wanted = before.frame.x[3], end = vm.frame.x[1];
	bool is_input = is_range() && wanted <= 1;
	bool is_accepted = is_input && vm.frame.x[2] == 0;

	CLAIM(vm.frame.x[0] == (is_input ? 0 : 1), "a state is set exactly if range and state are ones that can be");
	CLAIM(!is_input || (vm.frame.x[2] <= 1 && end >= base && end <= top), "a new base is in the range");
	CLAIM(!is_accepted || (end > base && is_own_ram(base, end - base)),
	      "what is accepted goes forward, and is the caller's RAM");
	CLAIM(!is_input || is_accepted || end == base, "what is rejected changes nothing");
	CLAIM(!is_input || is_accepted || !is_own_ram(base, 4096) || (shared == 1 && moved_bytes == 0),
	      "what is rejected is no RAM of the caller's");
	CLAIM(!is_accepted || wanted == 1 || (shared == 1 && end == base + moved_bytes),
	      "what is accepted as shared is shared");
	CLAIM(!is_accepted || wanted == 0 || !pair.window_used || (taken_back == 1 && end == base + moved_bytes),
	      "what is accepted as private is taken back, if ever a window was open");
	CLAIM(is_input || shared + taken_back == 0, "a range that cannot be moves nothing");
	WITNESS(is_accepted && end < top && wanted == 0, "a share that is to be called again");
	WITNESS(is_accepted && end - base > RSI_IPA_STATE_MAX, "all of a realm that never shared anything");
	WITNESS(is_input && !is_accepted && !is_own_ram(base, 4096), "a range outside the RAM");
}

static uint64_t state_of(uint64_t page)
{
	if (is_own_ram(page, 4096))
		return window_is_private(&pair, ipa_make(page)) ? 1 : 0;
	return redistributor_is(&vm, page) ? 3 : 0;
}

static void state_get_check(void)
{
	uint64_t base = before.frame.x[1], top = before.frame.x[2], end = vm.frame.x[1], page = nondet_u64();

	CLAIM(vm.frame.x[0] == (is_range() ? 0 : 1), "a state is told exactly if the range is one that can be");
	if (!is_range())
		return;
	CLAIM(end > base && end <= top && end % 4096 == 0, "a uniform part goes forward, and is in the range");
	ASSUME(page % 4096 == 0 && page >= base && page < end);
	/* Of RAM only so many pages are looked at. */
	CLAIM(!is_own_ram(page, 4096) || !is_own_ram(base, 4096) || page - base <= RSI_IPA_STATE_MAX, "work is bounded");
	CLAIM(vm.frame.x[2] == state_of(page), "every page of the part has the state that is told");
	WITNESS(vm.frame.x[2] == 1 && end - base == RSI_IPA_STATE_MAX, "a private part");
	WITNESS(vm.frame.x[2] == 3, "what the mediator emulates");
	WITNESS(end - base > 0x1000000 && vm.frame.x[2] == 0, "a part that is the box's");
}

static void measurement_check(void)
{
	uint64_t index = before.frame.x[1], i = nondet_u8(), word = nondet_u8();

	ASSUME(i < 4 && word < PAIR_CHAIN_WORDS);
	if (before.frame.x[0] == 0xc4000192) {
		CLAIM((vm.frame.x[0] == 0) == (index <= 4), "a measurement that is read is one of five");
		CLAIM(index > 4 || vm.frame.x[1 + word] ==
		      (index == 0 ? pair.domains[HOST_ROLE_VM].chain[word] : pair.extensible[(index - 1) & 3][word]),
		      "what is read is the measurement");
		CLAIM(vm.frame.x[5 + word] == 0, "behind a measurement is zero");
		WITNESS(index == 4 && vm.frame.x[4] != 0, "the last measurement");
	}
	CLAIM(hashed == 1 || pair.extensible[i][word] == pair_before.extensible[i][word], "measurements change by extension");
	CLAIM(i + 1 == index || pair.extensible[i][word] == pair_before.extensible[i][word], "no other measurement changes");
	CLAIM(pair.domains[HOST_ROLE_VM].chain[word] == pair_before.domains[HOST_ROLE_VM].chain[word],
	      "the initial measurement is final");
	CLAIM(before.frame.x[0] != 0xc4000193 || vm.frame.x[0] == 0 || vm.frame.x[0] == 1 ||
	      (vm.frame.x[0] == before.frame.x[0] && vm.frame.pc == before.frame.pc - 4 && hashed == 1),
	      "an extension is done, refused, or made again");
}

static void token_check(void)
{
	uint64_t i = nondet_u8(), word = nondet_u8();
	const struct token_request *request = &vm.token.request;

	ASSUME(i < 8 && word < PAIR_CHAIN_WORDS);
	if (before.frame.x[0] == 0xc4000194) {
		CLAIM(vm.token.is_begun && vm.token.count == 0, "a token that is begun starts with its first byte");
		CLAIM(((const uint64_t *)request->challenge)[i] == before.frame.x[1 + i], "the challenge is the caller's");
		CLAIM(((const uint64_t *)request->extensible[i & 3])[word] == pair_before.extensible[i & 3][word],
		      "a token says what was measured");
		CLAIM(request->class == pair_before.class && request->counter == pair_before.image_counter,
		      "a token says who it is");
	}
	if (asked == 0)
		return;
	CLAIM((vm.frame.x[0] == 0) == (token_status == OK && before.token.count + token_bytes == token_whole),
	      "a token ends with its last byte");
	CLAIM(vm.token.is_begun == (vm.frame.x[0] == 3), "a token goes on until it ends or fails");
	CLAIM(vm.frame.x[1] == (token_status == OK ? token_bytes : 0), "the bytes that were written are told");
	CLAIM(vm.token.count == before.token.count + vm.frame.x[1], "each byte of a token comes once");
	CLAIM(vm.frame.x[0] != 4 || token_status == ERR_AUTH, "a token that fails is not known");
	WITNESS(vm.frame.x[0] == 0 && before.token.count > 0, "the last bytes of a token");
	WITNESS(vm.frame.x[0] == 3 && vm.frame.x[1] > 0, "bytes of a token");
}

/* Registers from x1 on that are results: abi/rsi.h. */
static unsigned results_of(uint64_t id)
{
	static const uint8_t results[] = { 2, 1, 8, 0, 1, 1, 0, 2, 2, 0 };

	return results[id - RSI_CALL_BASE];
}

/* May byte @i of the caller change, but for results? */
static bool is_own(uint64_t i)
{
	uint64_t mmio = offsetof(struct context, mmio), token = offsetof(struct context, token);

	return (i >= FRAME_PC && i < FRAME_PC + 8 && before.frame.x[0] == 0xc4000193) ||
	       (i >= token && i - token < sizeof(struct token_wait) &&
		(before.frame.x[0] == 0xc4000194 || (before.frame.x[0] == 0xc4000195 && asked == 1))) ||
	       (i >= mmio && i - mmio < sizeof(struct mmio_wait) && left == 1);
}

static void realm_make(void)
{
	struct domain *ram = &pair.domains[HOST_ROLE_VM];

	vm = nondet_context();
	pair = nondet_pair();
	vm.pair = &pair;
	vm.role = HOST_ROLE_VM;
	vm.is_outer = false;
	ram->ram_base = PLAT_RAM_BASE;
	ASSUME(ram->ram_bytes <= IPA_HALF - PLAT_RAM_BASE && is_aligned(ram->ram_bytes, BLOCK_BYTES) && ram->ram_bytes != 0);
	ASSUME(pair.index < HOST_PAIR_MAX && pair.vcpu_count >= 1 && pair.vcpu_count <= HOST_VCPU_MAX);
	pair.options = HOST_OPTION_SHARE_RSI;
	ASSUME(rsi_is(&vm, vm.frame.x[0]));
	/* A call is 4 bytes behind something. */
	ASSUME(vm.frame.pc >= 4);
	private_pages = nondet_u64();
	is_there = nondet_bool();
	host_call_page = nondet_host_call();
	vm.token.is_begun = nondet_bool();
	token_bytes = nondet_u64();
	token_whole = nondet_u64();
	ASSUME(vm.token.count <= 4096 && vm.index < HOST_VCPU_MAX);
	before = vm;
	pair_before = pair;
}

void proof(void)
{
	uint64_t i = nondet_u64();

	realm_make();
	uint64_t id = before.frame.x[0];
	struct context *next = rsi_call(&cpu, &vm);

	ASSUME(i < sizeof(vm));
	CLAIM(next == (left == 1 ? NULL : &vm), "the caller goes on, unless its box is asked");
	CLAIM(i / 8 <= results_of(id) || is_own(i) || ((uint8_t *)&vm)[i] == ((uint8_t *)&before)[i],
	      "only the results that a call names change");
	CLAIM(left == 0 || (vm.mmio.valid && vm.mmio.is_host_call && vm.mmio.far == before.frame.x[1]),
	      "a host call waits for its box");
	if (id == 0xc4000197)
		state_set_check();
	if (id == 0xc4000198)
		state_get_check();
	if (id != 0xc4000197)
		CLAIM(shared + taken_back == 0, "no other call shares or takes back");
	measurement_check();
	token_check();
	CLAIM(id != 0xc4000196 || vm.frame.x[0] != 0 || (config.ipa_bits == 40 && config.hash_algorithm == 0),
	      "a realm is told its address space");
	CLAIM(refused == 0 || vm.frame.x[0] == 1 || vm.frame.x[0] == 2, "what is logged was refused");
	CLAIM(pair_slots[pair.index].lock.taken == 0, "locks are given back");
	WITNESS(id == 0xc4000196 && vm.frame.x[0] == 0, "a realm's configuration");
	WITNESS(id == 0xc4000195 && vm.frame.x[0] == 4, "a token that cannot be made");
}
