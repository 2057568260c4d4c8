/*
 * Virtual interrupts. Decides which interrupts are in the list registers and who is woken; the
 * registers through which a guest configures them are redistributor.c's.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "mediator/virq.h"
#include "arch/cpu.h"
#include "lib/memory.h"
#include "mediator/gic.h"
#include "mediator/pair.h"
#include "mediator/time.h"

#define NO_PRIORITY 0x100u

/* Word and bit of an SPI: INTID 32 is bit 0 of word 0. */
static uint64_t *spi_word(uint64_t words[VIRQ_SPI_WORDS], unsigned intid)
{
	return &words[(intid - VIRQ_SPI_BASE) / 64];
}

static uint64_t spi_bit(unsigned intid)
{
	return BIT((intid - VIRQ_SPI_BASE) % 64);
}

/* False for what is no SPI. */
static bool spi_is_in(const uint64_t words[VIRQ_SPI_WORDS], unsigned intid)
{
	return intid >= VIRQ_SPI_BASE && (words[(intid - VIRQ_SPI_BASE) / 64] & spi_bit(intid)) != 0;
}

static unsigned lr_intid(uint64_t lr)
{
	return (unsigned)(lr & ICH_LR_VINTID_MASK);
}

void virq_reset(struct virq *virq)
{
	memset(virq, 0, sizeof(*virq));
	virq_start(virq);
}

void virq_start(struct virq *virq)
{
	memset(virq, 0, offsetof(struct virq, spi_pending));
	virq->asleep = true;
}

#define WAITING_PRIVATE	1u

static uint8_t waiting_spi(unsigned word)
{
	return (uint8_t)(2u << word);
}

/* @words is spi_pending or spi_level. */
static void spi_raise(struct virq *virq, uint64_t words[VIRQ_SPI_WORDS], unsigned intid)
{
	*spi_word(words, intid) |= spi_bit(intid);
	virq->waiting |= waiting_spi((intid - VIRQ_SPI_BASE) / 64);
}

/* Private, or the edge of an SPI. */
static void pending_raise(struct virq *virq, unsigned intid)
{
	if (intid >= VIRQ_SPI_BASE) {
		spi_raise(virq, virq->spi_pending, intid);
		return;
	}
	virq->private_pending |= (uint32_t)BIT(intid);
	virq->waiting |= WAITING_PRIVATE;
}

/* After a bit of the bitmaps that hold @intid was cleared. */
static void waiting_lower(struct virq *virq, unsigned intid)
{
	unsigned word = (intid - VIRQ_SPI_BASE) / 64;

	if (intid < VIRQ_SPI_BASE) {
		if (virq->private_pending == 0)
			virq->waiting &= (uint8_t)~WAITING_PRIVATE;
	} else if ((virq->spi_pending[word] | virq->spi_level[word]) == 0) {
		virq->waiting &= (uint8_t)~waiting_spi(word);
	}
}

/* The opposite of pending_raise: was it pending? */
static bool pending_take(struct virq *virq, unsigned intid)
{
	bool was = spi_is_in(virq->spi_pending, intid);

	if (intid >= VIRQ_SPI_BASE) {
		*spi_word(virq->spi_pending, intid) &= ~spi_bit(intid);
	} else {
		was = (virq->private_pending & BIT(intid)) != 0;
		virq->private_pending &= ~(uint32_t)BIT(intid);
	}
	waiting_lower(virq, intid);
	return was;
}

void virq_private_state(const struct context *context, uint32_t *pending, uint32_t *active)
{
	const struct virq *virq = &context->virq;

	*pending = virq->private_pending;
	*active = 0;
	for (unsigned i = 0; virq->used >> i != 0; i++) {
		unsigned intid = lr_intid(virq->lr[i]);

		if (intid >= VIRQ_SPI_BASE)
			continue;
		*pending |= (virq->lr[i] & ICH_LR_STATE_PENDING) != 0 ? (uint32_t)BIT(intid) : 0;
		*active |= (virq->lr[i] & ICH_LR_STATE_ACTIVE) != 0 ? (uint32_t)BIT(intid) : 0;
	}
}

