/*
 * Lazy switching of vector registers.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "mediator/fp.h"
#include "arch/cpu.h"

/* SVE, SME, trace and activity monitors are never offered; bits of absent features are RES1 or ignored. */
#define CPTR_BASE (CPTR_EL2_RES1 | CPTR_EL2_TZ | CPTR_EL2_TSM | CPTR_EL2_TTA | CPTR_EL2_TAM)

static void cptr_write(struct cpu *cpu, uint64_t value)
{
	if (cpu->cptr == value)
		return;
	cpu->cptr = value;
	write_cptr_el2(value);
	isb();
}

void fp_flush(struct cpu *cpu)
{
	if (cpu->fp_owner == NULL)
		return;
	cptr_write(cpu, CPTR_BASE);
	fp_save(&cpu->fp_owner->fp);
	cpu->fp_owner = NULL;
}

void fp_take(struct cpu *cpu, struct context *context)
{
	cptr_write(cpu, CPTR_BASE);
	if (cpu->fp_owner != NULL)
		fp_save(&cpu->fp_owner->fp);
	fp_load(&context->fp);
	cpu->fp_owner = context;
}

void fp_guard(struct cpu *cpu, const struct context *context)
{
	cptr_write(cpu, cpu->fp_owner == context ? CPTR_BASE : CPTR_BASE | CPTR_EL2_TFP);
}
