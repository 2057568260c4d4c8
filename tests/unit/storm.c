/*
 * Steps of a storm. Arguments come from pools of interesting values; now and then a step is a plausible one, so that
 * pairs come to life, run, and die.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "tests/unit/storm.h"
#include "abi/psci.h"
#include "abi/vm.h"
#include "mediator/gic.h"
#include "mediator/virq.h"

#define G GRANULE_BYTES

static uint64_t random_next(struct storm *s)
{
	s->random ^= s->random << 13;
	s->random ^= s->random >> 7;
	s->random ^= s->random << 17;
	return s->random;
}

static uint64_t below(struct storm *s, uint64_t bound)
{
	return (random_next(s) >> 11) % bound;
}

static bool one_in(struct storm *s, uint64_t n)
{
	return below(s, n) == 0;
}

static uint64_t granule_any(struct storm *s)
{
	return machine.ram.base + below(s, machine.ram.bytes / G) * G;
}

/* Where outer memory lies, whoever has it now. */
static uint64_t granule_outer(struct storm *s)
{
	uint64_t end = machine.ram.base + machine.ram.bytes;

	return machine.free + below(s, (end - machine.free) / G) * G;
}

static uint64_t address(struct storm *s)
{
	static const uint64_t corners[] = {
		0,
		PLAT_RAM_BASE,
		PLAT_RAM_BASE - G,
		PLAT_MEDIATOR_BASE,
		PLAT_MEDIATOR_BOOT_INFO,
		PLAT_UART0_BASE,
		PLAT_GICD_BASE,
		PLAT_GICR_BASE,
		PLAT_SECURE_RAM_BASE,
		BIT(39),
		BIT(39) | PLAT_RAM_BASE,
		BIT(40),
		BIT(48),
		BIT(48) - G,
		BIT(63),
		~0ull,
		~0xfffull,
		0ull - BIT(39),
	};

	switch (below(s, 8)) {
	case 0:
		return corners[below(s, ARRAY_COUNT(corners))];
	case 1:
		return machine.ram.base + machine.ram.bytes - below(s, 3) * G;
	case 2:
		return granule_any(s) + below(s, G);
	case 3:
		return granule_any(s);
	default:
		return granule_outer(s);
	}
}

static uint64_t size(struct storm *s)
{
	static const uint64_t corners[] = { 0, 1, G - 1, G + 1, BIT(48), BIT(63), ~0ull, ~0xfffull, GIB, 0ull - G };

	switch (below(s, 8)) {
	case 0:
		return corners[below(s, ARRAY_COUNT(corners))];
	case 1:
		return BLOCK_BYTES;
	case 2:
		return below(s, 64) * G;
	default:
		return (1 + below(s, 4)) * G;
	}
}

static uint64_t handle(struct storm *s)
{
	static const uint64_t corners[] = { 0, 1, HOST_PAIR_MAX, HOST_PAIR_MAX + 1, BIT(32), ~0ull };

	if (one_in(s, 16))
		return corners[below(s, ARRAY_COUNT(corners))];
	/* Mostly one that lives; two tries find one if there are some. */
	uint64_t first = s->handles[below(s, STORM_HANDLES)];

	return pair_lookup(first) != NULL || one_in(s, 4) ? first : s->handles[below(s, STORM_HANDLES)];
}

/* A guest address: mostly in the first 4 MiB of RAM, where pairs keep theirs. */
static uint64_t guest_address(struct storm *s)
{
	if (one_in(s, 8))
		return address(s);
	return PLAT_RAM_BASE + below(s, 24) * G + below(s, 3) * BLOCK_BYTES;
}

static uint64_t small_or_hostile(struct storm *s, uint64_t bound)
{
	return one_in(s, 12) ? address(s) : below(s, bound);
}

static bool count(struct storm *s, int64_t result, unsigned *counter)
{
	if (result == 0)
		++*counter;
	else
		s->refused++;
	return result == 0;
}

/* --- the outer OS --- */

static void params_write(struct storm *s, uint64_t page)
{
	struct host_pair_params *params = fake_pointer(page);

	*params = (struct host_pair_params){
		.control_pa = granule_outer(s) & ~(2 * G - 1), .vm_ram_bytes = 4 * MIB + below(s, 2) * BLOCK_BYTES,
		.box_ram_bytes = BLOCK_BYTES, .vm_entry = PLAT_RAM_BASE, .vcpu_count = 1 + (uint32_t)below(s, 3),
		.class = HOST_CLASS_ISOLATED,
	};
	if (one_in(s, 2)) {
		params->class = HOST_CLASS_CONFIDENTIAL;
		params->options = one_in(s, 2) ? HOST_OPTION_SHARE_RSI : HOST_OPTION_SHARE_WINDOW;
	}
	if (one_in(s, 6))
		((uint64_t *)params)[below(s, sizeof(*params) / 8)] = address(s);
}

