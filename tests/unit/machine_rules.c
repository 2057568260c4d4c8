/*
 * Rules that hold after every step, whoever made it and however it ended; and rules about the moment at which memory
 * is zeroed. The other side is as hostile as hardware allows: what was ever mapped stays in the TLB until it is
 * invalidated.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "tests/unit/machine.h"
#include "mediator/time.h"
#include "mediator/virq.h"
#include "tests/unit/bbm.h"

#define GRANULES_MAX	(MACHINE_RAM_BYTES / GRANULE_BYTES)
#define VMIDS		256
#define VTCR		STAGE2_VTCR

/* What the outer OS may have in a TLB, by granule: access as in leaf_access(). */
static uint8_t outer_cached[GRANULES_MAX];
/* May a TLB hold entries of this VMID? */
static bool vmid_cached[VMIDS];
static bool is_shared[GRANULES_MAX];
/* The model above changed since the last look at all granules. */
static bool is_model_changed;
static uint8_t *snapshot;
static struct pair_slot snapshot_slots[HOST_PAIR_MAX];

enum access_kind { ACCESS_NONE, ACCESS_READ, ACCESS_ALL };

static unsigned long long number(uint64_t value)
{
	return value;
}

static size_t index_of(uint64_t pa)
{
	return (pa - machine.ram.base) / GRANULE_BYTES;
}

static bool is_modelled(void)
{
	return machine.ram.bytes <= MACHINE_RAM_BYTES && !fake_is_threaded;
}

void machine_shared(uint64_t pa, bool shared)
{
	is_shared[index_of(pa)] = shared;
	is_model_changed = true;
}

/* --- while memory is zeroed --- */

struct reach {
	uint64_t pa;
	uint16_t by;
};

static void reach_expect_none(void *context, const struct walk_leaf *leaf)
{
	const struct reach *reach = context;

	if (range_is_inside(reach->pa, GRANULE_BYTES, leaf->pa, leaf->bytes))
		fake_violation("0x%llx is zeroed while domain %u maps it", number(reach->pa), reach->by);
}

static bool is_alive(unsigned index)
{
	uint8_t state = atomic_load(&pair_slots[index].state);

	return state == HOST_PAIR_NEW || state == HOST_PAIR_ACTIVE || state == HOST_PAIR_DYING;
}

static void expect_nobody_maps(uint64_t pa)
{
	for (unsigned i = 0; i < HOST_PAIR_MAX; i++) {
		for (unsigned role = 0; is_alive(i) && role < 2; role++) {
			struct reach reach = { pa, who_make(i, role).who };

			walk_each(VTCR, stage2_vttbr(&pair_slots[i].pair->domains[role].stage2), reach_expect_none,
				  NULL, &reach);
		}
	}
}

static void expect_out_of_reach(uint64_t pa)
{
	struct granule granule = granule_get(pa_make(pa));

	/* A VM's own page on its way into the window, or one that the mediator answers in. */
	if (machine.is_fast ? granule.state == GRANULE_DATA : machine_window_is_private(granule, pa))
		return;
	if (granule.state != GRANULE_MOVING)
		fake_violation("0x%llx is filled in state %u: not held", number(pa), granule.state);
	if (machine_outer_leaf(pa).valid)
		fake_violation("0x%llx is filled while the outer OS's map has it", number(pa));
	if (outer_cached[index_of(pa)] != ACCESS_NONE)
		fake_violation("0x%llx is filled before the outer OS's TLB entry is gone", number(pa));
	if (granule.who.who >= 2 && (vmid_cached[granule.who.who & ~1u] || vmid_cached[granule.who.who | 1u]))
		fake_violation("0x%llx is zeroed before its pair's TLB entries are gone", number(pa));
	if (machine.is_strict)
		expect_nobody_maps(pa);
}

/* What is the outer OS's by its record another call may take: an entry that is written after that may be to what it took. */
static void expect_held_still(uint64_t descriptor)
{
	struct pa_range to = { pa_make(descriptor & 0xfffffffff000), GRANULE_BYTES };

	if (!machine.is_without_records && (descriptor & 3) == 3 && granule_is_ram(to) &&
	    granule_get(to.base).state == GRANULE_OUTER)
		fake_violation("0x%llx is mapped when its record says already that another call may have it",
			       number(pa_value(to.base)));
}