void virq_private_changed(struct context *context)
{
	context->virq.waiting |= WAITING_PRIVATE;
	waiting_lower(&context->virq, 0);
}

/* Empty list registers are written only over ones that were not. */
static void lrs_write(const struct virq *virq)
{
	struct cpu *cpu = cpu_this();

	if (virq->used == 0 && !cpu->lrs_written)
		return;
	cpu->lrs_written = virq->used != 0;
	write_ich_lr0_el2(virq->lr[0]);
	write_ich_lr1_el2(virq->lr[1]);
	write_ich_lr2_el2(virq->lr[2]);
	write_ich_lr3_el2(virq->lr[3]);
}

static void lrs_read(struct virq *virq)
{
	if (virq->used == 0)
		return;
	virq->lr[0] = read_ich_lr0_el2();
	virq->lr[1] = read_ich_lr1_el2();
	virq->lr[2] = read_ich_lr2_el2();
	virq->lr[3] = read_ich_lr3_el2();
	for (unsigned i = 0; virq->used >> i != 0; i++) {
		/* What the guest has done with holds nothing: an interrupt of the same INTID may wait again. */
		if ((virq->lr[i] & ICH_LR_STATE) == 0) {
			virq->lr[i] = 0;
			virq->used &= (uint8_t)~(1u << i);
		}
	}
}

/* A list register that is pending only goes back to the bitmaps; an inactive one is empty. */
static void lr_fold(struct virq *virq, uint64_t *lr)
{
	unsigned intid = lr_intid(*lr);
	bool is_active = (*lr & ICH_LR_STATE_ACTIVE) != 0;

	/* Even an active one, on its way back to the box: it waits in the bitmaps, where the box's next try finds it. */
	if ((*lr & ICH_LR_STATE_PENDING) != 0 && (!is_active || spi_is_in(virq->spi_drop, intid))) {
		*lr &= ~ICH_LR_STATE_PENDING;
		/* An SPI with EOI set was a level: the line's own bit says whether it still waits. */
		if (intid < VIRQ_SPI_BASE || (*lr & ICH_LR_EOI) == 0)
			pending_raise(virq, intid);
	}
	if (!is_active)
		*lr = 0;
}

static bool lr_holds(const struct virq *virq, unsigned intid)
{
	for (unsigned i = 0; virq->used >> i != 0; i++) {
		if (virq->lr[i] != 0 && lr_intid(virq->lr[i]) == intid)
			return true;
	}
	return false;
}

/* SPIs of word @i that wait for a list register. */
static uint64_t spi_candidates(const struct context *context, unsigned i)
{
	const struct virq *virq = &context->virq;
	uint64_t word = (virq->spi_pending[i] | virq->spi_level[i]) & ~virq->spi_drop[i];

	return context->is_outer ? word & virq->spi_enabled[i] : word;
}

struct candidate {
	unsigned priority;	/* NO_PRIORITY: none */
	unsigned intid;
};

static void candidate_private(const struct virq *virq, struct candidate *best)
{
	for (uint32_t word = virq->private_pending & virq->private_enabled; word != 0; word &= word - 1) {
		unsigned intid = (unsigned)__builtin_ctz(word);

		if (virq->private_priority[intid] < best->priority && !lr_holds(virq, intid))
			*best = (struct candidate){ virq->private_priority[intid], intid };
	}
}

static void candidate_spi(const struct context *context, unsigned i, struct candidate *best)
{
	const struct virq *virq = &context->virq;

	for (uint64_t word = spi_candidates(context, i); word != 0; word &= word - 1) {
		unsigned n = i * 64 + (unsigned)__builtin_ctzll(word);

		if (virq->spi_priority[n] < best->priority && !lr_holds(virq, n + VIRQ_SPI_BASE))
			*best = (struct candidate){ virq->spi_priority[n], n + VIRQ_SPI_BASE };
	}
}