/* A young pair gets tables and some memory, or what the dice make of it. */
static void build(struct storm *s, uint64_t h)
{
	count(s, call(HOST_POOL_ADD, h, granule_outer(s), 6 * G), &s->pooled);
	for (uint64_t i = 0; i < 4; i++)
		count(s, call(HOST_DONATE, h, i % 2, PLAT_RAM_BASE + i * 4 * G, granule_outer(s), 4 * G), &s->moved);
}

/* A place for a handle: all that live are remembered, so that all can die. */
static uint64_t *handle_slot(struct storm *s)
{
	for (unsigned i = 0; i < STORM_HANDLES; i++) {
		if (pair_lookup(s->handles[i]) == NULL)
			return &s->handles[i];
	}
	return NULL;
}

static void step_create(struct storm *s)
{
	uint64_t *slot = handle_slot(s);
	uint64_t page = one_in(s, 4) ? address(s) : granule_outer(s);

	if (slot == NULL)
		return;
	uint8_t state = granule_get(pa_make(page)).state;

	/* The outer OS writes what it reaches. */
	if (is_aligned(page, G) && (state == GRANULE_OUTER || state == GRANULE_LOADER) && !fake_is_threaded)
		params_write(s, page);
	if (fake_is_threaded) {
		/* Memory that no other thread takes meanwhile. */
		page = machine.loader.base + fake_cpu * G;
		params_write(s, page);
	}
	if (!count(s, call(HOST_PAIR_CREATE, page), &s->created))
		return;
	s->freed += *slot != 0 ? 1 : 0;
	*slot = machine_x[1];
	if (!one_in(s, 4))
		build(s, *slot);
}

/* Whatever the anchor has open; with one CPU now and then another image, whose chunks go wherever they are asked for. */
static void step_image(struct storm *s, uint64_t h, uint64_t ipa, uint64_t pa, uint64_t bytes)
{
	struct machine_image *image = &machine.image;

	if (!fake_is_threaded && one_in(s, 4)) {
		*image = (struct machine_image){ .handle = 1 + below(s, 4), .good = (uint32_t)below(s, 40) };
		image->count = image->good + (uint32_t)below(s, 2);
		image->closed_in = one_in(s, 3) ? (uint32_t)below(s, 20) : 0;
	}
	count(s, call(HOST_POPULATE_IMAGE, h, one_in(s, 3) ? small_or_hostile(s, 5) : image->handle, ipa, pa, bytes),
	      &s->image_moved);
}

static void step_move(struct storm *s)
{
	uint64_t role = small_or_hostile(s, 2), bytes = size(s), pa = address(s);
	uint64_t h = handle(s), ipa = guest_address(s);

	if (one_in(s, 4)) {
		pa &= ~(BLOCK_BYTES - 1);
		ipa &= ~(BLOCK_BYTES - 1);
		bytes = BLOCK_BYTES;
	}
	if (one_in(s, 4))
		step_image(s, h, ipa, pa, bytes);
	else if (one_in(s, 3))
		count(s, call(HOST_POPULATE, h, role, ipa, pa, one_in(s, 2) ? machine.loader.base : address(s), bytes),
		      &s->moved);
	else
		count(s, call(HOST_DONATE, h, role, ipa, pa, bytes), &s->moved);
}

/* The policy learns what was refused, as a careless operator's would. */
static void policy_learn(struct storm *s, uint64_t role)
{
	const struct ring *log = &cpus[fake_cpu].log;
	const struct host_record *record = &log->records[(log->head - 1) & log->mask];
	struct boot_policy_entry *entry = &machine_boot_info.policy[below(s, BOOT_POLICY_MAX)];

	if (record->event != HOST_EVENT_MEASUREMENT && record->event != HOST_EVENT_IMAGE)
		return;
	if (!fake_is_threaded && role == HOST_ROLE_VM && one_in(s, 2))
		memcpy(machine.image.measurement, &record->a, sizeof(machine.image.measurement));
	entry->role = (uint32_t)role;
	memcpy(entry->sha256, &record->a, sizeof(entry->sha256));
	machine_boot_info.policy_count = BOOT_POLICY_MAX;
}