static void hook(const struct fake_event *event)
{
	if (machine.watch != NULL)
		machine.watch(event);
	if (!machine.is_fast) {
		bbm_event(event);
		machine_window_event(event);
	}
	switch (event->kind) {
	case FAKE_DESCRIPTOR:
		expect_held_still(event->b);
		return;
	case FAKE_BARRIER:
	case FAKE_VTTBR:
		/* Nothing that outer_cached or is_shared knows of: the tables themselves are looked at. */
		return;
	case FAKE_TLB_VMID:
		if (event->a == 0)
			memset(outer_cached, 0, sizeof(outer_cached));
		vmid_cached[event->a & 0xff] = false;
		break;
	case FAKE_TLB_IPA:
		if (event->a == 0)
			outer_cached[index_of(event->b)] = ACCESS_NONE;
		break;
	case FAKE_TLB_ALL_GUESTS:
		memset(outer_cached, 0, sizeof(outer_cached));
		memset(vmid_cached, 0, sizeof(vmid_cached));
		break;
	case FAKE_ZERO:
		expect_out_of_reach(event->a);
		break;
	case FAKE_CLEAN:
		if (granule_is_ram((struct pa_range){ pa_make(event->a), event->b }))
			expect_out_of_reach(event->a);
		break;
	default:
		break;
	}
	is_model_changed = true;
}

void machine_rules_reset(void)
{
	memset(outer_cached, 0, sizeof(outer_cached));
	memset(vmid_cached, 0, sizeof(vmid_cached));
	memset(is_shared, 0, sizeof(is_shared));
	machine_window_reset();
	is_model_changed = true;
	fake_hook = is_modelled() ? hook : NULL;
	bbm_reset(machine.ram.base, machine.ram.bytes);
	for (fake_cpu = 0; fake_cpu < machine_boot_info.cpu_count; fake_cpu++)
		bbm_entered(stage2_vttbr(stage2_outer()));
	fake_cpu = 0;
}

/* --- who runs --- */

static bool timer_is_held_live(const struct context *context)
{
	return (context->virq.private_pending & BIT(INTID_TIMER)) != 0 || guest_list_register(INTID_TIMER) != 0;
}

static void expect_list_registers(const struct context *context)
{
	const uint64_t *lrs = &fake_registers[fake_cpu][FAKE_ich_lr0_el2];

	for (unsigned i = 0; i < VIRQ_LR_COUNT; i++) {
		uint64_t intid = lrs[i] & ICH_LR_VINTID_MASK;

		if ((lrs[i] & ICH_LR_STATE) == 0)
			continue;
		if (intid >= VIRQ_SPI_END || (lrs[i] & ICH_LR_GROUP1) == 0)
			fake_violation("list register %u holds 0x%llx", i, number(lrs[i]));
		if ((lrs[i] & ICH_LR_HW) != 0 && intid != INTID_TIMER && !context->is_outer)
			fake_violation("a guest's list register is linked to interrupt %llu", number(intid));
		for (unsigned j = 0; j < i; j++) {
			if ((lrs[j] & ICH_LR_STATE) != 0 && (lrs[j] & ICH_LR_VINTID_MASK) == intid)
				fake_violation("interrupt %llu is in two list registers", number(intid));
		}
	}
	if ((fake_registers[fake_cpu][FAKE_ich_hcr_el2] & ICH_HCR_EN) == 0)
		fake_violation("the virtual CPU interface is off");
	if (fake_interrupt_is_active(fake_cpu, INTID_TIMER) != timer_is_held_live(context))
		fake_violation("the physical timer interrupt is %sactive, the context's is not",
			       fake_interrupt_is_active(fake_cpu, INTID_TIMER) ? "" : "in");
}

static void expect_traps(const struct cpu *cpu, const struct context *context)
{
	const uint64_t *registers = fake_registers[fake_cpu];
	uint64_t hcr = HCR_EL2_VM | HCR_EL2_FMO | HCR_EL2_IMO | HCR_EL2_AMO | HCR_EL2_TSC | HCR_EL2_TID3 |
		       HCR_EL2_TIDCP | HCR_EL2_TACR | HCR_EL2_TSW | HCR_EL2_RW;

	if (!context->is_outer)
		hcr |= HCR_EL2_TWI;
	if ((registers[FAKE_hcr_el2] & hcr) != hcr)
		fake_violation("HCR_EL2 is 0x%llx", number(registers[FAKE_hcr_el2]));
	if ((registers[FAKE_hcr_el2] & (HCR_EL2_API | HCR_EL2_APK | HCR_EL2_HCD)) != 0)
		fake_violation("HCR_EL2 offers too much: 0x%llx", number(registers[FAKE_hcr_el2]));
	if ((registers[FAKE_cptr_el2] & CPTR_EL2_TFP) == 0 && cpu->fp_owner != context)
		fake_violation("vector registers of another context are open");
	if (context->is_outer && cpu->fp_owner != NULL && cpu->fp_owner != context)
		fake_violation("the outer OS runs while a guest's vector registers are on the CPU");
}

