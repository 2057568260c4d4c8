/*
 * Virtual interrupts. Decides which interrupts are in the list registers and who is woken; the
 * registers through which a guest configures them are redistributor.c's.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "mediator/virq.h"
#include "arch/cpu.h"
#include "lib/memory.h"
#include "mediator/pair.h"

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

static bool is_level_spi(const struct virq *virq, unsigned intid)
{
	return intid >= VIRQ_SPI_BASE && (virq->spi_level[(intid - VIRQ_SPI_BASE) / 64] & spi_bit(intid)) != 0;
}

static unsigned lr_intid(uint64_t lr)
{
	return (unsigned)(lr & ICH_LR_VINTID_MASK);
}

void virq_reset(struct virq *virq)
{
	memset(virq, 0, sizeof(*virq));
	virq->asleep = true;
}

void virq_start(struct virq *virq)
{
	virq->private_enabled = 0;
	virq->private_pending = 0;
	memset(virq->private_priority, 0, sizeof(virq->private_priority));
	virq->asleep = true;
	memset(virq->lr, 0, sizeof(virq->lr));
	virq->vmcr = 0;
	virq->ap1r0 = 0;
}

static void lrs_write(const struct virq *virq)
{
	write_ich_lr0_el2(virq->lr[0]);
	write_ich_lr1_el2(virq->lr[1]);
	write_ich_lr2_el2(virq->lr[2]);
	write_ich_lr3_el2(virq->lr[3]);
}

static void lrs_read(struct virq *virq)
{
	virq->lr[0] = read_ich_lr0_el2();
	virq->lr[1] = read_ich_lr1_el2();
	virq->lr[2] = read_ich_lr2_el2();
	virq->lr[3] = read_ich_lr3_el2();
}

/* A list register that is pending only goes back to the bitmaps; an inactive one is empty. */
static void lr_fold(struct virq *virq, uint64_t *lr)
{
	unsigned intid = lr_intid(*lr);

	if ((*lr & ICH_LR_STATE) == 0) {
		*lr = 0;
		return;
	}
	if (intid >= VIRQ_SPI_BASE && (*spi_word(virq->spi_drop, intid) & spi_bit(intid)) != 0) {
		*spi_word(virq->spi_drop, intid) &= ~spi_bit(intid);
		*lr &= ~ICH_LR_STATE_PENDING;
	}
	if ((*lr & ICH_LR_STATE_ACTIVE) != 0)
		return;
	if ((*lr & ICH_LR_STATE_PENDING) != 0) {
		if (intid < VIRQ_SPI_BASE)
			virq->private_pending |= (uint32_t)BIT(intid);
		else if ((*lr & ICH_LR_EOI) == 0)
			*spi_word(virq->spi_pending, intid) |= spi_bit(intid);
		/* With EOI set it was a level: the line's own bit says whether it still waits. */
	}
	*lr = 0;
}

static bool lr_holds(const struct virq *virq, unsigned intid)
{
	for (unsigned i = 0; i < VIRQ_LR_COUNT; i++) {
		if (virq->lr[i] != 0 && lr_intid(virq->lr[i]) == intid)
			return true;
	}
	return false;
}

/* SPIs of word @i that wait for a list register. */
static uint64_t spi_candidates(const struct context *context, unsigned i)
{
	const struct virq *virq = &context->virq;
	uint64_t word = virq->spi_pending[i] | virq->spi_level[i];

	return context->is_outer ? word & virq->spi_enabled[i] : word;
}