static void step_activate(struct storm *s)
{
	uint64_t h = handle(s);

	for (unsigned tries = 0; tries < 3; tries++) {
		int64_t result = call(HOST_ACTIVATE, h);

		count(s, result, &s->activated);
		if (result != HOST_ERR_MEASUREMENT || one_in(s, 4))
			return;
		policy_learn(s, machine_x[1]);
	}
}

static void step_run(struct storm *s)
{
	call(HOST_RUN, handle(s), one_in(s, 3) ? small_or_hostile(s, 4) : 0);
	if (!machine_context()->is_outer)
		s->runs++;
}

/* Upwards from somewhere, as an outer OS that wants its memory back would go; or at anything. */
static void step_reclaim(struct storm *s)
{
	uint64_t end = machine.ram.base + machine.ram.bytes;
	unsigned calls = 0;

	if (one_in(s, 4))
		count(s, call(HOST_RECLAIM, address(s), size(s)), &s->reclaimed);
	for (uint64_t pa = granule_any(s); pa < end && calls < 16; pa += G) {
		if (granule_get(pa_make(pa)).who.who == 0)
			continue;
		count(s, call(HOST_RECLAIM, pa, one_in(s, 3) ? size(s) / G * G : 64 * G), &s->reclaimed);
		calls++;
	}
}

static void step_look(struct storm *s)
{
	switch (below(s, 6)) {
	case 0:
		call(HOST_GRANULE_INFO, address(s));
		return;
	case 1:
		call(HOST_PAIR_INFO, small_or_hostile(s, HOST_PAIR_MAX + 1));
		return;
	case 2:
		call(HOST_PAIR_MEASUREMENT, handle(s), small_or_hostile(s, 3));
		return;
	case 3:
		call(HOST_BOOT_MEASUREMENT, small_or_hostile(s, 5));
		return;
	case 4:
		call(HOST_RING_READ, small_or_hostile(s, 3), small_or_hostile(s, 3), random_next(s) >> below(s, 64),
		     address(s));
		return;
	default:
		call(HOST_NOTIFY, handle(s));
		return;
	}
}

static void step_junk(struct storm *s)
{
	static const uint64_t bases[] = { HOST_CALL_BASE, BOX_CALL_BASE,    PSCI_VERSION, PSCI_VERSION | BIT(30),
					  0x80000000,     ANCHOR_CALL_BASE, 0x8600ff00,   0x84000050,
					  0xc2000000,     VM_SECRET - 10 };
	uint64_t id = bases[below(s, ARRAY_COUNT(bases))] + below(s, 20);

	/* No end of the machine, and no CPU that goes away. */
	if ((id & ~BIT(30)) == PSCI_SYSTEM_OFF || (id & ~BIT(30)) == PSCI_SYSTEM_RESET || id == PSCI_CPU_OFF)
		id = random_next(s);
	if (one_in(s, 2))
		call(id, address(s), address(s), size(s), random_next(s), handle(s), address(s));
	else
		smc(id, address(s), address(s), size(s), random_next(s), handle(s), address(s));
}

static void step_outer(struct storm *s)
{
	switch (below(s, 16)) {
	case 0:
		step_create(s);
		return;
	case 1:
	case 2:
		count(s, call(HOST_POOL_ADD, handle(s), address(s), size(s)), &s->pooled);
		return;
	case 3:
	case 4:
	case 5:
		step_move(s);
		return;
	case 6:
		if (one_in(s, 5))
			step_activate(s);
		return;
	case 7:
	case 8:
	case 9:
	case 10:
		step_run(s);
		return;
	case 11:
	case 12:
		if (one_in(s, 30))
			count(s, call(HOST_TERMINATE, handle(s)), &s->terminated);
		return;
	case 13:
		step_reclaim(s);
		return;
	case 14:
		step_look(s);
		return;
	default:
		step_junk(s);
		return;
	}
}

/* --- everybody --- */

static void step_abort(struct storm *s)
{
	static const uint64_t places[] = { PLAT_GICD_BASE,  PLAT_GICR_BASE, PLAT_GICR_BASE + GICR_SGI_PAGE,
					   PLAT_UART0_BASE, PLAT_RTC_BASE,  0x0a000000,
					   0x0b000000 };
	uint64_t esr = (one_in(s, 6) ? ESR_EC_INSTRUCTION_ABORT_LOWER : ESR_EC_DATA_ABORT_LOWER) << ESR_EC_SHIFT;
	uint64_t ipa = one_in(s, 4) ? address(s) & (BIT(40) - 1) : places[below(s, ARRAY_COUNT(places))];

	ipa += one_in(s, 2) ? below(s, 0x400) * 4 : 0;
	esr |= ESR_IL | 7 | below(s, 4) << ESR_ABORT_SAS_SHIFT | below(s, 32) << ESR_ABORT_SRT_SHIFT;
	esr |= (one_in(s, 8) ? 0 : ESR_ABORT_ISV) | (one_in(s, 2) ? ESR_ABORT_WNR : 0) |
	       (one_in(s, 2) ? ESR_ABORT_SF : 0);
	esr |= (one_in(s, 4) ? ESR_ABORT_SSE : 0) | (one_in(s, 16) ? ESR_ABORT_CM : 0) |
	       (one_in(s, 16) ? ESR_ABORT_S1PTW : 0);
	machine_trap(esr, (one_in(s, 2) ? 0xffff800000000000 : 0) | (ipa & 0xffffff), ipa);
}