/* A box or VM that never exits starves nobody: the hypervisor timer is set for whoever waits. */
static void expect_deadlines(const struct cpu *cpu, const struct context *context)
{
	const uint64_t *registers = fake_registers[fake_cpu];
	bool is_on = (registers[FAKE_cnthp_ctl_el2] & CNT_CTL_ENABLE) != 0;
	uint64_t set = is_on ? registers[FAKE_cnthp_cval_el2] : TIME_NEVER;

	if (context->is_outer) {
		if (is_on)
			fake_violation("the hypervisor timer runs beside the outer OS");
		return;
	}
	if (set > time_deadline(cpu->outer))
		fake_violation("the outer OS's deadline is not kept");
	if (context == context->vcpu->vm && set > time_deadline(context->vcpu->box))
		fake_violation("the box's deadline is not kept while its VM runs");
}

static void expect_identity(const struct cpu *cpu, const struct context *context)
{
	const uint64_t *registers = fake_registers[fake_cpu];
	uint64_t mode = context->frame.pstate & SPSR_MODE_MASK;

	if (registers[FAKE_vttbr_el2] != stage2_vttbr(context->stage2))
		fake_violation("VTTBR_EL2 is 0x%llx", number(registers[FAKE_vttbr_el2]));
	if ((registers[FAKE_vmpidr_el2] & 0xff00ffffffull) != context->index)
		fake_violation("VMPIDR_EL2 is 0x%llx", number(registers[FAKE_vmpidr_el2]));
	if (mode != SPSR_EL0 && mode != SPSR_EL1T && mode != SPSR_EL1H)
		fake_violation("a lower level is entered with PSTATE 0x%llx", number(context->frame.pstate));
	if (context->vcpu->cpu != cpu->index)
		fake_violation("the vCPU does not know that it is loaded");
	if (context->is_outer) {
		if (atomic_load(&cpu->running) != 0)
			fake_violation("the outer OS runs while the CPU announces a pair");
		return;
	}
	if (atomic_load(&cpu->running) != context->pair->index + 1 ||
	    atomic_load(&context->pair->claimed[context->index]) != cpu->index + 1)
		fake_violation("a pair runs that the CPU does not announce");
}

void machine_rules_entered(const struct context *context)
{
	const struct cpu *cpu = &cpus[fake_cpu];

	if (is_modelled() && !machine.is_fast)
		bbm_entered(fake_registers[fake_cpu][FAKE_vttbr_el2]);
	if (cpu->current != context)
		fake_violation("the context that is entered is not the one that is loaded");
	if (fake_locks_held != 0)
		fake_violation("a lower level is entered with a lock held");
	if (cpu->recheck != 0)
		fake_violation("a lower level is entered with a recheck due");
	expect_identity(cpu, context);
	expect_traps(cpu, context);
	expect_list_registers(context);
	expect_deadlines(cpu, context);
	if (is_modelled() && !machine.is_fast)
		machine_window_entered();
	vmid_cached[fake_registers[fake_cpu][FAKE_vttbr_el2] >> 48 & 0xff] = true;
}

/* --- memory --- */

static enum access_kind leaf_access(const struct walk_leaf *leaf, uint64_t pa)
{
	if (!leaf->valid)
		return ACCESS_NONE;
	if (leaf->pa != pa || leaf->bytes != GRANULE_BYTES || leaf->is_device || !leaf->read)
		fake_violation("the outer OS's leaf of 0x%llx leads to 0x%llx", number(pa), number(leaf->pa));
	return leaf->write || leaf->execute ? ACCESS_ALL : ACCESS_READ;
}

static enum access_kind access_expected(struct granule granule, uint64_t pa)
{
	switch (granule.state) {
	case GRANULE_OUTER:
	case GRANULE_LOADER:
		return ACCESS_ALL;
	case GRANULE_NOTICE:
		return ACCESS_READ;
	case GRANULE_DATA:
		return is_shared[index_of(pa)] ? ACCESS_ALL : ACCESS_NONE;
	case GRANULE_MOVING:
		fake_violation("0x%llx is left between two owners", number(pa));
	default:
		return ACCESS_NONE;
	}
}