/* The most urgent interrupt that waits and is in no list register. */
static struct candidate candidate_best(const struct context *context)
{
	struct candidate best = { NO_PRIORITY, 0 };
	uint8_t waiting = context->virq.waiting;

	if ((waiting & WAITING_PRIVATE) != 0)
		candidate_private(&context->virq, &best);
	for (unsigned i = 0; (waiting >> 1) >> i != 0; i++) {
		if ((waiting & waiting_spi(i)) != 0)
			candidate_spi(context, i, &best);
	}
	return best;
}

/* Is the interrupt linked to a physical one, which its guest's EOI deactivates? */
static bool is_physical(const struct context *context, unsigned intid)
{
	return intid == INTID_TIMER || (context->is_outer && intid >= VIRQ_SPI_BASE);
}

static uint64_t lr_make(struct context *context, unsigned intid, unsigned priority)
{
	struct virq *virq = &context->virq;
	uint64_t lr = ICH_LR_STATE_PENDING | ICH_LR_GROUP1 | (uint64_t)priority << ICH_LR_PRIORITY_SHIFT | intid;

	if (is_physical(context, intid))
		lr |= ICH_LR_HW | (uint64_t)intid << ICH_LR_PINTID_SHIFT;
	else if (spi_is_in(virq->spi_level, intid) || intid == INTID_PHYSICAL_TIMER)
		lr |= ICH_LR_EOI;	/* look again when it was handled */
	(void)pending_take(virq, intid);
	return lr;
}

/* An edge that came while the same interrupt is active: pending and active. */
static void lr_repend(struct virq *virq, uint64_t *lr)
{
	unsigned intid = lr_intid(*lr);

	if (*lr != 0 && (*lr & ICH_LR_HW) == 0 && !spi_is_in(virq->spi_drop, intid) && pending_take(virq, intid))
		*lr |= ICH_LR_STATE_PENDING;
}

/* Fill empty list registers with the most urgent interrupts; returns whether some still wait. */
static bool lrs_choose(struct context *context)
{
	struct virq *virq = &context->virq;
	struct candidate best = { NO_PRIORITY, 0 };

	for (unsigned i = 0; virq->used >> i != 0; i++)
		lr_repend(virq, &virq->lr[i]);
	for (unsigned i = 0; i < VIRQ_LR_COUNT && virq->waiting != 0; i++) {
		if (virq->lr[i] != 0)
			continue;
		best = candidate_best(context);
		if (best.priority == NO_PRIORITY)
			return false;
		virq->lr[i] = lr_make(context, best.intid, best.priority);
		virq->used |= (uint8_t)(1u << i);
	}
	return virq->waiting != 0 && candidate_best(context).priority != NO_PRIORITY;
}

/*
 * Levels of the loaded context's timers: one that fell takes its pending interrupt back, the virtual one with the
 * physical interrupt behind it; the physical timer's is raised here, for no hardware does.
 */
static void timers_settle(struct context *context)
{
	struct virq *virq = &context->virq;
	bool is_high = time_physical_is_high(context);

	if ((virq->private_pending & BIT(INTID_TIMER)) != 0 && !time_line_is_high()) {
		(void)pending_take(virq, INTID_TIMER);
		gic_set_timer_active(cpu_this(), false);
	}
	if (is_high && !lr_holds(virq, INTID_PHYSICAL_TIMER))
		pending_raise(virq, INTID_PHYSICAL_TIMER);
	else if (!is_high)
		(void)pending_take(virq, INTID_PHYSICAL_TIMER);
}

static void lrs_fold(struct virq *virq)
{
	for (unsigned i = 0; virq->used >> i != 0; i++) {
		lr_fold(virq, &virq->lr[i]);
		if (virq->lr[i] == 0)
			virq->used &= (uint8_t)~(1u << i);
	}
}