static void step_exception(struct storm *s)
{
	uint64_t *x = machine_context()->frame.x;

	switch (below(s, 6)) {
	case 0:
		machine_trap(below(s, 64) << ESR_EC_SHIFT | below(s, BIT(25)), random_next(s),
			     address(s) & (BIT(40) - 1));
		return;
	case 1:
		/* ICC_SGI1R_EL1. */
		x[1] = below(s, 16) << 24 | below(s, 0x10000) | (one_in(s, 4) ? BIT(40) : 0) |
		       (one_in(s, 8) ? BIT(44) : 0);
		machine_trap(ESR_EC_SYSREG << ESR_EC_SHIFT | ESR_IL | ESR_SYSREG_ID(3u, 0u, 12u, 11u, 5u) | 1 << 5, 0,
			     0);
		return;
	case 2:
		machine_trap(ESR_EC_WFX << ESR_EC_SHIFT | ESR_IL, 0, 0);
		return;
	case 3:
		machine_use_fp(random_next(s));
		return;
	default:
		step_abort(s);
		return;
	}
}

static void step_interrupt(struct storm *s)
{
	static const unsigned intids[] = { INTID_KICK, INTID_KICK, INTID_MAINTENANCE, INTID_HYP_TIMER, INTID_TIMER,
					   PLAT_UART0_INTID, PLAT_RTC_INTID };
	unsigned intid = intids[below(s, ARRAY_COUNT(intids))];

	if (!fake_is_threaded)
		fake_time += below(s, 2000);
	/* What is active does not come again. */
	if (!fake_interrupt_is_active(fake_cpu, intid))
		machine_irq(intid);
}

/* What a guest does without leaving. */
static void step_quiet(struct storm *s)
{
	uint64_t *registers = fake_registers[fake_cpu];

	switch (below(s, 6)) {
	case 0:
		registers[FAKE_cntv_ctl_el0] = below(s, 4);
		registers[FAKE_cntv_cval_el0] = one_in(s, 4) ? random_next(s) : fake_time + below(s, 4000);
		return;
	case 1:
		registers[FAKE_ich_vmcr_el2] = below(s, 4) | below(s, 256) << ICH_VMCR_VPMR_SHIFT;
		return;
	case 2:
		guest_open();
		return;
	case 3:
		registers[FAKE_sctlr_el1] = random_next(s);
		registers[FAKE_vbar_el1] = random_next(s);
		return;
	case 4:
		guest_end(guest_acknowledge());
		return;
	default:
		guest_acknowledge();
		return;
	}
}

/* --- boxes --- */

static void step_share(struct storm *s)
{
	const struct context *box = machine_context();
	uint64_t ipa = one_in(s, 8) ? address(s) : PLAT_RAM_BASE + below(s, 32) * G;
	bool is_share = one_in(s, 2);
	struct walk_leaf leaf = walk_lookup(STAGE2_VTCR, stage2_vttbr(box->stage2), ipa);
	/* The walker's opinion of what must happen. */
	bool is_own = is_aligned(ipa, G) && ipa < IPA_HALF && leaf.valid;

	if (!s->may_share)
		return;
	if (is_own)
		machine_shared(leaf.pa + (ipa - leaf.ipa), is_share);
	int64_t result = call(is_share ? BOX_SHARE : BOX_UNSHARE, ipa);

	if (machine_is_in(box))
		assert_int_equal(result == BOX_OK, is_own);
	s->shared += is_own ? 1 : 0;
}