struct count {
	uint64_t outer;
	uint64_t by_pair[HOST_PAIR_MAX];
};

static void owner_count(struct count *count, struct granule granule, uint64_t pa)
{
	bool is_outer = granule.state == GRANULE_OUTER || granule.state == GRANULE_LOADER;

	if (is_outer)
		count->outer++;
	if (granule.who.who == 0) {
		if (!is_outer && granule.state != GRANULE_CORE)
			fake_violation("0x%llx: state %u without an owner", number(pa), granule.state);
	} else if (is_outer || granule.state == GRANULE_CORE || granule.who.who >= 2 * HOST_PAIR_MAX + 2) {
		fake_violation("0x%llx: state %u of domain %u", number(pa), granule.state, granule.who.who);
	} else {
		count->by_pair[granule.who.who / 2 - 1]++;
	}
}

static void counts_check(const struct count *count)
{
	if (count->outer != granule_count_outer())
		fake_violation("%llu granules are the outer OS's, the counter says %llu", number(count->outer),
			       number(granule_count_outer()));
	for (unsigned i = 0; i < HOST_PAIR_MAX; i++) {
		const struct pair *pair = pair_slots[i].pair;
		uint64_t expected = pair == NULL ? 0 : pair->granule_count;

		if (count->by_pair[i] != expected)
			fake_violation("pair %u owns %llu granules and says %llu", i, number(count->by_pair[i]),
				       number(expected));
	}
}

/* Each granule: record, leaf and what may be cached of it. */
static void granules_check(struct count *count)
{
	const uint64_t *table = NULL;

	memset(count, 0, sizeof(*count));
	for (uint64_t pa = machine.ram.base; pa < machine.ram.base + machine.ram.bytes; pa += GRANULE_BYTES) {
		size_t i = index_of(pa);
		struct granule granule = granule_get(pa_make(pa));

		if (pa % BLOCK_BYTES == 0)
			table = fake_pointer(walk_table(VTCR, stage2_vttbr(stage2_outer()), pa));
		struct walk_leaf leaf = walk_decode(table[i % 512], 3, pa);
		enum access_kind access = leaf_access(&leaf, pa);

		if (granule.state != GRANULE_DATA)
			is_shared[i] = false;
		if (access != access_expected(granule, pa))
			fake_violation("0x%llx in state %u: the outer OS has access %d", number(pa), granule.state,
				       (int)access);
		if (outer_cached[i] > access)
			fake_violation("0x%llx: the outer OS's TLB still has it", number(pa));
		outer_cached[i] = (uint8_t)access;
		owner_count(count, granule, pa);
	}
}

/* Records and the outer OS's tables: is there anything new since the last call? */
static bool is_core_changed(void)
{
	static uint8_t *last;
	static uint64_t last_bytes;
	/* Records, then (aligned to two pages) tables: root, device space, DRAM. */
	uint64_t bytes = machine.ram.bytes / 1024 + GRANULE_BYTES * (2 + 2 + 1 + 1 + PLAT_DEVICE_BYTES / BLOCK_BYTES +
								      machine.ram.bytes / BLOCK_BYTES);
	const uint8_t *now = fake_dram() + (PLAT_MEDIATOR_BASE + PLAT_MEDIATOR_IMAGE_BYTES - machine.ram.base);
	bool is_changed = last_bytes != bytes || memcmp(last, now, bytes) != 0;

	if (!is_changed)
		return false;
	last = realloc(last, bytes);
	assert_non_null(last);
	memcpy(last, now, bytes);
	last_bytes = bytes;
	return true;
}

void machine_check(void)
{
	static struct count count;

	if (!is_modelled())
		return;
	if (is_core_changed() || is_model_changed)
		granules_check(&count);
	is_model_changed = false;
	counts_check(&count);
	if (machine.is_strict)
		machine_check_pairs();
}

/* --- the tables of pairs --- */

struct survey {
	unsigned pair, role;
	bool upper_expected;		/* active: the upper half is mirror or window */
	uint64_t lower, upper;		/* leaves seen */
	uint64_t seen;			/* bytes mapped in the lower half */
};

