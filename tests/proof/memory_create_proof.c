/*
 * HOST_PAIR_CREATE that finds its memory, with any parameters, for any granule: those of the control area change hands
 * in the order hold, unmap and invalidate, zero, record, exactly if the call says so, each as what its place makes it;
 * the pair is published when all of it is its own, with nothing left over in it from before. Calls that are refused:
 * see the harness memory_create_refused. The page of the parameters and the control area lie at one address each: which
 * ones are accepted is for the harness pair_params. Scaled to 2 vCPUs instead of 8, without room for rings.
 * Scale: abi/host.h: s/^#define HOST_VCPU_MAX			8/#define HOST_VCPU_MAX 2/
 * Scale: abi/window.h: s/^#define VIRTIO_MMIO_COUNT		32/#define VIRTIO_MMIO_COUNT 1/
 * Scale: mediator/pair.h: s/^#define VRING_MAX	16	/#define VRING_MAX 1	/
 * Unwind: 12
 * Mutant: mediator/memory.c: /^static void create_commit/,/^}/s/	stage2_outer_close(control);/	;/
 * Breaks: what is zeroed is unreachable for its old owner
 * Mutant: mediator/memory.c: s/	control_release(control.base, HOST_CONTROL_CONTEXTS, 2 \* params->vcpu_count, GRANULE_CONTEXT, who);/	control_release(control.base, HOST_CONTROL_CONTEXTS, params->vcpu_count, GRANULE_CONTEXT, who);/
 * Breaks: the control area, and nothing else, changes hands exactly if the call says so
 * Mutant: mediator/memory.c: /^static void create_commit/,/^}/s/	zero_range(control);/	;/
 * Breaks: a granule changes hands after it was unmapped, invalidated and zeroed
 * SPDX-License-Identifier: BSD-3-Clause
 */
#define WATCH_WITHOUT_MEMORY
#define WATCH_WITHOUT_HOLD
#include "tests/proof/memory_watch.h"

/* Where the caller's page and the control area lie. */
#define PAGE	0x90000000ull
#define CONTROL	0x80000000ull

/* The granules of the control area that the mediator writes: what is in them before is unknown. */
struct box_granule {
	struct context context;
	uint8_t rest[GRANULE_BYTES - 64 - sizeof(struct context)];
	union {
		struct vcpu vcpu;
		uint8_t last[64];
	};
};
_Static_assert(offsetof(struct box_granule, vcpu) == GRANULE_BYTES - 64, "where memory.c puts it");
_Static_assert(sizeof(struct box_granule) == GRANULE_BYTES, "all of it");
static struct pair descriptor;
/* Each its own object, so that CBMC need not think of them as one. */
static struct box_granule box0, box1;
static struct context vm0, vm1;
static unsigned made[2][HOST_VCPU_MAX];

struct pair nondet_pair(void);
struct host_pair_params nondet_params(void);

/* What the caller's page holds when it is read. */
static struct host_pair_params given;
/* The last address for which a pointer was asked. */
static uint64_t pointed;
static bool is_read, is_taken, is_published;

/* Which granule of the control area @pa is; a large number if none. */
static uint64_t place_of(uint64_t pa)
{
	return is_read && pa >= CONTROL ? (pa - CONTROL) / GRANULE_BYTES : ~0ull;
}

void *fake_pointer(uint64_t pa)
{
	uint64_t place = place_of(pa);

	pointed = pa;
	if (place == HOST_CONTROL_DESCRIPTOR)
		return &descriptor;
	if (place == HOST_CONTROL_CONTEXTS)
		return &box0;
	if (place == HOST_CONTROL_CONTEXTS + 1)
		return &vm0;
	if (place == HOST_CONTROL_CONTEXTS + 2)
		return &box1;
	if (place == HOST_CONTROL_CONTEXTS + 3)
		return &vm1;
	return (void *)pa;
}

/* By the address for which the pointer was asked. Of a context's granule, what this file writes in it. */
void zero_granule(void *page)
{
	uint64_t place = place_of(pointed);

	(void)page;
	if (place == HOST_CONTROL_DESCRIPTOR)
		descriptor = (struct pair){ 0 };
	if (place == HOST_CONTROL_CONTEXTS)
		box0.vcpu = (struct vcpu){ 0 };
	if (place == HOST_CONTROL_CONTEXTS + 2)
		box1.vcpu = (struct vcpu){ 0 };
	if (pointed != watch.pa)
		return;
	CLAIM(watch.step == WATCH_CLOSED, "what is zeroed is unreachable for its old owner");
	watch.step = WATCH_ZEROED;
}

