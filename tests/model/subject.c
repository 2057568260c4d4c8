/*
 * Steps on the mediator.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "tests/model/subject.h"
#include "abi/anchor.h"
#include "arch/cpu.h"
#include "mediator/virq.h"
#include "tests/unit/machine.h"

#define G		MODEL_GRANULE
#define RAM_BYTES	(10 * MIB)
#define LOADER		(PLAT_RAM_BASE + 6 * MIB)
#define LOADER_BYTES	(256 * KIB)
#define BOOT_LOG	3

static struct model *model;
static void (*inside_hook)(void);
static bool is_inside;

/* --- in the middle of a call --- */

/* Does this event say that the call's granules are held? */
static bool is_held_now(const struct fake_event *event)
{
	switch (event->kind) {
	case FAKE_ZERO:
		return true;
	case FAKE_TLB_VMID:
	case FAKE_TLB_IPA:
		return event->a == 0;
	case FAKE_SMC:
		return event->a == ANCHOR_HASH_EXTEND || event->a == ANCHOR_HASH_FINAL || event->a == ANCHOR_IMAGE_CHUNK;
	default:
		return false;
	}
}

/* Somebody else may step in now. */
static void others_step(const struct fake_event *event)
{
	if (is_inside || fake_locks_held != 0 || !model_is_inside(model, fake_cpu) || !is_held_now(event))
		return;
	unsigned cpu = fake_cpu;

	is_inside = true;
	inside_hook();
	is_inside = false;
	fake_cpu = cpu;
}

static void watch(const struct fake_event *event)
{
	bool is_chunk = event->kind == FAKE_SMC && event->a == ANCHOR_IMAGE_CHUNK;

	subject_tlb_event(model, event);
	/* Memory is measured where it was copied to. */
	if (event->kind == FAKE_SMC && (event->a == ANCHOR_HASH_EXTEND || event->a == ANCHOR_HASH_FINAL))
		model_copied(model, fake_cpu);
	others_step(event);
	/* Whoever stepped in came first to the anchor too. */
	if (is_chunk)
		model_chunk(model, fake_cpu);
}

/* --- boot --- */

static void contents_write(struct model *m)
{
	for (uint64_t pa = m->shape.ram; pa < m->shape.ram + m->shape.ram_bytes; pa += G) {
		if (model_granule(m, pa)->content != CONTENT_INTERNAL)
			content_write(&m->params, model_granule(m, pa)->content, fake_pointer(pa));
	}
}

void subject_boot(struct model *m, bool is_strict)
{
	machine_boot_with(RAM_BYTES, MODEL_CPU_MAX, (struct boot_range){ LOADER, LOADER_BYTES });
	machine.is_strict = false;
	machine.is_fast = !is_strict;
	/* Never by itself: in the middle of a call it would find granules between two owners. */
	machine.check_interval = UINT32_MAX;
	machine.steps = 1;
	machine.watch = watch;
	machine.token.bytes = 2000;
	fake_smc = subject_anchor;
	subject_policy();
	subject_images_reset();
	subject_tlb_reset();
	is_inside = false;
	model = m;
	model_init(m, &(struct model_shape){
		.ram = machine.ram.base, .ram_bytes = machine.ram.bytes, .carveout = machine.carveout.base,
		.carveout_bytes = machine.carveout.bytes, .loader = LOADER, .loader_bytes = LOADER_BYTES,
		.dram = machine.ram.base, .dram_bytes = machine.ram.bytes,
		.cpu_count = MODEL_CPU_MAX, .board_cpu_count = MODEL_CPU_MAX, .boot_measurements = BOOT_LOG,
	});
	contents_write(m);
}

/* --- steps --- */

static struct walk_leaf leaf_here(uint64_t address)
{
	const uint64_t *registers = fake_registers[fake_cpu];

	return walk_lookup(registers[FAKE_vtcr_el2], registers[FAKE_vttbr_el2], address);
}

/* An interrupt that the outer OS of this CPU wants. */
static void interrupt(void)
{
	struct context *outer = machine_cpu()->outer;

	if (machine_context()->is_outer)
		return;
	outer->virq.vmcr = ICH_VMCR_VENG1 | 0xffull << ICH_VMCR_VPMR_SHIFT;
	outer->virq.private_enabled |= (uint32_t)BIT(HOST_INTID_NOTICE);
	virq_set_private(outer, HOST_INTID_NOTICE);
	machine_irq(INTID_KICK);
	if (!machine_context()->is_outer || guest_acknowledge() != HOST_INTID_NOTICE)
		fake_violation("an interrupt of the outer OS does not reach it");
	guest_end(HOST_INTID_NOTICE);
	/* The next one is a step of its own again. */
	outer->virq.private_enabled = 0;
	fake_registers[fake_cpu][FAKE_ich_vmcr_el2] = 0;
}

/* A load or store of 2^@size bytes to or from x2. */
static void abort_take(uint64_t address, bool is_write, uint64_t value, uint64_t size)
{
	const struct context *context = machine_context();
	uint64_t pc = context->frame.pc;
	bool has_doorbell = !context->is_outer && context->role == HOST_ROLE_VM &&
			    context->pair->options == HOST_OPTION_SHARE_WINDOW;
	uint64_t esr = (uint64_t)ESR_EC_DATA_ABORT_LOWER << ESR_EC_SHIFT | ESR_IL | ESR_ABORT_ISV | 7 |
		       size << ESR_ABORT_SAS_SHIFT | 2ull << ESR_ABORT_SRT_SHIFT | ESR_ABORT_SF;

	machine_context()->frame.x[2] = value;
	/* The CPU makes an access again that was not over: only the doorbell's last one may need that. */
	do
		machine_trap(esr | (is_write ? ESR_ABORT_WNR : 0), address, address);
	while (has_doorbell && machine_is_in(context) && context->frame.pc == pc &&
	       (address & (MODEL_HALF - 1)) == WINDOW_DOORBELL_BASE + WINDOW_DOORBELL_LAST);
}

