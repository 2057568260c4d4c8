/*
 * HOST_ACTIVATE for any pair: it becomes active exactly if it is new, the policy lists both measurements, or in place of
 * the VM's the anchor vouches for it by its image, and nobody terminated it meanwhile; what is measured is the chain and every property that the caller chose, the box first, so
 * that the VM's measurement names its box; vCPU 0 of both, and no other, starts where it was measured to; a call that
 * is refused says which measurement, and changes nothing. Scaled to 2 vCPUs instead of 8, 2 slots instead of 120,
 * without room for rings.
 * Scale: abi/host.h: s/^#define HOST_VCPU_MAX			8/#define HOST_VCPU_MAX 2/
 * Scale: abi/host.h: s/^#define HOST_PAIR_MAX			120/#define HOST_PAIR_MAX 2/
 * Scale: abi/window.h: s/^#define VIRTIO_MMIO_COUNT		32/#define VIRTIO_MMIO_COUNT 1/
 * Scale: mediator/pair.h: s/^#define VRING_MAX	16	/#define VRING_MAX 1	/
 * Unwind: 7
 * Mutant: mediator/activation.c: /^static void activate_commit/,/^}/s/	if (!atomic_load(&slot->mark))/	if (true)/
 * Breaks: a pair that was terminated meanwhile stays terminated
 * Mutant: mediator/activation.c: /^enum status memory_activate/,/^}/s/	for (unsigned role = 0; role < 2 /	for (unsigned role = 1; role < 2 /
 * Breaks: a pair is activated exactly if both of its measurements may run
 * Mutant: mediator/activation.c: s/		.options = is_vm ? pair->options : 0,/		.options = 0,/
 * Breaks: a VM's measurement names all that its maker chose, and its box
 * Mutant: mediator/activation.c: s/	if (pair->class == HOST_CLASS_ISOLATED)/	if (pair->class != 0)/
 * Breaks: a box sees all of its VM exactly if that is isolated
 * Mutant: mediator/activation.c: /^static bool may_run/,/^}/s/	if (role == HOST_ROLE_VM && pair->image != 0)/	if (role == HOST_ROLE_VM \&\& pair->image == ~0ull)/
 * Breaks: what the policy is asked for is what was measured, and no image vouches for
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "tests/proof/memory_watch.h"

/* Each its own object, so that CBMC need not think of them as one. */
static struct context box0, box1, vm0, vm1;
static struct pair pair_before;

/* By role: what the anchor said, and whether the policy lists it. */
static uint64_t measured[2][PAIR_CHAIN_WORDS];
static bool is_listed[2];
/* And whether the anchor vouches for the VM, if that has an image. */
static bool is_vouched;
static uint64_t the_handle;
static unsigned measured_count, refused_count, mirrored, windowed_count;

struct words {
	uint64_t at[PAIR_CHAIN_WORDS];
};
struct words nondet_words(void);

static bool is_equal(const uint64_t *a, const uint64_t *b)
{
	return a[0] == b[0] && a[1] == b[1] && a[2] == b[2] && a[3] == b[3];
}

/* As C defines it, in words: measurements are copied here. */
void *memcpy(void *restrict to, const void *restrict from, size_t bytes)
{
	CLAIM(bytes == HOST_MEASUREMENT_BYTES, "a measurement is copied whole");
	for (unsigned i = 0; i < PAIR_CHAIN_WORDS; i++)
		((uint64_t *)to)[i] = ((const uint64_t *)from)[i];
	return to;
}

void anchor_hash_final(const void *data, uint64_t bytes, uint64_t chain[PAIR_CHAIN_WORDS])
{
	const struct measurement_header *header = data;
	unsigned role = measured_count++;

	CLAIM(role <= HOST_ROLE_VM && bytes == sizeof(*header) && fake_locks_held == 0 &&
	      pair_slots[the_index].lock.taken == 0, "two are measured, without a lock");
	const struct domain *domain = &pair_before.domains[role];

	CLAIM(is_equal(chain, domain->chain), "what is measured last is what was populated");
	CLAIM(header->role == role && header->ram_base == domain->ram_base && header->ram_bytes == domain->ram_bytes,
	      "a measurement names the domain and its memory");
	CLAIM(role != HOST_ROLE_VM || (header->class == pair_before.class && header->options == pair_before.options &&
	      header->vcpu_count == pair_before.vcpu_count && header->entry == pair_before.vm_entry &&
	      header->x0 == pair_before.vm_x0 && is_equal((const uint64_t *)(const void *)header->box,
	      measured[HOST_ROLE_BOX])),
	      "a VM's measurement names all that its maker chose, and its box");
	CLAIM(role != HOST_ROLE_BOX || (header->class == 0 && header->options == 0 && header->vcpu_count == 0 &&
	      header->x0 == 0 && header->entry == 0x40000000), "one box has one measurement, whatever its VM");
	struct words any = nondet_words();

	for (unsigned i = 0; i < PAIR_CHAIN_WORDS; i++)
		chain[i] = measured[role][i] = any.at[i];
}