/* The most urgent interrupt that waits and is in no list register; priority NO_PRIORITY: none. */
static unsigned candidate_best(const struct context *context, unsigned *intid)
{
	const struct virq *virq = &context->virq;
	unsigned best = NO_PRIORITY;

	for (uint32_t word = virq->private_pending & virq->private_enabled; word != 0; word &= word - 1) {
		unsigned id = (unsigned)__builtin_ctz(word);

		if (virq->private_priority[id] < best && !lr_holds(virq, id)) {
			best = virq->private_priority[id];
			*intid = id;
		}
	}
	for (unsigned i = 0; i < VIRQ_SPI_WORDS; i++) {
		for (uint64_t word = spi_candidates(context, i); word != 0; word &= word - 1) {
			unsigned n = i * 64 + (unsigned)__builtin_ctzll(word);

			if (virq->spi_priority[n] < best && !lr_holds(virq, n + VIRQ_SPI_BASE)) {
				best = virq->spi_priority[n];
				*intid = n + VIRQ_SPI_BASE;
			}
		}
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
	else if (is_level_spi(virq, intid))
		lr |= ICH_LR_EOI;	/* look again when it was handled */
	if (intid < VIRQ_SPI_BASE)
		virq->private_pending &= ~(uint32_t)BIT(intid);
	else
		*spi_word(virq->spi_pending, intid) &= ~spi_bit(intid);
	return lr;
}

/* An edge that came while the same interrupt is active: pending and active. */
static void lr_repend(struct virq *virq, uint64_t *lr)
{
	unsigned intid = lr_intid(*lr);

	if (*lr == 0 || (*lr & ICH_LR_HW) != 0)
		return;
	if (intid < VIRQ_SPI_BASE && (virq->private_pending & BIT(intid)) != 0) {
		virq->private_pending &= ~(uint32_t)BIT(intid);
		*lr |= ICH_LR_STATE_PENDING;
	} else if (intid >= VIRQ_SPI_BASE && (*spi_word(virq->spi_pending, intid) & spi_bit(intid)) != 0) {
		*spi_word(virq->spi_pending, intid) &= ~spi_bit(intid);
		*lr |= ICH_LR_STATE_PENDING;
	}
}

/* Fill empty list registers with the most urgent interrupts; returns whether some still wait. */
static bool lrs_choose(struct context *context)
{
	struct virq *virq = &context->virq;
	unsigned intid = 0;

	for (unsigned i = 0; i < VIRQ_LR_COUNT; i++) {
		lr_repend(virq, &virq->lr[i]);
		if (virq->lr[i] != 0)
			continue;
		unsigned priority = candidate_best(context, &intid);

		if (priority == NO_PRIORITY)
			return false;
		virq->lr[i] = lr_make(context, intid, priority);
	}
	return candidate_best(context, &intid) != NO_PRIORITY;
}

static void lrs_fold(struct virq *virq)
{
	for (unsigned i = 0; i < VIRQ_LR_COUNT; i++)
		lr_fold(virq, &virq->lr[i]);
}

void virq_refill(struct context *context)
{
	spin_lock(&context->vcpu->lock);
	lrs_read(&context->virq);
	lrs_fold(&context->virq);
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
	bool is_more = lrs_choose(context);

	context->virq.is_live = true;
	spin_unlock(&context->vcpu->lock);
	lrs_write(&context->virq);
	write_ich_vmcr_el2(context->virq.vmcr);
	write_ich_ap0r0_el2(0);
	write_ich_ap1r0_el2(context->virq.ap1r0);
	write_ich_hcr_el2(ICH_HCR_EN | (is_more ? ICH_HCR_UIE : 0));
}

/* The registers' truth goes to memory; from then on other CPUs may change it there. */
static void registers_read(struct virq *virq)
{
	lrs_read(virq);
	virq->vmcr = read_ich_vmcr_el2();
	virq->ap1r0 = read_ich_ap1r0_el2();
	for (unsigned i = 0; i < VIRQ_LR_COUNT; i++) {
		if ((virq->lr[i] & ICH_LR_STATE) == 0)
			virq->lr[i] = 0;
	}
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
	unsigned intid;

	if ((virq->vmcr & ICH_VMCR_VENG1) == 0)
		return false;
	for (unsigned i = 0; i < VIRQ_LR_COUNT; i++) {
		if ((virq->lr[i] & ICH_LR_STATE_PENDING) != 0 &&
		    (virq->lr[i] >> ICH_LR_PRIORITY_SHIFT & 0xff) < mask)
			return true;
	}
	return candidate_best(context, &intid) < mask;
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
		cpu_this()->recheck = true;
}

void virq_set_private(struct context *context, unsigned intid)
{
	spin_lock(&context->vcpu->lock);
	context->virq.private_pending |= (uint32_t)BIT(intid);
	virq_wake(context->vcpu);
	spin_unlock(&context->vcpu->lock);
}

void virq_hold_physical(struct context *context, unsigned intid)
{
	spin_lock(&context->vcpu->lock);
	if (intid < VIRQ_SPI_BASE)
		context->virq.private_pending |= (uint32_t)BIT(intid);
	else
		*spi_word(context->virq.spi_pending, intid) |= spi_bit(intid);
	spin_unlock(&context->vcpu->lock);
}

void virq_set_spi(struct context *vm, unsigned intid, uint8_t priority, bool level)
{
	struct virq *virq = &vm->virq;

	spin_lock(&vm->vcpu->lock);
	virq->spi_priority[intid - VIRQ_SPI_BASE] = priority;
	*spi_word(virq->spi_drop, intid) &= ~spi_bit(intid);
	*spi_word(level ? virq->spi_level : virq->spi_pending, intid) |= spi_bit(intid);
	virq_wake(vm->vcpu);
	spin_unlock(&vm->vcpu->lock);
}

enum status virq_clear_spi(struct context *vm, unsigned intid, uint64_t *state)
{
	struct virq *virq = &vm->virq;
	enum status status = OK;

	spin_lock(&vm->vcpu->lock);
	uint64_t was = (*spi_word(virq->spi_level, intid) | *spi_word(virq->spi_pending, intid)) & spi_bit(intid);

	*spi_word(virq->spi_level, intid) &= ~spi_bit(intid);
	*spi_word(virq->spi_pending, intid) &= ~spi_bit(intid);
	*state = was != 0 ? 1 : 0;
	for (unsigned i = 0; i < VIRQ_LR_COUNT; i++) {
		uint64_t *lr = &virq->lr[i];

		if (*lr == 0 || lr_intid(*lr) != intid)
			continue;
		if ((*lr & ICH_LR_STATE_PENDING) != 0 && virq->is_live) {
			/* In that CPU's registers: it must give it back first. */
			*spi_word(virq->spi_drop, intid) |= spi_bit(intid);
			cpu_kick(vm->vcpu->cpu);
			status = ERR_BUSY;
			break;
		}
		*state |= ((*lr & ICH_LR_STATE_PENDING) != 0 ? 1u : 0u) | ((*lr & ICH_LR_STATE_ACTIVE) != 0 ? 2u : 0u);
		*lr &= ~(ICH_LR_STATE_PENDING | ICH_LR_EOI);
		if ((*lr & ICH_LR_STATE) == 0)
			*lr = 0;
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

	if (upper != 0 && !all_others)
		return;
	for (uint64_t i = 0; i < HOST_VCPU_MAX; i++) {
		struct context *target = context_sibling(context, i);
		bool is_listed = i >= first && i < first + 16 && (sgi1r >> (i - first) & 1) != 0;

		if (target != NULL && (all_others ? target != context : is_listed))
			virq_set_private(target, intid);
	}
}