static void register_store(const struct model_step *step)
{
	const struct context *context = machine_context();

	if (!context->is_outer && context->role == HOST_ROLE_VM && (step->a[0] & (MODEL_HALF - 1)) < MODEL_RAM_BASE)
		abort_take(step->a[0], true, step->a[1], 2);
}

static void access_do(struct model *m, const struct model_step *step)
{
	bool is_write = step->kind == STEP_WRITE;
	struct walk_leaf leaf = leaf_here(step->a[0]);

	/* Devices of the outer OS are no memory. */
	if (machine_context()->is_outer && step->a[0] < m->shape.ram)
		return;
	if (!leaf.valid || !(is_write ? leaf.write : leaf.read)) {
		abort_take(step->a[0], is_write, step->a[1], 3);
		return;
	}
	uint64_t pa = leaf.pa + (step->a[0] - leaf.ipa);

	if (m->touched_bytes == 0 || pa != m->touched_base)
		fake_violation("0x%llx leads to 0x%llx", (unsigned long long)step->a[0], (unsigned long long)pa);
	if (is_write)
		content_write(&m->params, step->a[1], fake_pointer(pa));
}

static void params_write(struct model *m, const struct model_step *step)
{
	if (machine_context()->is_outer && machine_outer_leaf(step->a[0]).write)
		content_write(&m->params, CONTENT_PARAMS + step->a[1], fake_pointer(step->a[0]));
}

/* What may be closed by this step, and what the rules of the machine must know of sharing. */
static void step_prepare(struct model *m, const struct model_step *step)
{
	const struct model_cpu *cpu = &m->cpus[step->cpu];
	bool is_taking = cpu->move.id != 0 && cpu->move.bytes != 0;
	bool is_sharing = step->kind == STEP_HVC && m->touched_bytes != 0 &&
			  (step->a[0] == BOX_SHARE || step->a[0] == BOX_UNSHARE);

	subject_tlb_clear(step->cpu);
	if (is_taking)
		subject_tlb_watch_outer(step->cpu, cpu->move.pa, cpu->move.bytes);
	if (cpu->realm[0] == RSI_IPA_STATE_SET && cpu->realm[3] == RSI_RIPAS_RAM)
		subject_tlb_watch_window(m, step->cpu, cpu->slot, cpu->realm[1], cpu->realm[2] - cpu->realm[1]);
	for (unsigned i = 0; i < m->window_count; i++)
		subject_tlb_watch_window(m, step->cpu, m->window_slot, m->window[i].base, m->window[i].bytes);
	/* What was shared is somebody else's next time. */
	for (uint64_t at = 0; is_taking && at < cpu->move.bytes; at += G)
		machine_shared(cpu->move.pa + at, false);
	if (!is_sharing)
		return;
	machine_shared(m->touched_base, step->a[0] == BOX_SHARE);
	subject_tlb_watch_outer(step->cpu, m->touched_base, G);
}

static void call_do(struct model *m, const struct model_step *step, struct model_facts *facts)
{
	if (step->kind == STEP_SMC)
		machine_smc(step->a);
	else
		machine_call(step->a);
	if (!machine_context()->is_outer)
		return;
	const uint64_t *x = machine_context()->frame.x;

	if (step->a[0] == HOST_PAIR_CREATE && x[0] == HOST_OK)
		*facts = (struct model_facts){ .handle = x[1], .slot = (unsigned)(x[1] & 0xffffffff) - 1 };
	if (step->a[0] == HOST_RING_READ && x[0] == HOST_OK)
		content_write(&m->params, step->a[5], fake_pointer(step->a[4]));
}

static void step_do(struct model *m, const struct model_step *step, struct model_facts *facts)
{
	switch (step->kind) {
	case STEP_HVC:
	case STEP_SMC:
		call_do(m, step, facts);
		return;
	case STEP_PARAMS:
		params_write(m, step);
		return;
	case STEP_WRITE:
	case STEP_READ:
		access_do(m, step);
		return;
	case STEP_REGISTER:
		register_store(step);
		return;
	case STEP_INTERRUPT:
		interrupt();
		return;
	default:
		if (!machine_context()->is_outer)
			machine_trap((uint64_t)ESR_EC_WFX << ESR_EC_SHIFT | ESR_IL, 0, 0);
		return;
	}
}

void subject_step(struct model *m, const struct model_step *step, void (*inside)(void), struct model_facts *facts)
{
	inside_hook = inside;
	fake_cpu = step->cpu;
	bool was_outer = machine_context()->is_outer;

	step_prepare(m, step);
	step_do(m, step, facts);
	facts->has_left = !was_outer && machine_context()->is_outer &&
			  machine_context()->frame.x[1] == HOST_EXIT_TERMINATED;
	memcpy(facts->x, machine_context()->frame.x, sizeof(facts->x));
}

uint64_t subject_result(unsigned cpu, unsigned i)
{
	return cpus[cpu].current->frame.x[i];
}