static void step_box(struct storm *s)
{
	switch (below(s, 12)) {
	case 0:
	case 1:
	case 2:
	case 3:
		call(BOX_VM_RUN, small_or_hostile(s, 4), random_next(s));
		if (!machine_context()->is_outer && machine_context()->role == HOST_ROLE_VM)
			s->vm_runs++;
		return;
	case 4:
		count(s,
		      call(BOX_SPI_SET, small_or_hostile(s, 3), one_in(s, 8) ? address(s) : 32 + below(s, 12),
			   below(s, 257), small_or_hostile(s, 2)),
		      &s->spis);
		return;
	case 5:
		call(BOX_SPI_CLEAR, small_or_hostile(s, 3), one_in(s, 8) ? address(s) : 32 + below(s, 12));
		return;
	case 6:
	case 8:
	case 9:
		step_share(s);
		return;
	case 7:
		call(one_in(s, 2) ? BOX_NOTIFY : BOX_INFO, random_next(s));
		return;
	default:
		step_junk(s);
		return;
	}
}

static void step_power(struct storm *s)
{
	static const uint64_t ids[] = { PSCI_CPU_ON_64, PSCI_CPU_ON_32, PSCI_CPU_SUSPEND_64, PSCI_AFFINITY_INFO_64,
					PSCI_SYSTEM_OFF, PSCI_SYSTEM_RESET };
	uint64_t id = one_in(s, 12) ? PSCI_CPU_OFF : ids[below(s, ARRAY_COUNT(ids))];

	smc(id, small_or_hostile(s, 4), guest_address(s), random_next(s));
}

/* --- VMs --- */

/* A confidential VM of scheme rsi, its arguments in its own RAM or anywhere. */
static void step_realm(struct storm *s)
{
	uint64_t id = RSI_CALL_BASE + below(s, RSI_CALL_END - RSI_CALL_BASE + 1);
	uint64_t base = guest_address(s), top = one_in(s, 8) ? address(s) : base + size(s);

	if (one_in(s, 2))
		id = one_in(s, 3) ? RSI_IPA_STATE_GET : RSI_IPA_STATE_SET;
	count(s, smc(id, one_in(s, 4) ? below(s, 6) : base, top, below(s, 3), random_next(s)), &s->shared);
}

/* One of scheme window: the doorbell, and queue registers in an order that may make sense. */
static void step_window(struct storm *s)
{
	static const uint64_t offsets[] = { VIRTIO_MMIO_QUEUE_SEL, VIRTIO_MMIO_QUEUE_NUM, VIRTIO_MMIO_QUEUE_READY,
					    VIRTIO_MMIO_QUEUE_READY, VIRTIO_MMIO_STATUS,
					    VIRTIO_MMIO_QUEUE_DESC_LOW, VIRTIO_MMIO_QUEUE_DRIVER_LOW,
					    VIRTIO_MMIO_QUEUE_DEVICE_LOW, VIRTIO_MMIO_QUEUE_DESC_HIGH };
	uint64_t esr = ESR_EC_DATA_ABORT_LOWER << ESR_EC_SHIFT | ESR_IL | ESR_ABORT_ISV | ESR_ABORT_WNR |
		       ESR_ABORT_FSC_TRANSLATION | 3 << ESR_ABORT_SRT_SHIFT;
	uint64_t offset = offsets[below(s, ARRAY_COUNT(offsets))];
	bool is_doorbell = one_in(s, 6);
	uint64_t address = is_doorbell ? WINDOW_DOORBELL_BASE + below(s, 3) * 8 :
					 VIRTIO_MMIO_BASE + below(s, 3) * VIRTIO_MMIO_STRIDE + offset;

	machine_context()->frame.x[3] = is_doorbell			      ? guest_address(s) - below(s, 2) :
					offset < VIRTIO_MMIO_QUEUE_DESC_LOW ? below(s, 4) :
									      guest_address(s) + below(s, 4) * 0x400;
	machine_trap(esr | (is_doorbell ? 3ull : 2ull) << ESR_ABORT_SAS_SHIFT, 0xffff800000000000, address);
}

static void step_vm(struct storm *s)
{
	const struct pair *pair = machine_context()->pair;

	if (one_in(s, 4) || pair->class == HOST_CLASS_ISOLATED)
		step_junk(s);
	else if (pair->options == HOST_OPTION_SHARE_RSI)
		step_realm(s);
	else
		step_window(s);
}

void storm_step(struct storm *s)
{
	const struct context *context = machine_context();

	if (one_in(s, 8))
		step_interrupt(s);
	else if (one_in(s, 6))
		step_quiet(s);
	else if (one_in(s, 6))
		step_exception(s);
	else if (context->is_outer)
		step_outer(s);
	else if (one_in(s, 8))
		step_power(s);
	else if (context->role == HOST_ROLE_BOX)
		step_box(s);
	else
		step_vm(s);
}