bool policy_allows(unsigned role, const uint64_t measurement[PAIR_CHAIN_WORDS])
{
	CLAIM(measured_count == 2 && is_equal(measurement, measured[role]) &&
	      (role == HOST_ROLE_BOX || pair_before.image == 0),
	      "what the policy is asked for is what was measured, and no image vouches for");
	return is_listed[role];
}

bool anchor_image_check(uint64_t image, uint64_t pair, const uint64_t measurement[PAIR_CHAIN_WORDS])
{
	CLAIM(fake_locks_held == 0 && image == pair_before.image && image != 0 && pair == the_handle && is_listed[HOST_ROLE_BOX] &&
	      is_equal(measurement, measured[HOST_ROLE_VM]), "what the anchor is asked for is its image's VM, after the box");
	return is_vouched;
}

/* May the domain run, by whoever says so? */
static bool may(unsigned role)
{
	return role == HOST_ROLE_VM && pair_before.image != 0 ? is_vouched : is_listed[role];
}

void refusal(struct cpu *cpu, const struct context *context, enum host_event event, uint64_t a, uint64_t b, uint64_t c,
	     uint64_t d)
{
	unsigned role = context == &box0 ? HOST_ROLE_BOX : HOST_ROLE_VM;
	uint64_t words[PAIR_CHAIN_WORDS] = { a, b, c, d };

	(void)cpu;
	refused_count++;
	CLAIM((context == &box0 || context == &vm0) &&
	      event == (role == HOST_ROLE_VM && pair_before.image != 0 ? HOST_EVENT_IMAGE : HOST_EVENT_MEASUREMENT) &&
	      is_equal(words, measured[role]) && !may(role), "what is logged is the measurement that is not listed");
}

void stage2_show(struct stage2 *to, const struct stage2 *vm)
{
	CLAIM(vm == stage2_of(HOST_ROLE_VM) && (to == vm || to == stage2_of(HOST_ROLE_BOX)),
	      "what is shown is the VM's memory");
	if (to == vm)
		mirrored++;
	else
		windowed_count++;
}

static void context_make(unsigned role, unsigned index, struct context *context)
{
	context->power = nondet_u8();
	context->timer.offset = nondet_u64();
	the_pair.contexts[role][index] = context;
}

static void pair_make(void)
{
	the_pair.vcpu_count = nondet_u32();
	the_pair.options = nondet_u64();
	the_pair.vm_entry = nondet_u64();
	the_pair.vm_x0 = nondet_u64();
	the_pair.image = nondet_u64();
	ASSUME(the_pair.vcpu_count >= 1 && the_pair.vcpu_count <= HOST_VCPU_MAX);
	for (unsigned role = 0; role < 2; role++) {
		struct domain *domain = &the_pair.domains[role];

		domain->ram_base = nondet_u64();
		domain->ram_bytes = nondet_u64();
		domain->is_final = nondet_bool();
		for (unsigned i = 0; i < PAIR_CHAIN_WORDS; i++)
			domain->chain[i] = nondet_u64();
	}
	context_make(HOST_ROLE_BOX, 0, &box0);
	context_make(HOST_ROLE_BOX, 1, &box1);
	context_make(HOST_ROLE_VM, 0, &vm0);
	context_make(HOST_ROLE_VM, 1, &vm1);
	pair_before = the_pair;
	is_listed[0] = nondet_bool();
	is_listed[1] = nondet_bool();
	is_vouched = nondet_bool();
	pair_slots[the_index].mark = nondet_bool();
	pair_slots[the_index].state = pair_slots[the_index].mark ? HOST_PAIR_DYING : HOST_PAIR_NEW;
	fake_register_write(FAKE_cntpct_el0, nondet_u64());
}