static void survey_leaf(void *context, const struct walk_leaf *leaf)
{
	struct survey *survey = context;
	const struct pair *pair = pair_slots[survey->pair].pair;
	bool is_upper = leaf->ipa >= IPA_HALF;
	/* The upper half of both shows the VM. */
	uint16_t who = who_make(survey->pair, is_upper ? HOST_ROLE_VM : survey->role).who;

	/* Shared pages of a confidential VM are single and hold no code. */
	bool is_share = is_upper && survey->role == HOST_ROLE_BOX && pair->class == HOST_CLASS_CONFIDENTIAL;

	if (!leaf->read || !leaf->write || leaf->execute == is_share || leaf->is_device)
		fake_violation("domain %u: wrong attributes at 0x%llx", who, number(leaf->ipa));
	for (uint64_t at = 0; at < leaf->bytes; at += GRANULE_BYTES) {
		struct granule granule = granule_get(pa_make(leaf->pa + at));

		if (granule.state != GRANULE_DATA || granule.who.who != who)
			fake_violation("domain %u maps 0x%llx, state %u of domain %u", who,
				       number(leaf->pa + at), granule.state, granule.who.who);
	}
	if (!is_upper) {
		survey->lower++;
		survey->seen += leaf->bytes;
		return;
	}
	survey->upper++;
	struct walk_leaf lower = walk_lookup(VTCR, stage2_vttbr(&pair->domains[HOST_ROLE_VM].stage2),
					     leaf->ipa - IPA_HALF);

	if (!survey->upper_expected || lower.pa + (leaf->ipa - IPA_HALF - lower.ipa) != leaf->pa ||
	    leaf->bytes != (is_share ? GRANULE_BYTES : lower.bytes))
		fake_violation("upper half of domain %u: 0x%llx", who, number(leaf->ipa));
}

static void survey_table(void *context, uint64_t pa)
{
	const struct survey *survey = context;
	struct granule granule = granule_get(pa_make(pa));

	if (granule.state != GRANULE_TABLE || granule.who.who != who_make(survey->pair, HOST_ROLE_BOX).who)
		fake_violation("a table of pair %u lies in 0x%llx, state %u of domain %u", survey->pair,
			       number(pa), granule.state, granule.who.who);
}

/* Every byte of memory that a domain owns is mapped to it once: leaves and records have the same sum. */
static uint64_t data_bytes(uint16_t who)
{
	uint64_t bytes = 0;

	for (uint64_t pa = machine.ram.base; pa < machine.ram.base + machine.ram.bytes; pa += GRANULE_BYTES) {
		struct granule granule = granule_get(pa_make(pa));

		bytes += granule.state == GRANULE_DATA && granule.who.who == who ? GRANULE_BYTES : 0;
	}
	return bytes;
}

static void domain_check(unsigned index, unsigned role)
{
	struct pair_slot *slot = &pair_slots[index];
	struct survey survey = { .pair = index, .role = role, .upper_expected = slot->pair->domains[role].is_final };

	walk_each(VTCR, stage2_vttbr(&slot->pair->domains[role].stage2), survey_leaf, survey_table, &survey);
	if (survey.seen != data_bytes(who_make(index, role).who))
		fake_violation("domain %u: 0x%llx bytes are mapped, 0x%llx are its own", who_make(index, role).who,
			       number(survey.seen), number(data_bytes(who_make(index, role).who)));
	if (role == HOST_ROLE_VM && survey.upper_expected && survey.upper != survey.lower)
		fake_violation("the mirror of pair %u is not complete", index);
}

void machine_check_pairs(void)
{
	for (unsigned i = 0; i < HOST_PAIR_MAX; i++) {
		for (unsigned role = 0; is_alive(i) && role < 2; role++)
			domain_check(i, role);
	}
}

/* --- nothing changed --- */

void machine_snapshot(void)
{
	snapshot = realloc(snapshot, machine.ram.bytes);
	assert_non_null(snapshot);
	memcpy(snapshot, fake_dram(), machine.ram.bytes);
	memcpy(snapshot_slots, pair_slots, sizeof(pair_slots));
}

void machine_expect_unchanged(void)
{
	const struct context *context = machine_context();

	if (!context->is_outer)
		memcpy(snapshot + (fake_address(context) - machine.ram.base), context, sizeof(context->frame));
	if (memcmp(snapshot, fake_dram(), machine.ram.bytes) != 0) {
		for (uint64_t at = 0; at < machine.ram.bytes; at += 8) {
			if (memcmp(snapshot + at, fake_dram() + at, 8) != 0)
				fake_violation("0x%llx changed", number(machine.ram.base + at));
		}
	}
	assert_memory_equal(snapshot_slots, pair_slots, sizeof(pair_slots));
}