/* Only the parameters are copied here. */
void *memcpy(void *restrict to, const void *restrict from, size_t bytes)
{
	(void)from;
	CLAIM(bytes == sizeof(given) && !is_taken, "the parameters are read once, before anything is taken");
	if (pointed == watch.pa)
		CLAIM(watch.step == WATCH_HELD || watch.record.state == GRANULE_LOADER, "what is read is held, or the loader's");
	given = nondet_params();
	given.control_pa = CONTROL;
	is_read = true;
	*(struct host_pair_params *)to = given;
	return to;
}

void anchor_hash_init(uint64_t kind, uint64_t chain[PAIR_CHAIN_WORDS])
{
	CLAIM(chain == descriptor.domains[kind == ANCHOR_CHAIN_BOX ? HOST_ROLE_BOX : HOST_ROLE_VM].chain &&
	      (kind == ANCHOR_CHAIN_BOX || kind == ANCHOR_CHAIN_VM), "a box and a VM have chains of their own kind");
}

void context_init(struct context *context, struct vcpu *vcpu, struct pair *pair, const struct stage2 *stage2,
		  who_t who, unsigned role, unsigned index)
{
	CLAIM(role <= HOST_ROLE_VM && index < given.vcpu_count, "a vCPU is one that was asked for");
	struct box_granule *box = index == 0 ? &box0 : &box1;
	struct context *vm = index == 0 ? &vm0 : &vm1;

	CLAIM(context == (role == HOST_ROLE_BOX ? &box->context : vm) && vcpu == &box->vcpu,
	      "a vCPU's contexts are in its own granules");
	CLAIM(pair == &descriptor && stage2 == &descriptor.domains[role].stage2 && who.who == 2 * the_index + 2 + role,
	      "a context is its domain's");
	made[role][index]++;
}

enum status pair_slot_take(unsigned *index)
{
	*index = the_index;
	is_taken = true;
	return OK;
}

void pair_slot_drop(unsigned index)
{
	(void)index;
	CLAIM(false, "a slot for which there is memory is kept");
}

/* Whoever asks gets what is the outer OS's: the other case is the harness memory_create_refused. */
enum status granule_hold(struct pa_range range, uint8_t state, who_t who, pa_t *failed)
{
	(void)failed;
	CLAIM(fake_locks_held == 0, "granules are taken without a lock");
	ASSUME(!is_watched(range) || (watch.record.state == state && watch.record.who.who == who.who &&
				      watch.step == WATCH_REST));
	if (is_watched(range))
		watch.step = WATCH_HELD;
	return OK;
}

static bool is_control(uint64_t pa)
{
	return place_of(pa) < HOST_CONTROL_GRANULES(given.vcpu_count);
}

void pair_publish(unsigned index, struct pair *pair)
{
	CLAIM(is_taken && index == the_index && pair == &descriptor, "what is published is the descriptor, in its slot");
	CLAIM(!is_control(watch.pa) || watch.step == WATCH_RELEASED || watch.step == WATCH_MAPPED,
	      "a pair is published when all of its memory is its own");
	is_published = true;
}

/* What a granule of the control area becomes, by its place: abi/host.h. */
static uint8_t state_at(uint64_t place)
{
	return place < 4 ? GRANULE_TABLE : place == 5 ? GRANULE_NOTICE : GRANULE_CONTEXT;
}

static void domain_check(unsigned role, uint64_t root, uint64_t ram_bytes)
{
	const struct domain *domain = &descriptor.domains[role];

	CLAIM(pa_value(domain->stage2.root) == CONTROL + root * GRANULE_BYTES &&
	      domain->stage2.vmid == 2 * the_index + 2 + role && domain->ram_base == 0x40000000 &&
	      domain->ram_bytes == ram_bytes && domain->run.base == 0x40000000 && domain->run.bytes == 0 && !domain->is_final,
	      "a domain is empty, as large as was asked for, with a root and a VMID of its own");
}