void virq_refill(struct context *context)
{
	/* Whoever adds to what waits tells this CPU afterwards: a look without the lock is early, never late. */
	if (virq_is_quiet(context) && !cpu_this()->lrs_written && context->timer.physical_ctl == 0)
		return;
	spin_lock(&context->vcpu->lock);
	lrs_read(&context->virq);
	lrs_fold(&context->virq);
	if ((context->virq.private_pending & BIT(INTID_TIMER)) != 0 || context->timer.physical_ctl != 0)
		timers_settle(context);
	bool is_more = lrs_choose(context);

	spin_unlock(&context->vcpu->lock);
	lrs_write(&context->virq);
	/* With all list registers taken and more to come: tell when at most one is left. */
	write_ich_hcr_el2(ICH_HCR_EN | (is_more ? ICH_HCR_UIE : 0));
}

void virq_load(struct context *context)
{
	spin_lock(&context->vcpu->lock);
	lrs_fold(&context->virq);
	if (context->timer.physical_ctl != 0)
		timers_settle(context);
	bool is_more = !virq_is_quiet(context) && lrs_choose(context);

	context->virq.is_live = true;
	spin_unlock(&context->vcpu->lock);
	lrs_write(&context->virq);
	write_ich_vmcr_el2(context->virq.vmcr);
	write_ich_ap1r0_el2(context->virq.ap1r0);
	write_ich_hcr_el2(ICH_HCR_EN | (is_more ? ICH_HCR_UIE : 0));
}

/* The registers' truth goes to memory; from then on other CPUs may change it there. */
static void registers_read(struct virq *virq)
{
	lrs_read(virq);
	virq->vmcr = read_ich_vmcr_el2();
	virq->ap1r0 = read_ich_ap1r0_el2();
	virq->is_live = false;
}

void virq_save(struct context *context)
{
	spin_lock(&context->vcpu->lock);
	if (context->virq.is_live)
		registers_read(&context->virq);
	spin_unlock(&context->vcpu->lock);
	write_ich_hcr_el2(0);
}

void virq_park(struct vcpu *vcpu, struct context *context)
{
	if (context->virq.is_live)
		registers_read(&context->virq);
	vcpu->cpu = NO_CPU;
}

bool virq_timer_is_held(const struct context *context)
{
	return (context->virq.private_pending & BIT(INTID_TIMER)) != 0 || lr_holds(&context->virq, INTID_TIMER);
}

bool virq_is_deliverable(const struct context *context)
{
	const struct virq *virq = &context->virq;
	unsigned mask = (unsigned)(virq->vmcr >> ICH_VMCR_VPMR_SHIFT & 0xff);

	if (virq_is_quiet(context) || (virq->vmcr & ICH_VMCR_VENG1) == 0)
		return false;
	for (unsigned i = 0; virq->used >> i != 0; i++) {
		if ((virq->lr[i] & ICH_LR_STATE_PENDING) != 0 &&
		    (virq->lr[i] >> ICH_LR_PRIORITY_SHIFT & 0xff) < mask)
			return true;
	}
	return candidate_best(context).priority < mask;
}

bool virq_is_deliverable_live(struct context *context)
{
	if (context->virq.is_live) {
		lrs_read(&context->virq);
		context->virq.vmcr = read_ich_vmcr_el2();
	}
	return virq_is_deliverable(context);
}

/* The notice bit first, then the interrupt: whoever sees the interrupt sees the bit. */
static void notice_raise(struct vcpu *vcpu)
{
	struct host_notice *notice = vcpu->box->pair->notice;
	struct context *outer = &outer_contexts[vcpu->last_cpu];

	atomic_fetch_or(&notice->vcpus, BIT(vcpu->box->index));
	virq_set_private(outer, HOST_INTID_NOTICE);
}

void virq_wake(struct vcpu *vcpu)
{
	if (vcpu->cpu == NO_CPU)
		notice_raise(vcpu);
	else if (vcpu->cpu != cpu_this()->index)
		cpu_kick(vcpu->cpu);
	else
		cpu_this()->recheck |= RECHECK_ALL;
}

void virq_set_private(struct context *context, unsigned intid)
{
	spin_lock(&context->vcpu->lock);
	struct cpu *cpu = cpu_this();

	pending_raise(&context->virq, intid);
	if (context == cpu->current && context->vcpu->cpu == cpu->index)
		cpu->recheck |= RECHECK_LISTS;
	else
		virq_wake(context->vcpu);
	spin_unlock(&context->vcpu->lock);
}

