/*
 * Contexts: their reset state, and exceptions that the mediator gives them.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "mediator/context.h"
#include "arch/sysreg.h"
#include "lib/memory.h"
#include "mediator/virq.h"

#define SPSR_NZCV	BITS(31, 28)
#define SPSR_DIT	BIT(24)
#define SPSR_PAN	BIT(22)
#define SPSR_SSBS	BIT(12)
#define SCTLR_SPAN	BIT(23)
#define SCTLR_DSSBS	BIT(44)

void context_init(struct context *context, struct vcpu *vcpu, struct pair *pair, const struct stage2 *stage2,
		  who_t who, unsigned role, unsigned index)
{
	context->vcpu = vcpu;
	context->pair = pair;
	context->stage2 = stage2;
	context->who = who;
	context->role = (uint8_t)role;
	context->is_outer = pair == NULL;
	context->index = (uint8_t)index;
	context->power = POWER_OFF;
	virq_reset(&context->virq);
}

void context_start(struct context *context)
{
	memset(&context->frame, 0, sizeof(context->frame));
	memset(&context->el1, 0, sizeof(context->el1));
	memset(&context->fp, 0, sizeof(context->fp));
	context->mmio = (struct mmio_wait){ 0 };
	virq_start(&context->virq);
	context->timer.ctl = 0;
	context->timer.cval = 0;
	context->timer.physical_ctl = 0;
	context->timer.physical_cval = 0;
	context->el1.sctlr_el1 = SCTLR_EL1_RES1;
	context->frame.pc = context->start_pc;
	context->frame.x[0] = context->start_x0;
	context->frame.pstate = SPSR_EL1H | SPSR_DAIF;
	atomic_store(&context->power, POWER_ON);
}

/* Offset of the vector for an exception taken from @pstate to EL1. */
static uint64_t vector_offset(uint64_t pstate)
{
	if ((pstate & SPSR_AARCH32) != 0)
		return 0x600;
	if ((pstate & SPSR_MODE_MASK) == SPSR_EL0)
		return 0x400;
	return (pstate & SPSR_MODE_MASK) == SPSR_EL1T ? 0x000 : 0x200;
}

void context_inject(struct context *context, uint64_t esr, uint64_t far)
{
	uint64_t pstate = context->frame.pstate;
	uint64_t sctlr = read_sctlr_el1();
	uint64_t next = SPSR_EL1H | SPSR_DAIF | (pstate & (SPSR_NZCV | SPSR_DIT | SPSR_PAN));

	/* SCTLR_EL1.SPAN clear sets PAN; only where the domain may see PAN at all. */
	if ((sctlr & SCTLR_SPAN) == 0 && bits_get(read_id_aa64mmfr1_el1(), 23, 20) != 0)
		next |= SPSR_PAN;
	if ((sctlr & SCTLR_DSSBS) != 0)
		next |= SPSR_SSBS;
	write_esr_el1(esr);
	write_far_el1(far);
	write_elr_el1(context->frame.pc);
	write_spsr_el1(pstate);
	context->frame.pc = read_vbar_el1() + vector_offset(pstate);
	context->frame.pstate = next;
}

void context_inject_undefined(struct context *context)
{
	context_inject(context, (uint64_t)ESR_EC_UNKNOWN << ESR_EC_SHIFT | ESR_IL, read_far_el1());
}

void context_inject_abort(struct context *context, enum abort_kind kind, uint64_t far)
{
	uint64_t pstate = context->frame.pstate;
	bool from_el0 = (pstate & SPSR_AARCH32) != 0 || (pstate & SPSR_MODE_MASK) == SPSR_EL0;
	uint64_t lower = kind == ABORT_FETCH ? ESR_EC_INSTRUCTION_ABORT_LOWER : ESR_EC_DATA_ABORT_LOWER;
	uint64_t class = from_el0 ? lower : lower + 1;

	context_inject(context, class << ESR_EC_SHIFT | ESR_IL | (kind == ABORT_WRITE ? ESR_ABORT_WNR : 0ull) |
				ESR_ABORT_FSC_EXTERNAL, far);
}