/* A context of vCPU @index: does it start, at @pc and with @x0? */
static void context_check(unsigned index, const struct context *context, uint8_t power, uint64_t offset, bool is_ok)
{
	bool is_first = is_ok && index == 0, is_vm = context == &vm0 || context == &vm1;

	CLAIM(context->power == (is_first ? POWER_ON_PENDING : power), "the first vCPU of both is on, and no other");
	CLAIM(!is_first || (context->start_pc == (is_vm ? pair_before.vm_entry : 0x40000000) &&
			    (!is_vm || context->start_x0 == pair_before.vm_x0)), "both start where they were measured to");
	CLAIM(index >= the_pair.vcpu_count || context->timer.offset == (is_ok ? fake_register_read(FAKE_cntpct_el0) : offset),
	      "virtual time of all vCPUs begins at activation");
}

void proof(void)
{
	struct call call = { .args = { nondet_u64() } };

	the_handle = call.args[0];
	watch_make();
	pair_make();
	struct pair_slot *slot = &pair_slots[the_index];
	uint8_t state = slot->state, power[4] = { box0.power, vm0.power, box1.power, vm1.power };
	uint64_t offset[4] = { box0.timer.offset, vm0.timer.offset, box1.timer.offset, vm1.timer.offset };
	enum status status = memory_activate(&call);
	bool is_ok = begin_status == OK && may(HOST_ROLE_BOX) && may(HOST_ROLE_VM);
	unsigned role = nondet_bool() ? HOST_ROLE_VM : HOST_ROLE_BOX;
	const struct domain *domain = &the_pair.domains[role];

	CLAIM((status == OK) == is_ok, "a pair is activated exactly if both of its measurements may run");
	CLAIM(begun_in == 1u << HOST_PAIR_NEW, "only a new pair is activated");
	CLAIM(!slot->mark || slot->state == HOST_PAIR_DYING, "a pair that was terminated meanwhile stays terminated");
	CLAIM(slot->mark || slot->state == (is_ok ? HOST_PAIR_ACTIVE : state), "a pair that was activated is active");
	CLAIM(mirrored == (is_ok ? 1 : 0), "a VM's halves are alike");
	CLAIM(windowed_count == (is_ok && pair_before.class == HOST_CLASS_ISOLATED ? 1 : 0),
	      "a box sees all of its VM exactly if that is isolated");
	context_check(0, &box0, power[0], offset[0], is_ok);
	context_check(0, &vm0, power[1], offset[1], is_ok);
	context_check(1, &box1, power[2], offset[2], is_ok);
	context_check(1, &vm1, power[3], offset[3], is_ok);
	CLAIM(is_ok ? domain->is_final && is_equal(domain->chain, measured[role]) :
		      domain->is_final == pair_before.domains[role].is_final &&
		      is_equal(domain->chain, pair_before.domains[role].chain), "measurements are final once the pair is active");
	CLAIM(begin_status != OK || is_ok || (status == ERR_AUTH && refused_count == 1 &&
	      call.results[0] == (may(HOST_ROLE_BOX) ? HOST_ROLE_VM : HOST_ROLE_BOX) &&
	      is_equal(&call.results[1], measured[may(HOST_ROLE_BOX) ? HOST_ROLE_VM : HOST_ROLE_BOX]) &&
	      call.results[5] == measured[HOST_ROLE_BOX][0]),
	      "a refused call says which measurement is not listed, and with which box");
	CLAIM(slot->lock.taken == 0 && call_depth == 0, "a call that began has ended");
	WITNESS(is_ok && the_pair.vcpu_count == HOST_VCPU_MAX && !slot->mark, "a pair of all vCPUs activated");
	WITNESS(is_ok && slot->mark, "a pair terminated while it was activated");
	WITNESS(status == ERR_AUTH && is_listed[0] && pair_before.image == 0, "a VM that is not listed");
	WITNESS(status == ERR_AUTH && is_listed[1] && pair_before.image != 0, "a VM that is listed, and whose image is another's");
	WITNESS(is_ok && !is_listed[1], "a VM that its image vouches for");
}