void virq_hold_physical(struct context *context, unsigned intid)
{
	spin_lock(&context->vcpu->lock);
	pending_raise(&context->virq, intid);
	spin_unlock(&context->vcpu->lock);
}

void virq_set_spi(struct context *vm, unsigned intid, uint8_t priority, bool level)
{
	struct virq *virq = &vm->virq;

	spin_lock(&vm->vcpu->lock);
	virq->spi_priority[intid - VIRQ_SPI_BASE] = priority;
	*spi_word(virq->spi_drop, intid) &= ~spi_bit(intid);
	spi_raise(virq, level ? virq->spi_level : virq->spi_pending, intid);
	virq_wake(vm->vcpu);
	spin_unlock(&vm->vcpu->lock);
}

/* Is it pending in the registers of a CPU that runs it? Memory holds what was written there last. */
static bool is_out_of_reach(const struct virq *virq, unsigned intid)
{
	for (unsigned i = 0; virq->is_live && virq->used >> i != 0; i++) {
		if (lr_intid(virq->lr[i]) == intid && (virq->lr[i] & ICH_LR_STATE_PENDING) != 0)
			return true;
	}
	return false;
}

/* Out of bitmaps and list registers; what it was. */
static uint64_t spi_remove(struct virq *virq, unsigned intid)
{
	uint64_t state = spi_is_in(virq->spi_level, intid) ? 1 : 0;

	*spi_word(virq->spi_level, intid) &= ~spi_bit(intid);
	state |= pending_take(virq, intid) ? 1u : 0u;
	*spi_word(virq->spi_drop, intid) &= ~spi_bit(intid);
	for (unsigned i = 0; virq->used >> i != 0; i++) {
		uint64_t *lr = &virq->lr[i];

		if (*lr == 0 || lr_intid(*lr) != intid)
			continue;
		state |= ((*lr & ICH_LR_STATE_PENDING) != 0 ? 1u : 0u) | ((*lr & ICH_LR_STATE_ACTIVE) != 0 ? 2u : 0u);
		*lr &= ~(ICH_LR_STATE_PENDING | ICH_LR_EOI);
		if ((*lr & ICH_LR_STATE) == 0) {
			*lr = 0;
			virq->used &= (uint8_t)~(1u << i);
		}
	}
	return state;
}

enum status virq_clear_spi(struct context *vm, unsigned intid, uint64_t *state)
{
	struct virq *virq = &vm->virq;
	enum status status = OK;

	spin_lock(&vm->vcpu->lock);
	*state = 0;
	if (is_out_of_reach(virq, intid)) {
		/* That CPU must give it back first: nothing is taken until then, so that an edge is not forgotten. */
		*spi_word(virq->spi_drop, intid) |= spi_bit(intid);
		cpu_kick(vm->vcpu->cpu);
		status = ERR_BUSY;
	} else {
		*state = spi_remove(virq, intid);
	}
	spin_unlock(&vm->vcpu->lock);
	return status;
}

void virq_generate_sgi(struct context *context, uint64_t sgi1r)
{
	unsigned intid = (unsigned)bits_get(sgi1r, 27, 24);
	uint64_t first = bits_get(sgi1r, 47, 44) * 16;
	uint64_t upper = bits_get(sgi1r, 23, 16) | bits_get(sgi1r, 39, 32) | bits_get(sgi1r, 55, 48);
	bool all_others = (sgi1r & BIT(40)) != 0;
	uint64_t list = all_others ? (BIT(HOST_VCPU_MAX) - 1) & ~BIT(context->index) : sgi1r & 0xffff;

	/* Affinities above 0 and range selectors past the last vCPU name nobody. */
	if (!all_others && (upper != 0 || first != 0))
		return;
	for (; list != 0; list &= list - 1) {
		struct context *target = context_sibling(context, (uint64_t)__builtin_ctzll(list));

		if (target != NULL)
			virq_set_private(target, intid);
	}
}