static void vcpu_check(unsigned index, const struct box_granule *box, const struct context *vm)
{
	CLAIM(index >= given.vcpu_count ||
	      (box->vcpu.cpu == NO_CPU && box->vcpu.box == &box->context && box->vcpu.vm == vm &&
	       descriptor.contexts[0][index] == &box->context && descriptor.contexts[1][index] == vm),
	      "a vCPU is nowhere loaded, and knows its contexts");
}

static void pair_check(void)
{
	unsigned i = nondet_u8();

	ASSUME(i < HOST_VCPU_MAX);
	domain_check(HOST_ROLE_BOX, 2, given.box_ram_bytes);
	domain_check(HOST_ROLE_VM, 0, given.vm_ram_bytes);
	CLAIM(descriptor.index == the_index && descriptor.vcpu_count == given.vcpu_count &&
	      descriptor.class == given.class && descriptor.options == given.options &&
	      descriptor.vm_entry == given.vm_entry && descriptor.vm_x0 == given.vm_x0 &&
	      pa_value(descriptor.control) == CONTROL, "a pair is what was asked for");
	CLAIM(descriptor.granule_count == 6 + 2 * given.vcpu_count, "the pair's granules are counted");
	CLAIM(descriptor.pool.count == 0 && descriptor.claimed[i] == 0 && !descriptor.window_used &&
	      descriptor.window_next == 0 && descriptor.vrings[0].entry_count == 0 &&
	      descriptor.extensible[3][3] == 0, "nothing is left over in a pair from before");
	CLAIM(made[HOST_ROLE_BOX][i] == (i < given.vcpu_count ? 1 : 0) &&
	      made[HOST_ROLE_VM][i] == (i < given.vcpu_count ? 1 : 0), "every vCPU has two contexts");
	vcpu_check(0, &box0, &vm0);
	vcpu_check(1, &box1, &vm1);
}

static void memory_make(void)
{
	descriptor = nondet_pair();
	box0.vcpu.cpu = nondet_u8();
	box1.vcpu.cpu = nondet_u8();
	board.loader = (struct boot_range){ nondet_u64(), nondet_u64() };
	ASSUME(board.loader.base < BIT(47) && board.loader.bytes < BIT(47));
	ASSUME(is_aligned(board.loader.base | board.loader.bytes, GRANULE_BYTES));
	ASSUME((watch.record.state == GRANULE_LOADER) ==
	       range_is_inside(watch.pa, GRANULE_BYTES, board.loader.base, board.loader.bytes));
	ASSUME(watch.record.state != GRANULE_LOADER || watch.record.who.who == 0);
}

void proof(void)
{
	struct call call = { .args = { PAGE } };

	watch_make();
	memory_make();
	struct granule before = watch.record;
	enum status status = memory_create(&call);
	bool moved = watch.step == WATCH_RELEASED || watch.step == WATCH_MAPPED;

	CLAIM(moved == (status == OK && is_control(watch.pa)),
	      "the control area, and nothing else, changes hands exactly if the call says so");
	CLAIM(moved || watch.step == WATCH_REST, "what does not change hands is as before");
	CLAIM(is_taken == (status == OK), "a pair has a slot");
	CLAIM(is_published == (status == OK), "a pair is published exactly if the call says so");
	if (moved) {
		uint64_t place = place_of(watch.pa);

		CLAIM(before.state == GRANULE_OUTER && before.who.who == 0, "what is taken was the outer OS's");
		CLAIM(watch.record.state == state_at(place) && watch.record.who.who == 2 * the_index + 2,
		      "a granule becomes what its place makes it, and the pair's");
		CLAIM(watch.is_open == (place == 5), "the outer OS reads the notice page, and reaches no other");
		WITNESS(place == 5 && given.vcpu_count == HOST_VCPU_MAX, "the notice page");
		WITNESS(place == 9, "the last context");
	}
	if (status == OK) {
		pair_check();
		CLAIM(call.results[0] == pair_handle(the_index), "the caller gets the pair's handle");
	}
	CLAIM(fake_locks_held == 0, "locks are given back");
	WITNESS(status == ERR_ARGS, "parameters that are malformed");
	WITNESS(status == OK && given.class == HOST_CLASS_CONFIDENTIAL, "a confidential pair");
}
